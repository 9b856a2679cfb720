// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/meter.h"

#include "fwd/headers6.h"

#define DSCP_SHIFT 2 // above the ECN bits

static uint8_t traffic_class(const uint8_t *h)
{
    return h[0] >> 4 == 4 ? h[IP4_TOS] : ip6_traffic_class(h);
}

static void set_traffic_class(uint8_t *h, uint8_t class)
{
    if (h[0] >> 4 == 4)
        ip4_set_tos(h, class);
    else
        ip6_set_traffic_class(h, class);
}

static void set_dscp(uint8_t *h, int dscp)
{
    set_traffic_class(h, (uint8_t)(dscp << DSCP_SHIFT | (traffic_class(h) & IP4_ECN_MASK)));
}

// The colour that a packet comes with is the drop precedence of its assured-forwarding class
// (RFC 2597 §6); whatever is in no such class is green.
static enum policer_colour colour_of(const uint8_t *h)
{
    unsigned dscp = traffic_class(h) >> DSCP_SHIFT;
    unsigned class = dscp >> 3, precedence = dscp >> 1 & 3;
    if (dscp & 1 || class < 1 || class > 4 || precedence == 0)
        return POLICER_GREEN;
    return (enum policer_colour)(precedence - 1);
}

static enum fwd_drop police(const struct walk *w, struct policer *m, uint32_t service,
                            enum meter_direction way)
{
    struct packet *p = w->p;
    int64_t now_ps = w->now_ps;
    const struct fwd_gate *gate = &w->n->gate;
    if (gate->ask) {
        enum fwd_gate_says says = gate->ask(gate->ctx, p, service, way == METER_OUT);
        if (says != FWD_GATE_METER)
            return says == FWD_GATE_DROP ? FWD_DROP_POLICED : FWD_DROP_NONE;
    }
    uint8_t *h = packet_data(p);
    enum policer_colour colour = policer_meter(m, p->length, colour_of(h), now_ps);
    if (policer_drops(m, colour))
        return FWD_DROP_POLICED;
    int dscp = policer_dscp(m, colour);
    if (dscp >= 0)
        set_dscp(h, dscp);
    return FWD_DROP_NONE;
}

// A way's two counters of a binding.
static struct fwd_flow_counts *passed(struct binding *b, enum meter_direction way)
{
    return way == METER_IN ? &b->counters.in : &b->counters.out;
}

static uint64_t *dropped(struct binding *b, enum meter_direction way)
{
    return way == METER_IN ? &b->counters.dropped_in : &b->counters.dropped_out;
}

static const struct fwd_meters *meters(const struct binding *b, enum meter_direction way)
{
    return way == METER_IN ? &b->o.in : &b->o.out;
}

enum fwd_drop meter_pass(struct walk *w, struct binding *b, enum meter_direction way)
{
    const struct fwd_meters *m = meters(b, way);
    enum fwd_drop bad = b->o.refuse;
    if (!bad && m->policer != FWD_NO_METER)
        bad = police(w, &w->n->policers[m->policer], b->o.service, way);
    if (!bad && m->shaper != FWD_NO_METER) {
        int64_t release_ps;
        if (!shaper_release(&w->n->shapers[m->shaper], w->p->length, w->now_ps, &release_ps))
            bad = FWD_DROP_SHAPER_FULL;
        else if (release_ps > w->now_ps && release_ps > w->r->release_ps)
            w->r->release_ps = release_ps;
    }
    if (bad) {
        *dropped(b, way) += 1;
        b->counters.refused += bad == b->o.refuse;
        b->counters.policed += bad == FWD_DROP_POLICED;
        return bad;
    }
    passed(b, way)->packets++;
    passed(b, way)->bytes += w->p->length;
    return FWD_DROP_NONE;
}

void meter_remember(const struct walk *w, const struct binding *b, enum meter_direction way,
                    struct meter_mark *m)
{
    const struct fwd_meters *o = meters(b, way);
    m->release_ps = w->r->release_ps;
    m->traffic_class = traffic_class(packet_data(w->p));
    if (o->policer != FWD_NO_METER)
        m->policer = w->n->policers[o->policer];
    if (o->shaper != FWD_NO_METER)
        m->shaper = w->n->shapers[o->shaper];
}

void meter_take_back(struct walk *w, struct binding *b, enum meter_direction way,
                     const struct meter_mark *m)
{
    const struct fwd_meters *o = meters(b, way);
    if (o->policer != FWD_NO_METER)
        w->n->policers[o->policer] = m->policer;
    if (o->shaper != FWD_NO_METER)
        w->n->shapers[o->shaper] = m->shaper;
    set_traffic_class(packet_data(w->p), m->traffic_class);
    w->r->release_ps = m->release_ps;
    passed(b, way)->packets--;
    passed(b, way)->bytes -= w->p->length;
    *dropped(b, way) += 1;
}
