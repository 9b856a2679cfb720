// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/results.h"

#include "measure/quality.h"

#include <stdlib.h>

const struct client_result *results_client(const struct results *r, int service, int group,
                                           enum phase phase)
{
    // Sorted by service, group, phase: find the pair by bisection.
    int low = 0, high = r->nclients / PHASE_COUNT;
    while (low < high) {
        int mid = (low + high) / 2;
        const struct client_result *c = &r->clients[mid * PHASE_COUNT];
        if (c->service == service && c->group == group)
            return &c[phase];
        if (c->service < service || (c->service == service && c->group < group))
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

static int compare(const struct quality_result *q, int traffic, int group)
{
    return q->traffic != traffic ? q->traffic - traffic : q->group - group;
}

// The first row of (traffic, group), by bisection; rows are sorted by both.
static int first_row(const struct results *r, int traffic, int group)
{
    int low = 0, high = r->nquality;
    while (low < high) {
        int mid = low + (high - low) / 2;
        if (compare(&r->quality[mid], traffic, group) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

bool results_quality(const struct results *r, int service, int group, enum phase phase, int kind,
                     struct quality_result *out)
{
    bool any = false;
    quality_result_init(out);
    for (int t = 0; t < r->scenario->ntraffic; t++) {
        if (kind >= 0 && (int)r->scenario->traffic[t].kind != kind)
            continue;
        int i = first_row(r, t, group < 0 ? 0 : group);
        for (; i < r->nquality && r->quality[i].traffic == t; i++) {
            const struct quality_result *q = &r->quality[i];
            if (group >= 0 && q->group != group)
                break;
            if (q->service != service || q->phase != phase)
                continue;
            quality_result_add(out, q);
            any = true;
        }
    }
    return any;
}

const struct bucket_result *results_buckets(const struct results *r, int service, int group)
{
    size_t row = (size_t)service * (size_t)r->scenario->ngroups + (size_t)group;
    return &r->buckets[row * (size_t)r->nbuckets];
}

const struct answers_client *results_answers(const struct results *r, int service, int group,
                                             enum phase phase)
{
    for (int i = 0; i < r->nnames; i++)
        if (r->names[i].service == service)
            return &r->names[i].clients[group * PHASE_COUNT + (int)phase];
    return NULL;
}

void results_free(struct results *r)
{
    if (!r)
        return;
    for (int i = 0; i < r->nclients; i++) {
        free(r->clients[i].site_count);
        hist_free(&r->clients[i].rtt_ns);
        hist_free(&r->clients[i].ipdv_ns);
    }
    for (int i = 0; i < r->nlinks; i++) {
        free((char *)(uintptr_t)r->links[i].name);
        free((char *)(uintptr_t)r->links[i].a);
        free((char *)(uintptr_t)r->links[i].b);
        free(r->links[i].util_ppm);
        for (int ph = 0; ph < PHASE_COUNT; ph++)
            hist_free(&r->links[i].in[ph].waited_ns);
    }
    for (int i = 0; i < r->nquality; i++)
        quality_result_free(&r->quality[i]);
    free(r->quality);
    demand_results_free(&r->demands);
    monitor_result_free(&r->monitor);
    if (r->replicas) {
        free(r->replicas->seeds);
        free(r->replicas->figures);
        free(r->replicas);
    }
    for (int i = 0; i < r->nnames; i++)
        answers_result_free(&r->names[i]);
    free(r->names);
    free(r->eips);
    free(r->caps);
    health_log_free(r->health);
    free(r->control.cycles);
    free(r->gateways);
    free(r->clients);
    for (size_t i = 0; i < r->nattacks; i++)
        free(r->attacks[i].place);
    free(r->attacks);
    free(r->defences);
    free(r->buckets);
    free(r->links);
    free(r->expected_links);
    free(r->checks);
    free(r);
}
