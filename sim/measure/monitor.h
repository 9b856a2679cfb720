// SPDX-License-Identifier: GPL-3.0-or-later
// monitor: what the operator of the services sees of them: per service and POP what came in and went
// out, what was dropped and why; and per pair of areas what crossed the backbone between POPs and
// backends.
//
// What is counted is the modelled volume. A simulated packet counts as many packets as its weight
// says; demands count at their rate, from one change to the next, and as many packets of their size as
// that takes. Bits are those of IP datagrams, without the operator's tunnels.
//
//   in       to the service, by way of the POP by which they entered: all that came there, whatever
//            became of it. A packet is counted when its way ends (delivered or dropped), milliseconds
//            after it came in; a demand as it flows
//   out      from the service, by way of the POP through which they went: what left the operator's
//            network, whatever became of it
//   dropped  in: of what came in, not delivered; out: of what was sent back, did not leave. Without
//            a POP: to the service, and lost before it came to a POP of it; from the service, and
//            lost after it had left
//   legs     between POP and backend of accelerated services: requests that arrived at the backend,
//            answers that it sent
//
// A packet belongs to the service whose prefix it is for, or comes from; what entered nowhere (p->entry)
// is dropped at the POP at whose routers or hosts that happens, if the service is published there.
// Points begin at multiples of their interval by the clock of the scenario (`clock`); the first and the
// last may be cut off by the run. Packets before 0 and after the end are in no point.
#ifndef ANYSIM_MEASURE_MONITOR_H
#define ANYSIM_MEASURE_MONITOR_H

#include "demand/demand.h"
#include "scenario/scenario.h"
#include "traffic/traffic.h"

struct monitor;

struct monitor_world { // what the network looks like to whoever built it
    void *ctx;
    int (*pop)(void *ctx, uint32_t node);     // at which a router or host stands, or -1
    bool (*inside)(void *ctx, uint32_t node); // it is the operator's
    int (*entry)(void *ctx, ip4_addr entry);  // POP that marks packets so, or -1
};

struct monitor *monitor_new(const struct scenario *s, struct sim *sim,
                            const struct monitor_world *world, int64_t epoch_ps);
void monitor_free(struct monitor *m);
// All addresses of a prefix are the service's.
void monitor_add_prefix(struct monitor *m, struct prefix p, int service);
struct traffic_watch monitor_watch(struct monitor *m);
void monitor_slice(void *monitor, const struct demand_slice *slice); // struct demand_world.slice

// --- Results

struct monitor_volume {
    double packets, bits;
};

enum monitor_direction { MONITOR_IN, MONITOR_OUT, MONITOR_DIRECTIONS };
extern const char *const monitor_direction_names[MONITOR_DIRECTIONS]; // "in", "out"

struct monitor_drops { // of one cause
    enum monitor_direction direction;
    enum fwd_drop cause;
    struct monitor_volume *points;
    struct monitor_volume total;
};

struct monitor_row {  // a service at a POP
    int service, pop; // pop -1: elsewhere
    struct monitor_volume *points[MONITOR_DIRECTIONS];
    struct monitor_volume total[MONITOR_DIRECTIONS];
    struct monitor_drops *drops; // in order of direction and cause
    int ndrops;
};

struct monitor_leg { // of a service between areas
    int service;
    const char *ingress, *backend;                     // areas
    struct monitor_volume *points[MONITOR_DIRECTIONS]; // in: to the backend
    struct monitor_volume total[MONITOR_DIRECTIONS];
};

struct monitor_interval {
    int64_t interval_ps;
    int64_t first_ps; // where the first point would begin; 0 or before
    int npoints;
    bool listed; // asked for; else only the bill needs it
    struct monitor_row *rows;
    int nrows; // services by POPs where they are published, then (pop -1) elsewhere
    struct monitor_leg *legs;
    int nlegs;
};

struct monitor_bill {
    int service;
    const char *server, *ingress; // areas
    int points, dropped;
    double billed_bps, highest_bps, mean_bps;
};

struct monitor_result {
    struct monitor_interval *intervals; // ascending
    int nintervals;
    struct monitor_bill *bills;
    int nbills;
    // Simulated packets, each as one: the whole simulation's, as the net counts them; and of those
    // for and from services the ones that ended in the measured time.
    uint64_t delivered, dropped[FWD_DROP_COUNT];
    uint64_t of_services;
};

// Begin and length of a point, less what lies outside the run.
int64_t monitor_point_begin_ps(const struct monitor_interval *v, int point);
int64_t monitor_point_ps(const struct scenario *s, const struct monitor_interval *v, int point);

// At the end of the run, once; monitor_result_free frees what it points at.
void monitor_collect(struct monitor *m, struct monitor_result *out);
void monitor_result_free(struct monitor_result *r);

#endif
