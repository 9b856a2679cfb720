// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/nexthops.h"

static size_t lower_bound(const struct bgp_nexthops *t, ip4_addr addr)
{
    size_t lo = 0, hi = t->v.n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (t->v.v[mid].addr < addr)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

uint32_t bgp_nexthops_metric(struct bgp_nexthops *t, const struct bgp_env *env, uint32_t router,
                             ip4_addr addr)
{
    size_t at = lower_bound(t, addr);
    if (at < t->v.n && t->v.v[at].addr == addr)
        return t->v.v[at].metric;
    struct bgp_nexthop nh = {addr, env->nexthop_metric(env->ctx, router, addr)};
    vec_push(&t->v, nh);
    memmove(&t->v.v[at + 1], &t->v.v[at], (t->v.n - 1 - at) * sizeof nh);
    t->v.v[at] = nh;
    return nh.metric;
}

bool bgp_nexthops_refresh(struct bgp_nexthops *t, const struct bgp_env *env, uint32_t router)
{
    bool changed = false;
    for (size_t i = 0; i < t->v.n; i++) {
        uint32_t metric = env->nexthop_metric(env->ctx, router, t->v.v[i].addr);
        changed |= metric != t->v.v[i].metric;
        t->v.v[i].metric = metric;
    }
    return changed;
}
