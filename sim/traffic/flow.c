// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/flow.h"

#include "base/rng.h"
#include "fwd/headers.h"
#include "traffic/run.h"

struct sim *flow_sim(const struct flow *f)
{
    return f->traffic->sim;
}

void flow_wake(struct flow *f, int64_t at_ps, uint64_t arg)
{
    sim_at(f->traffic->sim, &f->entity, &f->entity, at_ps, SIM_PHASE_DATA, arg);
}

gsl_rng *flow_rng(struct flow *f, const char *purpose)
{
    gsl_rng *rng = rng_stream(sim_seed(f->traffic->sim), f->name, purpose);
    vec_push(&f->rngs, rng);
    return rng;
}

void flow_resolve(struct flow *f)
{
    if (f->users)
        f->is.server = f->is.names->resolve(f->is.names->ctx, f, rng_uniform(f->users));
}

struct packet *flow_packet(struct flow *f)
{
    struct packet *p = packet_take(&f->traffic->net->pool);
    p->flow = f->index;
    p->seq = 0;
    p->kind = f->traced ? PACKET_TRACED : 0;
    p->weight = f->is.weight;
    return p;
}

void flow_give(struct flow *f, struct packet *p)
{
    packet_give(&f->traffic->net->pool, p);
}

void traffic_sent(const struct traffic_run *t, struct flow *f, enum traffic_direction d,
                  const struct packet *p)
{
    if (f->is.ops->hostile) {
        traffic_struck(t, f,
                       &(struct traffic_strike){TRAFFIC_STRIKE_SENT, UINT32_MAX, UINT32_MAX,
                                                FWD_DROP_NONE, 0, p});
        return;
    }
    uint32_t number = flight_sent(&f->flight[d], p->seq, sim_now(t->sim));
    if (t->hooks.packet_sent)
        t->hooks.packet_sent(t->hooks.ctx, f, d, number, p);
}

void flow_mark(const struct flow *f, struct packet *p)
{
    uint8_t *h = packet_data(p);
    if (f->is.dscp)
        ip4_set_tos(h, (uint8_t)(f->is.dscp << 2 | (h[IP4_TOS] & IP4_ECN_MASK)));
}

// There is nowhere to send it.
static void nowhere(struct flow *f, struct packet *p)
{
    const struct traffic_kind_ops *kind = f->is.ops;
    if (!kind->hostile && kind->dropped && p->seq != TRAFFIC_PROBE)
        kind->dropped(f, p, FWD_DROP_NO_SERVICE, UINT32_MAX, sim_now(f->traffic->sim));
    else if (!kind->hostile)
        flow_lost(f, p->seq, p, FWD_DROP_NO_SERVICE, UINT32_MAX);
    flow_give(f, p);
}

void flow_send(struct flow *f, struct packet *p)
{
    struct traffic_run *t = f->traffic;
    if (f->is.names && packet_dst(p) == 0) {
        nowhere(f, p);
        return;
    }
    flow_mark(f, p);
    p->kind = (uint8_t)(TRAFFIC_UP | (p->kind & PACKET_TRACED));
    if (p->seq != TRAFFIC_PROBE)
        traffic_sent(t, f, TRAFFIC_TO_SERVER, p);
    net_originate(t->net, f->is.client_node, p);
}

uint32_t flow_unit(struct flow *f)
{
    const struct traffic_hooks *h = &f->traffic->hooks;
    uint32_t unit = f->seq++;
    if (h->sent)
        h->sent(h->ctx, f, unit);
    if (f->is.names && !f->is.ops->hostile)
        f->is.names->sent(f->is.names->ctx, f, f->is.server);
    return unit;
}

void flow_answered(const struct flow *f, uint32_t unit, const struct packet *p)
{
    const struct traffic_hooks *h = &f->traffic->hooks;
    if (h->answered)
        h->answered(h->ctx, f, unit, p);
}

void flow_delivered(const struct flow *f, uint32_t unit, const struct packet *p)
{
    const struct traffic_hooks *h = &f->traffic->hooks;
    if (h->delivered)
        h->delivered(h->ctx, f, unit, p);
}

void flow_lost(const struct flow *f, uint32_t unit, const struct packet *p, enum fwd_drop reason,
               uint32_t port)
{
    const struct traffic_hooks *h = &f->traffic->hooks;
    if (h->lost)
        h->lost(h->ctx, f, unit, p, reason, port);
}

uint32_t flow_object(struct flow *f)
{
    const struct traffic_hooks *h = &f->traffic->hooks;
    uint32_t number = f->objects++;
    if (h->object_begun)
        h->object_begun(h->ctx, f, number);
    return number;
}

void flow_object_ended(const struct flow *f, const struct traffic_object *o)
{
    const struct traffic_hooks *h = &f->traffic->hooks;
    if (h->object_ended)
        h->object_ended(h->ctx, f, o);
}

void flow_broken(const struct flow *f, enum traffic_break why)
{
    const struct traffic_hooks *h = &f->traffic->hooks;
    if (h->broken)
        h->broken(h->ctx, f, why);
}
