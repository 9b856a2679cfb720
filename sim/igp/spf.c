// SPDX-License-Identifier: GPL-3.0-or-later
#include "igp/spf.h"

struct spf_routes *spf_routes_new(uint32_t nrouters)
{
    struct spf_routes *r = xcalloc(1, sizeof *r);
    r->metric = xmalloc((size_t)nrouters * sizeof *r->metric);
    r->set = xmalloc((size_t)nrouters * sizeof *r->set);
    r->n = nrouters;
    return r;
}

void spf_routes_free(struct spf_routes *r)
{
    if (!r)
        return;
    free(r->metric);
    free(r->set);
    vec_free(&r->sets);
    free(r);
}

void spf_routes_clear(struct spf_routes *r, uint32_t self)
{
    for (uint32_t t = 0; t < r->n; t++) {
        r->metric[t] = IGP_UNREACHABLE;
        r->set[t] = 0;
    }
    r->metric[self] = 0;
    r->sets.n = 0;
    r->used = 1;
    vec_push(&r->sets, (struct spf_set){0});
}

void spf_routes_copy(struct spf_routes *to, const struct spf_routes *from)
{
    memcpy(to->metric, from->metric, from->n * sizeof *to->metric);
    memcpy(to->set, from->set, from->n * sizeof *to->set);
    to->used = from->used;
    to->sets.n = 0;
    for (size_t i = 0; i < from->sets.n; i++)
        vec_push(&to->sets, from->sets.v[i]);
}

static bool same_set(const struct spf_set *a, const struct spf_set *b)
{
    return a->n == b->n && memcmp(a->slot, b->slot, a->n * sizeof a->slot[0]) == 0;
}

bool spf_routes_same(const struct spf_routes *a, const struct spf_routes *b)
{
    if (memcmp(a->metric, b->metric, a->n * sizeof *a->metric) != 0)
        return false;
    for (uint32_t t = 0; t < a->n; t++)
        if (!same_set(&a->sets.v[a->set[t]], &b->sets.v[b->set[t]]))
            return false;
    return true;
}

// The number of a set with these members. The search goes from the newest: neighbouring targets
// tend to have the same set.
uint32_t spf_set_number(struct spf_routes *r, const struct spf_set *s)
{
    for (uint32_t i = (uint32_t)r->sets.n; i-- > 0;)
        if (same_set(&r->sets.v[i], s))
            return i;
    vec_push(&r->sets, *s);
    return (uint32_t)r->sets.n - 1;
}

uint32_t spf_set_union(struct spf_routes *r, uint32_t a, uint32_t b)
{
    if (a == b)
        return a;
    const struct spf_set *x = &r->sets.v[a];
    const struct spf_set *y = &r->sets.v[b];
    struct spf_set u = {0};
    uint32_t i = 0;
    uint32_t j = 0;
    while (u.n < IGP_MAX_ECMP && (i < x->n || j < y->n)) {
        uint32_t next;
        if (j == y->n || (i < x->n && x->slot[i] <= y->slot[j])) {
            next = x->slot[i];
            j += j < y->n && y->slot[j] == next;
            i++;
        } else {
            next = y->slot[j++];
        }
        u.slot[u.n++] = next;
    }
    return spf_set_number(r, &u);
}

void spf_sets_tidy(struct spf_routes *r)
{
    if (r->sets.n <= 2 * r->used + IGP_MAX_ECMP)
        return;
    uint32_t *number = xmalloc(r->sets.n * sizeof *number); // by the old one
    for (size_t i = 0; i < r->sets.n; i++)
        number[i] = IGP_UNREACHABLE;
    number[0] = 0; // the empty set is always number 0
    uint32_t used = 1;
    for (uint32_t t = 0; t < r->n; t++)
        number[r->set[t]] = 0;
    for (size_t i = 1; i < r->sets.n; i++)
        if (number[i] == 0) {
            r->sets.v[used] = r->sets.v[i]; // used <= i
            number[i] = used++;
        }
    for (uint32_t t = 0; t < r->n; t++)
        r->set[t] = number[r->set[t]];
    r->sets.n = r->used = used;
    free(number);
}

// A path of length `metric` over `l` to its neighbour, whose next hops would be `set`.
static void relax(struct spf_routes *out, struct heap *heap, const struct lsa_link *l,
                  uint64_t metric, uint32_t set)
{
    uint32_t v = l->neighbour;
    if (metric > MAX_PATH_METRIC || metric > out->metric[v])
        return;
    if (metric == out->metric[v]) {
        out->set[v] = spf_set_union(out, out->set[v], set);
        return;
    }
    out->metric[v] = (uint32_t)metric;
    out->set[v] = set;
    heap_push(heap, v, metric);
}

void spf_run(const struct lsdb *db, uint32_t root, struct heap *heap, struct spf_routes *out)
{
    spf_routes_clear(out, root);
    heap_push(heap, root, 0);
    uint32_t u;
    uint64_t metric;
    while (heap_pop(heap, &u, &metric)) {
        const struct lsa *lsa = db->newest[u];
        for (uint32_t i = 0; lsa && i < lsa->n; i++) {
            const struct lsa_link *l = &lsa->links[i];
            if (!spf_edge(db, root, u, l))
                continue;
            uint32_t set = out->set[u];
            if (u == root)
                set = spf_set_number(out, &(struct spf_set){.n = 1, .slot = {l->half / 2}});
            relax(out, heap, l, metric + l->metric, set);
        }
    }
    out->used = out->sets.n;
}
