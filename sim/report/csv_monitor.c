// SPDX-License-Identifier: GPL-3.0-or-later
// What the operator sees: points per service and POP, their drops, pairs of areas, and the bill.
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"

#include <math.h>

static void point_cells(const struct results *r, struct csvout *o, const struct monitor_interval *v,
                        int point, int service)
{
    csvout_fixed(o, ps_to_s(v->interval_ps), 0);
    csvout_fixed(o, ps_to_s(monitor_point_begin_ps(v, point)), 3);
    csvout_fixed(o, ps_to_s(monitor_point_ps(r->scenario, v, point)), 3);
    csvout_text(o, r->scenario->services[service].name);
}

static void volume_cells(struct csvout *o, const struct monitor_volume *v)
{
    csvout_fixed(o, v->packets, 0);
    csvout_fixed(o, v->bits, 0);
}

static void row(const struct results *r, struct csvout *o, const struct monitor_interval *v,
                const struct monitor_row *m, int point)
{
    struct monitor_volume lost[MONITOR_DIRECTIONS] = {{0, 0}};
    double s = ps_to_s(monitor_point_ps(r->scenario, v, point));
    for (int k = 0; k < m->ndrops; k++) {
        lost[m->drops[k].direction].packets += m->drops[k].points[point].packets;
        lost[m->drops[k].direction].bits += m->drops[k].points[point].bits;
    }
    point_cells(r, o, v, point, m->service);
    csvout_text(o, m->pop < 0 ? "" : figure_site(r->scenario, m->pop));
    for (int d = 0; d < MONITOR_DIRECTIONS; d++) {
        volume_cells(o, &m->points[d][point]);
        csvout_fixed(o, m->points[d][point].bits / s, 0);
    }
    for (int d = 0; d < MONITOR_DIRECTIONS; d++)
        volume_cells(o, &lost[d]);
    csvout_end(o);
}

void csv_monitor(const struct results *r, FILE *f)
{
    struct csvout o = csvout_start(
        f, "interval_s,time_s,length_s,service,pop,in_packets,in_bits,in_bps,out_packets,out_bits,"
           "out_bps,dropped_in_packets,dropped_in_bits,dropped_out_packets,dropped_out_bits");
    for (int i = 0; i < r->monitor.nintervals; i++) {
        const struct monitor_interval *v = &r->monitor.intervals[i];
        for (int k = 0; k < v->nrows && v->listed; k++)
            for (int point = 0; point < v->npoints; point++)
                row(r, &o, v, &v->rows[k], point);
    }
}

static void drop_rows(const struct results *r, struct csvout *o, const struct monitor_interval *v,
                      const struct monitor_row *m)
{
    for (int k = 0; k < m->ndrops; k++)
        for (int point = 0; point < v->npoints; point++) {
            const struct monitor_drops *x = &m->drops[k];
            if (x->points[point].bits <= 0)
                continue;
            point_cells(r, o, v, point, m->service);
            csvout_text(o, m->pop < 0 ? "" : figure_site(r->scenario, m->pop));
            csvout_text(o, monitor_direction_names[x->direction]);
            csvout_text(o, fwd_drop_name(x->cause));
            volume_cells(o, &x->points[point]);
            csvout_end(o);
        }
}

void csv_monitor_drops(const struct results *r, FILE *f)
{
    struct csvout o =
        csvout_start(f, "interval_s,time_s,length_s,service,pop,direction,cause,packets,bits");
    for (int i = 0; i < r->monitor.nintervals; i++) {
        const struct monitor_interval *v = &r->monitor.intervals[i];
        for (int k = 0; k < v->nrows && v->listed; k++)
            drop_rows(r, &o, v, &v->rows[k]);
    }
}

// Of one POP in one point, all services together.
static void pop_row(const struct results *r, struct csvout *o, const struct monitor_interval *v,
                    int pop, int point)
{
    double bits[MONITOR_DIRECTIONS] = {0}, lost = 0;
    double s = ps_to_s(monitor_point_ps(r->scenario, v, point));
    for (int i = 0; i < v->nrows; i++) {
        const struct monitor_row *m = &v->rows[i];
        if (m->pop != pop)
            continue;
        for (int d = 0; d < MONITOR_DIRECTIONS; d++)
            bits[d] += m->points[d][point].bits;
        for (int k = 0; k < m->ndrops; k++)
            lost += m->drops[k].points[point].bits;
    }
    csvout_fixed(o, ps_to_s(monitor_point_begin_ps(v, point)), 3);
    csvout_fixed(o, s, 3);
    csvout_text(o, figure_site(r->scenario, pop));
    csvout_fixed(o, bits[MONITOR_IN] / s / 1e6, 3);
    csvout_fixed(o, bits[MONITOR_OUT] / s / 1e6, 3);
    csvout_fixed(o, lost / s / 1e6, 3);
    csvout_end(o);
}

static bool has_service(const struct monitor_interval *v, int pop)
{
    for (int i = 0; i < v->nrows; i++)
        if (v->rows[i].pop == pop)
            return true;
    return false;
}

void csv_monitor_pops(const struct results *r, FILE *f)
{
    struct csvout o = csvout_start(f, "time_s,length_s,pop,in_mbps,out_mbps,dropped_mbps");
    const struct monitor_interval *v = NULL; // the shortest that was asked for
    for (int i = r->monitor.nintervals - 1; i >= 0; i--)
        if (r->monitor.intervals[i].listed)
            v = &r->monitor.intervals[i];
    for (int pop = 0; v && pop < r->scenario->topology.npops; pop++)
        for (int point = 0; has_service(v, pop) && point < v->npoints; point++)
            pop_row(r, &o, v, pop, point);
}

void csv_pairs(const struct results *r, FILE *f)
{
    struct csvout o =
        csvout_start(f, "interval_s,time_s,length_s,service,ingress,backend,to_backend_packets,"
                        "to_backend_bits,from_backend_packets,from_backend_bits");
    for (int i = 0; i < r->monitor.nintervals; i++) {
        const struct monitor_interval *v = &r->monitor.intervals[i];
        for (int k = 0; k < v->nlegs && v->listed; k++)
            for (int point = 0; point < v->npoints; point++) {
                const struct monitor_leg *l = &v->legs[k];
                point_cells(r, &o, v, point, l->service);
                csvout_text(&o, l->ingress);
                csvout_text(&o, l->backend);
                for (int d = 0; d < MONITOR_DIRECTIONS; d++)
                    volume_cells(&o, &l->points[d][point]);
                csvout_end(&o);
            }
    }
}

void csv_billing(const struct results *r, FILE *f)
{
    const struct billing_options *b = &r->scenario->billing;
    struct csvout o = csvout_start(
        f, "service,server_area,ingress_area,direction,period_s,points,dropped,percentile_pct,"
           "billed_mbps,highest_mbps,mean_mbps,price,amount,currency");
    for (int i = 0; i < r->monitor.nbills; i++) {
        const struct monitor_bill *x = &r->monitor.bills[i];
        double price = b->price_ppm < 0 ? NAN : (double)b->price_ppm / 1e6;
        csvout_text(&o, r->scenario->services[x->service].name);
        csvout_text(&o, x->server);
        csvout_text(&o, x->ingress);
        csvout_text(&o, billing_direction_names[b->direction]);
        csvout_fixed(&o, ps_to_s(b->period_ps), 0);
        csvout_int(&o, x->points);
        csvout_int(&o, x->dropped);
        csvout_fixed(&o, (double)b->percentile_ppm / 1e4, 2);
        csvout_fixed(&o, x->billed_bps / 1e6, 3);
        csvout_fixed(&o, x->highest_bps / 1e6, 3);
        csvout_fixed(&o, x->mean_bps / 1e6, 3);
        csvout_fixed(&o, price, 2);
        csvout_fixed(&o, price * x->billed_bps / 1e6, 2);
        csvout_text(&o, b->currency ? b->currency : "");
        csvout_end(&o);
    }
}
