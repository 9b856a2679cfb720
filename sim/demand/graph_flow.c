// SPDX-License-Identifier: GPL-3.0-or-later
// What flows along a graph: loads forwards from the sources, outcomes backwards from the ends.
#include "demand/graph.h"

#define COUNTED_MAX (INT64_C(400000000000000) * 1000) // SOLVER_MAX: sums of them still fit

static bool is_down(const struct graph *g, const struct graph_state *s)
{
    return g->net->nodes[s->node].downs > 0;
}

static bool passes(const struct graph *g, uint32_t port)
{
    return graph_stays(g, port) || g->net->ports[port]->alive;
}

// --- Loads

#define zeroed(vec, count)                                                                         \
    do {                                                                                           \
        vec_reserve((vec), (count));                                                               \
        (vec)->n = (count);                                                                        \
        if (count)                                                                                 \
            memset((vec)->v, 0, (count) * sizeof *(vec)->v);                                       \
    } while (0)

void graph_clear(const struct graph *g, struct graph_scratch *x)
{
    zeroed(&x->in, g->states.n);
}

// What limits packets makes small ones count for more.
static int64_t as_counted(const struct port *p, int64_t rate, int64_t wire, int64_t bytes,
                          int64_t octets)
{
    if (p->least_bytes <= bytes + octets)
        return wire;
    __extension__ __int128 counted = (__extension__(__int128) rate) * p->least_bytes / bytes;
    return counted < COUNTED_MAX ? (int64_t)counted : COUNTED_MAX;
}

static void offer(struct graph_scratch *x, const struct graph *g, const struct graph_state *s,
                  uint32_t port, int64_t rate)
{
    int64_t octets = graph_stays(g, port) ? 0 : g->stacks.v[s->stack].octets, bytes = g->bytes;
    int64_t wire = rate;
    if (octets)
        wire += rate / bytes * octets + rate % bytes * octets / bytes;
    if (!graph_stays(g, port))
        wire = as_counted(g->net->ports[port], rate, wire, bytes, octets);
    if (x->load_milli[port] == 0 && wire)
        vec_push(&x->touched, port);
    x->load_milli[port] += wire;
}

static int64_t survives(const struct graph_port *p, int64_t rate)
{
    if (p->congestion == 0 && p->line == 0)
        return rate;
    return (int64_t)((double)rate * (1 - p->congestion) * (1 - p->line));
}

// Passes on what has come to a state; `in` is where it arrives.
static void spread(const struct graph *g, const struct graph_state *s, int64_t rate,
                   const struct graph_port *ports, struct graph_scratch *x, int64_t *in)
{
    if (s->count == 0 || is_down(g, s))
        return;
    int64_t each = s->count == 1 ? rate : rate / s->count, extra = rate - each * s->count;
    for (uint32_t k = 0; k < s->count; k++) {
        const struct graph_edge *e = &g->edges.v[s->first + k];
        int64_t share = each + (k < extra);
        if (e->port == GRAPH_NO_PORT) {
            in[e->to] += share;
        } else if (passes(g, e->port)) {
            offer(x, g, s, e->port, share);
            in[e->to] += survives(&ports[e->port], share);
        }
    }
}

static void flow_hop_by_hop(const struct graph *g, const struct graph_port *ports,
                            struct graph_scratch *x)
{
    size_t n = g->states.n;
    bool any = true;
    zeroed(&x->in_next, n);
    for (int hop = 0; hop < GRAPH_HOPS && any; hop++) {
        any = false;
        for (size_t i = 0; i < n; i++) {
            int64_t rate = x->in.v[i];
            x->in.v[i] = 0;
            any = any || rate;
            if (rate)
                spread(g, &g->states.v[i], rate, ports, x, x->in_next.v);
        }
        int64_t *swap = x->in.v; // both have room for n
        size_t cap = x->in.cap;
        x->in.v = x->in_next.v;
        x->in.cap = x->in_next.cap;
        x->in_next.v = swap;
        x->in_next.cap = cap;
    }
}

void graph_flow(const struct graph *g, const struct graph_port *ports, struct graph_scratch *x)
{
    if (g->cyclic) {
        flow_hop_by_hop(g, ports, x);
        return;
    }
    for (size_t i = 0; i < g->states.n; i++)
        if (x->in.v[i])
            spread(g, &g->states.v[i], x->in.v[i], ports, x, x->in.v);
}

void graph_flow_done(struct graph_scratch *x)
{
    for (size_t i = 0; i < x->touched.n; i++)
        x->load_milli[x->touched.v[i]] = 0;
    x->touched.n = 0;
}

// --- Outcomes

static void add_outcome(struct graph_outcome *out, const struct graph_outcome *c, double share,
                        double delay_ps)
{
    out->delivered += share * c->delivered;
    out->delay_ps += share * (c->delay_ps + c->delivered * delay_ps);
    for (int k = 0; k < GRAPH_CAUSES; k++)
        out->lost[k] += share * c->lost[k];
}

static double hop_delay_ps(const struct graph *g, const struct graph_state *s, const struct port *p,
                           const struct graph_port *fluid)
{
    int64_t bytes = g->bytes + g->stacks.v[s->stack].octets;
    return (double)(p->delay_ps + ps_for_bytes(bytes, p->rate_bps)) + fluid->wait_ps;
}

// What congestion at a port is called.
static enum graph_cause cause_of(const struct graph *g, const struct graph_state *s, uint32_t port)
{
    uint32_t bytes = g->bytes + g->stacks.v[s->stack].octets;
    enum fwd_drop why = port_refusal(g->net->ports[port], bytes, FWD_DROP_CONGESTION);
    return why == FWD_DROP_BIT_RATE      ? GRAPH_BIT_RATE
           : why == FWD_DROP_PACKET_RATE ? GRAPH_PACKET_RATE
                                         : GRAPH_CONGESTION;
}

// From those of the states behind.
static void outcome_of(const struct graph *g, const struct graph_state *s,
                       const struct graph_port *ports, const struct graph_outcome *behind,
                       struct graph_outcome *out)
{
    memset(out, 0, sizeof *out);
    if (is_down(g, s))
        out->lost[GRAPH_NODE_DOWN] = 1;
    else if (s->end == GRAPH_DELIVERED)
        out->delivered = 1;
    else if (s->end == GRAPH_LOST)
        out->lost[s->cause] = 1;
    if (s->count == 0 || is_down(g, s))
        return;
    double share = 1.0 / s->count;
    for (uint32_t k = 0; k < s->count; k++) {
        const struct graph_edge *e = &g->edges.v[s->first + k];
        if (e->port == GRAPH_NO_PORT) {
            add_outcome(out, &behind[e->to], share, 0);
        } else if (graph_stays(g, e->port)) {
            double left = share * (1 - ports[e->port].congestion);
            out->lost[GRAPH_POLICED] += share - left;
            add_outcome(out, &behind[e->to], left, 0);
        } else if (!passes(g, e->port)) {
            out->lost[GRAPH_LINK_DOWN] += share;
        } else {
            const struct graph_port *p = &ports[e->port];
            double left = share * (1 - p->congestion);
            out->lost[cause_of(g, s, e->port)] += share * p->congestion;
            out->lost[GRAPH_LINE_LOSS] += left * p->line;
            add_outcome(out, &behind[e->to], left * (1 - p->line),
                        hop_delay_ps(g, s, g->net->ports[e->port], p));
        }
    }
}

void graph_outcomes(const struct graph *g, const struct graph_port *ports,
                    struct graph_outcome *out, struct graph_outcome *spare)
{
    size_t n = g->states.n;
    if (!g->cyclic) {
        for (size_t i = n; i-- > 0;)
            outcome_of(g, &g->states.v[i], ports, out, &out[i]);
        return;
    }
    memset(spare, 0, n * sizeof *spare);
    for (size_t i = 0; i < n; i++)
        spare[i].lost[GRAPH_TTL] = 1;
    for (int hop = 0; hop < GRAPH_HOPS; hop++) {
        for (size_t i = 0; i < n; i++)
            outcome_of(g, &g->states.v[i], ports, spare, &out[i]);
        memcpy(spare, out, n * sizeof *spare);
    }
}

// --- One unit

static void unit_spread(const struct graph *g, const struct graph_state *s, double unit,
                        struct graph_scratch *x, double *in)
{
    if (s->count == 0 || is_down(g, s))
        return;
    double share = unit / s->count;
    uint32_t bytes = g->bytes + g->stacks.v[s->stack].octets;
    double wire = share * (1 + (double)g->stacks.v[s->stack].octets / g->bytes);
    for (uint32_t k = 0; k < s->count; k++) {
        const struct graph_edge *e = &g->edges.v[s->first + k];
        if (!passes(g, e->port))
            continue;
        if (e->port != GRAPH_NO_PORT) {
            if (x->unit[e->port] == 0)
                vec_push(&x->touched, e->port);
            uint32_t least = graph_stays(g, e->port) ? 0 : g->net->ports[e->port]->least_bytes;
            x->unit[e->port] += graph_stays(g, e->port) ? share
                                : least > bytes         ? share * least / g->bytes
                                                        : wire;
        }
        in[e->to] += share;
        x->pending.v[e->to / 64] |= UINT64_C(1) << (e->to % 64);
    }
}

static void tell(const struct graph *g, const struct graph_state *s, double share,
                 void (*ends)(void *ctx, const struct graph_state *s, double share), void *ctx)
{
    if (ends && !is_down(g, s) && (s->entry || s->end == GRAPH_DELIVERED))
        ends(ctx, s, share);
}

// One pass over what is pending, in order. Without loops it is all that is needed, as every edge
// leads onwards.
static void unit_pass(const struct graph *g, struct graph_scratch *x,
                      void (*ends)(void *ctx, const struct graph_state *s, double share), void *ctx)
{
    for (size_t w = 0; w < x->pending.n; w++)
        while (x->pending.v[w]) {
            size_t i = w * 64 + (size_t)__builtin_ctzll(x->pending.v[w]);
            x->pending.v[w] &= x->pending.v[w] - 1;
            double unit = x->unit_in.v[i];
            x->unit_in.v[i] = 0;
            tell(g, &g->states.v[i], unit, ends, ctx);
            unit_spread(g, &g->states.v[i], unit, x, x->unit_in.v);
        }
}

static void unit_hop_by_hop(const struct graph *g, struct graph_scratch *x,
                            void (*ends)(void *ctx, const struct graph_state *s, double share),
                            void *ctx)
{
    size_t n = g->states.n;
    zeroed(&x->unit_next, n);
    for (int hop = 0; hop < GRAPH_HOPS; hop++) {
        for (size_t i = 0; i < n; i++) {
            double unit = x->unit_in.v[i];
            x->unit_in.v[i] = 0;
            if (unit == 0)
                continue;
            tell(g, &g->states.v[i], unit, ends, ctx);
            unit_spread(g, &g->states.v[i], unit, x, x->unit_next.v);
        }
        memcpy(x->unit_in.v, x->unit_next.v, n * sizeof *x->unit_in.v);
        memset(x->unit_next.v, 0, n * sizeof *x->unit_next.v);
    }
}

void graph_unit(const struct graph *g, const struct graph_source *sources, const double *shares,
                size_t n, struct graph_scratch *x,
                void (*ends)(void *ctx, const struct graph_state *s, double share), void *ctx)
{
    zeroed(&x->unit_in, g->states.n);
    zeroed(&x->pending, (g->states.n + 63) / 64);
    for (size_t i = 0; i < n; i++) {
        uint32_t s = sources[i].state;
        x->unit_in.v[s] += shares[i];
        x->pending.v[s / 64] |= UINT64_C(1) << (s % 64);
    }
    if (g->cyclic)
        unit_hop_by_hop(g, x, ends, ctx);
    else
        unit_pass(g, x, ends, ctx);
}

void graph_unit_done(struct graph_scratch *x)
{
    for (size_t i = 0; i < x->touched.n; i++)
        x->unit[x->touched.v[i]] = 0;
    x->touched.n = 0;
}
