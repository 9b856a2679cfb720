// SPDX-License-Identifier: GPL-3.0-or-later
// site: what stands at POPs for services, as parts of world_build_services.
#ifndef ANYSIM_RUN_SITE_H
#define ANYSIM_RUN_SITE_H

#include "run/world.h"

// --- build_sites.c
const struct pop *site_pop(const struct world *w, int pop);
int site_routers(const struct world *w, int pop); // how many
uint32_t site_router(const struct world *w, int pop, int k);
ip4_addr site_loopback(const struct world *w, uint32_t router);
// A line inside a POP, from a router to a host.
struct net_link_options site_link(const struct world *w, uint32_t router, uint32_t host);
// Makes it as narrow as a gateway can bear: bits and packets, whichever are fewer.
void site_limit(const struct gateway_capacity *c, struct net_link_options *o);
struct world_link site_link_is(const struct world *w, int pop);

// A POP at which an accelerated service is published: its routers tunnel to the backend's gateway.
void site_publish_tunnels(struct world *w, int service, int pop);
// A POP with a server of the service's own.
void site_publish_server(struct world *w, int service, int pop);

// --- build_backends.c
// The gateway in front of the backend: one a POP, shared by its services. It takes part in the IGP,
// so that every POP of the network can reach it by its own address.
uint32_t backend_gateway(struct world *w, int pop);

#endif
