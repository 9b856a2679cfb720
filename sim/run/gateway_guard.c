// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/gateway_guard.h"

#include "base/rng.h"
#include "fwd/flowkey.h"

enum { IN, OUT };

static enum fwd_drop flow_of(struct gateway_guard *g, const struct packet *p)
{
    struct flowkey key, datagram;
    if (flowkey_read(packet_view(p), p->captured, &key, &datagram) == FLOWKEY_LATER)
        return FWD_DROP_NONE; // its first one was asked
    double chance = p->weight > 1 ? rng_uniform(g->rng) : 0;
    switch (flowlimit_packet(&g->flows, &key, p->weight, chance, sim_now(g->sim))) {
    case FLOWLIMIT_RATE:
        return FWD_DROP_FLOW_RATE;
    case FLOWLIMIT_TABLE:
        return FWD_DROP_FLOW_TABLE;
    default:
        return FWD_DROP_NONE;
    }
}

static bool measures(const struct gateway_guard *g)
{
    int64_t now_ps = sim_now(g->sim);
    return now_ps >= g->from_ps && now_ps < g->to_ps;
}

static enum fwd_drop admit(void *ctx, uint32_t node, const struct packet *p)
{
    struct gateway_guard *g = ctx;
    (void)node;
    int way = packet_dst(p) == g->own ? OUT : IN;
    enum fwd_drop why = way == IN ? flow_of(g, p) : FWD_DROP_NONE;
    if (!measures(g))
        return why;
    g->bucket_packets[way] += p->weight;
    g->bucket_bits[way] += (uint64_t)p->length * 8 * p->weight;
    g->result.refused_flow_rate += why == FWD_DROP_FLOW_RATE ? p->weight : 0;
    g->result.refused_flow_table += why == FWD_DROP_FLOW_TABLE ? p->weight : 0;
    return why;
}

void gateway_guard_init(struct gateway_guard *g, struct sim *sim, const char *name, ip4_addr own,
                        const struct gateway_capacity *c, int64_t from_ps, int64_t to_ps)
{
    struct flowlimit_options o = {
        .rate_uhz = c->flows_uhz, .limit = c->flow_limit, .idle_ps = c->idle_ps};
    *g = (struct gateway_guard){.hook = {g, admit},
                                .sim = sim,
                                .from_ps = from_ps,
                                .to_ps = to_ps,
                                .own = own,
                                .rng = rng_stream(sim_seed(sim), name, "flows")};
    flowlimit_init(&g->flows, &o, sim_now(sim));
}

void gateway_guard_free(struct gateway_guard *g)
{
    flowlimit_free(&g->flows);
    gsl_rng_free(g->rng);
}

void gateway_guard_bucket(struct gateway_guard *g, int64_t bucket_ps, const double demand_bits[2])
{
    for (int way = IN; way <= OUT; way++) {
        struct gateway_way *r = &g->result.way[way];
        double bits = (double)g->bucket_bits[way] + demand_bits[way];
        double pps = (double)g->bucket_packets[way] / ps_to_s(bucket_ps);
        double bps = bits / ps_to_s(bucket_ps);
        r->packets += g->bucket_packets[way];
        r->bits += bits;
        r->peak_pps = pps > r->peak_pps ? pps : r->peak_pps;
        r->peak_bps = bps > r->peak_bps ? bps : r->peak_bps;
        g->bucket_packets[way] = g->bucket_bits[way] = 0;
    }
    g->result.flows = g->flows.begun;
    g->result.flows_peak = g->flows.peak;
}
