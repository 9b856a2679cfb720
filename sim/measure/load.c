// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/load.h"

#include "base/arena.h"

#include <stdlib.h>

struct load {
    struct entity entity; // must stay first: its event is the end of a bucket
    const struct scenario *scenario;
    struct net *net;
    int64_t epoch_ps;
    int nbuckets, bucket;
    int32_t *util_ppm;     // [port * nbuckets + bucket]
    int64_t *max_queue_ps; // [port]
};

// A port that is cut carries nothing, whatever is sent into it.
static int32_t utilisation(const struct port *p, int64_t window_ps, int64_t now_ps)
{
    if (!p->alive)
        return 0;
    double bps = (double)p->window_bits / ps_to_s(window_ps);
    double ppm = bps / (double)p->rate_bps * 1e6;
    if (p->fluid)
        ppm += fluid_mean_ppm(p->fluid, now_ps);
    return ppm < (double)INT32_MAX ? (int32_t)(ppm + 0.5) : INT32_MAX;
}

int64_t load_bucket_ps(const struct scenario *s, int bucket)
{
    int64_t left_ps = s->duration_ps - bucket * s->bucket_ps;
    return left_ps < s->bucket_ps ? left_ps : s->bucket_ps;
}

enum phase load_bucket_phase(const struct scenario *s, int bucket)
{
    return scenario_phase(s, bucket * s->bucket_ps + load_bucket_ps(s, bucket) / 2);
}

static void bucket_ends(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct load *l = (struct load *)self;
    int64_t window_ps = load_bucket_ps(l->scenario, l->bucket);
    (void)arg;
    for (uint32_t i = 0; l->bucket >= 0 && i < l->net->nports; i++) {
        const struct port *p = l->net->ports[i];
        int64_t queue_ps = port_backlog_ps(p, sim_now(sim));
        if (p->fluid && fluid_backlog_ps(p->fluid, sim_now(sim)) > queue_ps)
            queue_ps = fluid_backlog_ps(p->fluid, sim_now(sim));
        if (queue_ps > l->max_queue_ps[i])
            l->max_queue_ps[i] = queue_ps;
        l->util_ppm[i * (uint32_t)l->nbuckets + (uint32_t)l->bucket] =
            utilisation(p, window_ps, sim_now(sim));
    }
    net_window(l->net, window_ps);
    if (++l->bucket < l->nbuckets)
        sim_at(sim, self, self, sim_now(sim) + load_bucket_ps(l->scenario, l->bucket),
               SIM_PHASE_METER, 0);
}

struct load *load_new(const struct scenario *s, struct sim *sim, struct net *net, int64_t epoch_ps)
{
    struct load *l = xcalloc(1, sizeof *l);
    sim_entity(sim, &l->entity, bucket_ends);
    l->scenario = s;
    l->net = net;
    l->epoch_ps = epoch_ps;
    l->nbuckets = (int)((s->duration_ps + s->bucket_ps - 1) / s->bucket_ps);
    l->util_ppm = xcalloc((size_t)net->nports * (size_t)l->nbuckets, sizeof *l->util_ppm);
    l->max_queue_ps = xcalloc(net->nports, sizeof *l->max_queue_ps);
    l->bucket = -1; // the one before time 0, which is not recorded
    sim_at(sim, &l->entity, &l->entity, epoch_ps, SIM_PHASE_METER, 0);
    return l;
}

int64_t load_lead_ps(const struct scenario *s)
{
    return s->warmup_ps >= s->bucket_ps ? s->bucket_ps : 0;
}

void load_free(struct load *l)
{
    if (!l)
        return;
    free(l->util_ppm);
    free(l->max_queue_ps);
    free(l);
}

static int ascending(const void *pa, const void *pb)
{
    int32_t a = *(const int32_t *)pa, b = *(const int32_t *)pb;
    return (a > b) - (a < b);
}

int32_t load_percentile(const int32_t *sorted, int n, int percent)
{
    return n ? sorted[((int64_t)n * percent + 99) / 100 - 1] : -1;
}

// Percentiles of the utilisation over the phase's buckets; `scratch` has room for all of them.
static void collect_percentiles(const struct scenario *s, const struct link_result *link,
                                int nbuckets, enum phase phase, int32_t *scratch,
                                struct link_phase *out)
{
    int n = 0;
    for (int b = 0; b < nbuckets; b++)
        if (load_bucket_phase(s, b) == phase)
            scratch[n++] = link->util_ppm[b];
    if (n)
        qsort(scratch, (size_t)n, sizeof *scratch, ascending);
    out->p95_ppm = load_percentile(scratch, n, 95);
    out->p99_ppm = load_percentile(scratch, n, 99);
    out->max_ppm = load_percentile(scratch, n, 100);
}

void load_collect(struct load *l, struct results *r)
{
    int32_t *scratch = xcalloc((size_t)l->nbuckets, sizeof *scratch);
    for (uint32_t i = 0; i < l->net->nports; i++) {
        struct link_result *link = &r->links[i];
        double load[PHASE_COUNT] = {0}, time[PHASE_COUNT] = {0};
        link->util_ppm = xcalloc((size_t)l->nbuckets, sizeof *link->util_ppm);
        for (int b = 0; b < l->nbuckets; b++) {
            int32_t ppm = l->util_ppm[i * (uint32_t)l->nbuckets + (uint32_t)b];
            enum phase ph = load_bucket_phase(l->scenario, b);
            double bucket_s = ps_to_s(load_bucket_ps(l->scenario, b));
            link->util_ppm[b] = ppm;
            load[ph] += ppm * bucket_s;
            time[ph] += bucket_s;
            if (ppm > link->max_ppm)
                link->max_ppm = ppm;
        }
        for (int ph = 0; ph < PHASE_COUNT; ph++)
            link->mean_ppm[ph] = time[ph] > 0 ? (int32_t)(load[ph] / time[ph] + 0.5) : -1;
        for (int ph = 0; ph < PHASE_COUNT; ph++)
            collect_percentiles(l->scenario, link, l->nbuckets, (enum phase)ph, scratch,
                                &link->in[ph]);
        link->max_queue_ps = l->max_queue_ps[i];
    }
    free(scratch);
}
