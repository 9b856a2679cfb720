// SPDX-License-Identifier: GPL-3.0-or-later
// What a play came to: measured in its child, written as text, read by the parent.
#include "run/playbook.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double people_of(const struct scenario *s, int group)
{
    const struct group_ref *g = &s->groups[group];
    return (double)s->topology.networks[g->network].clients[g->index].population;
}

static int first_bucket(const struct playbook *p)
{
    int64_t b = p->scenario.bucket_ps;
    return (int)((p->acts_ps + b - 1) / b);
}

struct span { // of one client group × service, over some buckets
    uint64_t sent, lost, answered;
    double rtt_ns;
    int site; // of the last bucket that has one; −1: none
};

static struct span span_of(const struct bucket_result *b, int from, int to)
{
    struct span s = {.site = -1};
    for (int i = from; i < to; i++) {
        s.sent += b[i].sent;
        s.lost += b[i].lost;
        s.answered += b[i].answered;
        s.rtt_ns += (double)b[i].rtt_sum_ns;
        s.site = b[i].site >= 0 ? b[i].site : s.site;
    }
    return s;
}

static bool loses(double part, double whole)
{
    return whole > 0 && part * 1e6 > whole * PLAYBOOK_AFFECTED_PPM;
}

static bool wants_in_vain(const struct results *r, int group)
{
    for (int d = 0; d < r->scenario->ndemands; d++) {
        struct demand_figures f, down;
        results_demand(r, d, group, false, PHASE_OUTAGE, &f);
        results_demand(r, d, group, true, PHASE_OUTAGE, &down);
        demand_figures_add(&f, &down);
        if (loses(f.offered_bit - f.delivered_bit, f.offered_bit))
            return true;
    }
    return false;
}

struct sums {
    double users, rtt_ms, people;
};

static void add_group(const struct playbook *p, const struct results *r, int group,
                      struct sums *sum)
{
    int from = first_bucket(p), quiet = (int)(p->begins_ps / p->scenario.bucket_ps);
    double people = people_of(&p->scenario, group);
    bool hit = wants_in_vain(r, group);
    for (int service = 0; service < p->scenario.nservices; service++) {
        const struct bucket_result *b = results_buckets(r, service, group);
        struct span then = span_of(b, 0, quiet), now = span_of(b, from, r->nbuckets);
        hit = hit || loses((double)now.lost, (double)now.sent);
        if (!then.answered || !now.answered)
            continue;
        sum->rtt_ms += people *
                       (now.rtt_ns / (double)now.answered - then.rtt_ns / (double)then.answered) /
                       1e6;
        sum->people += people;
    }
    sum->users += hit ? people : 0;
}

// How many users a sampled flow stands for.
static double weight_of(const struct scenario *s, const struct traffic *t, int group)
{
    double users = floor(people_of(s, group) * (double)t->users_ppm / 1e6);
    return users < 1 ? 1 : users;
}

static double lost_bit(const struct results *r)
{
    const struct scenario *s = r->scenario;
    double sum = 0;
    for (int d = 0; d < s->ndemands; d++)
        for (int down = 0; down < 2; down++) {
            struct demand_figures f;
            results_demand(r, d, -1, down, PHASE_OUTAGE, &f);
            sum += f.offered_bit > f.delivered_bit ? f.offered_bit - f.delivered_bit : 0;
        }
    for (int i = 0; i < r->nquality; i++) {
        const struct quality_result *q = &r->quality[i];
        const struct traffic *t = &s->traffic[q->traffic];
        if (q->phase != PHASE_OUTAGE)
            continue;
        for (int d = 0; d < 2; d++) {
            double bytes = (double)(d == TRAFFIC_TO_SERVER ? t->up_bytes : t->down_bytes);
            sum += 8 * bytes * weight_of(s, t, q->group) *
                   (double)(q->way[d].sent - q->way[d].received);
        }
    }
    return sum;
}

static bool counts(const struct link_result *l)
{
    return strcmp(l->network, "access") != 0 && strcmp(l->network, "site") != 0;
}

static int worst_link(const struct playbook *p, const struct results *r, double *utilisation)
{
    int from = first_bucket(p), worst = -1;
    *utilisation = 0;
    for (int i = 0; i < r->nlinks; i++) {
        double sum = 0;
        for (int b = from; b < r->nbuckets; b++)
            sum += r->links[i].util_ppm[b];
        double mean = r->nbuckets > from ? sum / (r->nbuckets - from) / 1e6 : 0;
        if (counts(&r->links[i]) && mean > *utilisation) {
            *utilisation = mean;
            worst = i;
        }
    }
    return worst;
}

void playbook_write(const struct playbook *p, const struct results *r, FILE *out)
{
    const struct scenario *s = &p->scenario;
    struct sums sum = {0};
    double utilisation;
    for (int g = 0; g < s->ngroups; g++)
        add_group(p, r, g, &sum);
    int link = worst_link(p, r, &utilisation);
    fprintf(out, "%.17g %.17g %.17g %.17g %d\n", sum.users,
            lost_bit(r) / ps_to_s(s->duration_ps - p->acts_ps), utilisation,
            sum.people > 0 ? sum.rtt_ms / sum.people : NAN, link);
    for (int service = 0; service < s->nservices; service++)
        for (int g = 0; g < s->ngroups; g++)
            fprintf(out, "%d\n",
                    span_of(results_buckets(r, service, g), first_bucket(p), r->nbuckets).site);
}

bool playbook_read(struct playbook *p, size_t index, const char *text)
{
    struct play *play = &p->plays[index];
    size_t n = (size_t)p->scenario.nservices * (size_t)p->scenario.ngroups;
    if (sscanf(text, "%lf %lf %lf %lf %d", &play->users, &play->lost_bps, &play->utilisation,
               &play->added_rtt_ms, &play->worst_link) != 5)
        return false;
    play->sites = arena_array(&p->arena, int, n);
    for (size_t i = 0; i < n; i++) {
        text = strchr(text, '\n');
        if (!text)
            return false;
        play->sites[i] = (int)strtol(++text, NULL, 10);
    }
    return true;
}

double playbook_moved(const struct playbook *p, const struct play *a, const struct play *b)
{
    const struct scenario *s = &p->scenario;
    double people = 0;
    for (int g = 0; g < s->ngroups; g++) {
        bool differs = false;
        for (int service = 0; service < s->nservices; service++) {
            int i = service * s->ngroups + g;
            differs = differs || a->sites[i] != b->sites[i];
        }
        people += differs ? people_of(s, g) : 0;
    }
    return people;
}
