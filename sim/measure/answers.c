// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/answers.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

struct answers {
    const struct scenario *scenario;
    struct answers_result is;
};

static size_t ncells(const struct answers_result *r)
{
    return (size_t)r->nbuckets * (size_t)(r->n + 1);
}

static size_t nclients(const struct answers *a)
{
    return (size_t)a->scenario->ngroups * PHASE_COUNT;
}

struct answers *answers_new(const struct scenario *s, int service)
{
    struct answers *a = xcalloc(1, sizeof *a);
    a->scenario = s;
    a->is.service = service;
    a->is.n = s->services[service].gslb->nanswers;
    a->is.nbuckets = (int)((s->duration_ps + s->bucket_ps - 1) / s->bucket_ps);
    a->is.cells = xcalloc(ncells(&a->is), sizeof *a->is.cells);
    a->is.clients = xcalloc(nclients(a) + 1, sizeof *a->is.clients);
    return a;
}

void answers_free(struct answers *a)
{
    if (!a)
        return;
    answers_result_free(&a->is);
    free(a);
}

static bool inside(const struct answers *a, int64_t t_ps)
{
    return t_ps >= 0 && t_ps < a->scenario->duration_ps;
}

static struct answers_cell *cell_at(const struct answers *a, int64_t t_ps, int answer)
{
    return &a->is.cells[t_ps / a->scenario->bucket_ps * (a->is.n + 1) + answer];
}

void answers_given(struct answers *a, int64_t t_ps, int answer)
{
    if (inside(a, t_ps))
        cell_at(a, t_ps, answer)->given++;
}

void answers_request(struct answers *a, int64_t t_ps, const struct answers_request *r)
{
    if (!inside(a, t_ps))
        return;
    struct answers_cell *cell = cell_at(a, t_ps, r->answer);
    struct answers_client *c =
        &a->is.clients[r->group * PHASE_COUNT + (int)scenario_phase(a->scenario, t_ps)];
    cell->requests += r->weight;
    cell->stale += r->fate == ANSWERS_STALE ? r->weight : 0;
    c->requests += r->weight;
    c->stale += r->fate == ANSWERS_STALE ? r->weight : 0;
    c->misplaced += r->fate == ANSWERS_MISPLACED ? r->weight : 0;
    c->unresolved += r->fate == ANSWERS_UNRESOLVED ? r->weight : 0;
}

void answers_lookup(struct answers *a, int64_t t_ps, int64_t took_ps)
{
    if (!inside(a, t_ps))
        return;
    struct answers_lookups *l = &a->is.lookups[scenario_phase(a->scenario, t_ps)];
    l->ended++;
    l->failed += took_ps < 0;
    l->took_ps += took_ps < 0 ? 0 : took_ps;
}

struct answers_cell *answers_cell(struct answers *a, int64_t t_ps, int answer)
{
    return inside(a, t_ps - 1) ? cell_at(a, t_ps - 1, answer) : NULL;
}

void answers_collect(const struct answers *a, struct answers_result *out)
{
    *out = a->is;
    out->cells = xmalloc(ncells(&a->is) * sizeof *out->cells);
    memcpy(out->cells, a->is.cells, ncells(&a->is) * sizeof *out->cells);
    out->clients = xmalloc((nclients(a) + 1) * sizeof *out->clients);
    memcpy(out->clients, a->is.clients, (nclients(a) + 1) * sizeof *out->clients);
}

void answers_result_free(struct answers_result *r)
{
    free(r->cells);
    free(r->clients);
    r->cells = NULL;
    r->clients = NULL;
}
