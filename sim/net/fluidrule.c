// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/fluidrule.h"

#include "base/units.h"

#include <math.h>

#define HALVINGS 50 // of a load's range: as fine as doubles need

struct fluid_rule fluid_rule_of(const struct qdisc_options *o, int64_t rate_bps, int64_t *buffer_ps)
{
    struct fluid_rule r = {0};
    int64_t served_bps = rate_bps, limit = o->limit_bytes;
    if (o->ops == &qdisc_shaper && o->shaper_bps < rate_bps) {
        r.served_bps = served_bps = o->shaper_bps;
        r.hidden_ps = ps_for_bytes(o->burst_bytes, served_bps);
    }
    if (o->ops == &qdisc_priority || o->ops == &qdisc_drr)
        limit = o->classes[o->fluid_class].limit_bytes;
    else if (o->limit_packets && (!limit || limit > o->limit_packets * FLUID_PACKET))
        limit = o->limit_packets * FLUID_PACKET;
    if (limit)
        *buffer_ps = ps_for_bytes(limit, served_bps);
    *buffer_ps += r.hidden_ps;
    if (o->ops == &qdisc_red) {
        r.red = true;
        r.min_ps = (double)ps_for_bytes(o->min_bytes, rate_bps);
        r.max_ps = (double)ps_for_bytes(o->max_bytes, rate_bps);
        r.top = o->max_probability;
        r.gentle = o->gentle;
    }
    return r;
}

// The share that RED drops at an average backlog. Its drops are spread evenly: after one the next comes
// uniformly within 1/p packets, half of that on average, so that a share of 2p/(1 + p) goes.
static double red_drops(const struct fluid_rule *r, double at_ps)
{
    double p = 1;
    if (at_ps < r->min_ps)
        return 0;
    if (at_ps < r->max_ps)
        p = r->top * (at_ps - r->min_ps) / (r->max_ps - r->min_ps);
    else if (r->gentle && at_ps < 2 * r->max_ps)
        p = r->top + (1 - r->top) * (at_ps - r->max_ps) / r->max_ps;
    return 2 * p / (1 + p);
}

// The average backlog at which it drops so much.
static double red_stands(const struct fluid_rule *r, double share)
{
    double p = share / (2 - share);
    if (p <= r->top)
        return r->min_ps + (r->max_ps - r->min_ps) * p / r->top;
    return r->gentle ? r->max_ps * (1 + (p - r->top) / (1 - r->top)) : r->max_ps;
}

// Would RED drop more than what keeps the load of the queue at `load`, of `rho` that are offered?
static bool too_much(const struct fluid_rule *r, const struct fluid_settled *q, double rho,
                     double load)
{
    return red_drops(r, (double)q->fate(q->ctx, load).wait_ps) > 1 - load / rho;
}

struct fluid_fate fluid_rule_fate(const struct fluid_rule *r, const struct fluid_settled *q,
                                  double rho, double *passes)
{
    *passes = rho;
    if (!r->red || rho <= 0 || !too_much(r, q, rho, rho))
        return q->fate(q->ctx, rho);
    double lo = 0, hi = rho, stands_ps = red_stands(r, 1 - 1 / fmax(rho, 1));
    if (rho > 1 && stands_ps < (double)q->fate(q->ctx, rho).wait_ps) {
        *passes = 1; // the backlog stands where the rule drops what is too much
        return (struct fluid_fate){1 - 1 / rho, (int64_t)stands_ps};
    }
    for (int i = 0; i < HALVINGS; i++) {
        double load = (lo + hi) / 2;
        if (too_much(r, q, rho, load))
            hi = load;
        else
            lo = load;
    }
    struct fluid_fate fate = q->fate(q->ctx, lo);
    *passes = lo;
    fate.loss = 1 - lo / rho * (1 - fate.loss);
    return fate;
}
