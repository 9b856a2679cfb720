// SPDX-License-Identifier: GPL-3.0-or-later
// What control offers about the IGPs besides starting them.
#include "router/state.h"

void control_srlg(struct control *c, uint32_t link, uint32_t group)
{
    igp_link_srlg(c->routers.v[c->links.v[link]->a]->igp, link, group);
}

void control_set_metric(struct control *c, uint32_t link, bool from_b, uint32_t metric)
{
    const struct control_link *l = c->links.v[link];
    const struct router *r = c->routers.v[from_b ? l->b : l->a];
    igp_set_metric(r->igp, r->index, link, metric);
}

void control_set_overload(struct control *c, uint32_t router, bool overload)
{
    igp_set_overload(c->routers.v[router]->igp, router, overload);
}

bool control_rerouted(const struct control *c, uint32_t router, struct prefix p,
                      struct igp_backup *out)
{
    const struct router *r = c->routers.v[router];
    uint32_t id;
    if (!control_prefix_find(c, p, &id) || id >= r->nfib)
        return false;
    const struct fib_forward *f = r->fib[id].forward;
    if (!f || !f->repaired || f->count == 0)
        return false;
    *out = (struct igp_backup){.link = f->links[0], .nsegments = f->nsegments};
    for (uint32_t i = 0; i < f->nsegments; i++)
        out->segments[i] = f->segments[i];
    return true;
}

struct igp_coverage control_coverage(const struct control *c, uint32_t network,
                                     const struct igp_repair_options *o)
{
    return igp_coverage(c->networks.v[network].igp, o);
}
