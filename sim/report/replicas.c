// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/replicas.h"

#include "base/arena.h"
#include "base/vec.h"
#include "measure/judge.h"
#include "report/figure.h"
#include "run/replicas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct replicas {
    struct results *first;
    int n;
    size_t nfigures, nchecks;
    struct replica_figure *keys;
    int64_t *figures; // [replica * nfigures + figure]; JUDGE_NONE: there is none
    int64_t *checks;  // [replica * nchecks + check]
};

struct list {
    VEC(struct replica_figure) keys;
    VEC(int64_t) values;
};

static int64_t value_of(struct reading v)
{
    return v.exists ? v.value : JUDGE_NONE;
}

static void add(struct list *l, const struct replica_figure *key, struct reading v)
{
    vec_push(&l->keys, *key);
    vec_push(&l->values, value_of(v));
}

// --- what a run comes to

static bool over_groups(enum metric m)
{
    return m != METRIC_FAILOVER && m != METRIC_DETECT && m != METRIC_SITE && m != METRIC_STRETCH &&
           m != METRIC_STRETCH_CIRCLE && m != METRIC_OUTAGE_SECONDS;
}

// All groups as if they were one, as the reports have it.
static struct reading of_all(const struct results *r, const struct client_result *all,
                             const struct figure_sum *sum, enum metric m)
{
    bool loss = m == METRIC_LOSS;
    if ((!loss && m != METRIC_AVAILABILITY) || isnan(sum->availability))
        return reading_of_clients(r, all, m);
    double share = loss ? 1 - sum->availability : sum->availability;
    return (struct reading){.exists = true, .value = (int64_t)(share * 1e6 + 0.5)};
}

static void add_service(const struct results *r, int service, enum phase phase, struct list *l)
{
    struct figure_sum sum;
    struct client_result all = {.service = service, .group = -1, .phase = phase};
    struct replica_figure key = {.service = service, .group = -1, .link = -1, .phase = phase};
    figure_sum(r, service, -1, phase, &sum);
    all.sent = sum.sent;
    all.received = sum.received;
    all.rtt_ns = sum.rtt_ns;
    all.jitter_ps = sum.jitter_ps;
    for (int i = 0; i < r->nclients; i++) {
        const struct availability_result *a = &r->clients[i].available;
        if (r->clients[i].service != service || r->clients[i].phase != phase)
            continue;
        all.available.seconds += a->seconds;
        all.available.outage_seconds += a->outage_seconds;
        all.available.tens += a->tens;
        all.available.outage_tens += a->outage_tens;
    }
    for (int m = 0; m < METRIC_COUNT; m++) {
        key.metric = (enum metric)m;
        if (metric_specs[m].scope == METRIC_OF_CLIENTS && over_groups(key.metric))
            add(l, &key, of_all(r, &all, &sum, key.metric));
    }
    figure_sum_free(&sum);
}

static void add_client(const struct results *r, const struct client_result *c, struct list *l)
{
    struct replica_figure key = {
        .service = c->service, .group = c->group, .link = -1, .phase = c->phase};
    for (int m = 0; m < METRIC_COUNT; m++) {
        key.metric = (enum metric)m;
        if (metric_specs[m].scope == METRIC_OF_CLIENTS && m != METRIC_SITE)
            add(l, &key, reading_of_clients(r, c, key.metric));
    }
}

static void add_link(const struct results *r, int link, struct list *l)
{
    struct replica_figure key = {.service = -1, .group = -1, .link = link};
    for (int ph = 0; ph < PHASE_COUNT; ph++)
        for (int m = 0; m < METRIC_COUNT; m++) {
            key.phase = (enum phase)ph;
            key.metric = (enum metric)m;
            if (metric_specs[m].scope == METRIC_OF_LINKS)
                add(l, &key, reading_of_link(&r->links[link], key.phase, key.metric));
        }
}

// The same keys in the same order for every seed.
static struct list list_of(const struct results *r)
{
    struct list l = {.keys = {0}};
    int client = 0;
    for (int v = 0; v < r->scenario->nservices; v++) {
        for (int ph = 0; ph < PHASE_COUNT; ph++)
            add_service(r, v, (enum phase)ph, &l);
        for (; client < r->nclients && r->clients[client].service == v; client++)
            add_client(r, &r->clients[client], &l);
    }
    for (int i = 0; i < r->nlinks; i++)
        add_link(r, i, &l);
    return l;
}

static void list_free(struct list *l)
{
    vec_free(&l->keys);
    vec_free(&l->values);
}

static int64_t check_value(const struct check_result *k)
{
    return k->exists ? k->value : JUDGE_NONE;
}

// --- across processes

struct head {
    uint64_t balanced, nfigures, nchecks;
};

void replicas_write(const struct results *r, FILE *out)
{
    struct list l = list_of(r);
    struct head h = {r->sent == r->delivered + r->dropped + r->in_flight, l.values.n,
                     (uint64_t)r->nchecks};
    fwrite(&h, sizeof h, 1, out);
    fwrite(l.values.v, sizeof *l.values.v, l.values.n, out);
    for (int i = 0; i < r->nchecks; i++) {
        int64_t v = check_value(&r->checks[i]);
        fwrite(&v, sizeof v, 1, out);
    }
    list_free(&l);
}

bool replicas_take(struct replicas *g, int replica, const char *bytes, size_t len)
{
    struct head h;
    size_t figures = g->nfigures * sizeof *g->figures, checks = g->nchecks * sizeof *g->checks;
    if (len != sizeof h + figures + checks)
        return false;
    memcpy(&h, bytes, sizeof h);
    if (!h.balanced || h.nfigures != g->nfigures || h.nchecks != g->nchecks)
        return false;
    memcpy(g->figures + (size_t)replica * g->nfigures, bytes + sizeof h, figures);
    if (checks)
        memcpy(g->checks + (size_t)replica * g->nchecks, bytes + sizeof h + figures, checks);
    return true;
}

struct replicas *replicas_gather(struct results *r, int n)
{
    struct replicas *g = xcalloc(1, sizeof *g);
    struct list l = list_of(r);
    g->first = r;
    g->n = n;
    g->nfigures = l.keys.n;
    g->nchecks = (size_t)r->nchecks;
    g->figures = xcalloc((size_t)n * g->nfigures, sizeof *g->figures);
    g->checks = xcalloc((size_t)n * g->nchecks, sizeof *g->checks);
    memcpy(g->figures, l.values.v, g->nfigures * sizeof *g->figures);
    for (size_t i = 0; i < g->nchecks; i++)
        g->checks[i] = check_value(&r->checks[i]);
    g->keys = l.keys.v; // taken over
    vec_free(&l.values);
    return g;
}

void replicas_free(struct replicas *g)
{
    if (!g)
        return;
    free(g->keys);
    free(g->figures);
    free(g->checks);
    free(g);
}

// Over all replicas; false when none has it.
static bool sum_up(const struct replicas *g, size_t figure, double *scratch,
                   struct replica_figure *out)
{
    size_t n = 0;
    *out = g->keys[figure];
    for (int i = 0; i < g->n; i++) {
        int64_t v = g->figures[(size_t)i * g->nfigures + figure];
        if (v == TIME_NEVER && metric_specs[out->metric].unit == METRIC_TIME)
            out->infinite++;
        else if (v != JUDGE_NONE)
            scratch[n++] = (double)v;
    }
    out->finite = interval_of(scratch, n);
    return n > 0 || out->infinite > 0;
}

void replicas_sum_up(struct replicas *g)
{
    struct replicas_result *r = xcalloc(1, sizeof *r);
    double *scratch = xcalloc((size_t)g->n, sizeof *scratch);
    r->n = g->n;
    r->seeds = xcalloc((size_t)g->n, sizeof *r->seeds);
    r->figures = xcalloc(g->nfigures, sizeof *r->figures);
    for (int i = 0; i < g->n; i++)
        r->seeds[i] = replicas_seed(g->first->scenario->seed, i);
    for (size_t i = 0; i < g->nfigures; i++)
        r->nfigures += sum_up(g, i, scratch, &r->figures[r->nfigures]);
    free(scratch);
    g->first->replicas = r;
    judge_replicas(g->first, g->checks, g->n);
}
