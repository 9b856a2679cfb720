// SPDX-License-Identifier: GPL-3.0-or-later
#include "igp/delta.h"

enum { DIRTY = 1, LOST = 2, TOUCHED = 4 };

void delta_work_init(struct delta_work *w, uint32_t nrouters)
{
    *w = (struct delta_work){.nrouters = nrouters};
    heap_init(&w->heap, nrouters);
    w->flags = xcalloc(nrouters, sizeof *w->flags);
    w->then = xcalloc(nrouters, sizeof(struct lsa *));
}

void delta_work_free(struct delta_work *w)
{
    heap_free(&w->heap);
    free(w->flags);
    free(w->then);
    vec_free(&w->touched);
    vec_free(&w->edges);
    *w = (struct delta_work){0};
}

struct run {
    const struct lsdb *db;
    uint32_t root;
    struct delta_work *w;
    struct spf_routes *routes;
};

static const struct lsa *then(const struct run *r, uint32_t router)
{
    return r->w->flags[router] & DIRTY ? r->w->then[router] : r->db->newest[router];
}

// The metric of `half` as an edge from `from` to `to`, by the LSAs of both.
static uint32_t edge_metric(uint32_t root, uint32_t half, const struct lsa *from,
                            const struct lsa *to)
{
    const struct lsa_link *l = lsa_find(from, half);
    if (!l || l->neighbour == root || !lsa_find(to, half ^ 1) ||
        (from->overload && from->origin != root))
        return IGP_UNREACHABLE;
    return l->metric;
}

static void look_at(struct run *r, uint32_t from, uint32_t to, uint32_t half)
{
    struct delta_edge e = {.from = from, .to = to, .half = half};
    e.was = edge_metric(r->root, half, then(r, from), then(r, to));
    e.is = edge_metric(r->root, half, r->db->newest[from], r->db->newest[to]);
    if (e.was != e.is)
        vec_push(&r->w->edges, e);
}

// Both directions of every link that `lsa`, old or new, lists. A link may be looked at twice.
static void look_at_links(struct run *r, const struct lsa *lsa)
{
    for (uint32_t i = 0; lsa && i < lsa->n; i++) {
        const struct lsa_link *l = &lsa->links[i];
        look_at(r, lsa->origin, l->neighbour, l->half);
        look_at(r, l->neighbour, lsa->origin, l->half ^ 1);
    }
}

static void find_edges(struct run *r)
{
    struct delta_work *w = r->w;
    const struct lsdb_before *v = r->db->before.v;
    w->edges.n = 0;
    for (size_t i = 0; i < r->db->before.n; i++) {
        w->then[v[i].origin] = v[i].lsa;
        w->flags[v[i].origin] = DIRTY;
    }
    for (size_t i = 0; i < r->db->before.n; i++) {
        look_at_links(r, v[i].lsa);
        look_at_links(r, r->db->newest[v[i].origin]);
    }
    for (size_t i = 0; i < r->db->before.n; i++)
        w->flags[v[i].origin] = 0;
}

static bool one_link_down(const struct run *r)
{
    const struct delta_edge *e = r->w->edges.v;
    for (size_t i = 0; i < r->w->edges.n; i++)
        if (e[i].half / 2 != e[0].half / 2 || e[i].is != IGP_UNREACHABLE ||
            (e[i].from != r->root && e[i].to != r->root))
            return false;
    return r->w->edges.n > 0;
}

// Is `metric` from `from` a way to reach `to` at its distance? To a router that is not reached
// nothing is.
static bool tight(const struct spf_routes *s, uint32_t from, uint32_t metric, uint32_t to)
{
    return metric != IGP_UNREACHABLE && s->metric[from] != IGP_UNREACHABLE &&
           s->metric[to] != IGP_UNREACHABLE && (uint64_t)s->metric[from] + metric == s->metric[to];
}

static void touch(struct run *r, uint32_t v, uint8_t flag)
{
    if (!(r->w->flags[v] & (LOST | TOUCHED)))
        vec_push(&r->w->touched, v);
    r->w->flags[v] |= flag;
}

// The least distance of `v` over an edge from a router that is not lost.
static uint64_t best_edge(const struct run *r, uint32_t v)
{
    const struct lsa *lsa = r->db->newest[v];
    uint64_t best = IGP_UNREACHABLE;
    for (uint32_t i = 0; lsa && i < lsa->n; i++) {
        uint32_t u = lsa->links[i].neighbour;
        uint32_t half = lsa->links[i].half ^ 1;
        if (r->w->flags[u] & LOST || r->routes->metric[u] == IGP_UNREACHABLE)
            continue;
        uint32_t metric = edge_metric(r->root, half, r->db->newest[u], lsa);
        uint64_t d = (uint64_t)r->routes->metric[u] + metric;
        if (metric != IGP_UNREACHABLE && d < best)
            best = d;
    }
    return best;
}

static void lose(struct run *r)
{
    struct delta_work *w = r->w;
    struct spf_routes *s = r->routes;
    uint32_t v;
    uint64_t metric;
    for (size_t i = 0; i < w->edges.n; i++) {
        const struct delta_edge *e = &w->edges.v[i];
        if (tight(s, e->from, e->was, e->to))
            heap_push(&w->heap, e->to, s->metric[e->to]);
    }
    while (heap_pop(&w->heap, &v, &metric)) {
        const struct lsa *lsa = r->db->newest[v];
        if (best_edge(r, v) <= metric)
            continue;
        touch(r, v, LOST);
        for (uint32_t i = 0; lsa && i < lsa->n; i++) {
            const struct lsa_link *l = &lsa->links[i];
            if (spf_edge(r->db, r->root, v, l) && tight(s, v, l->metric, l->neighbour))
                heap_push(&w->heap, l->neighbour, s->metric[l->neighbour]);
        }
    }
}

static void shorten(struct run *r, uint32_t v, uint64_t metric)
{
    if (metric > MAX_PATH_METRIC || metric >= r->routes->metric[v])
        return;
    touch(r, v, TOUCHED);
    r->routes->metric[v] = (uint32_t)metric;
    heap_push(&r->w->heap, v, metric);
}

static void find_again(struct run *r)
{
    struct delta_work *w = r->w;
    struct spf_routes *s = r->routes;
    uint32_t u;
    uint64_t metric;
    size_t nlost = w->touched.n;
    for (size_t i = 0; i < nlost; i++)
        s->metric[w->touched.v[i]] = IGP_UNREACHABLE;
    for (size_t i = 0; i < nlost; i++)
        shorten(r, w->touched.v[i], best_edge(r, w->touched.v[i]));
    for (size_t i = 0; i < w->edges.n; i++) {
        const struct delta_edge *e = &w->edges.v[i];
        if (e->is < e->was && !(w->flags[e->from] & LOST) && s->metric[e->from] != IGP_UNREACHABLE)
            shorten(r, e->to, (uint64_t)s->metric[e->from] + e->is);
    }
    while (heap_pop(&w->heap, &u, &metric)) {
        const struct lsa *lsa = r->db->newest[u];
        for (uint32_t i = 0; lsa && i < lsa->n; i++)
            if (spf_edge(r->db, r->root, u, &lsa->links[i]))
                shorten(r, lsa->links[i].neighbour, metric + lsa->links[i].metric);
    }
}

// The next hops towards `v` by its last edges.
static uint32_t last_edges(struct run *r, uint32_t v)
{
    const struct lsa *lsa = r->db->newest[v];
    uint32_t set = 0;
    for (uint32_t i = 0; lsa && i < lsa->n; i++) {
        uint32_t u = lsa->links[i].neighbour;
        uint32_t half = lsa->links[i].half ^ 1;
        if (!tight(r->routes, u, edge_metric(r->root, half, r->db->newest[u], lsa), v))
            continue;
        uint32_t more = r->routes->set[u];
        if (u == r->root)
            more = spf_set_number(r->routes, &(struct spf_set){.n = 1, .slot = {half / 2}});
        set = spf_set_union(r->routes, set, more);
    }
    return set;
}

static void push_if_reached(struct run *r, uint32_t v)
{
    if (v != r->root && r->routes->metric[v] != IGP_UNREACHABLE)
        heap_push(&r->w->heap, v, r->routes->metric[v]);
}

static void push_neighbours(struct run *r, uint32_t v)
{
    const struct lsa *lsa = r->db->newest[v];
    for (uint32_t i = 0; lsa && i < lsa->n; i++)
        if (spf_edge(r->db, r->root, v, &lsa->links[i]))
            push_if_reached(r, lsa->links[i].neighbour);
}

static void choose_hops(struct run *r)
{
    struct delta_work *w = r->w;
    uint32_t v;
    uint64_t metric;
    for (size_t i = 0; i < w->edges.n; i++)
        push_if_reached(r, w->edges.v[i].to);
    for (size_t i = 0; i < w->touched.n; i++) {
        uint32_t t = w->touched.v[i];
        if (r->routes->metric[t] == IGP_UNREACHABLE)
            r->routes->set[t] = 0;
        push_if_reached(r, t);
        push_neighbours(r, t);
    }
    while (heap_pop(&w->heap, &v, &metric)) {
        uint32_t set = last_edges(r, v);
        if (set == r->routes->set[v])
            continue;
        r->routes->set[v] = set;
        const struct lsa *lsa = r->db->newest[v];
        for (uint32_t i = 0; lsa && i < lsa->n; i++)
            if (spf_edge(r->db, r->root, v, &lsa->links[i]) &&
                tight(r->routes, v, lsa->links[i].metric, lsa->links[i].neighbour))
                push_if_reached(r, lsa->links[i].neighbour);
    }
}

bool delta_run(const struct lsdb *db, uint32_t root, struct delta_work *w,
               struct spf_routes *routes)
{
    struct run r = {.db = db, .root = root, .w = w, .routes = routes};
    if (db->before.n > db->nrouters / 8 + 2) {
        spf_run(db, root, &w->heap, routes);
        return false;
    }
    find_edges(&r);
    if (w->edges.n == 0)
        return false;
    lose(&r);
    find_again(&r);
    choose_hops(&r);
    for (size_t i = 0; i < w->touched.n; i++)
        w->flags[w->touched.v[i]] = 0;
    w->touched.n = 0;
    spf_sets_tidy(routes);
    return one_link_down(&r);
}
