// SPDX-License-Identifier: GPL-3.0-or-later
// The incremental SPF against the full one and, for the distances, against igraph's Dijkstra, over
// random networks and random changes: links, metrics and overload bits, one or many at a time.
#include "unit.h"

#include "igp/delta.h"
#include "world.h"

#include <igraph.h>
#include <math.h>

#define ROOM 64

struct link {
    uint32_t a, b, metric[2]; // from a, from b
    bool up[2];               // as each end sees it
};

struct net {
    uint32_t n, nlinks;
    struct link *links;
    bool *overload;
    struct lsa_pool pool;
    struct lsdb db;
    uint32_t seq;
    uint64_t state;
};

static void install(struct net *t, uint32_t r)
{
    struct lsa *l = lsa_new(&t->pool, r, ROOM);
    l->seq = ++t->seq;
    l->overload = t->overload[r];
    for (uint32_t i = 0; i < t->nlinks; i++)
        for (uint32_t end = 0; end < 2; end++) {
            const struct link *k = &t->links[i];
            if ((end ? k->b : k->a) == r && k->up[end] && l->n < ROOM)
                l->links[l->n++] =
                    (struct lsa_link){2 * i + end, end ? k->a : k->b, k->metric[end]};
        }
    lsdb_install(&t->db, &t->pool, l);
    lsa_drop(&t->pool, l);
}

static void make(struct net *t, uint32_t n, uint32_t nlinks, uint32_t metrics, uint64_t seed)
{
    *t = (struct net){.n = n, .nlinks = nlinks, .state = seed * 2654435761u + 88172645463325252u};
    t->links = xcalloc(nlinks, sizeof *t->links);
    t->overload = xcalloc(n, sizeof *t->overload);
    lsa_pool_init(&t->pool, n);
    lsdb_init(&t->db, n, 2 * nlinks);
    for (uint32_t i = 0; i < nlinks; i++) {
        uint32_t a = i + 1 < n ? i + 1 : world_draw(&t->state, n);
        uint32_t b = i + 1 < n ? world_draw(&t->state, a) : world_draw(&t->state, n - 1);
        t->links[i] = (struct link){.a = a, .b = b + (i + 1 >= n && b >= a), .up = {true, true}};
        t->links[i].metric[0] = 1 + world_draw(&t->state, metrics);
        t->links[i].metric[1] = 1 + world_draw(&t->state, metrics);
    }
    for (uint32_t r = 0; r < n; r++)
        install(t, r);
}

static void discard(struct net *t)
{
    lsdb_free(&t->db, &t->pool);
    CU_ASSERT_EQUAL(t->pool.live, 0);
    lsa_pool_free(&t->pool);
    free(t->links);
    free(t->overload);
}

static void change(struct net *t, uint32_t metrics)
{
    struct link *k = &t->links[world_draw(&t->state, t->nlinks)];
    uint32_t end = world_draw(&t->state, 2);
    uint32_t r = world_draw(&t->state, t->n);
    switch (world_draw(&t->state, 5)) {
    case 0: // seen by one end, or by the other end of an earlier one
        k->up[end] = !k->up[end];
        install(t, end ? k->b : k->a);
        return;
    case 1:
        k->up[0] = k->up[1] = !k->up[end];
        install(t, k->a);
        install(t, k->b);
        return;
    case 2:
        k->metric[end] = 1 + world_draw(&t->state, metrics);
        install(t, end ? k->b : k->a);
        return;
    case 3:
        t->overload[r] = !t->overload[r];
        install(t, r);
        return;
    default: // a router dies, or comes back
        for (uint32_t i = 0; i < t->nlinks; i++)
            for (uint32_t e = 0; e < 2; e++)
                if ((e ? t->links[i].b : t->links[i].a) == r)
                    t->links[i].up[e] = end;
        install(t, r);
    }
}

// igraph's distances from `root` over the edges that may be used; ties and next hops do not matter.
static uint32_t wrong_distances(const struct net *t, uint32_t root, const struct spf_routes *got)
{
    igraph_t g;
    igraph_vector_int_t ends;
    igraph_vector_t weights;
    igraph_matrix_t d;
    uint32_t wrong = 0;
    igraph_vector_int_init(&ends, 0);
    igraph_vector_init(&weights, 0);
    igraph_matrix_init(&d, 0, 0);
    for (uint32_t i = 0; i < t->nlinks; i++)
        for (int end = 0; end < 2; end++) {
            const struct link *k = &t->links[i];
            uint32_t from = end ? k->b : k->a;
            if (!k->up[0] || !k->up[1] || (t->overload[from] && from != root))
                continue;
            igraph_vector_int_push_back(&ends, from);
            igraph_vector_int_push_back(&ends, end ? k->a : k->b);
            igraph_vector_push_back(&weights, k->metric[end]);
        }
    igraph_create(&g, &ends, (igraph_integer_t)t->n, IGRAPH_DIRECTED);
    igraph_distances_dijkstra(&g, &d, igraph_vss_1((igraph_integer_t)root), igraph_vss_all(),
                              &weights, IGRAPH_OUT);
    for (uint32_t v = 0; v < t->n; v++) {
        double want = MATRIX(d, 0, v);
        wrong += isinf(want) ? got->metric[v] != IGP_UNREACHABLE : got->metric[v] != want;
    }
    igraph_matrix_destroy(&d);
    igraph_vector_destroy(&weights);
    igraph_vector_int_destroy(&ends);
    igraph_destroy(&g);
    return wrong;
}

// `roots` routers keep their routes up to date through `steps` rounds of up to `burst` changes.
static void keep_up(uint32_t n, uint32_t nlinks, uint32_t metrics, uint32_t burst, uint64_t seed)
{
    enum { ROOTS = 4, STEPS = 60 };
    struct net t;
    struct delta_work work;
    struct spf_routes *routes[ROOTS], *full = spf_routes_new(n);
    uint32_t different = 0, wrong = 0;
    make(&t, n, nlinks, metrics, seed);
    delta_work_init(&work, n);
    for (uint32_t i = 0; i < ROOTS; i++) {
        routes[i] = spf_routes_new(n);
        spf_run(&t.db, i, &work.heap, routes[i]);
    }
    lsdb_mark(&t.db, &t.pool);
    for (int step = 0; step < STEPS; step++) {
        for (uint32_t k = 1 + world_draw(&t.state, burst); k > 0; k--)
            change(&t, metrics);
        for (uint32_t i = 0; i < ROOTS; i++) {
            delta_run(&t.db, i, &work, routes[i]);
            spf_run(&t.db, i, &work.heap, full);
            different += !spf_routes_same(routes[i], full);
        }
        wrong += wrong_distances(&t, 0, routes[0]);
        lsdb_mark(&t.db, &t.pool);
    }
    CU_ASSERT_EQUAL(different, 0);
    CU_ASSERT_EQUAL(wrong, 0);
    for (uint32_t i = 0; i < ROOTS; i++)
        spf_routes_free(routes[i]);
    spf_routes_free(full);
    delta_work_free(&work);
    discard(&t);
}

static void one_at_a_time(void)
{
    for (uint64_t seed = 1; seed <= 40; seed++)
        keep_up(40, 80, 3, 1, seed);
}

static void several_at_a_time(void)
{
    for (uint64_t seed = 1; seed <= 40; seed++)
        keep_up(40, 70, 5, 4, seed); // up to an eighth of the routers, and a little beyond
}

static void wide_metrics(void)
{
    for (uint64_t seed = 1; seed <= 20; seed++)
        keep_up(60, 120, 1000, 2, seed);
}

static void thin_and_dense(void)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        keep_up(30, 32, 2, 2, seed); // nearly a tree: partitions
        keep_up(20, 120, 2, 2, seed);
    }
}

// 0 — 1 — 2, and 0 — 3 — 2 as long.
static void knows_its_own_failure(void)
{
    struct net t;
    struct delta_work work;
    make(&t, 4, 4, 1, 1);
    t.links[0] = (struct link){0, 1, {1, 1}, {true, true}};
    t.links[1] = (struct link){1, 2, {1, 1}, {true, true}};
    t.links[2] = (struct link){0, 3, {1, 1}, {true, true}};
    t.links[3] = (struct link){3, 2, {1, 1}, {true, true}};
    for (uint32_t r = 0; r < 4; r++)
        install(&t, r);
    delta_work_init(&work, 4);
    struct spf_routes *routes = spf_routes_new(4);
    spf_run(&t.db, 0, &work.heap, routes);
    lsdb_mark(&t.db, &t.pool);
    t.links[0].up[0] = false;
    install(&t, 0);
    CU_ASSERT(delta_run(&t.db, 0, &work, routes)); // own link down
    CU_ASSERT_EQUAL(routes->metric[1], 3);
    lsdb_mark(&t.db, &t.pool);
    t.links[0].up[1] = false;
    install(&t, 1);
    CU_ASSERT(!delta_run(&t.db, 0, &work, routes)); // changes nothing
    lsdb_mark(&t.db, &t.pool);
    t.links[1].up[0] = t.links[1].up[1] = false;
    install(&t, 1);
    CU_ASSERT(!delta_run(&t.db, 0, &work, routes)); // somebody else's
    CU_ASSERT_EQUAL(routes->metric[1], IGP_UNREACHABLE);
    lsdb_mark(&t.db, &t.pool);
    t.links[0].up[0] = t.links[0].up[1] = true;
    install(&t, 0);
    install(&t, 1);
    CU_ASSERT(!delta_run(&t.db, 0, &work, routes)); // up, not down
    spf_routes_free(routes);
    delta_work_free(&work);
    discard(&t);
}

static void recalls(void)
{
    struct net t;
    struct lsdb copy;
    struct heap heap;
    make(&t, 30, 60, 4, 9);
    heap_init(&heap, 30);
    struct spf_routes *then = spf_routes_new(30), *again = spf_routes_new(30);
    lsdb_mark(&t.db, &t.pool);
    spf_run(&t.db, 5, &heap, then);
    for (int i = 0; i < 20; i++)
        change(&t, 4);
    lsdb_init(&copy, 30, 2 * t.nlinks);
    lsdb_recall(&t.db, &t.pool, &copy);
    spf_run(&copy, 5, &heap, again);
    CU_ASSERT(spf_routes_same(then, again));
    CU_ASSERT_EQUAL(copy.before.n, 0);
    lsdb_free(&copy, &t.pool);
    spf_routes_free(then);
    spf_routes_free(again);
    heap_free(&heap);
    discard(&t);
}

UNIT_MAIN("igp incremental spf", {"one_at_a_time", one_at_a_time},
          {"several_at_a_time", several_at_a_time}, {"wide_metrics", wide_metrics},
          {"thin_and_dense", thin_and_dense}, {"knows_its_own_failure", knows_its_own_failure},
          {"recalls", recalls})
