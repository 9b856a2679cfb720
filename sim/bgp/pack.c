// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/pack.h"

#include "bgp/instance.h"
#include "bgp/session.h"

#define NO_ITEM     UINT32_MAX
#define FIRST_SLOTS 16u

void bgp_pack_free(struct bgp_pack *p)
{
    vec_free(&p->withdrawn);
    vec_free(&p->withdrawn_ids);
    vec_free(&p->groups);
    vec_free(&p->items);
    free(p->slots);
    p->slots = NULL;
}

void bgp_pack_withdraw(struct bgp_pack *p, uint32_t prefix)
{
    vec_push(&p->withdrawn, prefix);
}

void bgp_pack_withdraw_path(struct bgp_pack *p, uint32_t prefix, uint32_t path_id)
{
    p->paths = true;
    vec_push(&p->withdrawn, prefix);
    vec_push(&p->withdrawn_ids, path_id);
}

static uint32_t *slot_of(struct bgp_pack *p, const struct bgp_attr *attr)
{
    uint32_t i = attr->hash & (p->nslots - 1);
    while (p->slots[i] && p->groups.v[p->slots[i] - 1].attr != attr)
        i = (i + 1) & (p->nslots - 1);
    return &p->slots[i];
}

static void grow(struct bgp_pack *p)
{
    p->nslots = p->nslots ? 2 * p->nslots : FIRST_SLOTS;
    free(p->slots);
    p->slots = xcalloc(p->nslots, sizeof *p->slots);
    for (size_t g = 0; g < p->groups.n; g++)
        *slot_of(p, p->groups.v[g].attr) = (uint32_t)g + 1;
}

static void announce(struct bgp_pack *p, const struct bgp_attr *attr, uint32_t prefix,
                     uint32_t path_id)
{
    if (2 * (p->groups.n + 1) > p->nslots)
        grow(p);
    uint32_t *slot = slot_of(p, attr);
    if (!*slot) {
        struct bgp_pack_group g = {bgp_attr_get(attr), NO_ITEM, NO_ITEM, 0};
        vec_push(&p->groups, g);
        *slot = (uint32_t)p->groups.n;
    }
    struct bgp_pack_group *g = &p->groups.v[*slot - 1];
    struct bgp_pack_item item = {prefix, path_id, NO_ITEM};
    uint32_t at = (uint32_t)p->items.n;
    vec_push(&p->items, item);
    if (g->n++ == 0)
        g->first = at;
    else
        p->items.v[g->last].next = at;
    g->last = at;
}

void bgp_pack_announce(struct bgp_pack *p, const struct bgp_attr *attr, uint32_t prefix)
{
    announce(p, attr, prefix, 0);
}

void bgp_pack_announce_path(struct bgp_pack *p, const struct bgp_attr *attr, uint32_t prefix,
                            uint32_t path_id)
{
    p->paths = true;
    announce(p, attr, prefix, path_id);
}

struct cursor { // how far the sending of a pack has come
    struct bgp_pack *pack;
    struct bgp_attrs *attrs;
    const struct prefix *prefixes;
    size_t withdrawn, group;
    uint32_t item;   // next of `group`, NO_ITEM: its first
    uint32_t octets; // of a message at most
    uint32_t room;   // octets left in it
};

static bool fits(struct cursor *c, uint32_t prefix)
{
    uint32_t octets = 1 + (c->prefixes[prefix].len + 7u) / 8u; // RFC 4271 §4.3
    octets += c->pack->paths ? 4 : 0;                          // RFC 7911 §3
    if (octets > c->room)
        return false;
    c->room -= octets;
    return true;
}

static uint32_t count_withdrawn(struct cursor *c)
{
    const struct bgp_pack *p = c->pack;
    size_t i = c->withdrawn;
    while (i < p->withdrawn.n && fits(c, p->withdrawn.v[i]))
        i++;
    return (uint32_t)(i - c->withdrawn);
}

// Announced prefixes of the present group that fit behind `nwithdrawn`; at least one in a message
// of their own, however long the attributes.
static uint32_t count_announced(struct cursor *c, uint32_t nwithdrawn)
{
    const struct bgp_pack *p = c->pack;
    if (c->withdrawn + nwithdrawn < p->withdrawn.n || c->group == p->groups.n)
        return 0;
    const struct bgp_pack_group *g = &p->groups.v[c->group];
    uint32_t attr_octets = bgp_attr_wire_octets(g->attr), n = 0;
    c->room = c->room > attr_octets ? c->room - attr_octets : 0;
    if (c->item == NO_ITEM)
        c->item = g->first;
    for (uint32_t i = c->item; i != NO_ITEM; i = p->items.v[i].next) {
        if (!fits(c, p->items.v[i].prefix))
            break;
        n++;
    }
    return n || nwithdrawn ? n : 1;
}

// What the next message holds.
struct cut {
    const struct bgp_attr *attr; // NULL: announces nothing
    uint32_t nwithdrawn, nannounced;
};

static struct cut next_cut(struct cursor *c)
{
    const struct bgp_pack *p = c->pack;
    c->room = c->octets - BGP_UPDATE_HEADER_OCTETS;
    struct cut x = {.nwithdrawn = count_withdrawn(c)};
    x.nannounced = count_announced(c, x.nwithdrawn);
    x.attr = x.nannounced ? p->groups.v[c->group].attr : NULL;
    return x;
}

static void advance(struct cursor *c, const struct cut *x, uint32_t item)
{
    c->withdrawn += x->nwithdrawn;
    c->item = item;
    if (x->nannounced && item == NO_ITEM)
        c->group++;
}

// Is `m` what would be made? It has no path identifiers.
static bool is_such(const struct cursor *c, const struct cut *x, const struct bgp_message *m,
                    uint32_t *next)
{
    const struct bgp_pack *p = c->pack;
    const uint32_t *prefix = m->prefixes;
    if (m->update.paths || p->paths || m->update.attr != x->attr ||
        m->update.nwithdrawn != x->nwithdrawn || m->update.nannounced != x->nannounced)
        return false;
    for (uint32_t i = 0; i < x->nwithdrawn; i++)
        if (*prefix++ != p->withdrawn.v[c->withdrawn + i])
            return false;
    *next = c->item;
    for (uint32_t i = 0; i < x->nannounced; i++, *next = p->items.v[*next].next)
        if (*prefix++ != p->items.v[*next].prefix)
            return false;
    return true;
}

static struct bgp_message *make_message(const struct cursor *c, const struct cut *x, uint32_t *next)
{
    const struct bgp_pack *p = c->pack;
    uint32_t n = x->nwithdrawn + x->nannounced;
    struct bgp_message *m = p->paths
                                ? bgp_message_update_paths(x->attr, x->nwithdrawn, x->nannounced)
                                : bgp_message_update(x->attr, x->nwithdrawn, x->nannounced);
    uint32_t *ids = bgp_message_path_ids(m);
    for (uint32_t i = 0; i < x->nwithdrawn; i++) {
        m->prefixes[i] = p->withdrawn.v[c->withdrawn + i];
        if (ids)
            ids[i] = p->withdrawn_ids.v[c->withdrawn + i];
    }
    *next = c->item;
    for (uint32_t i = x->nwithdrawn; i < n; i++, *next = p->items.v[*next].next) {
        m->prefixes[i] = p->items.v[*next].prefix;
        if (ids)
            ids[i] = p->items.v[*next].path_id;
    }
    return m;
}

// The message number `at` of this pack: that of the last one if it is the same.
static struct bgp_message *next_message(struct cursor *c, struct bgp_packed *kept, size_t at)
{
    struct cut x = next_cut(c);
    uint32_t next;
    struct bgp_message *m;
    if (at < kept->v.n && is_such(c, &x, kept->v.v[at], &next)) {
        m = bgp_message_get(kept->v.v[at]);
    } else {
        m = make_message(c, &x, &next);
        while (kept->v.n > at) // what is behind was of another pack
            bgp_message_put(c->attrs, kept->v.v[--kept->v.n]);
        if (at < BGP_PACK_KEPT)
            vec_push(&kept->v, bgp_message_get(m));
    }
    advance(c, &x, next);
    return m;
}

void bgp_packed_forget(struct bgp_packed *k, struct bgp_attrs *attrs)
{
    while (k->v.n)
        bgp_message_put(attrs, k->v.v[--k->v.n]);
}

void bgp_packed_free(struct bgp_packed *k, struct bgp_attrs *attrs)
{
    bgp_packed_forget(k, attrs);
    vec_free(&k->v);
}

void bgp_pack_send(struct bgp_pack *p, struct bgp_peer *peer)
{
    struct bgp *b = peer->speaker->bgp;
    struct cursor c = {.pack = p,
                       .prefixes = b->prefixes.v.v,
                       .attrs = &b->attrs,
                       .octets = peer->may.max_message_octets,
                       .item = NO_ITEM};
    struct bgp_packed *kept = &peer->speaker->packed;
    for (size_t at = 0; c.withdrawn < p->withdrawn.n || c.group < p->groups.n; at++)
        bgp_session_send_update(peer, next_message(&c, kept, at));
    for (size_t g = 0; g < p->groups.n; g++)
        bgp_attr_put(&b->attrs, p->groups.v[g].attr);
    if (p->nslots > 16 * FIRST_SLOTS && 8 * p->groups.n < p->nslots) { // was big once: shrink
        free(p->slots);
        p->slots = NULL;
        p->nslots = 0;
    } else if (p->groups.n) {
        memset(p->slots, 0, p->nslots * sizeof *p->slots);
    }
    p->withdrawn.n = p->withdrawn_ids.n = p->groups.n = p->items.n = 0;
    p->paths = false;
}
