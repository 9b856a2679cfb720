// SPDX-License-Identifier: GPL-3.0-or-later
// classes: what the files of the solver share. Not for others: they include solver.h.
#ifndef ANYSIM_DEMAND_CLASSES_H
#define ANYSIM_DEMAND_CLASSES_H

#include "base/table.h"
#include "demand/maxmin.h"
#include "demand/solver.h"

struct port_load {
    uint32_t port;
    int64_t milli;
};

struct end_list { // a VEC
    struct solver_end *v;
    size_t n, cap;
};

struct solver_way {  // of answers
    uint32_t node;   // who answers
    uint32_t pop;    // in a tunnel to there …
    uint32_t octets; // … whose header has so many; 0: none
    double share;    // of what was asked
};

struct passage_list { // a VEC
    struct solver_passage *v;
    size_t n, cap;
};
struct leg_list { // a VEC
    struct solver_leg *v;
    size_t n, cap;
};

struct flow_state {
    struct solver_flow is;
    uint32_t class;
    uint32_t first_source, nsources; // in its class
    uint32_t answer;                 // the flow that answers it, or SOLVER_NONE
    struct end_list ends;
    VEC(struct solver_way) ways;
    struct passage_list passages;
    struct leg_list legs;
    struct solver_outcome out;
};

struct step { // of a walk hop by hop: what is where
    VEC(uint32_t) states;
    VEC(double) mass; // by state; 0 where nothing is
};

struct flow_class {
    struct graph graph;
    VEC(uint32_t) flows;
    VEC(struct graph_source) sources;
    VEC(double) shares;                // of its flow, by source
    VEC(int64_t) input;                // of inelastic flows, by state
    VEC(struct port_load) loads;       // of them, before congestion
    VEC(struct port_load) left;        // of them, while losses are iterated
    VEC(struct maxmin_use) uses;       // of elastic flows, one after another
    VEC(size_t) first_use;             // by elastic flow, and the end
    uint64_t *ports;                   // a bit a port that the graph uses
    bool elastic;                      // some flow is
    bool answers;                      // all flows are answers; else none is
    bool explore, walk, reload, judge; // due: graph, units' ways, sum of loads, outcomes
};

struct solver {
    struct net *net;
    VEC(struct limit) limits;
    uint32_t nports; // the net's, and limits behind them
    struct solver_hooks hooks;
    VEC(struct flow_state) flows;
    VEC(struct flow_class) classes;
    struct table class_of; // destination and size → class
    struct graph_scratch scratch;
    VEC(struct graph_outcome) outcomes, spare;
    struct end_list ends, behind; // of solver_find_ends, as are the next
    VEC(struct solver_way) ways;
    struct step steps[2]; // of solver_find_passages, as are the next
    struct passage_list passages;
    struct leg_list legs;
    size_t words;             // of a bit a port
    struct graph_port *lines; // [port]: what survives but for congestion
    uint64_t *relined;        // a bit a port for which that has changed
    struct graph_port *lossy; // [port]: while losses are iterated
    struct graph_port *fate;  // [port]: as published
    int64_t *base_milli;      // [port]: inelastic, before congestion
    int64_t *inelastic_milli; // [port]: with congestion upstream
    int64_t *total_milli;     // [port]: as published
    uint64_t *changed;        // a bit a port whose fate differs
    uint64_t *moved;          // a bit a port whose loss moved in this round of the iteration
    bool loads_due;           // fates of all ports, whatever their load
    bool due;
    uint64_t explored;
};

// Inelastic loads with losses upstream taken off, into inelastic_milli.
void solver_lose(struct solver *s);
// Rates of the elastic flows; adds what they load to `total_milli` [port].
void solver_share(struct solver *s, int64_t *total_milli);

// What a port does to fluid when flows offer it so much.
struct graph_port solver_fate(const struct solver *s, uint32_t port, int64_t milli);
// The class's input through its graph: loads in the scratch, until graph_flow_done.
void solver_flow_class(struct solver *s, const struct flow_class *c,
                       const struct graph_port *ports);
// Does its graph use a port of this set?
bool solver_uses(const struct solver *s, const struct flow_class *c, const uint64_t *ports);

// --- solver_ends.c: where the requests of a class end now; the answers to those that end elsewhere
// have to be walked.
void solver_find_ends(struct solver *s, struct flow_class *c);

// --- solver_passage.c: by way of which POPs a flow of the class goes now, with the fates that have been
// published.
void solver_find_passage(struct solver *s, const struct flow_class *c, uint32_t flow);

#endif
