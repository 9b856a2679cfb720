// SPDX-License-Identifier: GPL-3.0-or-later
// backends: the servers behind a service as the run has them: where they stand, who takes them for
// healthy, who gets how much.
//
// Accelerated: each region is a gateway (backend_gateway) with hosts behind it. Every entry of the
// service (a POP's router or gateway) chooses a region for each flow, every region's gateway a server:
// both by Maglev tables over weights, so that all POPs and gateways that see the same choose alike.
// Without `backends` the gateway itself is the only server.
// Replicated, unicast: each site is a region of its own; with servers written for it the site's host
// becomes the gateway in front of them.
//
// With health checks there are two kinds of probers: one a gateway, for the weights of its servers; one
// a POP, for the choice among regions and for the announcement. Each goes by what it saw itself.
#ifndef ANYSIM_RUN_BACKENDS_H
#define ANYSIM_RUN_BACKENDS_H

#include "run/prober.h"

#define BACKENDS_AT_ITSELF UINT32_MAX

struct backend_host { // a server
    const char *name;
    uint32_t node;
    ip4_addr address;
    uint32_t port; // of the gateway, to it; BACKENDS_AT_ITSELF: it is the gateway
    uint32_t weight;
    struct truth truth;
};

struct backend_group { // a region
    const char *name;  // of its POP
    const char *gateway_name;
    int pop;
    uint32_t gateway; // node
    uint32_t router;  // of it, or CONTROL_NO_ROUTER: a site's host
    uint32_t weight, dial_ppm, rank;
    struct backend_host *hosts;
    uint32_t *weights; // as the gateway has them now
    int n;
    struct prober *prober; // the gateway's own; NULL: it has one server, or nobody looks
    bool open;             // fails open
};

struct backend_entry { // that chooses among regions
    uint32_t node, router;
    int pop;          // index into `pops`
    uint32_t choice;  // of its forwarding core
    uint32_t *tunnel; // to each region's gateway
    uint32_t *share_ppm;
};

struct backend_pop { // that publishes the service
    struct backends_run *owner;
    int pop;
    struct prober *prober; // its targets: the hosts of its regions, in order; NULL: nobody looks
    struct guard guard;
    struct timer timer; // of the guard
    bool open;
};

struct backends_run {
    struct world *world;
    int service;
    const struct service *is;
    struct backend_group *groups;
    int n;
    VEC(struct backend_entry) entries; // accelerated with `backends`
    struct backend_pop *pops;          // as many as is->npublish, in its order
};

// --- build_backends.c
struct backends_run *backends_new(struct world *w, int service);
void backends_free(struct backends_run *b); // NULL is allowed

// --- backends.c
// Before control_start: gateways get their servers; POPs hear of their regions from the IGP.
void backends_start(struct backends_run *b);
// Something has changed: health, weights, dials, distances. Does what follows from it, at once.
void backends_update(struct backends_run *b);
// The same for all services, when a router's distances have changed.
void backends_routes_changed(void *world, uint32_t router);
// The region at a POP, or NULL.
struct backend_group *backends_group(struct backends_run *b, int pop);
// A server dies, or is repaired (counted).
void backends_fail(struct backends_run *b, struct backend_host *h, bool fails);

// --- build_health.c: the probers of a service whose servers stand
void backends_collect(const struct world *w); // at the end of the run

#endif
