// SPDX-License-Identifier: GPL-3.0-or-later
// gateway_guard: what comes to a gateway of a POP: which flows may begin (anycast/flowlimit.h), and how
// much there is of it.
//
// "In" is what comes for services, "out" are answers on their way to clients, seen in their tunnels
// from the backend. Packets count with the users that they stand for; demands count as the bits that
// they load the gateway's lines with.
#ifndef ANYSIM_RUN_GATEWAY_GUARD_H
#define ANYSIM_RUN_GATEWAY_GUARD_H

#include "anycast/flowlimit.h"
#include "measure/results.h"
#include "net/net.h"
#include "scenario/gateway.h"
#include <gsl/gsl_rng.h>

struct gateway_guard {
    struct net_guard hook;
    struct sim *sim;
    int64_t from_ps, to_ps; // measured between these, absolute
    ip4_addr own; // what comes to it is in a tunnel from the backend, or about the gateway
    struct flowlimit flows;
    gsl_rng *rng;
    uint64_t bucket_packets[2], bucket_bits[2]; // since the bucket's begin
    struct gateway_result result;
};

// For a node with the address `own`; `name` for its random stream. Measured is what happens between
// `from_ps` and `to_ps`, absolute times.
void gateway_guard_init(struct gateway_guard *g, struct sim *sim, const char *name, ip4_addr own,
                        const struct gateway_capacity *c, int64_t from_ps, int64_t to_ps);
void gateway_guard_free(struct gateway_guard *g);

// A bucket of so long ended, in which demands brought so many bits in and out.
void gateway_guard_bucket(struct gateway_guard *g, int64_t bucket_ps, const double demand_bits[2]);

#endif
