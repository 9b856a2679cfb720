// SPDX-License-Identifier: GPL-3.0-or-later
#include "igp/tilfa.h"

struct tilfa_space { // of one router in the old topology
    uint32_t *metric;
    bool *touched; // some shortest path leads over what failed
};

static bool failed(const struct tilfa *t, const struct lsa_link *l, uint32_t owner)
{
    return igp_graph_share_risk(t->graph, l->half / 2, t->slot) ||
           (t->node != IGP_NONE && (owner == t->node || l->neighbour == t->node));
}

static void grow_tree(struct tilfa *t)
{
    uint32_t u;
    uint64_t metric;
    for (uint32_t r = 0; r < t->db->nrouters; r++)
        t->metric[r] = t->last[r] = IGP_UNREACHABLE;
    t->metric[t->root] = 0;
    heap_push(t->heap, t->root, 0);
    while (heap_pop(t->heap, &u, &metric)) {
        const struct lsa *lsa = t->db->newest[u];
        for (uint32_t i = 0; lsa && i < lsa->n; i++) {
            const struct lsa_link *l = &lsa->links[i];
            uint64_t m = metric + l->metric;
            uint32_t v = l->neighbour;
            if (!spf_edge(t->db, t->root, u, l) || failed(t, l, u) || m > MAX_PATH_METRIC ||
                m > t->metric[v] || (m == t->metric[v] && l->half > t->last[v]))
                continue;
            if (m < t->metric[v])
                heap_push(t->heap, v, m);
            t->metric[v] = (uint32_t)m;
            t->last[v] = l->half;
        }
    }
}

void tilfa_init(struct tilfa *t, const struct igp_graph *graph, const struct lsdb *db,
                struct heap *heap, uint32_t root, uint32_t slot, bool node)
{
    uint32_t e = graph->from[2 * slot] == root ? graph->from[2 * slot + 1] : graph->from[2 * slot];
    *t = (struct tilfa){.graph = graph,
                        .db = db,
                        .heap = heap,
                        .root = root,
                        .slot = slot,
                        .node = node ? e : IGP_NONE};
    t->metric = xmalloc(db->nrouters * sizeof *t->metric);
    t->last = xmalloc(db->nrouters * sizeof *t->last);
    t->spaces = xcalloc(db->nrouters, sizeof(struct tilfa_space *));
    grow_tree(t);
}

void tilfa_free(struct tilfa *t)
{
    for (uint32_t r = 0; t->spaces && r < t->db->nrouters; r++) {
        if (!t->spaces[r])
            continue;
        free(t->spaces[r]->metric);
        free(t->spaces[r]->touched);
        free(t->spaces[r]);
    }
    free(t->spaces);
    free(t->metric);
    free(t->last);
    *t = (struct tilfa){0};
}

static void fill_space(const struct tilfa *t, uint32_t from, struct tilfa_space *s)
{
    uint32_t u;
    uint64_t metric;
    for (uint32_t r = 0; r < t->db->nrouters; r++)
        s->metric[r] = IGP_UNREACHABLE;
    s->metric[from] = 0;
    heap_push(t->heap, from, 0);
    while (heap_pop(t->heap, &u, &metric)) {
        const struct lsa *lsa = t->db->newest[u];
        for (uint32_t i = 0; lsa && i < lsa->n; i++) {
            const struct lsa_link *l = &lsa->links[i];
            uint64_t m = metric + l->metric;
            uint32_t v = l->neighbour;
            if (!spf_edge(t->db, from, u, l) || m > MAX_PATH_METRIC || m > s->metric[v])
                continue;
            bool touched = s->touched[u] || failed(t, l, u);
            if (m < s->metric[v])
                heap_push(t->heap, v, m);
            s->touched[v] = touched || (m == s->metric[v] && s->touched[v]);
            s->metric[v] = (uint32_t)m;
        }
    }
}

// Do all old shortest paths from `from` reach `to` without what failed?
static bool untouched(struct tilfa *t, uint32_t from, uint32_t to)
{
    struct tilfa_space *s = t->spaces[from];
    if (!s) {
        s = xmalloc(sizeof *s);
        s->metric = xmalloc(t->db->nrouters * sizeof *s->metric);
        s->touched = xcalloc(t->db->nrouters, sizeof *s->touched);
        fill_space(t, from, s);
        t->spaces[from] = s;
    }
    return s->metric[to] != IGP_UNREACHABLE && !s->touched[to];
}

bool tilfa_untouched(struct tilfa *t, uint32_t target)
{
    return untouched(t, t->root, target);
}

// Writes the halves of the post-convergence path to `target`; returns how many.
static uint32_t path_to(const struct tilfa *t, uint32_t target, uint32_t *halves)
{
    uint32_t n = 0;
    for (uint32_t v = target; v != t->root; v = t->graph->from[t->last[v]])
        n++;
    uint32_t i = n;
    for (uint32_t v = target; v != t->root; v = t->graph->from[t->last[v]])
        halves[--i] = t->last[v];
    return n;
}

static uint32_t end_of(const struct tilfa *t, uint32_t half)
{
    return t->graph->from[half ^ 1];
}

// `path` has n halves. The first segment ends after halves[0 .. returned].
static uint32_t first_segment(struct tilfa *t, const uint32_t *path, uint32_t n)
{
    uint32_t at = n - 1;
    while (at > 0 && !untouched(t, t->root, end_of(t, path[at])) &&
           !untouched(t, end_of(t, path[0]), end_of(t, path[at])))
        at--;
    return at;
}

static bool cut_path(struct tilfa *t, const uint32_t *path, uint32_t n, struct igp_backup *out)
{
    uint32_t target = end_of(t, path[n - 1]);
    out->link = path[0] / 2;
    out->nsegments = 0;
    if (untouched(t, end_of(t, path[0]), target))
        return true;
    uint32_t at = first_segment(t, path, n);
    out->segments[out->nsegments++] = (struct igp_segment){end_of(t, path[at]), IGP_NONE};
    while (!untouched(t, end_of(t, path[at]), target)) {
        if (out->nsegments == IGP_MAX_SEGMENTS)
            return false;
        uint32_t next = n - 1;
        while (next > at && !untouched(t, end_of(t, path[at]), end_of(t, path[next])))
            next--;
        bool adjacency = next == at;
        at = adjacency ? at + 1 : next;
        out->segments[out->nsegments++] =
            (struct igp_segment){end_of(t, path[at]), adjacency ? path[at] / 2 : IGP_NONE};
    }
    return true;
}

bool tilfa_find(struct tilfa *t, uint32_t target, struct igp_backup *out)
{
    if (target == t->root || t->metric[target] == IGP_UNREACHABLE)
        return false;
    uint32_t *path = xmalloc(t->db->nrouters * sizeof *path);
    uint32_t n = path_to(t, target, path);
    bool found = cut_path(t, path, n, out);
    out->node = t->node != IGP_NONE;
    free(path);
    return found;
}
