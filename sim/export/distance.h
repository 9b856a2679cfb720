// SPDX-License-Identifier: GPL-3.0-or-later
// distance: IGP metrics to the next hops of a router's routes, as they are at the start.
//
// No daemon's filter sees the metric of a BGP route's next hop (BIRD 2.0.12 knows OSPF's and its own
// attributes only, FRR 8.4 the round-trip time), so MED from it is written as figures: a rounded:
// comment tells that they do not follow when a link fails.
#ifndef ANYSIM_EXPORT_DISTANCE_H
#define ANYSIM_EXPORT_DISTANCE_H

#include "base/vec.h"
#include "export/plan.h"

struct distance {
    uint32_t router, metric;
};

struct distances { // to the other routers of the network, those that can be reached
    VEC(struct distance) v;
};

void distances_of(const struct plan *p, const struct plan_router *r, struct distances *d);

// Does any policy of its sessions, or option, make MED from the metric?
bool distance_matters(const struct plan_router *r);

#endif
