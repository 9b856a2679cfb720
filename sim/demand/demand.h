// SPDX-License-Identifier: GPL-3.0-or-later
// demand: the scenario's demands while it runs: when how much of them there is, and what became of it.
//
// Rates follow their curves by local time, renewed at the end of each time bucket for the next one
// (its middle counts), and surges at the instant at which they begin and end. A change of a FIB, a
// link or a rate is solved again (solver.h) at the same instant, after the routers and before
// packets: several changes of one instant together. Demands begin with the load's first window
// (measure/load.h), so that time 0 finds a network under load.
//
// What happens between two changes is constant; it is added up by flow and phase, and by demand and
// bucket.
#ifndef ANYSIM_DEMAND_DEMAND_H
#define ANYSIM_DEMAND_DEMAND_H

#include "demand/solver.h"
#include "scenario/scenario.h"

struct demand_run;

// A flow while nothing about it changed: a direction of (a part of) a pair with a service.
struct demand_slice {
    int demand, pair;
    bool down;                             // answers of the service
    int64_t from_ps, to_ps;                // scenario time
    double sent_bit;                       // in that time, at a constant rate
    const struct solver_passage *passages; // in shares of what is sent
    size_t npassages;
    const struct solver_leg *legs;
    size_t nlegs;
};

struct demand_world { // what the network looks like to whoever built it
    void *ctx;
    struct ip6_addr (*address)(void *ctx, uint32_t node); // as in solver.h
    int (*pop)(void *ctx, uint32_t node);     // at which a router or server stands, or -1
    bool (*inside)(void *ctx, uint32_t node); // it is the operator's, as those of all POPs are
    // Told of every time between two changes of flows to and from services. May be NULL.
    void (*slice)(void *ctx, const struct demand_slice *s);
};

// `begin_ps` and `epoch_ps`, absolute times: demands are there from the one on, and time 0 is the
// other. The scenario and the net must outlive it, and the net must not grow.
struct demand_run *demand_new(const struct scenario *s, struct net *net,
                              const struct demand_world *world, int64_t begin_ps, int64_t epoch_ps);
void demand_free(struct demand_run *d);

// A pair of a demand as it runs between nodes: all of it, or one of several parts. Before time
// begins.
struct demand_part {
    int demand, pair;
    double share; // of the pair's rates
    uint32_t node;
    struct ip6_addr to;   // a service, or another end
    struct ip6_addr from; // where a service's answers go
};
// Returns its number.
uint32_t demand_add(struct demand_run *d, const struct demand_part *p);
// A part gets another share, from the next time bucket on.
void demand_share(struct demand_run *d, uint32_t part, double share);

// What services may pass at nodes (limit.h), before any part is added; then how much that is; and how
// much was offered to a limit when it was solved last.
void demand_limits(struct demand_run *d, const struct limit *limits, uint32_t n);
void demand_limit_set(struct demand_run *d, uint32_t limit, int64_t bps);
int64_t demand_limit_bps(const struct demand_run *d, uint32_t limit);

// Hooks: something has changed, and is solved at this instant.
void demand_fib_changed(void *run, uint32_t node, struct prefix6 p);
void demand_port_changed(void *run, uint32_t port);
// A surge begins or ends.
void demand_surge(struct demand_run *d, const struct surge *s, bool begins);

// What demands send to services by way of an anycast entry now, in bit/s, and what comes back that way.
void demand_through(const struct demand_run *d, uint32_t node, double bps[2]);

// --- Results

struct demand_figures { // sums over time; of a share or rate, divide
    double offered_bit; // wanted
    double sent_bit;    // less when an elastic demand is held back
    double delivered_bit;
    double lost_bit[GRAPH_CAUSES];
    double delay_bit_ps; // delivered bits times their delay
};

struct demand_result { // a direction of a pair
    int demand, pair;
    bool down; // answers of a service
    struct demand_figures in[PHASE_COUNT];
    double *pop_bit[PHASE_COUNT]; // [npops]: sent by way of each POP; NULL: not to a service
};

struct demand_results {
    struct demand_result *v; // by demand, pair, direction
    int n;
    int nbuckets;
    struct demand_figures *series; // [(demand * 2 + down) * nbuckets + bucket]
    double phase_s[PHASE_COUNT];
};

// After the run. demand_results_free frees what they point at.
void demand_collect(const struct demand_run *d, struct demand_results *out);
void demand_results_free(struct demand_results *r);

void demand_figures_add(struct demand_figures *sum, const struct demand_figures *f);
static inline double demand_lost_bit(const struct demand_figures *f)
{
    return f->sent_bit > f->delivered_bit ? f->sent_bit - f->delivered_bit : 0;
}

#endif
