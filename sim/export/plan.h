// SPDX-License-Identifier: GPL-3.0-or-later
// plan: the routers of a world as a network engineer would list them before typing configurations:
// interfaces with addresses, BGP sessions, originated prefixes.
//
// It is read off the world that the simulator runs, so what is exported is what is simulated.
// Everything lives in the plan's arena; the world must outlive it.
//
// Addresses are the simulator's own: loopbacks from router/control.h, and control_link_address for
// both ends of every link, also of backbone links, which the simulator itself gives no address.
#ifndef ANYSIM_EXPORT_PLAN_H
#define ANYSIM_EXPORT_PLAN_H

#include "run/world.h"

struct plan_interface {
    const char *name; // "eth1", "eth2", … in order of the links
    uint32_t link;    // of the net
    uint32_t neighbour;
    ip4_addr address, neighbour_address; // a /31
    bool igp;
    uint32_t metric; // of the IGP
};

struct plan_session {
    uint32_t neighbour;         // router
    uint32_t asn;               // the neighbour's, as it is known here
    struct bgp_peer_options is; // this side
    ip4_addr remote;            // address of the other side
    int over;                   // index of an interface of this router; -1: between loopbacks
};

struct plan_origin { // a prefix that the router announces from the start
    struct prefix prefix;
    const char *what; // "service eip", "clients telecom/hebei"
};

struct plan_router {
    const struct control_router *is;
    const struct network *network;
    const char *host; // its name for files, containers and hostnames: letters, digits, '-', '.'
    struct plan_interface *interfaces;
    size_t ninterfaces;
    struct plan_session *sessions;
    size_t nsessions;
    struct plan_origin *origins;
    size_t norigins;
    uint32_t
        metric_unit;     // all metrics of the network are multiples, when one is too large for OSPF
    bool by_bird;        // export_check decided for BIRD; else FRR
    bool wide;           // and some would still be too large
    ip4_addr cluster_id; // of a reflector; else 0
    struct prefix *origin_only; // prefixes that eBGP hears of from their origin alone
    size_t norigin_only;
    bool has_manners; // it announces with prepends, a MED or communities, or not to everybody
};

struct plan_problems { // what cannot be written, each text once
    VEC(char *) v;
};

struct plan {
    struct arena arena;
    const struct world *world;
    struct plan_router *routers; // by router of the world
    uint32_t nrouters;
    struct vrp *vrps; // of the scenario, by AS, then by prefix
    size_t nvrps;
    struct plan_problems *problems; // noted while configurations are written
};

void plan_init(struct plan *p, const struct world *w);
void plan_free(struct plan *p);

void plan_forget_problems(const struct plan *p);
// Notes a problem, unless the same one is known.
void plan_problem(const struct plan *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
