// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/monitor_schema.h"
#include "scenario/scenario_reader.h"

static void add_interval(struct monitor_options *m, int64_t interval_ps)
{
    int i = m->nintervals++;
    for (; i > 0 && m->interval_ps[i - 1] > interval_ps; i--)
        m->interval_ps[i] = m->interval_ps[i - 1];
    m->interval_ps[i] = interval_ps;
}

static bool has_interval(const struct monitor_options *m, int64_t interval_ps)
{
    for (int i = 0; i < m->nintervals; i++)
        if (m->interval_ps[i] == interval_ps)
            return true;
    return false;
}

static void read_intervals(struct scenario_reader *r, const struct texts *from,
                           struct monitor_options *m)
{
    if (from->at.line == 0) {
        add_interval(m, 60 * PS_PER_S);
        add_interval(m, 300 * PS_PER_S);
        return;
    }
    if (from->n == 0)
        diag_error(r->in->d, from->at, "intervals: [60s, 300s]", "'intervals' is empty");
    for (int i = 0; i < from->n; i++) {
        const struct text *t = &from->v[i];
        int64_t interval_ps;
        if (!schema_quantity(r->in->d, &monitor_interval_field, "monitor.intervals", t,
                             &interval_ps))
            continue;
        if (has_interval(m, interval_ps))
            diag_error(r->in->d, t->at, NULL, "'%s' is there twice", t->s);
        else if (m->nintervals == MONITOR_INTERVALS)
            diag_error(r->in->d, t->at, NULL, "more than %d intervals", MONITOR_INTERVALS);
        else
            add_interval(m, interval_ps);
    }
}

static void read_areas(struct scenario_reader *r, const struct rows *from,
                       struct monitor_options *m)
{
    const struct topology *t = &r->out->topology;
    const struct raw_area *raw = from->v;
    bool *taken = arena_array(r->in->a, bool, t->npops + 1);
    m->area = arena_array(r->in->a, const char *, t->npops + 1);
    for (int i = 0; i < t->npops; i++) {
        const struct pop *p = &t->pops[i];
        const char *region = t->networks[p->network].cities[p->city].city->province;
        m->area[i] = region && *region ? region : p->name;
    }
    for (int i = 0; i < from->n; i++)
        for (int k = 0; k < raw[i].pops.n; k++) {
            const struct text *name = &raw[i].pops.v[k];
            int pop = names_find(&r->pops, r->in, name, "POP", "");
            if (pop < 0)
                continue;
            if (taken[pop])
                diag_error(r->in->d, name->at, NULL, "'%s' stands in two areas", name->s);
            taken[pop] = true;
            m->area[pop] = raw[i].name.s;
        }
}

static void check_rows(struct scenario_reader *r, struct srcpos at)
{
    const struct scenario *s = r->out;
    int64_t points = 0, pairs = 0;
    for (int i = 0; i < s->monitor.nintervals; i++)
        points += s->duration_ps / s->monitor.interval_ps[i] + 2;
    for (int i = 0; i < s->nservices; i++)
        pairs += s->services[i].npublish;
    if (points > MONITOR_ROWS_MAX / (pairs ? pairs : 1))
        diag_error(r->in->d, at, "monitor: {intervals: [300s]}",
                   "monitor.csv would have more than %d rows: longer intervals are needed",
                   MONITOR_ROWS_MAX);
}

void monitor_read(struct scenario_reader *r)
{
    static const struct raw_monitor none;
    const struct raw_monitor *raw = r->raw.monitor ? r->raw.monitor : &none;
    struct billing_options *b = &r->out->billing;
    read_intervals(r, &raw->intervals, &r->out->monitor);
    read_areas(r, &raw->areas, &r->out->monitor);
    check_rows(r, raw->intervals.at.line ? raw->intervals.at : r->raw.duration_at);
    *b = (struct billing_options){.period_ps = r->raw.billing.period_ps,
                                  .percentile_ppm = r->raw.billing.percentile_ppm,
                                  .direction = (enum billing_direction)r->raw.billing.direction,
                                  .price_ppm = r->raw.billing.price_ppm,
                                  .currency = r->raw.billing.currency.s};
    if (r->out->duration_ps / (b->period_ps ? b->period_ps : 1) > MONITOR_ROWS_MAX)
        diag_error(r->in->d, r->raw.billing.period_at, NULL, "too many points for the bill");
}
