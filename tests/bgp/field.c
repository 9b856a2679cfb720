// SPDX-License-Identifier: GPL-3.0-or-later
#include "field.h"

void field_init(struct field *f)
{
    memset(f, 0, sizeof *f);
    bgp_attrs_init(&f->attrs);
}

static const struct bgp_attr *attributes(struct field *f, const struct candidate *c)
{
    struct bgp_draft d = {0};
    d.f.local_pref = c->local_pref;
    d.f.med = c->med;
    d.f.has_med = c->med || c->has_med;
    d.f.origin = (uint8_t)c->origin;
    d.f.originator_id = c->originator;
    d.f.weight = c->weight;
    d.f.aigp = c->aigp;
    d.f.has_aigp = c->aigp != 0;
    d.f.next_hop = c->next_hop;
    for (uint32_t k = 0; k < c->npath; k++)
        vec_push(&d.path, c->path[k]);
    for (uint32_t k = 0; k < c->nclusters; k++)
        bgp_draft_prepend_cluster(&d, 100 + k);
    const struct bgp_attr *a = bgp_attr_intern(&f->attrs, &d);
    bgp_draft_free(&d);
    return a;
}

void field_add(struct field *f, const struct candidate *c)
{
    uint32_t i = f->n++;
    struct bgp_route *r = &f->routes[i];
    f->speakers[i].is.id = c->peer_id;
    f->remotes[i].speaker = &f->speakers[i];
    f->sides[i].remote = &f->remotes[i];
    f->sides[i].remote_addr = c->peer_addr;
    f->sides[i].index = i;
    f->sides[i].is.relation = c->member ? BGP_REL_CONFED : c->ibgp ? BGP_REL_IBGP : BGP_REL_PEER;
    *r = (struct bgp_route){.attr = attributes(f, c),
                            .peer = c->local ? NULL : &f->sides[i],
                            .since_ps = c->since_ps,
                            .igp_metric = c->metric,
                            .best = c->best};
    if (!c->local)
        r->source = c->ibgp ? BGP_SOURCE_IBGP : BGP_SOURCE_EBGP;
}

void field_free(struct field *f)
{
    for (uint32_t i = 0; i < f->n; i++)
        bgp_attr_put(&f->attrs, f->routes[i].attr);
    bgp_attrs_free(&f->attrs);
}
