// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/distance.h"

#include "policy/policy.h"

#include <stdlib.h>

// Dijkstra, with the nearest found by looking through all: a network has tens of routers.
void distances_of(const struct plan *p, const struct plan_router *r, struct distances *d)
{
    uint32_t *metric = xmalloc(p->nrouters * sizeof *metric), from = (uint32_t)(r - p->routers);
    bool *done = xcalloc(p->nrouters, sizeof *done);
    for (uint32_t i = 0; i < p->nrouters; i++)
        metric[i] = i == from ? 0 : UINT32_MAX;
    for (uint32_t at = from; at < p->nrouters;) {
        done[at] = true;
        for (size_t k = 0; k < p->routers[at].ninterfaces; k++) {
            const struct plan_interface *x = &p->routers[at].interfaces[k];
            uint64_t through = (uint64_t)metric[at] + x->metric;
            if (x->igp && through < metric[x->neighbour])
                metric[x->neighbour] = (uint32_t)through;
        }
        if (at != from)
            vec_push(&d->v, ((struct distance){at, metric[at]}));
        at = p->nrouters;
        for (uint32_t i = 0; i < p->nrouters; i++)
            if (!done[i] && metric[i] != UINT32_MAX &&
                (at == p->nrouters || metric[i] < metric[at]))
                at = i;
    }
    free(metric);
    free(done);
}

static bool takes_metric(const struct policy *p)
{
    for (int i = 0; p && i < p->nrules; i++)
        for (int k = 0; k < p->rules[i].nactions; k++) {
            const struct policy_action *a = &p->rules[i].actions[k];
            if ((a->what == POLICY_DO_MED && a->how == POLICY_METRIC) ||
                (a->what == POLICY_DO_CALL && takes_metric(a->policy)))
                return true;
        }
    return false;
}

bool distance_matters(const struct plan_router *r)
{
    for (size_t i = 0; i < r->nsessions; i++) {
        const struct bgp_policy_options *o = &r->sessions[i].is.policy;
        if (o->med_from_igp || takes_metric(o->imports[0]) || takes_metric(o->imports[1]) ||
            takes_metric(o->exports[0]) || takes_metric(o->exports[1]))
            return true;
    }
    return false;
}
