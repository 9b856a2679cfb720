// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/rib.h"

#include "bgp/peer.h"
#include <assert.h>

#define FIRST_ROOM 4u

void bgp_rib_free(struct bgp_rib *rib, struct bgp_attrs *attrs)
{
    for (size_t i = 0; i < rib->entries.n; i++) {
        struct bgp_rib_entry *e = &rib->entries.v[i];
        bgp_rib_remove_all(rib, e, attrs);
        if (e->cap > BGP_SLAB_LONGEST)
            bgp_slab_put(&rib->slab, e->candidates, e->cap);
    }
    bgp_slab_free(&rib->slab);
    vec_free(&rib->entries);
    vec_free(&rib->held);
}

size_t bgp_rib_bytes(const struct bgp_rib *rib)
{
    return rib->entries.cap * sizeof *rib->entries.v + rib->held.cap * sizeof *rib->held.v +
           rib->slab.bytes;
}

struct bgp_rib_entry *bgp_rib_find(const struct bgp_rib *rib, uint32_t prefix)
{
    return prefix < rib->entries.n ? &rib->entries.v[prefix] : NULL;
}

struct bgp_rib_entry *bgp_rib_add(struct bgp_rib *rib, uint32_t prefix)
{
    while (rib->entries.n <= prefix) {
        struct bgp_rib_entry *e = vec_add(&rib->entries);
        e->best = BGP_RIB_NO_BEST;
    }
    return &rib->entries.v[prefix];
}

uint32_t bgp_rib_held(const struct bgp_rib *rib, const struct bgp_peer *peer)
{
    return peer->index < rib->held.n ? rib->held.v[peer->index] : 0;
}

static void count(struct bgp_rib *rib, const struct bgp_peer *peer, bool more)
{
    if (!peer)
        return;
    while (rib->held.n <= peer->index)
        vec_push(&rib->held, 0);
    rib->held.v[peer->index] += more ? 1u : UINT32_MAX;
}

static bool before(const struct bgp_route *r, const struct bgp_peer *peer, uint32_t path_id)
{
    if (r->peer == peer)
        return r->path_id < path_id;
    return !r->peer || (peer && r->peer->index < peer->index);
}

// Position of a candidate, or where it belongs.
static uint32_t position(const struct bgp_rib_entry *e, const struct bgp_peer *peer,
                         uint32_t path_id)
{
    uint32_t i = 0;
    while (i < e->n && before(&e->candidates[i], peer, path_id))
        i++;
    return i;
}

static bool is_at(const struct bgp_rib_entry *e, uint32_t at, const struct bgp_peer *peer,
                  uint32_t path_id)
{
    return at < e->n && e->candidates[at].peer == peer && e->candidates[at].path_id == path_id;
}

const struct bgp_route *bgp_rib_candidate(const struct bgp_rib_entry *e,
                                          const struct bgp_peer *peer, uint32_t path_id)
{
    uint32_t at = position(e, peer, path_id);
    return is_at(e, at, peer, path_id) ? &e->candidates[at] : NULL;
}

static void note_gone(struct bgp_rib_entry *e, const struct bgp_route *r)
{
    e->best_gone |= r->best;
    e->chosen_gone |= r->chosen;
}

static void grow(struct bgp_rib *rib, struct bgp_rib_entry *e)
{
    uint32_t cap, want = e->n + 1u;
    assert(want < BGP_RIB_CANDIDATES);
    if (e->n == 0)
        want = rib->room < FIRST_ROOM ? rib->room : FIRST_ROOM;
    struct bgp_route *array = bgp_slab_get(&rib->slab, want ? want : 1, &cap);
    if (e->n)
        memcpy(array, e->candidates, e->n * sizeof *array);
    bgp_slab_put(&rib->slab, e->candidates, e->cap);
    e->candidates = array;
    e->cap = (uint16_t)(cap < BGP_RIB_CANDIDATES ? cap : BGP_RIB_CANDIDATES);
}

static int replace(struct bgp_rib_entry *e, uint32_t at, struct bgp_attrs *attrs,
                   struct bgp_route route)
{
    struct bgp_route *old = &e->candidates[at];
    const struct bgp_attr *former = old->attr;
    bool same = former == route.attr;
    if (!same)
        note_gone(e, old);
    else
        route.since_ps = old->since_ps;
    bool differs = !same || old->igp_metric != route.igp_metric;
    route.best = old->best;
    route.chosen = old->chosen;
    *old = route;
    bgp_attr_put(attrs, former);
    return differs ? (int)at : -1;
}

int bgp_rib_set(struct bgp_rib *rib, struct bgp_rib_entry *e, struct bgp_attrs *attrs,
                struct bgp_route route)
{
    uint32_t at = position(e, route.peer, route.path_id);
    if (is_at(e, at, route.peer, route.path_id))
        return replace(e, at, attrs, route);
    if (e->n == e->cap)
        grow(rib, e);
    memmove(&e->candidates[at + 1], &e->candidates[at], (e->n - at) * sizeof route);
    e->candidates[at] = route;
    e->n++;
    if (e->best != BGP_RIB_NO_BEST && e->best >= at)
        e->best++;
    count(rib, route.peer, true);
    return (int)at;
}

static void remove_at(struct bgp_rib *rib, struct bgp_rib_entry *e, struct bgp_attrs *attrs,
                      uint32_t at)
{
    struct bgp_route *r = &e->candidates[at];
    note_gone(e, r);
    if (e->best == at)
        e->best = BGP_RIB_NO_BEST;
    else if (e->best != BGP_RIB_NO_BEST && e->best > at)
        e->best--;
    count(rib, r->peer, false);
    bgp_attr_put(attrs, r->attr);
    e->n--;
    memmove(r, r + 1, (e->n - at) * sizeof *r);
    if (e->n == 0 && e->cap <= BGP_SLAB_LONGEST) {
        bgp_slab_put(&rib->slab, e->candidates, e->cap);
        e->candidates = NULL;
        e->cap = 0;
    }
}

bool bgp_rib_remove(struct bgp_rib *rib, struct bgp_rib_entry *e, struct bgp_attrs *attrs,
                    const struct bgp_peer *peer, uint32_t path_id)
{
    uint32_t at = position(e, peer, path_id);
    if (!is_at(e, at, peer, path_id))
        return false;
    remove_at(rib, e, attrs, at);
    return true;
}

bool bgp_rib_remove_peer(struct bgp_rib *rib, struct bgp_rib_entry *e, struct bgp_attrs *attrs,
                         const struct bgp_peer *peer)
{
    uint32_t at = position(e, peer, 0), n = e->n;
    while (at < e->n && e->candidates[at].peer == peer)
        remove_at(rib, e, attrs, at);
    return e->n != n;
}

void bgp_rib_remove_all(struct bgp_rib *rib, struct bgp_rib_entry *e, struct bgp_attrs *attrs)
{
    while (e->n)
        remove_at(rib, e, attrs, e->n - 1u);
}

static bool contains(const uint32_t *v, uint32_t n, uint32_t x)
{
    for (uint32_t i = 0; i < n; i++)
        if (v[i] == x)
            return true;
    return false;
}

enum bgp_rib_change bgp_rib_choose(struct bgp_rib_entry *e, int best, const uint32_t *others,
                                   uint32_t n)
{
    bool set_changed = e->chosen_gone, best_changed = e->best_gone;
    for (uint32_t i = 0; i < e->n; i++) {
        struct bgp_route *r = &e->candidates[i];
        bool is_best = (int)i == best, is_chosen = is_best || contains(others, n, i);
        best_changed |= r->best != is_best;
        set_changed |= r->chosen != is_chosen;
        r->best = is_best;
        r->chosen = is_chosen;
    }
    e->best = best < 0 ? BGP_RIB_NO_BEST : (uint16_t)best;
    e->best_gone = e->chosen_gone = false;
    return best_changed ? BGP_RIB_BEST : set_changed ? BGP_RIB_SET : BGP_RIB_SAME;
}
