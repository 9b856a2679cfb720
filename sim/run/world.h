// SPDX-License-Identifier: GPL-3.0-or-later
// world: a scenario turned into a running network. The only translator from one to the other.
//
// What becomes what:
//   city of a network  1 or 2 routers "NETWORK/CITY-1", "-2", joined inside the city
//   backbone link      one link between the routers of both ends; two in parallel, which share the
//                      capacity evenly, when both ends have two routers (1–1 and 2–2) or one of
//                      them has (1–1 and 1–2)
//   reflectors         full iBGP mesh among them, every other router a client of each; a network
//                      without reflectors is a full mesh
//   interconnect       one link and one eBGP session between two routers of the city, taking turns
//                      where there are two
//   client group       a host "NETWORK/REGION" behind the first router of its city, and its prefix
//   backend            a gateway host "NETWORK/CITY-backend" that runs the IGP
//   gateway of a POP   a host "POP-gateway-K" that runs the IGP (run/gateways.h)
//   resolver           a host beside a client group, or behind the first router of its city
//   server             a host "POP-server-SERVICE", linked to every router of the POP
//
// Addresses: routers 10.(network+1).x.y, hosts 10.224.0.0/12, eBGP links 10.240.0.0/12; clients
// 100.64.0.0/10 in order of the file unless given.
#ifndef ANYSIM_RUN_WORLD_H
#define ANYSIM_RUN_WORLD_H

#include "anycast/service.h"
#include "base/arena.h"
#include "demand/demand.h"
#include "measure/health.h"
#include "measure/load.h"
#include "measure/meter.h"
#include "measure/monitor.h"
#include "measure/queueing.h"
#include "measure/stretch.h"
#include "router/control.h"
#include "scenario/scenario.h"
#include "traffic/traffic.h"

enum world_link_kind { WORLD_BACKBONE, WORLD_METRO, WORLD_INTERCONNECT, WORLD_ACCESS, WORLD_SITE };

struct world_link { // where a net link comes from
    enum world_link_kind kind;
    int network;        // -1 for interconnects
    int a_city, b_city; // indices into network.cities; of interconnects: topology cities
    int interconnect;   // index, or -1
    int row;            // of a backbone link: index into network.links
    const char *srlg;   // or NULL
};

struct world_node {
    int network, city; // city: index into network.cities
    int pop;           // host that stands at a POP (server, gateway), or -1
    int gateway;       // of a POP's gateways (run/gateways.h): its number, from 1 on; else 0
    uint32_t router;   // or CONTROL_NO_ROUTER
};

struct world {
    const struct scenario *scenario;
    struct arena arena; // names
    struct sim *sim;
    struct net *net;
    struct control *control;
    struct traffic_run *traffic;
    struct meter *meter;
    struct load *load;
    struct lines *lines;
    struct demand_run *demands; // NULL: the scenario has none
    struct monitor *monitor;
    int *pop_at;     // per net node: the POP at which it stands, or -1
    struct dns *dns; // NULL: no service is a name (run/dns.h)
    struct queueing *queueing;
    struct stretch *stretch;
    struct shortest_node *shortest_nodes; // by net node
    struct scrubs *scrubs;                // run/scrubs.h
    struct bgp_rov *rov;                  // validated origins; NULL: none
    struct anycast_service *services;
    struct eips *eips;              // their lives
    struct caps *caps;              // and bandwidth caps
    struct gateways_run *gateways;  // of POPs
    struct backends_run **backends; // by service; NULL: it has neither `backends` nor `health`
    struct health_log *health;
    struct pop_drains *pop_drains; // POPs out of service
    struct world_link *links;      // by net link
    struct world_node *nodes;      // by net node
    size_t links_cap, nodes_cap;
    uint32_t *routers;      // [see world_router]
    int *router_base;       // per network
    uint32_t *backend_node; // per POP, UINT32_MAX: none yet
    uint32_t *group_node;   // per client group
    struct prefix *group_prefix;
    int64_t epoch_ps;     // absolute time of the scenario's 0
    int64_t converged_ps; // last FIB change of the warm-up, scenario time (negative)
    uint32_t hosts;       // addresses given to hosts so far
};

// The scenario must outlive the world.
struct world *world_new(const struct scenario *s);
void world_free(struct world *w);

// Router k (0 or 1) of a city of a network.
uint32_t world_router(const struct world *w, int network, int city, int k);
// The city of a node, for its place on the map.
const struct city *world_city_of(const struct world *w, uint32_t node);

// A side of a session of a network's router, as its BGP options have it.
struct bgp_peer_options world_side(const struct network *n, enum bgp_relation relation);

// The POP at which a node stands, or -1; whether it is the operator's (a cloud's). `world`: a struct
// world in which all nodes are.
int world_pop_at(void *world, uint32_t node);
bool world_inside(void *world, uint32_t node);

// --- parts of world_new, one file each
void world_build_networks(struct world *w);      // routers, links, IGP, iBGP
void world_build_interconnects(struct world *w); // eBGP
void world_build_services(struct world *w);
void world_build_demands(struct world *w); // after the load and the monitor
void world_build_monitor(struct world *w); // when all nodes are there
void world_build_clients(struct world *w); // hosts, prefixes, flows
void world_build_health(struct world *w);  // probers; after all flows that a meter counts

void world_build_origins(struct world *w); // before the networks

// What `network` lets in and out on a session with `towards` in a city (itself, NULL: iBGP), whose
// relation the options have; and what a router of it is told about policies.
void world_policy(const struct world *w, int network, int towards, const struct city *city,
                  struct bgp_peer_options *o);
void world_speaker_policy(struct world *w, int network, int city, struct bgp_speaker_options *o);

// A client group's own address.
ip4_addr world_client_address(const struct world *w, int group);

uint32_t world_add_node(struct world *w, const char *name, const struct fwd_options *fwd,
                        const struct world_node *is);
uint32_t world_add_link(struct world *w, const struct net_link_options *o,
                        const struct world_link *is);
ip4_addr world_host_address(struct world *w);

#endif
