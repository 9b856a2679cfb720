// SPDX-License-Identifier: GPL-3.0-or-later
// trace: one real request and its answer through the network at one instant, hop by hop, and the
// route decisions along its way. Nothing is recomputed: the probe is a packet like any other. The
// decisions are read out of the speakers' RIBs when it has ended, up to a round trip after it was
// sent; `asof_ps` is that time, for routes may have changed meanwhile.
#ifndef ANYSIM_RUN_TRACE_H
#define ANYSIM_RUN_TRACE_H

#include "bgp/account.h"
#include "run/run.h"

struct trace_hop {
    const char *node;
    int64_t at_ps;    // since the request left
    int64_t line_ps;  // delay of the line to here; -1: it began here
    int64_t queue_ps; // the rest: waiting and sending
    bool back;        // on the answer's way
    bool tunnel;      // in a tunnel when it arrived
};

struct trace {
    const struct world *world;
    int group, service;
    int64_t at_ps, asof_ps; // scenario times: sent; decisions read
    struct probe probe;
    struct trace_hop hops[PROBE_HOPS];
    int nhops;
    int64_t rtt_ps; // -1: no answer
    int pop;        // of entry; -1: none
    int answer;     // of a name: the service whose address the sender held; -1: none, or no name
    // Best paths at that time, in words, by router: to the service, and to the client.
    char **best[2];
    uint32_t nrouters;
};

// The flow that joins a client group to a service, or NULL.
struct flow *trace_flow(const struct world *w, int group, int service);

// Sends the probe now and runs until its answer or loss (at most `timeout_ps`). The world outlives the
// trace; trace_free releases.
void trace_take(struct world *w, int group, int service, int64_t timeout_ps, struct trace *out);
void trace_free(struct trace *t);

// The prefix that the way there (or back) follows.
struct prefix trace_prefix(const struct trace *t, bool back);

// Calls `visit` for the decisions on the way there or back, as they are now: at the first router,
// and wherever the packet leaves a network; each for the longest prefix that the router has a path to. `fib`: how packets are forwarded while the FIB does not
// follow the decision; "" when it does.
typedef void trace_visit_fn(void *ctx, const struct bgp_account *a, const char *fib);
void trace_decisions(const struct trace *t, bool back, trace_visit_fn *visit, void *ctx);

#endif
