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

bool lsa_same_links(const struct lsa *a, const struct lsa *b)
{
    if (a->n != b->n)
        return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (a->links[i].half != b->links[i].half || a->links[i].metric != b->links[i].metric)
            return false;
    return true;
}

void lsdb_init(struct lsdb *db, uint32_t nrouters, uint32_t nhalves)
{
    db->newest = xcalloc(nrouters, sizeof(struct lsa *));
    db->listed = xcalloc(nhalves / 64 + 1, sizeof *db->listed);
    db->nrouters = nrouters;
    db->nhalves = nhalves;
}

void lsdb_clear(struct lsdb *db, struct lsa_pool *p)
{
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
    *db = (struct lsdb){0};
}

bool lsdb_install(struct lsdb *db, struct lsa_pool *p, struct lsa *l)
{
    assert(l->origin < db->nrouters && l->n <= l->room);
    struct lsa *old = db->newest[l->origin];
    bool differs = !old || !lsa_same_links(old, l);
    if (differs) {
        for (uint32_t i = 0; old && i < old->n; i++)
            db->listed[old->links[i].half / 64] &= ~(UINT64_C(1) << (old->links[i].half % 64));
        for (uint32_t i = 0; i < l->n; i++)
            db->listed[l->links[i].half / 64] |= UINT64_C(1) << (l->links[i].half % 64);
    }
    db->newest[l->origin] = lsa_hold(l);
    lsa_drop(p, old);
    return differs;
}
