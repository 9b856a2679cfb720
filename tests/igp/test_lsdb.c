// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "igp/lsdb.h"

static struct lsa *make(struct lsa_pool *p, uint32_t origin, uint32_t seq, int64_t born_ps)
{
    struct lsa *l = lsa_new(p, origin, 4);
    l->seq = seq;
    l->born_ps = born_ps;
    return l;
}

static void add(struct lsa *l, uint32_t half, uint32_t neighbour)
{
    l->links[l->n++] = (struct lsa_link){half, neighbour, 10};
}

static void newer(void)
{
    struct lsa_pool p;
    lsa_pool_init(&p, 2);
    struct lsa *a = make(&p, 0, 3, 100);
    struct lsa *b = make(&p, 0, 4, 50);
    struct lsa *c = make(&p, 0, 4, 60);
    CU_ASSERT(lsa_newer(b, a) && !lsa_newer(a, b));
    CU_ASSERT(lsa_newer(c, b) && !lsa_newer(b, c)); // same number: the later one
    CU_ASSERT(!lsa_newer(a, a));
    CU_ASSERT(lsa_newer(a, NULL) && !lsa_newer(NULL, a) && !lsa_newer(NULL, NULL));
    lsa_drop(&p, a);
    lsa_drop(&p, b);
    lsa_drop(&p, c);
    CU_ASSERT_EQUAL(p.live, 0);
    lsa_pool_free(&p);
}

static void installs(void)
{
    struct lsa_pool p;
    struct lsdb db;
    lsa_pool_init(&p, 2);
    lsdb_init(&db, 2, 130);
    struct lsa *a = make(&p, 1, 1, 0);
    add(a, 1, 0);
    add(a, 129, 0);
    CU_ASSERT(lsdb_install(&db, &p, a));
    CU_ASSERT(lsdb_lists(&db, 1) && lsdb_lists(&db, 129) && !lsdb_lists(&db, 0));
    struct lsa *b = make(&p, 1, 2, 0);
    add(b, 1, 0);
    add(b, 129, 0);
    CU_ASSERT(!lsdb_install(&db, &p, b)); // newer, but it says the same
    CU_ASSERT_PTR_EQUAL(db.newest[1], b);
    struct lsa *c = make(&p, 1, 3, 0);
    add(c, 129, 0);
    CU_ASSERT(lsdb_install(&db, &p, c));
    CU_ASSERT(!lsdb_lists(&db, 1) && lsdb_lists(&db, 129));
    struct lsa *d = make(&p, 1, 4, 0);
    add(d, 129, 0);
    d->links[0].metric = 11;
    CU_ASSERT(lsdb_install(&db, &p, d)); // another metric is news
    lsdb_clear(&db, &p);
    CU_ASSERT(!db.newest[1] && !lsdb_lists(&db, 129));
    struct lsa *mine[] = {a, b, c, d};
    for (int i = 0; i < 4; i++)
        lsa_drop(&p, mine[i]);
    CU_ASSERT_EQUAL(p.live, 0);
    lsdb_free(&db, &p);
    lsa_pool_free(&p);
}

static void shares(void)
{
    struct lsa_pool p;
    struct lsdb x;
    struct lsdb y;
    lsa_pool_init(&p, 1);
    lsdb_init(&x, 1, 2);
    lsdb_init(&y, 1, 2);
    struct lsa *a = make(&p, 0, 1, 0);
    lsdb_install(&x, &p, a);
    lsdb_install(&y, &p, a);
    lsa_drop(&p, a);
    CU_ASSERT_PTR_EQUAL(x.newest[0], y.newest[0]);
    CU_ASSERT_EQUAL(p.live, 1);
    lsdb_free(&x, &p);
    CU_ASSERT_EQUAL(p.live, 1);
    lsdb_free(&y, &p);
    CU_ASSERT_EQUAL(p.live, 0);
    struct lsa *b = make(&p, 0, 2, 0);
    CU_ASSERT_PTR_EQUAL(b, a); // the memory is used again
    CU_ASSERT_EQUAL(b->n, 0);
    lsa_drop(&p, b);
    lsa_pool_free(&p);
}

UNIT_MAIN("igp lsdb", {"newer", newer}, {"installs", installs}, {"shares", shares})
