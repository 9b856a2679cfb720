// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/figure.h"
#include "report/json.h"
#include "report/json_part.h"

#include <math.h>

static json_t *ratio(double part, double whole)
{
    return json_real_or_null(whole > 0 ? part / whole : NAN, 6);
}

static json_t *by_cause(const struct demand_figures *f)
{
    json_t *o = json_object();
    for (int k = 0; k < GRAPH_CAUSES; k++)
        if (f->lost_bit[k] > 0)
            json_object_set_new(o, fwd_drop_name(graph_drop((enum graph_cause)k)),
                                ratio(f->lost_bit[k], f->sent_bit));
    return o;
}

// Shares of what is sent to services, by the POP where it enters.
static json_t *pops(const struct results *r, int demand, enum phase phase)
{
    json_t *o = json_object();
    double sum = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int p = 0; p < r->scenario->topology.npops; p++) {
            double bit = 0;
            for (int i = 0; i < r->demands.n; i++)
                if (r->demands.v[i].demand == demand && r->demands.v[i].pop_bit[phase])
                    bit += r->demands.v[i].pop_bit[phase][p];
            if (pass == 0)
                sum += bit;
            else if (bit > 0)
                json_object_set_new(o, figure_site(r->scenario, p), ratio(bit, sum));
        }
    return o;
}

static json_t *demand(const struct results *r, int d, enum phase phase, bool down)
{
    struct demand_figures f;
    double s = r->demands.phase_s[phase];
    json_t *o = json_object();
    results_demand(r, d, -1, down, phase, &f);
    json_object_set_new(o, "demand", json_string(r->scenario->demands[d].name));
    json_object_set_new(o, "direction", json_string(down ? "down" : "up"));
    json_object_set_new(o, "phase", json_string(phase_names[phase]));
    json_object_set_new(o, "elastic", json_boolean(r->scenario->demands[d].elastic));
    json_object_set_new(o, "wanted_bps", json_real_or_null(f.offered_bit / s, 0));
    json_object_set_new(o, "sent_bps", json_real_or_null(f.sent_bit / s, 0));
    json_object_set_new(o, "arrived_bps", json_real_or_null(f.delivered_bit / s, 0));
    json_object_set_new(o, "carried", ratio(f.delivered_bit, f.offered_bit));
    json_object_set_new(o, "lost", ratio(demand_lost_bit(&f), f.sent_bit));
    json_object_set_new(o, "lost_by_cause", by_cause(&f));
    json_object_set_new(
        o, "delay_ms",
        json_real_or_null(f.delivered_bit > 0 ? f.delay_bit_ps / f.delivered_bit / 1e9 : NAN, 6));
    if (!down)
        json_object_set_new(o, "pops", pops(r, d, phase));
    return o;
}

json_t *json_demands(const struct results *r)
{
    json_t *a = json_array();
    for (int d = 0; d < r->scenario->ndemands; d++)
        for (int ph = 0; ph < PHASE_COUNT; ph++)
            for (int down = 0; down < 2; down++) {
                struct demand_figures f;
                results_demand(r, d, -1, down, (enum phase)ph, &f);
                if (f.offered_bit > 0)
                    json_array_append_new(a, demand(r, d, (enum phase)ph, down));
            }
    return a;
}
