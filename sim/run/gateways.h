// SPDX-License-Identifier: GPL-3.0-or-later
// gateways: the gateways of POPs, as parts of the running network.
//
// A gateway is a node "POP-gateway-K" that runs the IGP, so that answers find it by its own address,
// and sends everything that it has no better way for to the POP's routers. These spread what is for
// an accelerated service over the gateways that they see (anycast/entrance.h); a router that sees
// none withdraws what it announces. With a limit of bits or packets a gateway is two nodes,
// "POP-gateway-K" and its interface "POP-gateway-K-face", joined by a line with that limit.
#ifndef ANYSIM_RUN_GATEWAYS_H
#define ANYSIM_RUN_GATEWAYS_H

#include "run/world.h"

struct gateways_run;

struct gateway_node {
    int pop, number; // number: from 1 on
    uint32_t node;   // that takes services in
    uint32_t face;   // that the routers see; the same where there is no limit
};

// Before services are published, after the networks.
void gateways_build(struct world *w);
void gateways_free(struct gateways_run *g);

int gateways_at(const struct world *w, int pop); // how many
// All of them, ordered by POP and number. Valid until the world goes.
int gateways_all(const struct world *w, const struct gateway_node **out);

// After the run: into r->gateways.
void gateways_collect(const struct world *w, struct results *r);

// An accelerated service is published at a POP that has gateways: routes of its routers, entries.
void gateways_publish(struct world *w, int service, int pop, const struct anycast_way *way);

#endif
