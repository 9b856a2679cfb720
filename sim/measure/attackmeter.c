// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/attackmeter.h"

#include "base/table.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

const char *const defence_names[DEFENCE_KINDS] = {"scrub", "backlog"};

struct attackmeter {
    const struct scenario *scenario;
    struct sim *sim;
    int64_t epoch_ps;
    struct table index, defence_index; // what a row is about → its place
    VEC(struct attack_row) rows;
    VEC(struct defence_row) defences;
};

struct attackmeter *attackmeter_new(const struct scenario *s, struct sim *sim, int64_t epoch_ps)
{
    struct attackmeter *m = xcalloc(1, sizeof *m);
    m->scenario = s;
    m->sim = sim;
    m->epoch_ps = epoch_ps;
    table_init(&m->index);
    table_init(&m->defence_index);
    return m;
}

void attackmeter_free(struct attackmeter *m)
{
    if (!m)
        return;
    table_free(&m->index);
    table_free(&m->defence_index);
    vec_free(&m->rows);
    vec_free(&m->defences);
    free(m);
}

static int64_t now(const struct attackmeter *m)
{
    return sim_now(m->sim) - m->epoch_ps;
}

void attackmeter_struck(struct attackmeter *m, int traffic, int service, int pop,
                        const struct traffic_strike *s)
{
    if (now(m) < 0)
        return;
    enum phase phase = scenario_phase(m->scenario, now(m));
    const int64_t key[8] = {traffic, service, phase, s->end, s->reason, pop, s->node, s->port};
    uint64_t at;
    if (!table_get(&m->index, key, sizeof key, &at)) {
        struct attack_row fresh = {.traffic = traffic,
                                   .service = service,
                                   .phase = phase,
                                   .end = s->end,
                                   .reason = s->reason,
                                   .pop = pop,
                                   .node = s->node,
                                   .port = s->port};
        at = m->rows.n;
        vec_push(&m->rows, fresh);
        table_put(&m->index, key, sizeof key, at);
    }
    m->rows.v[at].packets += s->packet->weight;
    m->rows.v[at].bits += 8.0 * s->packet->length * s->packet->weight;
}

void attackmeter_defended(struct attackmeter *m, const struct defended *d)
{
    if (now(m) < 0)
        return;
    enum phase phase = scenario_phase(m->scenario, now(m));
    const int64_t key[4] = {d->service, d->pop, d->defence, phase};
    uint64_t at;
    if (!table_get(&m->defence_index, key, sizeof key, &at)) {
        struct defence_row fresh = {
            .service = d->service, .pop = d->pop, .defence = d->defence, .phase = phase};
        at = m->defences.n;
        vec_push(&m->defences, fresh);
        table_put(&m->defence_index, key, sizeof key, at);
    }
    struct defence_row *r = &m->defences.v[at];
    *(d->hostile ? &r->hostile : &r->good) += d->weight;
    if (d->stopped)
        *(d->hostile ? &r->hostile_stopped : &r->good_stopped) += d->weight;
}

static int by_what(const void *pa, const void *pb)
{
    const struct attack_row *a = pa, *b = pb;
    const int64_t x[8] = {a->traffic, a->service, a->phase, a->pop,
                          a->end,     a->reason,  a->port,  a->node};
    const int64_t y[8] = {b->traffic, b->service, b->phase, b->pop,
                          b->end,     b->reason,  b->port,  b->node};
    for (int i = 0; i < 8; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

static int by_whom(const void *pa, const void *pb)
{
    const struct defence_row *a = pa, *b = pb;
    const int64_t x[4] = {a->service, a->pop, a->defence, a->phase};
    const int64_t y[4] = {b->service, b->pop, b->defence, b->phase};
    for (int i = 0; i < 4; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

void attackmeter_collect(struct attackmeter *m, struct results *r)
{
    if (m->rows.n)
        qsort(m->rows.v, m->rows.n, sizeof *m->rows.v, by_what);
    if (m->defences.n)
        qsort(m->defences.v, m->defences.n, sizeof *m->defences.v, by_whom);
    r->attacks = m->rows.v;
    r->nattacks = m->rows.n;
    r->defences = m->defences.v;
    r->ndefences = m->defences.n;
    m->rows.v = NULL;
    m->rows.n = m->rows.cap = 0;
    m->defences.v = NULL;
    m->defences.n = m->defences.cap = 0;
}
