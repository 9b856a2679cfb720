// SPDX-License-Identifier: GPL-3.0-or-later
#include "hops.h"

#include "base/arena.h"
#include "base/rng.h"
#include "base/units.h"
#include "fwd/headers.h"
#include "net/burst.h"
#include "net/net.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

#define RATE        INT64_C(1000000000)
#define MEAN_BYTES  1000
#define LEAST_BYTES 28
#define PROBE_BYTES 28
#define S_PS        (MEAN_BYTES * 8 * (PS_PER_S / RATE))
#define DELAY_PS    PS_PER_US
#define RING        (1u << 20) // packets under way at most
#define WARM        3000.0     // S before anything is counted
#define ADDRESS(i)  IP4(10, 0, 0, 1 + (i))
#define MEASURED    1

struct source {
    struct entity entity; // must stay first
    struct run *run;
    gsl_rng *rng;
    struct burst sizes; // of a probe: unused
    bool probe;
    int from, to;
    double rho, every; // `every`: mean gap in S, of probes
    uint32_t seq;
};

struct run {
    const struct hops_options *o;
    struct sim *sim;
    struct net *net;
    struct source sources[HOPS_MAX + 1];
    int nsources;
    struct entity cycle;
    int64_t *sent_ps; // [RING]
    double *waits;    // of probes
    size_t nwaits, room;
    double sum, bin_sum[HOPS_BINS];
    uint64_t bin_n[HOPS_BINS], sent, arrived, lost, load_sent, load_lost;
};

static double in_s(int64_t ps)
{
    return (double)ps / (double)S_PS;
}

static int bin_of(const struct run *r, int64_t sent_ps)
{
    double part = fmod(in_s(sent_ps) - WARM, r->o->cycle) / r->o->cycle;
    return (int)(part * HOPS_BINS);
}

static void keep(struct run *r, double wait)
{
    if (r->nwaits == r->room) {
        r->room = r->room ? 2 * r->room : 1024;
        r->waits = xrealloc(r->waits, r->room * sizeof *r->waits);
    }
    r->waits[r->nwaits++] = wait;
}

static void delivered(void *ctx, uint32_t node, struct packet *p)
{
    struct run *r = ctx;
    (void)node;
    int64_t sent_ps = r->sent_ps[p->seq % RING];
    if (p->kind == MEASURED && in_s(sent_ps) >= WARM) {
        int hops = r->o->probe_every > 0 ? r->o->hops : 1;
        int64_t own_ps = hops * (ps_for_bytes(p->length, RATE) + DELAY_PS);
        double wait = in_s(sim_now(r->sim) - sent_ps - own_ps);
        r->sum += wait;
        r->arrived++;
        if (r->o->probe_every > 0)
            keep(r, wait);
        if (r->o->cycle > 0) {
            r->bin_sum[bin_of(r, sent_ps)] += wait;
            r->bin_n[bin_of(r, sent_ps)]++;
        }
    }
    packet_give(&r->net->pool, p);
}

static void dropped(void *ctx, uint32_t node, uint32_t port, const struct packet *p,
                    enum fwd_drop reason)
{
    struct run *r = ctx;
    (void)port;
    (void)reason;
    r->load_lost += p->kind == 0 && node == 0 ? p->length : 0;
    r->lost += p->kind == MEASURED && in_s(r->sent_ps[p->seq % RING]) >= WARM;
}

static void emit(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct source *s = (struct source *)self;
    struct run *r = s->run;
    double gap = s->probe ? s->every : 1 / s->rho;
    (void)arg;
    if (arg) { // the first call only begins
        struct packet *p = packet_take(&r->net->pool);
        uint32_t length = PROBE_BYTES;
        if (!s->probe)
            length = (uint32_t)fmin(
                fmax(burst_draw(&s->sizes, s->rng) * MEAN_BYTES + 0.5, LEAST_BYTES), UINT16_MAX);
        packet_build_udp(p, ADDRESS(s->from), ADDRESS(s->to), 1, 2, 64, length, NULL);
        if (s->probe)
            ip4_set_tos(packet_data(p), (uint8_t)(r->o->probe_dscp << 2));
        p->flow = 0;
        p->weight = s->probe || !r->o->fluid;
        p->kind = s->probe || r->o->probe_every <= 0 ? MEASURED : 0;
        p->seq = s->seq++;
        r->load_sent += p->kind == 0 && s->from == 0 ? p->length : 0;
        if (p->kind == MEASURED) {
            r->sent_ps[p->seq % RING] = sim_now(sim);
            r->sent += in_s(sim_now(sim)) >= WARM;
        }
        net_originate(r->net, (uint32_t)s->from, p);
    }
    int64_t next_ps = (int64_t)(gsl_ran_exponential(s->rng, gap * (double)S_PS) + 0.5);
    sim_at(sim, self, self, sim_now(sim) + next_ps, SIM_PHASE_DATA, 1);
}

static void add_source(struct run *r, const char *name, struct source s)
{
    struct source *to = &r->sources[r->nsources++];
    *to = s;
    to->run = r;
    to->rng = rng_stream(r->o->seed, name, "source");
    sim_entity(r->sim, &to->entity, emit);
    sim_at(r->sim, &to->entity, &to->entity, 0, SIM_PHASE_DATA, 0);
}

// The load changes over: up at the start of a cycle, down after a quarter.
static void turn(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct run *r = (struct run *)(void *)((char *)self - offsetof(struct run, cycle));
    double rho = arg ? r->o->over : r->o->rho;
    for (int i = 0; i < r->nsources; i++)
        if (!r->sources[i].probe)
            r->sources[i].rho = rho;
    for (uint32_t i = 0; i < r->net->nlinks && r->o->fluid; i++)
        net_port_demand(r->net, r->net->links[i].a_port,
                        (int64_t)((rho - r->o->rho) * (double)RATE));
    double stay = arg ? r->o->cycle / 4 : 3 * r->o->cycle / 4;
    sim_at(sim, self, self, sim_now(sim) + (int64_t)(stay * (double)S_PS), SIM_PHASE_WORLD, !arg);
}

static void add_nodes(struct run *r)
{
    const struct hops_options *o = r->o;
    for (int i = 0; i <= o->hops; i++) {
        struct fwd_node *n = fwd_node_new(&(struct fwd_options){.address = ADDRESS(i)});
        fwd_route_set(n, (struct prefix){ADDRESS(i), 32}, FWD_ACT_LOCAL, 0);
        net_add_node(r->net, "node", n);
    }
    for (int i = 0; i < o->hops; i++) {
        char name[] = {'h', (char)('0' + i), '\0'};
        struct qdisc_options q = {.ops = qdisc_kind("drop-tail"), .limit_packets = o->room - 1};
        struct net_link_options l = {.a = (uint32_t)i,
                                     .b = (uint32_t)i + 1,
                                     .rate_bps = RATE,
                                     .delay_ps = DELAY_PS,
                                     .queue_ps =
                                         (int64_t)((o->room ? o->room : o->buffer) * (double)S_PS)};
        if (o->fluid) {
            l.fluid = true;
            l.background_ppm = llround(o->rho * 1e6);
            l.burst_bytes = MEAN_BYTES;
            l.burst = (struct burst_shape){.kind = o->kind, .spread = o->spread};
        } else if (o->room) {
            l.forth.qdisc = &q;
        }
        if (o->discipline)
            l.forth.qdisc = o->discipline;
        uint32_t link = net_add_link(r->net, name, &l), out = r->net->links[link].a_port;
        struct fwd_node *n = r->net->nodes[i].fwd;
        for (int to = i + 1; to <= o->hops; to++)
            fwd_route_set(n, (struct prefix){ADDRESS(to), 32}, FWD_ACT_FORWARD,
                          fwd_group(n, &out, 1));
    }
}

static int ascending(const void *pa, const void *pb)
{
    double a = *(const double *)pa, b = *(const double *)pb;
    return (a > b) - (a < b);
}

static struct hops_result result(struct run *r)
{
    struct hops_result out = {.sent = r->sent, .lost = r->lost};
    if (r->nwaits)
        qsort(r->waits, r->nwaits, sizeof *r->waits, ascending);
    out.mean = r->arrived ? r->sum / (double)r->arrived : 0;
    out.p99 = r->nwaits ? r->waits[r->nwaits * 99 / 100] : 0;
    out.load_loss = r->load_sent ? (double)r->load_lost / (double)r->load_sent : 0;
    out.loss = r->sent ? (double)r->lost / (double)r->sent : 0;
    for (int i = 0; i < HOPS_BINS; i++)
        out.bin[i] = r->bin_n[i] ? r->bin_sum[i] / (double)r->bin_n[i] : 0;
    return out;
}

struct hops_result hops_run(const struct hops_options *o)
{
    struct run r = {.o = o, .sim = sim_new(o->seed)};
    struct burst_shape shape = {.kind = (int)o->kind, .spread = o->spread};
    static const char *const names[HOPS_MAX] = {"load 0", "load 1", "load 2"};
    r.net = net_new(r.sim);
    r.net->hooks = (struct net_hooks){.ctx = &r, .delivered = delivered, .dropped = dropped};
    r.sent_ps = xcalloc(RING, sizeof *r.sent_ps);
    add_nodes(&r);
    for (int i = 0; i < o->hops && !o->fluid; i++) {
        struct source s = {.from = i, .to = i + 1, .rho = o->rho};
        burst_init(&s.sizes, &shape, MEAN_BYTES);
        add_source(&r, names[i], s);
    }
    if (o->probe_every > 0)
        add_source(&r, "probe",
                   (struct source){.probe = true, .to = o->hops, .every = o->probe_every});
    if (o->cycle > 0) {
        sim_entity(r.sim, &r.cycle, turn);
        sim_at(r.sim, &r.cycle, &r.cycle, (int64_t)(WARM * (double)S_PS), SIM_PHASE_WORLD, 1);
    }
    sim_run(r.sim, (int64_t)((WARM + o->length) * (double)S_PS));
    struct hops_result out = result(&r);
    if (o->fluid)
        out.fate = net_port_fate(r.net, r.net->links[0].a_port);
    for (int i = 0; i < r.nsources; i++)
        gsl_rng_free(r.sources[i].rng);
    net_free(r.net);
    sim_free(r.sim);
    free(r.sent_ps);
    free(r.waits);
    return out;
}
