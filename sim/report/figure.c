// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/figure.h"

#include "measure/load.h"
#include "traffic/traffic.h"

#include <math.h>
#include <string.h>

uint64_t figure_lost(const struct client_result *c)
{
    return c->sent - c->received;
}

double figure_availability(const struct client_result *c)
{
    return c->sent ? (double)c->received / (double)c->sent : NAN;
}

double figure_share(int64_t part, int64_t whole)
{
    return whole ? (double)part / (double)whole : NAN;
}

int64_t figure_rtt_ns(const struct client_result *c, double q)
{
    return hist_quantile(&c->rtt_ns, q, client_endless(c));
}

double figure_ms(int64_t t_ns)
{
    return t_ns < 0 ? NAN : (double)t_ns / 1e6;
}

uint64_t figure_unfinished(uint64_t sent, uint64_t received, uint64_t late,
                           const uint64_t lost_by[FWD_DROP_COUNT])
{
    uint64_t known = received + late;
    for (int d = 1; d < FWD_DROP_COUNT; d++)
        known += lost_by[d];
    return sent > known ? sent - known : 0;
}

void figure_sum(const struct results *r, int service, int network, enum phase phase,
                struct figure_sum *out)
{
    const struct scenario *s = r->scenario;
    double weight = 0, answered = 0, jitter_weight = 0, jitter = 0;
    memset(out, 0, sizeof *out);
    hist_init(&out->rtt_ns);
    for (int i = 0; i < r->nclients; i++) {
        const struct client_result *c = &r->clients[i];
        if (c->service != service || c->phase != phase || c->sent == 0)
            continue;
        if (network >= 0 && s->groups[c->group].network != network)
            continue;
        double people = (double)figure_group(s, c->group)->population;
        out->groups++;
        out->sent += c->sent;
        out->received += c->received;
        out->late += c->late;
        out->endless += client_endless(c);
        for (int d = 0; d < FWD_DROP_COUNT; d++)
            out->lost_by[d] += c->lost_by[d];
        hist_merge(&out->rtt_ns, &c->rtt_ns);
        weight += people;
        answered += people * figure_availability(c);
        if (!isnan(c->jitter_ps)) {
            double w = people > 0 ? people : (double)c->received;
            jitter_weight += w;
            jitter += w * c->jitter_ps;
        }
    }
    out->availability = weight > 0  ? answered / weight
                        : out->sent ? (double)out->received / (double)out->sent
                                    : NAN;
    out->jitter_ps = jitter_weight > 0 ? jitter / jitter_weight : NAN;
}

void figure_quality(const struct results *r, int service, enum phase phase,
                    struct quality_result *out)
{
    quality_result_init(out);
    for (int i = 0; i < r->nquality; i++)
        if (r->quality[i].service == service && r->quality[i].phase == phase)
            quality_result_add(out, &r->quality[i]);
}

double figure_mos(const struct scenario *s, const struct quality_result *q)
{
    const char *kind = traffic_kind_at(s->traffic[q->traffic].kind)->name;
    const struct object_result *o = &q->objects;
    return strcmp(kind, "voip") == 0 && o->scored ? o->score_sum / (double)o->scored : NAN;
}

void figure_sum_free(struct figure_sum *f)
{
    hist_free(&f->rtt_ns);
}

int32_t figure_link_peak_ppm(const struct results *r, const struct link_result *l, enum phase p)
{
    int32_t peak = -1;
    for (int b = 0; b < r->nbuckets; b++)
        if (load_bucket_phase(r->scenario, b) == p && l->util_ppm[b] > peak)
            peak = l->util_ppm[b];
    return peak;
}

bool figure_link_dark(const struct results *r, const struct link_result *l)
{
    const struct scenario *s = r->scenario;
    int64_t half_ps = s->outage_from_ps + (s->outage_to_ps - s->outage_from_ps) / 2;
    bool seen = false;
    if (l->mean_ppm[PHASE_BEFORE] <= 0)
        return false;
    for (int b = 0; b < r->nbuckets; b++) {
        if (load_bucket_phase(s, b) != PHASE_OUTAGE || (int64_t)b * s->bucket_ps < half_ps)
            continue;
        if (l->util_ppm[b] != 0)
            return false;
        seen = true;
    }
    return seen;
}

const struct client_group *figure_group(const struct scenario *s, int group)
{
    const struct group_ref *g = &s->groups[group];
    return &s->topology.networks[g->network].clients[g->index];
}

const char *figure_network(const struct scenario *s, int group)
{
    return s->topology.networks[s->groups[group].network].name;
}

const struct city *figure_city(const struct scenario *s, int group)
{
    const struct network *n = &s->topology.networks[s->groups[group].network];
    return n->cities[figure_group(s, group)->city].city;
}

const char *figure_site(const struct scenario *s, int site)
{
    return site >= 0 && site < s->topology.npops ? s->topology.pops[site].name : NULL;
}

bool figure_has_outage(const struct scenario *s)
{
    return s->nevents > 0 && s->outage_from_ps < s->duration_ps;
}

char *figure_demand_end(const struct scenario *s, const struct demand_end *e, char *buf,
                        size_t size)
{
    if (e->kind == DEMAND_GROUP)
        return scenario_group_name(s, e->index, buf, size);
    if (e->kind == DEMAND_SERVICE) {
        snprintf(buf, size, "%s", s->services[e->index].name);
    } else {
        const struct network *n = &s->topology.networks[e->network];
        snprintf(buf, size, "%s/%s", n->name, n->cities[e->index].city->name);
    }
    return buf;
}

void figure_answers(const struct results *r, const struct answers_result *n, enum phase phase,
                    struct answers_client *sum)
{
    *sum = (struct answers_client){0};
    for (int g = 0; g < r->scenario->ngroups; g++) {
        const struct answers_client *c = &n->clients[g * PHASE_COUNT + (int)phase];
        sum->requests += c->requests;
        sum->stale += c->stale;
        sum->misplaced += c->misplaced;
        sum->unresolved += c->unresolved;
    }
}
