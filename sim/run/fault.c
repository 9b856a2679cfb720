// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/fault.h"

#include <stdlib.h>
#include <string.h>

void fault_free(struct fault *f)
{
    vec_free(&f->links);
    vec_free(&f->nodes);
}

static bool touches(const struct world_link *l, int city)
{
    return l->a_city == city || l->b_city == city;
}

static bool link_selected(const struct world *w, const struct world_link *l,
                          const struct selector *s)
{
    if (s->interconnect[0] >= 0) {
        if (l->kind != WORLD_INTERCONNECT)
            return false;
        const struct interconnect *x = &w->scenario->topology.interconnects[l->interconnect];
        bool ends = (x->a == s->interconnect[0] && x->b == s->interconnect[1]) ||
                    (x->a == s->interconnect[1] && x->b == s->interconnect[0]);
        return ends && (s->interconnect_city < 0 || l->a_city == s->interconnect_city);
    }
    if (l->kind != WORLD_BACKBONE)
        return false;
    if (s->srlg) // without a network: in every one
        return l->srlg && strcmp(s->srlg, l->srlg) == 0 &&
               (s->network < 0 || l->network == s->network);
    if (l->network != s->network)
        return false;
    if (s->all)
        return true;
    if (s->between[0] >= 0)
        return touches(l, s->between[0]) && touches(l, s->between[1]);
    return s->around >= 0 && touches(l, s->around);
}

static bool node_selected(const struct world *w, uint32_t node, const struct selector *s)
{
    const struct world_node *n = &w->nodes[node];
    if (s->pop >= 0 && s->gateway)
        return n->pop == s->pop && n->gateway == s->gateway;
    if (s->pop >= 0) {
        const struct pop *p = &w->scenario->topology.pops[s->pop];
        bool router = n->router != CONTROL_NO_ROUTER && n->pop < 0;
        return n->pop == s->pop || (router && n->network == p->network && n->city == p->city);
    }
    return s->city >= 0 && n->network == s->network && n->city == s->city &&
           n->router != CONTROL_NO_ROUTER && n->pop < 0;
}

void fault_select(const struct world *w, const struct selector *s, struct fault *f)
{
    f->links.n = f->nodes.n = 0;
    for (uint32_t i = 0; i < w->net->nlinks; i++)
        if (link_selected(w, &w->links[i], s))
            vec_push(&f->links, i);
    for (uint32_t i = 0; i < w->net->nnodes; i++)
        if (node_selected(w, i, s))
            vec_push(&f->nodes, i);
}

void fault_break(struct world *w, const struct fault *f, bool silent)
{
    for (size_t i = 0; i < f->links.n; i++)
        net_link_cut(w->net, f->links.v[i]);
    for (size_t i = 0; i < f->nodes.n; i++)
        net_node_down(w->net, f->nodes.v[i]);
    for (size_t i = 0; i < f->links.n; i++)
        control_link_failed(w->control, f->links.v[i], silent);
    for (size_t i = 0; i < f->nodes.n; i++)
        if (w->nodes[f->nodes.v[i]].router != CONTROL_NO_ROUTER)
            control_router_failed(w->control, w->nodes[f->nodes.v[i]].router, silent);
}

void fault_mend(struct world *w, const struct fault *f, bool silent)
{
    for (size_t i = 0; i < f->links.n; i++)
        net_link_restore(w->net, f->links.v[i]);
    for (size_t i = 0; i < f->nodes.n; i++)
        net_node_up(w->net, f->nodes.v[i]);
    for (size_t i = 0; i < f->nodes.n; i++) {
        uint32_t node = f->nodes.v[i];
        if (w->nodes[node].router != CONTROL_NO_ROUTER && w->net->nodes[node].downs == 0)
            control_router_repaired(w->control, w->nodes[node].router, silent);
    }
    for (size_t i = 0; i < f->links.n; i++)
        control_link_repaired(w->control, f->links.v[i], silent);
}
