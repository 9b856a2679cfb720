// SPDX-License-Identifier: GPL-3.0-or-later
// What fits: losses of inelastic flows, and the rates of elastic ones.
#include "demand/classes.h"

#include <math.h>

#define LOSS_SEEN   1e-6 // a port that loses less takes nothing off what it passes on
#define LOSS_SAME   1e-9 // iteration ends when no loss moves by more
#define ROUNDS_MAX  200
#define ROUNDS_FREE 16 // afterwards steps are halved, so that losses that chase each other settle

// --- Losses

static void set_bit(uint64_t *bits, uint32_t i)
{
    bits[i / 64] |= UINT64_C(1) << (i % 64);
}

// Ports that would lose something if nothing were lost before.
static bool find_losses(struct solver *s)
{
    bool any = false;
    memset(s->moved, 0, s->words * sizeof *s->moved);
    for (uint32_t p = 0; p < s->nports; p++) {
        s->lossy[p] = s->lines[p];
        if (s->base_milli[p] == 0)
            continue;
        double loss = solver_fate(s, p, s->base_milli[p]).congestion;
        if (loss <= LOSS_SEEN)
            continue;
        s->lossy[p].congestion = loss;
        set_bit(s->moved, p);
        any = true;
    }
    return any;
}

// The class's loads with the losses of this round instead of those before.
static void replace(struct solver *s, struct flow_class *c)
{
    struct graph_scratch *x = &s->scratch;
    for (size_t i = 0; i < c->left.n; i++)
        s->inelastic_milli[c->left.v[i].port] -= c->left.v[i].milli;
    c->left.n = 0;
    solver_flow_class(s, c, s->lossy);
    for (size_t i = 0; i < x->touched.n; i++) {
        struct port_load l = {x->touched.v[i], x->load_milli[x->touched.v[i]]};
        s->inelastic_milli[l.port] += l.milli;
        vec_push(&c->left, l);
    }
    graph_flow_done(x);
}

// New losses from the loads of this round; false: none has moved.
static bool renew(struct solver *s, int round)
{
    bool any = false;
    memset(s->moved, 0, s->words * sizeof *s->moved);
    for (uint32_t p = 0; p < s->nports; p++) {
        double before = s->lossy[p].congestion;
        if (before == 0) // loads only shrink when losses upstream are counted
            continue;
        double loss = solver_fate(s, p, s->inelastic_milli[p]).congestion;
        if (round >= ROUNDS_FREE)
            loss = (loss + before) / 2;
        loss = loss > LOSS_SEEN ? loss : LOSS_SEEN;
        if (fabs(loss - before) <= LOSS_SAME)
            continue;
        s->lossy[p].congestion = loss;
        set_bit(s->moved, p);
        any = true;
    }
    return any;
}

void solver_lose(struct solver *s)
{
    memcpy(s->inelastic_milli, s->base_milli, s->nports * sizeof *s->inelastic_milli);
    if (!find_losses(s))
        return;
    for (size_t i = 0; i < s->classes.n; i++) {
        struct flow_class *c = &s->classes.v[i];
        vec_reserve(&c->left, c->loads.n);
        c->left.n = c->loads.n;
        if (c->loads.n)
            memcpy(c->left.v, c->loads.v, c->loads.n * sizeof *c->loads.v);
    }
    for (int round = 0; round < ROUNDS_MAX; round++) {
        for (size_t i = 0; i < s->classes.n; i++)
            if (s->classes.v[i].loads.n && solver_uses(s, &s->classes.v[i], s->moved))
                replace(s, &s->classes.v[i]);
        if (!renew(s, round))
            break;
    }
}

// --- Shares

// What other traffic than flows takes of the port, in bit/s.
static double others_bps(const struct port *p)
{
    return p->fluid
               ? (p->fluid->weight + (double)p->fluid->background_ppm / 1e6) * (double)p->rate_bps
               : 0;
}

// What is left for elastic flows of a port, or of a limit.
static double left_bps(const struct solver *s, uint32_t p)
{
    double taken = (double)s->inelastic_milli[p] / SOLVER_MILLI, rate;
    if (p >= s->net->nports) {
        rate = (double)s->limits.v[p - s->net->nports].bps;
    } else {
        taken = others_bps(s->net->ports[p]) + taken;
        rate = (double)s->net->ports[p]->rate_bps;
    }
    return rate > taken ? rate - taken : 0;
}

struct problem {
    VEC(double) wanted, weight, rate;
    VEC(size_t) first;
    VEC(struct maxmin_use) uses;
    VEC(uint32_t) flows;
};

static void gather(const struct solver *s, struct problem *x)
{
    for (size_t i = 0; i < s->classes.n; i++) {
        const struct flow_class *c = &s->classes.v[i];
        size_t number = 0;
        for (size_t k = 0; k < c->flows.n && c->elastic; k++) {
            const struct flow_state *f = &s->flows.v[c->flows.v[k]];
            if (!f->is.elastic)
                continue;
            size_t from = c->first_use.v[number], to = c->first_use.v[number + 1];
            number++;
            vec_push(&x->flows, c->flows.v[k]);
            vec_push(&x->wanted, (double)f->out.offered_milli / SOLVER_MILLI);
            vec_push(&x->weight, f->is.weight);
            vec_push(&x->first, x->uses.n);
            vec_reserve(&x->uses, x->uses.n + (to - from));
            if (to > from)
                memcpy(x->uses.v + x->uses.n, c->uses.v + from, (to - from) * sizeof *x->uses.v);
            x->uses.n += to - from;
        }
    }
    vec_push(&x->first, x->uses.n);
}

static void free_problem(struct problem *x)
{
    vec_free(&x->wanted);
    vec_free(&x->weight);
    vec_free(&x->rate);
    vec_free(&x->first);
    vec_free(&x->uses);
    vec_free(&x->flows);
}

static void take_rate(struct solver *s, uint32_t flow, double rate_bps)
{
    struct flow_state *f = &s->flows.v[flow];
    int64_t milli = (int64_t)(rate_bps * SOLVER_MILLI);
    milli = milli < f->out.offered_milli ? milli : f->out.offered_milli;
    if (milli == f->out.rate_milli)
        return;
    if (s->hooks.changes)
        s->hooks.changes(s->hooks.ctx, flow);
    f->out.rate_milli = milli;
}

void solver_share(struct solver *s, int64_t *total_milli)
{
    struct problem x = {0};
    size_t ports = s->nports;
    gather(s, &x);
    if (x.flows.n) {
        double *capacity = xmalloc(ports * sizeof *capacity), *load = xcalloc(ports, sizeof *load);
        vec_reserve(&x.rate, x.flows.n);
        for (size_t p = 0; p < ports; p++) {
            capacity[p] = left_bps(s, (uint32_t)p);
        }
        struct maxmin m = {x.flows.n, ports, x.wanted.v, x.weight.v, x.first.v, x.uses.v, capacity};
        maxmin_solve(&m, x.rate.v, NULL);
        for (size_t i = 0; i < x.flows.n; i++) {
            take_rate(s, x.flows.v[i], x.rate.v[i]);
            for (size_t k = x.first.v[i]; k < x.first.v[i + 1]; k++)
                load[x.uses.v[k].link] += x.rate.v[i] * x.uses.v[k].part;
        }
        for (size_t p = 0; p < ports; p++)
            total_milli[p] += (int64_t)(load[p] * SOLVER_MILLI);
        free(capacity);
        free(load);
    }
    free_problem(&x);
}
