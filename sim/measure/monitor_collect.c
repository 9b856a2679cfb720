// SPDX-License-Identifier: GPL-3.0-or-later
// What the monitor leaves behind, and what is billed of it.
#include "measure/billing.h"
#include "measure/monitor_state.h"

#include <stdlib.h>

// Rates of the points of one pair of areas.
struct account {
    int service;
    const char *server, *ingress;
    double *bits[MONITOR_DIRECTIONS]; // [npoints]
};

struct accounts {
    VEC(struct account) v;
    const struct monitor_interval *interval;
};

static struct account *account_of(struct accounts *a, int service, const char *server,
                                  const char *ingress)
{
    for (size_t i = 0; i < a->v.n; i++)
        if (a->v.v[i].service == service && strcmp(a->v.v[i].server, server) == 0 &&
            strcmp(a->v.v[i].ingress, ingress) == 0)
            return &a->v.v[i];
    struct account *new = vec_add(&a->v);
    new->service = service;
    new->server = server;
    new->ingress = ingress;
    for (int d = 0; d < MONITOR_DIRECTIONS; d++)
        new->bits[d] = xcalloc((size_t)a->interval->npoints, sizeof *new->bits[d]);
    return new;
}

static void add_points(struct accounts *a, struct account *to,
                       struct monitor_volume *const points[MONITOR_DIRECTIONS])
{
    for (int d = 0; d < MONITOR_DIRECTIONS; d++)
        for (int i = 0; i < a->interval->npoints; i++)
            to->bits[d][i] += points[d][i].bits;
}

// Of accelerated services what crossed between area and area; servers of others stand where the traffic
// comes in.
static void open_accounts(const struct scenario *s, struct accounts *a)
{
    const struct monitor_interval *v = a->interval;
    for (int i = 0; i < v->nlegs; i++) {
        const struct monitor_leg *l = &v->legs[i];
        add_points(a, account_of(a, l->service, l->backend, l->ingress), l->points);
    }
    for (int i = 0; i < v->nrows; i++) {
        const struct monitor_row *r = &v->rows[i];
        if (r->pop < 0 || s->services[r->service].mode == MODE_ACCELERATED)
            continue;
        const char *area = s->monitor.area[r->pop];
        add_points(a, account_of(a, r->service, area, area), r->points);
    }
}

static double point_bps(const struct scenario *s, const struct monitor_interval *v,
                        const struct account *a, int point)
{
    double in = a->bits[MONITOR_IN][point], out = a->bits[MONITOR_OUT][point];
    double bits = s->billing.direction == BILLING_IN ? in : out;
    if (s->billing.direction == BILLING_MAX && in > out)
        bits = in;
    return bits / ps_to_s(monitor_point_ps(s, v, point));
}

static void bill(const struct scenario *s, const struct accounts *a, const struct account *x,
                 double *points, struct monitor_bill *out)
{
    int n = a->interval->npoints;
    double bits = 0;
    *out = (struct monitor_bill){.service = x->service,
                                 .server = x->server,
                                 .ingress = x->ingress,
                                 .points = n,
                                 .dropped = billing_dropped(n, s->billing.percentile_ppm)};
    for (int i = 0; i < n; i++) {
        points[i] = point_bps(s, a->interval, x, i);
        bits += points[i] * ps_to_s(monitor_point_ps(s, a->interval, i));
    }
    out->mean_bps = bits / ps_to_s(s->duration_ps);
    out->billed_bps = billing_percentile(points, n, s->billing.percentile_ppm);
    out->highest_bps = points[0]; // they are sorted now
}

static int by_name(const void *pa, const void *pb)
{
    const struct account *a = pa, *b = pb;
    if (a->service != b->service)
        return a->service - b->service;
    int server = strcmp(a->server, b->server);
    return server ? server : strcmp(a->ingress, b->ingress);
}

static void make_bills(const struct monitor *m, struct monitor_result *r)
{
    const struct scenario *s = m->scenario;
    struct accounts a = {.interval = NULL};
    for (int i = 0; i < r->nintervals; i++)
        if (r->intervals[i].interval_ps == s->billing.period_ps)
            a.interval = &r->intervals[i];
    open_accounts(s, &a);
    if (a.v.n)
        qsort(a.v.v, a.v.n, sizeof *a.v.v, by_name);
    double *points = xcalloc((size_t)a.interval->npoints, sizeof *points);
    r->bills = xcalloc(a.v.n + 1, sizeof *r->bills);
    for (size_t i = 0; i < a.v.n; i++) {
        bill(s, &a, &a.v.v[i], points, &r->bills[r->nbills++]);
        for (int d = 0; d < MONITOR_DIRECTIONS; d++)
            free(a.v.v[i].bits[d]);
    }
    vec_free(&a.v);
    free(points);
}

static int legs_by_name(const void *pa, const void *pb)
{
    const struct monitor_leg *a = pa, *b = pb;
    if (a->service != b->service)
        return a->service - b->service;
    int ingress = strcmp(a->ingress, b->ingress);
    return ingress ? ingress : strcmp(a->backend, b->backend);
}

void monitor_collect(struct monitor *m, struct monitor_result *out)
{
    *out = m->result;
    m->result = (struct monitor_result){0};
    for (int i = 0; i < out->nintervals; i++)
        if (out->intervals[i].nlegs)
            qsort(out->intervals[i].legs, (size_t)out->intervals[i].nlegs,
                  sizeof *out->intervals[i].legs, legs_by_name);
    make_bills(m, out);
}

static void free_interval(struct monitor_interval *v)
{
    for (int i = 0; i < v->nrows; i++) {
        for (int d = 0; d < MONITOR_DIRECTIONS; d++)
            free(v->rows[i].points[d]);
        for (int k = 0; k < v->rows[i].ndrops; k++)
            free(v->rows[i].drops[k].points);
        free(v->rows[i].drops);
    }
    for (int i = 0; i < v->nlegs; i++)
        for (int d = 0; d < MONITOR_DIRECTIONS; d++)
            free(v->legs[i].points[d]);
    free(v->rows);
    free(v->legs);
}

void monitor_result_free(struct monitor_result *r)
{
    for (int i = 0; i < r->nintervals; i++)
        free_interval(&r->intervals[i]);
    free(r->intervals);
    free(r->bills);
    *r = (struct monitor_result){0};
}
