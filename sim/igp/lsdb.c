// SPDX-License-Identifier: GPL-3.0-or-later
#include "igp/lsdb.h"

#include "base/arena.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void lsa_pool_init(struct lsa_pool *p, uint32_t nrouters)
{
    p->spare = xcalloc(nrouters, sizeof(struct lsa *));
    p->nrouters = nrouters;
    p->live = 0;
}

void lsa_pool_free(struct lsa_pool *p)
{
    for (uint32_t r = 0; r < p->nrouters; r++) {
        while (p->spare[r]) {
            struct lsa *l = p->spare[r];
            p->spare[r] = l->next_free;
            free(l);
        }
    }
    free(p->spare);
    *p = (struct lsa_pool){0};
}

struct lsa *lsa_new(struct lsa_pool *p, uint32_t origin, uint32_t room)
{
    struct lsa *l = p->spare[origin];
    if (l)
        p->spare[origin] = l->next_free;
    else
        l = xmalloc(sizeof *l + room * sizeof(struct lsa_link));
    *l = (struct lsa){.origin = origin, .refs = 1, .room = room};
    p->live++;
    return l;
}

struct lsa *lsa_hold(struct lsa *l)
{
    l->refs++;
    return l;
}

void lsa_drop(struct lsa_pool *p, struct lsa *l)
{
    if (!l)
        return;
    assert(l->refs > 0);
    if (--l->refs > 0)
        return;
    l->next_free = p->spare[l->origin];
    p->spare[l->origin] = l;
    p->live--;
}

bool lsa_newer(const struct lsa *a, const struct lsa *b)
{
    if (!a || !b)
        return a != NULL;
    return a->seq != b->seq ? a->seq > b->seq : a->born_ps > b->born_ps;
}

bool lsa_same(const struct lsa *a, const struct lsa *b)
{
    if (a->n != b->n || a->overload != b->overload)
        return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (a->links[i].half != b->links[i].half || a->links[i].metric != b->links[i].metric)
            return false;
    return true;
}

const struct lsa_link *lsa_find(const struct lsa *l, uint32_t half)
{
    uint32_t low = 0;
    uint32_t high = l ? l->n : 0;
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        if (l->links[mid].half == half)
            return &l->links[mid];
        if (l->links[mid].half < half)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

void lsdb_init(struct lsdb *db, uint32_t nrouters, uint32_t nhalves)
{
    *db = (struct lsdb){.nrouters = nrouters, .nhalves = nhalves};
    db->newest = xcalloc(nrouters, sizeof(struct lsa *));
    db->listed = xcalloc(nhalves / 64 + 1, sizeof *db->listed);
    db->dirty = xcalloc(nrouters / 64 + 1, sizeof *db->dirty);
}

void lsdb_mark(struct lsdb *db, struct lsa_pool *p)
{
    for (size_t i = 0; i < db->before.n; i++) {
        db->dirty[db->before.v[i].origin / 64] = 0;
        lsa_drop(p, db->before.v[i].lsa);
    }
    db->before.n = 0;
}

void lsdb_clear(struct lsdb *db, struct lsa_pool *p)
{
    lsdb_mark(db, p);
    for (uint32_t r = 0; r < db->nrouters; r++) {
        lsa_drop(p, db->newest[r]);
        db->newest[r] = NULL;
    }
    memset(db->listed, 0, (db->nhalves / 64 + 1) * sizeof *db->listed);
}

void lsdb_free(struct lsdb *db, struct lsa_pool *p)
{
    lsdb_clear(db, p);
    free(db->newest);
    free(db->listed);
    free(db->dirty);
    vec_free(&db->before);
    *db = (struct lsdb){0};
}

static void remember(struct lsdb *db, uint32_t origin, struct lsa *old)
{
    uint64_t bit = UINT64_C(1) << (origin % 64);
    if (db->dirty[origin / 64] & bit)
        return;
    db->dirty[origin / 64] |= bit;
    vec_push(&db->before, ((struct lsdb_before){origin, old ? lsa_hold(old) : NULL}));
}

bool lsdb_install(struct lsdb *db, struct lsa_pool *p, struct lsa *l)
{
    assert(l->origin < db->nrouters && l->n <= l->room);
    struct lsa *old = db->newest[l->origin];
    bool differs = !old || !lsa_same(old, l);
    if (differs) {
        remember(db, l->origin, old);
        for (uint32_t i = 0; old && i < old->n; i++)
            db->listed[old->links[i].half / 64] &= ~(UINT64_C(1) << (old->links[i].half % 64));
        for (uint32_t i = 0; i < l->n; i++)
            db->listed[l->links[i].half / 64] |= UINT64_C(1) << (l->links[i].half % 64);
    }
    db->newest[l->origin] = lsa_hold(l);
    lsa_drop(p, old);
    return differs;
}

void lsdb_recall(const struct lsdb *db, struct lsa_pool *p, struct lsdb *copy)
{
    for (uint32_t r = 0; r < db->nrouters; r++)
        if (db->newest[r] && !(db->dirty[r / 64] >> (r % 64) & 1))
            lsdb_install(copy, p, db->newest[r]);
    for (size_t i = 0; i < db->before.n; i++)
        if (db->before.v[i].lsa)
            lsdb_install(copy, p, db->before.v[i].lsa);
    lsdb_mark(copy, p);
}
