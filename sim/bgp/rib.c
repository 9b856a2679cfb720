// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/rib.h"

#include "bgp/peer.h"

void bgp_rib_free(struct bgp_rib *rib, struct bgp_attrs *attrs)
{
    for (size_t i = 0; i < rib->entries.n; i++) {
        struct bgp_rib_entry *e = rib->entries.v[i];
        if (!e)
            continue;
        bgp_rib_remove_all(e, attrs);
        bgp_rib_set_best(e, attrs, NULL);
        free(e->candidates);
        free(e);
    }
    vec_free(&rib->entries);
}

struct bgp_rib_entry *bgp_rib_find(const struct bgp_rib *rib, uint32_t prefix)
{
    return prefix < rib->entries.n ? rib->entries.v[prefix] : NULL;
}

struct bgp_rib_entry *bgp_rib_add(struct bgp_rib *rib, uint32_t prefix)
{
    while (rib->entries.n <= prefix)
        vec_push(&rib->entries, NULL);
    if (!rib->entries.v[prefix])
        rib->entries.v[prefix] = xcalloc(1, sizeof(struct bgp_rib_entry));
    return rib->entries.v[prefix];
}

// Position of a peer's candidate, or where it belongs. The speaker's own (peer NULL) comes first.
static uint32_t position(const struct bgp_rib_entry *e, const struct bgp_peer *peer)
{
    uint32_t i = 0;
    if (!peer)
        return 0;
    while (i < e->n && (!e->candidates[i].peer || e->candidates[i].peer->index < peer->index))
        i++;
    return i;
}

bool bgp_rib_set(struct bgp_rib_entry *e, struct bgp_attrs *attrs, struct bgp_route route)
{
    uint32_t at = position(e, route.peer);
    if (at < e->n && e->candidates[at].peer == route.peer) {
        struct bgp_route *old = &e->candidates[at];
        bool same = old->attr == route.attr && old->igp_metric == route.igp_metric;
        bgp_attr_put(attrs, old->attr);
        *old = route;
        return !same;
    }
    if (e->n == e->cap) {
        e->cap = e->cap ? 2 * e->cap : 2;
        e->candidates = xrealloc(e->candidates, e->cap * sizeof route);
    }
    memmove(&e->candidates[at + 1], &e->candidates[at], (e->n - at) * sizeof route);
    e->candidates[at] = route;
    e->n++;
    return true;
}

bool bgp_rib_remove(struct bgp_rib_entry *e, struct bgp_attrs *attrs, const struct bgp_peer *peer)
{
    uint32_t at = position(e, peer);
    if (at >= e->n || e->candidates[at].peer != peer)
        return false;
    bgp_attr_put(attrs, e->candidates[at].attr);
    e->n--;
    memmove(&e->candidates[at], &e->candidates[at + 1], (e->n - at) * sizeof *e->candidates);
    return true;
}

void bgp_rib_remove_all(struct bgp_rib_entry *e, struct bgp_attrs *attrs)
{
    for (uint32_t i = 0; i < e->n; i++)
        bgp_attr_put(attrs, e->candidates[i].attr);
    e->n = 0;
}

bool bgp_rib_set_best(struct bgp_rib_entry *e, struct bgp_attrs *attrs,
                      const struct bgp_route *best)
{
    const struct bgp_attr *attr = best ? best->attr : NULL;
    const struct bgp_peer *peer = best ? best->peer : NULL;
    if (attr == e->best.attr && peer == e->best.peer) {
        if (best)
            e->best.igp_metric = best->igp_metric;
        return false;
    }
    if (attr)
        bgp_attr_get(attr);
    if (e->best.attr)
        bgp_attr_put(attrs, e->best.attr);
    e->best = best ? *best : (struct bgp_route){0};
    return true;
}
