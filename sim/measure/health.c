// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/health.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

struct health_log *health_log_new(int nservices)
{
    struct health_log *l = xcalloc(1, sizeof *l);
    l->nservices = nservices;
    l->counts = xcalloc((size_t)nservices, sizeof *l->counts);
    return l;
}

void health_log_free(struct health_log *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->records.n; i++) {
        free(l->records.v[i].prober);
        free(l->records.v[i].target);
    }
    vec_free(&l->records);
    free(l->counts);
    free(l);
}

void health_log_add(struct health_log *l, const struct health_record *r)
{
    struct health_record own = *r;
    own.prober = strcpy(xmalloc(strlen(r->prober) + 1), r->prober);
    own.target = strcpy(xmalloc(strlen(r->target) + 1), r->target);
    vec_push(&l->records, own);
}

static void add_target(struct health_sum *sum, const struct health_record *r)
{
    if (r->up) {
        sum->ups++;
        return;
    }
    sum->downs++;
    sum->false_alarms += r->is_false;
    if (r->after_ps < 0)
        return;
    if (r->after_ps > sum->detect_max_ps)
        sum->detect_max_ps = r->after_ps;
    if (sum->detect_min_ps < 0 || r->after_ps < sum->detect_min_ps)
        sum->detect_min_ps = r->after_ps;
}

struct health_sum health_log_sum(const struct health_log *l, int service)
{
    struct health_sum sum = {.detect_max_ps = -1, .detect_min_ps = -1};
    for (size_t i = 0; i < l->records.n; i++) {
        const struct health_record *r = &l->records.v[i];
        if (r->service != service)
            continue;
        if (r->what == HEALTH_TARGET)
            add_target(&sum, r);
        else if (r->what == HEALTH_SITE && r->up)
            sum.returns++;
        else if (r->what == HEALTH_SITE)
            sum.withdrawals++;
    }
    return sum;
}
