// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/news.h"

#include "bgp/adjout.h"
#include "bgp/instance.h"

struct dirtied {
    struct bgp_peer *peer;
    size_t by; // the item that did it
};

void bgp_news_note(struct bgp_speaker *s, uint32_t prefix, bool best)
{
    struct bgp_news_item item = {.prefix = prefix, .best = best};
    if (best || s->tells_more)
        vec_push(&s->news.v, item);
}

// What came by iBGP goes to no iBGP peer of an ordinary router. How many items are of another kind?
static size_t count_outward(struct bgp_speaker *s)
{
    size_t outward = 0;
    for (size_t i = 0; i < s->news.v.n; i++) {
        struct bgp_news_item *item = &s->news.v.v[i];
        const struct bgp_route *path = bgp_rib_best(bgp_rib_find(&s->rib, item->prefix));
        item->inward = path && path->peer && bgp_peer_is_ibgp(path->peer) && !s->is.reflector &&
                       !s->tells_more;
        outward += !item->inward;
    }
    return outward;
}

// The item that made the peer dirty; the number of items: none did.
static size_t mark(struct bgp_speaker *s, struct bgp_peer *p)
{
    bool more = bgp_adjout_tells_more(p), internal = bgp_peer_is_ibgp(p), was = p->out.dirty;
    size_t by = s->news.v.n;
    for (size_t i = 0; i < s->news.v.n; i++) {
        const struct bgp_news_item *item = &s->news.v.v[i];
        if ((item->inward && internal && p->out.cap == 0) || !(item->best || more))
            continue;
        bgp_adjout_mark(p, item->prefix);
        if (p->out.dirty && !was && by == s->news.v.n)
            by = i;
    }
    return by;
}

static int by_item(const void *a, const void *b)
{
    const struct dirtied *x = a, *y = b;
    if (x->by != y->by)
        return x->by < y->by ? -1 : 1;
    return x->peer->index < y->peer->index ? -1 : x->peer->index > y->peer->index;
}

// The peers from `from` on became dirty one after another.
static void put_in_order(struct bgp_speaker *s, size_t from, struct dirtied *d)
{
    size_t n = s->dirty.n - from;
    qsort(d, n, sizeof *d, by_item);
    for (size_t i = 0; i < n; i++)
        s->dirty.v[from + i] = d[i].peer;
}

void bgp_news_spread(struct bgp_speaker *s)
{
    size_t from = s->dirty.n, n = s->news.v.n, outward = count_outward(s);
    VEC(struct dirtied) dirtied = {0};
    bool in_order = true;
    for (size_t i = 0; n && i < s->peers.n; i++) {
        struct bgp_peer *p = s->peers.v[i];
        if (outward == 0 && p->out.cap == 0 && bgp_peer_is_ibgp(p))
            continue;
        struct dirtied d = {p, mark(s, p)};
        if (d.by == n)
            continue;
        in_order = in_order && (dirtied.n == 0 || d.by >= dirtied.v[dirtied.n - 1].by);
        vec_push(&dirtied, d);
    }
    if (!in_order)
        put_in_order(s, from, dirtied.v);
    vec_free(&dirtied);
    s->news.v.n = 0;
}

void bgp_news_free(struct bgp_news *n)
{
    vec_free(&n->v);
}
