// SPDX-License-Identifier: GPL-3.0-or-later
// solver: what every demand gets on the network as it is now.
//
// A demand flow is fluid from a node to an address. Flows to one address in datagrams of one size are
// a class: they share a graph (graph.h), and what they load and what becomes of them is computed
// for all of them together. A flow that answers another one starts where that one ends: at the
// server that it reaches or, where it entered by the POPs of an anycast binding, at the backend's
// gateway in tunnels back to those POPs, shared out as the requests were.
//
// What does not fit: a port loses the share of what it is offered that its queue's law says
// (net_port_fate_at), with the background and the sampled packets' weight in the same queue. What
// is lost upstream is not offered downstream: losses are found by iteration. Elastic flows then share
// what is left on every port max–min fairly (maxmin.h) and lose nothing but what a full queue loses.
//
// A change is told (solver_fib_changed, …) and takes effect with solver_solve, which does again only
// what the change touches: classes whose states asked the node about that prefix, ports whose load
// differs, classes that use such a port. The result is that of doing everything again, bit for
// bit: loads are sums of integers, and iterations start from the same state.
#ifndef ANYSIM_DEMAND_SOLVER_H
#define ANYSIM_DEMAND_SOLVER_H

#include "demand/graph.h"

#define SOLVER_NONE  UINT32_MAX
#define SOLVER_MILLI 1000 // flow rates are in thousandths of a bit/s
#define SOLVER_MAX   (INT64_C(400000000000000) * SOLVER_MILLI) // 400 Tb/s: of all flows together

struct solver;

struct solver_hooks {
    void *ctx;
    // The address by which a POP's router is the far end of tunnels.
    struct ip6_addr (*address)(void *ctx, uint32_t node);
    // The outcome of a flow, or its passage, is about to change. May be NULL.
    void (*changes)(void *ctx, uint32_t flow);
    // Only for flows with `passes`: the POP that stands at a node and takes such a flow in, or -1;
    // and whether the node is the operator's, so that answers are out when they leave such nodes.
    int (*pop)(void *ctx, uint32_t flow, uint32_t node);
    bool (*inside)(void *ctx, uint32_t node);
};

struct solver_flow {
    uint32_t node; // where it comes in
    struct ip6_addr to;
    uint32_t bytes; // of a datagram
    bool elastic;
    double weight;    // elastic: rates grow in proportion to it; > 0
    uint32_t service; // that is asked or answers, by its number; SOLVER_NONE: it is none
    uint32_t answers; // the flow that it answers (`node` is not used); SOLVER_NONE
    bool ends;        // solver_ends is to be told; a flow that is answered has to
    bool passes;      // solver_passages is to be told
};

struct solver_outcome {
    int64_t offered_milli;
    int64_t rate_milli;        // sent: less than offered when an elastic flow is held back
    double delivered;          // share of what is sent
    double delay_ps;           // mean, of what is delivered; 0: nothing is
    double lost[GRAPH_CAUSES]; // shares of what is sent
};

// Where a flow enters an anycast service, or is delivered: nodes with shares of what is sent.
struct solver_end {
    uint32_t node;
    uint32_t octets; // of the tunnel that begins at a POP
    uint32_t state;  // of the graph: private
    bool entry;      // a POP; else a node that delivers
    double share;    // when nothing is lost to congestion
};

// What goes by way of a POP, in shares of what is sent. A request comes `in` at a POP and goes `out`
// where it is delivered; an answer comes in where it is sent and goes out where it leaves the
// operator's nodes. in = out + the sum of `lost`.
struct solver_passage {
    int pop; // -1: what is lost before it comes to a POP; then in is 0
    double in, out;
    double lost[GRAPH_CAUSES]; // from in to out
};
// Between a POP and a node that delivers requests, or sends answers.
struct solver_leg {
    int pop;
    uint32_t node;
    double share; // of what is sent
};

// The net must not grow afterwards.
struct solver *solver_new(struct net *net, const struct solver_hooks *hooks);
void solver_free(struct solver *s);

// What services may pass at nodes; before any flow is added. Numbered from 0 in order; each is unlimited
// until it is set.
void solver_limits(struct solver *s, const struct limit *limits, uint32_t n);
void solver_limit_set(struct solver *s, uint32_t limit, int64_t bps);
int64_t solver_limit_milli(const struct solver *s, uint32_t limit); // offered to it by all flows

// Flows are numbered from 0 in order of calls. A flow must be added after the one that it answers;
// a flow has one answer.
uint32_t solver_add(struct solver *s, const struct solver_flow *f);
void solver_offer(struct solver *s, uint32_t flow, int64_t rate_milli);

void solver_fib_changed(struct solver *s, uint32_t node, struct prefix6 p);
void solver_port_changed(struct solver *s, uint32_t port); // cut, restored, another line loss
void solver_loads_changed(struct solver *s); // background or packets' weight, on any port
void solver_everything_changed(struct solver *s);

// At the simulated time that the net has; tells the net the new loads (net_port_demand).
void solver_solve(struct solver *s);

const struct solver_outcome *solver_outcome(const struct solver *s, uint32_t flow);
// Where a flow that was added with `ends` ends. Valid until the next solve.
size_t solver_ends(const struct solver *s, uint32_t flow, const struct solver_end **out);
// The passage of a flow that was added with `passes`. Valid until the next solve.
size_t solver_passages(const struct solver *s, uint32_t flow, const struct solver_passage **out);
size_t solver_legs(const struct solver *s, uint32_t flow, const struct solver_leg **out);
int64_t solver_port_milli(const struct solver *s, uint32_t port); // offered to it by all flows
uint64_t solver_explored(const struct solver *s); // graphs walked so far: for tests of the above
#endif
