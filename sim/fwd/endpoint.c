// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/endpoint.h"
#include "fwd/ecn.h"
#include <stdlib.h>

void endpoint_table_init(struct endpoint_table *t, ip4_addr own, struct ip6_addr own6)
{
    *t = (struct endpoint_table){.own = own, .own6 = own6};
}

void endpoint_table_free(struct endpoint_table *t)
{
    free(t->entries);
    *t = (struct endpoint_table){0};
}

uint32_t endpoint_add(struct endpoint_table *t, const struct fwd_endpoint_options *o)
{
    FWD_ASSERT(!fwd_endpoint_check(o));
    if (t->count == t->capacity) {
        t->capacity = t->capacity ? 2 * t->capacity : 4;
        t->entries = fwd_memory_resize(t->entries, t->capacity, sizeof *t->entries);
    }
    struct endpoint *e = &t->entries[t->count];
    const struct tunnel_ops *ops = tunnel_of_kind(o->kind);
    *e = (struct endpoint){.ops = ops, .options = *o, .keyed = o->keyed || ops->port};
    e->options.port = o->port ? o->port : ops->port;
    return t->count++;
}

static bool is_at(const struct endpoint_table *t, const struct endpoint *e, struct ip6_addr to)
{
    if (e->options.local.len)
        return prefix6_has(e->options.local, to);
    return ip6_equal(to, ip6_is_ip4(to) ? ip6_from_ip4(t->own) : t->own6);
}

static bool allows(const struct endpoint *e, const uint8_t *h)
{
    return !e->options.from.len || prefix6_has(e->options.from, ip_source(h));
}

struct endpoint *endpoint_match(const struct endpoint_table *t, const uint8_t *h, size_t stored,
                                bool *tunnelled)
{
    struct tunnel_outer o = tunnel_outer_of(h, stored);
    struct endpoint *fits = NULL; // but for the source
    *tunnelled = tunnel_seen(o.protocol, o.port);
    for (uint32_t i = 0; i < t->count; i++) {
        struct endpoint *e = &t->entries[i];
        const struct fwd_endpoint_options *w = &e->options;
        if (!tunnel_is_kind(e->ops, w->port, o.protocol, o.port))
            continue;
        *tunnelled = true;
        if (!is_at(t, e, ip_destination(h)))
            continue;
        struct tunnel_parse parsed;
        if (!o.fragment) {
            e->ops->parse(o.protocol, h + o.at, stored - o.at, &parsed);
            if (!tunnel_key_fits(&parsed, e->keyed, w->key))
                continue;
        }
        if (allows(e, h))
            return e;
        if (!fits)
            fits = e;
    }
    return fits;
}

enum fwd_drop endpoint_take_out(struct packet *p, uint32_t at, uint32_t end, uint8_t version)
{
    uint8_t *h = packet_data(p);
    uint32_t captured = p->captured < end ? p->captured : end;
    if (captured < at + (version == 4 ? (uint32_t)IP4_HEADER : (uint32_t)IP6_HEADER))
        return FWD_DROP_TRUNCATED;
    uint8_t *inner = h + at;
    if (inner[0] >> 4 != version)
        return FWD_DROP_TUNNEL_BAD;
    uint8_t before = ecn_octet(inner) & ECN_MASK, after = ecn_out(before, ecn_octet(h));
    if (after == ECN_DROP)
        return FWD_DROP_TUNNEL_BAD;
    if (after != before)
        ecn_set(inner, after);
    p->length = end;
    p->captured = captured;
    packet_pull(p, at);
    if (p->depth)
        p->depth--;
    return FWD_DROP_NONE;
}

// RFC 2890 §2.2: late is what is among the last 2^31 numbers, the last one taken included.
static bool is_late(const struct endpoint *e, uint32_t sequence)
{
    return e->begun && e->sequence - sequence < UINT32_C(1) << 31;
}

static enum fwd_drop pop(struct packet *p, struct endpoint *e)
{
    const uint8_t *h = packet_data(p);
    const struct fwd_endpoint_options *w = &e->options;
    struct tunnel_outer o = tunnel_outer_of(h, p->captured);
    if (!allows(e, h))
        return FWD_DROP_TUNNEL_BAD;
    if (o.fragment)
        return FWD_DROP_FRAGMENT;
    if (o.segments_left)
        return FWD_DROP_TUNNEL_BAD;
    struct tunnel_parse t;
    const uint8_t *b = h + o.at;
    enum fwd_drop bad = e->ops->parse(o.protocol, b, p->captured - o.at, &t);
    if (bad)
        return bad;
    if (o.at + t.end > p->length || (w->checksum && !t.checksummed) ||
        (t.checksummed && !e->ops->sound(h, b, p->captured - o.at, &t)))
        return FWD_DROP_TUNNEL_BAD;
    if (w->sequence && (!t.sequenced || is_late(e, t.sequence)))
        return FWD_DROP_TUNNEL_BAD;
    uint32_t end = t.end ? o.at + t.end : p->length;
    bad = endpoint_take_out(p, o.at + t.size, end, t.version);
    if (!bad && w->sequence) {
        e->begun = true;
        e->sequence = t.sequence;
    }
    return bad;
}

enum fwd_drop endpoint_pop(struct packet *p, struct endpoint *e)
{
    enum fwd_drop bad = pop(p, e);
    if (bad) {
        e->counters.refused++;
    } else {
        e->counters.packets++;
        e->counters.bytes += p->length;
    }
    return bad;
}
