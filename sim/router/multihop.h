// SPDX-License-Identifier: GPL-3.0-or-later
// multihop: BFD between the loopbacks of two routers (RFC 5883), for their iBGP session. It watches
// whatever path the FIBs give, so it has to be told when paths may have changed; each end then looks
// whether the other's packets reach it, and which share of them gets lost on the way, a millisecond
// later and once for all changes of that time.
#ifndef ANYSIM_ROUTER_MULTIHOP_H
#define ANYSIM_ROUTER_MULTIHOP_H

#include "router/liveness.h"

struct control;

struct multihop {
    uint32_t routers[2];
    struct liveness ends[2];
    bool heard[2]; // the other end's packets arrive at this one
};

void multihop_add(struct control *c, uint32_t a, uint32_t b);
void multihop_free(struct control *c); // all of them
// Links or FIBs have changed.
void multihop_paths_changed(struct control *c);

#endif
