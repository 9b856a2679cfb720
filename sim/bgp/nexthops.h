// SPDX-License-Identifier: GPL-3.0-or-later
// nexthops: the next hops that one speaker's routes use, with the IGP metric last looked up.
//
// Asking the IGP once per next hop instead of once per route makes next-hop tracking cheap:
// after a change of the IGP only the next hops are looked up again, and only routes over
// changed ones count.
#ifndef ANYSIM_BGP_NEXTHOPS_H
#define ANYSIM_BGP_NEXTHOPS_H

#include "base/ip.h"
#include "base/vec.h"
#include "bgp/bgp.h"

#define BGP_UNREACHABLE UINT32_MAX

struct bgp_nexthop {
    ip4_addr addr;
    uint32_t metric; // BGP_UNREACHABLE: no way
};

struct bgp_nexthops {
    VEC(struct bgp_nexthop) v; // ascending by address; entries stay (a router has few borders)
};

// Metric of `addr`, from the table or else from `env`.
uint32_t bgp_nexthops_metric(struct bgp_nexthops *t, const struct bgp_env *env, uint32_t router,
                             ip4_addr addr);
// Looks all up again; true when any differs.
bool bgp_nexthops_refresh(struct bgp_nexthops *t, const struct bgp_env *env, uint32_t router);

#endif
