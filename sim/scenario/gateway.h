// SPDX-License-Identifier: GPL-3.0-or-later
// gateway: the gateways of a POP, as passive data: how many, who gets which flow, who notices their
// failure when, and what each can bear. Keys of the topology's `pops:`, which a scenario's `pops:`
// may change.
#ifndef ANYSIM_SCENARIO_GATEWAY_H
#define ANYSIM_SCENARIO_GATEWAY_H

#include <stdbool.h>
#include <stdint.h>

#define GATEWAYS_MAX 32

// How a POP's routers spread flows over its gateways (fwd/route.h).
enum gateway_spread {
    SPREAD_RESILIENT,
    SPREAD_THRESHOLD,
    SPREAD_RENDEZVOUS,
    SPREAD_MAGLEV,
    SPREADS
};

struct gateway_detection { // of a gateway that dies, by the routers; and of their death by it
    int64_t interface_ps;  // a failure that is detected
    int64_t bfd_ps, bfd_multiplier; // a silent one; bfd 0: by the IGP's hellos
    int64_t join_ps;                // from a gateway's return until flows are given to it
};

struct gateway_capacity { // of each; 0: no limit
    int64_t rate_bps;     // in each direction
    int64_t packets_uhz;  // in each direction, micro-hertz
    int64_t flows_uhz;    // new ones
    int64_t flow_limit;   // known at once
    int64_t idle_ps;      // after which a flow is forgotten
};

struct gateways {
    int64_t count; // 0: none, the routers do their work, without limit
    int spread;    // enum gateway_spread
    bool nat;      // clients' addresses are replaced by the gateway's
    struct gateway_detection detection;
    struct gateway_capacity capacity;
};

#endif
