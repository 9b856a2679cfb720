// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/multipath.h"

#include "base/arena.h"
#include "bgp/contest.h"
#include "bgp/instance.h"
#include "bgp/step.h"

static uint32_t limit(const struct bgp_decision *d, const struct bgp_route *best)
{
    uint32_t max = 1;
    if (best->source == BGP_SOURCE_LOCAL)
        return 1;
    if (d->is.max_paths_eibgp > 1)
        max = d->is.max_paths_eibgp;
    else
        max = best->source == BGP_SOURCE_EBGP ? d->is.max_paths_ebgp : d->is.max_paths_ibgp;
    return max < BGP_MAX_PATHS ? max : BGP_MAX_PATHS;
}

static bool same_path(const struct bgp_decision *d, const struct bgp_route *a,
                      const struct bgp_route *b)
{
    const struct bgp_attr *x = a->attr, *y = b->attr;
    if (d->is.multipath_relax == BGP_ON)
        return true;
    if (d->is.profile == BGP_PROFILE_JUNOS)
        return bgp_neighbour_as(a) == bgp_neighbour_as(b);
    return x->npath == y->npath && x->nsegments == y->nsegments &&
           memcmp(x->words, y->words, (x->npath + x->nsegments) * sizeof *x->words) == 0;
}

// Internal paths that share with external ones are not compared with them by IGP metric, but among
// themselves.
static uint32_t nearest_internal(const struct bgp_contest *c)
{
    uint32_t metric = BGP_UNREACHABLE;
    for (uint32_t i = 0; i < c->nleft; i++) {
        const struct bgp_route *r = &c->routes[c->left[i]];
        if (r->source == BGP_SOURCE_IBGP && r->igp_metric < metric)
            metric = r->igp_metric;
    }
    return metric;
}

static bool survives(const struct bgp_contest *c, uint32_t index)
{
    for (uint32_t i = 0; i < c->nleft; i++)
        if (c->left[i] == index)
            return true;
    return false;
}

// Keeps those that tie with the best.
static void compare(struct bgp_contest *c, uint32_t best)
{
    const struct bgp_decision *d = c->d;
    bool mixed = d->is.max_paths_eibgp > 1;
    uint32_t n = 0;
    bgp_contest_run(c, 0, d->source_step);
    if (!mixed)
        bgp_contest_run(c, d->source_step, d->equal_steps);
    uint32_t metric = nearest_internal(c);
    if (!survives(c, best)) {
        c->nleft = 0; // compared two by two, it won over better ones
        return;
    }
    for (uint32_t i = 0; i < c->nleft; i++) {
        const struct bgp_route *r = &c->routes[c->left[i]];
        bool near = r->source != BGP_SOURCE_IBGP || r->igp_metric == metric;
        if (c->left[i] != best && near && r->source != BGP_SOURCE_LOCAL &&
            same_path(d, r, &c->routes[best]))
            c->left[n++] = c->left[i];
    }
    c->nleft = n;
}

static bool leads_elsewhere(const struct bgp_route *routes, uint32_t best, const uint32_t *others,
                            uint32_t n, uint32_t index)
{
    ip4_addr next_hop = routes[index].attr->f.next_hop;
    bool same = routes[best].attr->f.next_hop == next_hop;
    for (uint32_t i = 0; i < n; i++)
        same |= routes[others[i]].attr->f.next_hop == next_hop;
    return !same;
}

uint32_t bgp_multipath(const struct bgp_decision *d, const struct bgp_route *routes, uint32_t n,
                       int best, uint32_t others[BGP_MAX_PATHS - 1])
{
    if (best < 0 || n < 2)
        return 0;
    uint32_t max = limit(d, &routes[best]), found = 0;
    if (max < 2)
        return 0;
    struct bgp_contest c = {d, routes, NULL, xmalloc(n * sizeof *c.left), n};
    for (uint32_t i = 0; i < n; i++)
        c.left[i] = i;
    compare(&c, (uint32_t)best);
    bgp_decide_rank(d, routes, c.left, c.nleft, c.nleft);
    for (uint32_t i = 0; i < c.nleft && found < max - 1; i++)
        if (leads_elsewhere(routes, (uint32_t)best, others, found, c.left[i]))
            others[found++] = c.left[i];
    free(c.left);
    return found;
}
