// SPDX-License-Identifier: GPL-3.0-or-later
// graph: where fluid for one destination goes, as the FIBs have it now.
//
// A state is a node together with the addresses that a packet there still has to reach: the
// destination, and above it the far ends of the tunnels that it is in. At each state the node's FIB is
// asked about the uppermost address (fwd_lookup): next hops lead over ports to other nodes and
// share equally (a next hop listed twice takes two shares), a tunnel adds an address, its far end
// takes it off again, the destination's own node delivers, and whatever has no way on is lost with
// the drop reason that a packet would meet. So anycast bindings, repair tunnels, loops and black holes
// come out as packets meet them.
//
// States lie in topological order, unless there is a loop: then fluid is followed hop by hop for
// GRAPH_HOPS hops, after which it is lost (ttl-exceeded), having loaded the loop that often.
//
// Rates are int64_t in thousandths of a bit/s (`_milli`): sums of integers do not depend on their
// order, so a load that is kept up to date equals one that is summed afresh, bit for bit. 400 Tb/s
// leave a factor of 20. What does not divide evenly among next hops goes to the first ones.
#ifndef ANYSIM_DEMAND_GRAPH_H
#define ANYSIM_DEMAND_GRAPH_H

#include "base/vec.h"
#include "demand/limit.h"
#include "net/net.h"

#define GRAPH_HOPS    64 // a packet's first TTL, here and in tunnels (fwd/tunnel.h)
#define GRAPH_NO_PORT UINT32_MAX
#define GRAPH_NONE    UINT32_MAX

// Why fluid is lost; the others of enum fwd_drop cannot happen to it.
enum graph_cause {
    GRAPH_NO_ROUTE,
    GRAPH_BLACKHOLE,
    GRAPH_REJECT,
    GRAPH_TUNNEL_DEPTH,
    GRAPH_TTL,
    GRAPH_LINK_DOWN,
    GRAPH_NODE_DOWN,
    GRAPH_CONGESTION,
    GRAPH_LINE_LOSS,
    GRAPH_UNBOUND, // at the POPs of an EIP, as the next ones
    GRAPH_BLOCKED,
    GRAPH_POLICED,
    GRAPH_BIT_RATE,    // what gateways can bear (net_link_options.limits):
    GRAPH_PACKET_RATE, // congestion of their ports
    GRAPH_CAUSES
};
enum fwd_drop graph_drop(enum graph_cause c);

enum graph_end { GRAPH_GOES_ON, GRAPH_DELIVERED, GRAPH_LOST };

struct graph_stack { // what is still to be reached
    uint32_t below;  // stack without the uppermost address; GRAPH_NONE: the destination alone
    uint32_t octets; // of tunnel headers around the datagram
    struct ip6_addr top;
};

struct graph_edge {
    uint32_t port; // GRAPH_NO_PORT: into or out of a tunnel, at the same node; or a limit there
    uint32_t to;   // state
};

struct graph_state {
    uint32_t node, stack;
    uint32_t first; // edge
    uint16_t count; // of edges; 0: it ends here
    uint8_t end;    // enum graph_end
    uint8_t cause;  // enum graph_cause, when lost
    bool entry;     // an anycast binding pushes its tunnel here
};

struct graph {
    const struct net *net;
    const struct limit *limits; // number i is port net->nports + i
    uint32_t nlimits;
    uint32_t service; // that sends answers, or GRAPH_NONE
    uint32_t bytes;   // of a datagram, for what tunnels add and how long it takes to send
    VEC(struct graph_stack) stacks; // 0: the destination
    VEC(struct graph_state) states; // in topological order unless `cyclic`
    VEC(struct graph_edge) edges;
    uint64_t *visited; // a bit a node: some state is there
    bool cyclic;
};

// Where fluid comes in: a node, with the address of a tunnel that it is in from the start (of an
// answer to a POP), or none.
struct graph_source {
    uint32_t node;
    struct ip6_addr via; // zero: none
    uint32_t octets;     // of that tunnel's header
    uint32_t state;      // filled in by graph_explore
};

// Into or out of a tunnel, perhaps through a limit: not over a line.
static inline bool graph_stays(const struct graph *g, uint32_t port)
{
    return port >= g->net->nports; // GRAPH_NO_PORT too
}

// Memory that graphs share while they work; belongs to the caller. All of it is private but for
// what graph_flow and graph_unit leave in it.
struct graph_scratch {
    VEC(uint32_t) seen; // [stack × nodes + node]: state + 1, in order of discovery
    VEC(struct graph_state) found;
    VEC(struct graph_edge) edges;
    VEC(uint32_t) todo, next, place; // of the search: path, next edge by state, final index
    VEC(uint32_t) order;             // states in the order in which they are left
    VEC(uint8_t) colour;
    VEC(int64_t) in, in_next; // by state
    VEC(double) unit_in, unit_next;
    VEC(uint64_t) pending; // a bit a state
    int64_t *load_milli;   // by port
    double *unit;          // by port
    VEC(uint32_t) touched; // ports with a load or unit, in order of first touch
};

// What a port does to fluid.
struct graph_port {
    double congestion; // share lost at its queue
    double line;       // share of what is sent that is lost on the line
    double wait_ps;    // mean, in the queue
};

void graph_init(struct graph *g, const struct net *net, struct ip6_addr destination,
                uint32_t bytes);
void graph_free(struct graph *g);
void graph_scratch_init(struct graph_scratch *x, uint32_t nports);
void graph_scratch_free(struct graph_scratch *x);

// Walks the FIBs from the sources and replaces all states.
void graph_explore(struct graph *g, struct graph_source *sources, size_t n,
                   struct graph_scratch *x);
// Does what the FIB of `node` says about `p` matter to it?
bool graph_asks(const struct graph *g, uint32_t node, struct prefix6 p);

// Adds to x->load_milli what `rate_milli` at each source (added up by state in x->in beforehand:
// graph_clear, then graph_add) offers to every port (but those that are cut). Lost upstream is not offered downstream: `ports`
// says what survives. x->touched lists the ports; graph_flow_done clears both.
void graph_clear(const struct graph *g, struct graph_scratch *x);
static inline void graph_add(struct graph_scratch *x, uint32_t state, int64_t rate_milli)
{
    x->in.v[state] += rate_milli;
}
void graph_flow(const struct graph *g, const struct graph_port *ports, struct graph_scratch *x);
void graph_flow_done(struct graph_scratch *x);

struct graph_outcome {
    double delivered; // share
    double delay_ps;  // mean, times `delivered`
    double lost[GRAPH_CAUSES];
};

// What becomes of fluid that starts at each state: `out` has an element a state.
void graph_outcomes(const struct graph *g, const struct graph_port *ports,
                    struct graph_outcome *out, struct graph_outcome *spare);

// The way of one unit of fluid, `shares` of it from each source: how much of it every port is offered when nothing is lost
// to congestion, in x->unit by port with x->touched; graph_unit_done clears them. Calls `ends`, if
// not NULL, for every anycast entry and every node that delivers, with its share.
void graph_unit(const struct graph *g, const struct graph_source *sources, const double *shares,
                size_t n, struct graph_scratch *x,
                void (*ends)(void *ctx, const struct graph_state *s, double share), void *ctx);
void graph_unit_done(struct graph_scratch *x);

#endif
