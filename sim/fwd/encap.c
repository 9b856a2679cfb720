// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/encap.h"
#include "fwd/ecn.h"
#include <stdlib.h>

#define INNER_MIN 68 // what every link carries in one piece, RFC 791 §3.2

void tunnel_table_init(struct tunnel_table *t)
{
    *t = (struct tunnel_table){0};
}

void tunnel_table_free(struct tunnel_table *t)
{
    for (uint32_t i = 0; i < t->count; i++)
        free(t->entries[i]);
    free(t->entries);
    free(t->free);
    tunnel_table_init(t);
}

// Where the number of a fresh or used tunnel is.
static uint32_t take_id(struct tunnel_table *t)
{
    if (t->free_count)
        return t->free[--t->free_count];
    if (t->count == t->capacity) {
        t->capacity = t->capacity ? 2 * t->capacity : 4;
        t->entries = fwd_memory_resize(t->entries, t->capacity, sizeof *t->entries);
        t->free = fwd_memory_resize(t->free, t->capacity, sizeof *t->free);
    }
    return t->count++;
}

// The options with everything filled in that zeros stand for.
static struct fwd_tunnel_options resolve(const struct fwd_tunnel_options *o, ip4_addr own,
                                         struct ip6_addr own6)
{
    struct fwd_tunnel_options r = *o;
    if (r.kind == FWD_TUNNEL_SRV6) {
        r.segment_count = r.segment_count ? r.segment_count : 1;
        r.remote = r.segments[r.segment_count - 1];
    }
    if (ip6_is_zero(r.local))
        r.local = ip6_is_ip4(r.remote) ? ip6_from_ip4(own) : own6;
    r.ttl = r.ttl ? r.ttl : TUNNEL_TTL;
    r.port = r.port ? r.port : tunnel_of_kind(r.kind)->port;
    r.keyed |= r.port != 0;
    // A far end that is left open is stood in for by an address of the family.
    struct fwd_tunnel_options whole = r;
    if (ip6_is_zero(r.remote)) {
        whole.remote = r.local;
        if (r.kind == FWD_TUNNEL_SRV6)
            whole.segments[r.segment_count - 1] = r.local;
    }
    FWD_ASSERT(!fwd_tunnel_check(&whole));
    return r;
}

struct tunnel *tunnel_take(struct tunnel_table *t, const struct fwd_tunnel_options *o, ip4_addr own,
                           struct ip6_addr own6)
{
    FWD_ASSERT((unsigned)o->kind < FWD_TUNNEL_KINDS && o->segment_count <= FWD_SEGMENTS_MAX);
    struct tunnel *u = fwd_memory_aligned(sizeof *u);
    struct fwd_tunnel_options r = resolve(o, own, own6);
    bool outer4 = ip6_is_ip4(r.local);
    u->ops = tunnel_of_kind(r.kind);
    u->local = r.local;
    u->remote = r.remote;
    u->overhead = fwd_tunnel_overhead(&r);
    u->length_max = outer4 ? IP4_LENGTH_MAX : IP6_LENGTH_MAX;
    u->spread_mask = (1u << r.spread_bits) - 1;
    u->routed = r.segment_count > 1;
    u->outer_size = outer4 ? IP4_HEADER : IP6_HEADER;
    u->ttl = r.ttl;
    u->tos_mask = 0xff;
    if (r.dscp >= 0) {
        u->tos = (uint8_t)(r.dscp << 2);
        u->tos_mask = ECN_MASK;
    }
    u->options = r;
    u->id = take_id(t);
    t->entries[u->id] = u;
    return u;
}

void tunnel_give(struct tunnel_table *t, uint32_t id)
{
    free(tunnel_at(t, id));
    t->entries[id] = NULL;
    t->free[t->free_count++] = id;
}

// --- pushing

// From the upper half of the hash: the UDP source port takes the lower.
static struct ip6_addr outer_source(const struct tunnel *t, uint32_t flow_hash)
{
    struct ip6_addr a = t->local;
    a.lo =
        (a.lo & ~(uint64_t)t->spread_mask) | ((ip6_to_ip4(a) ^ (flow_hash >> 16)) & t->spread_mask);
    return a;
}

static void write4(const struct tunnel *t, struct packet *p, struct ip6_addr to, uint8_t protocol,
                   uint8_t tos, uint32_t flow_hash)
{
    ip4_write(packet_data(p), &(struct ip4_fields){.src = ip6_to_ip4(outer_source(t, flow_hash)),
                                                   .dst = ip6_to_ip4(to),
                                                   .length = p->length,
                                                   .ttl = t->ttl,
                                                   .protocol = protocol,
                                                   .tos = tos});
}

static void write6(const struct tunnel *t, struct packet *p, struct ip6_addr to, uint8_t protocol,
                   uint8_t tos, uint32_t flow_hash)
{
    uint32_t label = flow_hash & IP6_LABEL_MASK;
    ip6_write(packet_data(p), &(struct ip6_fields){.src = outer_source(t, flow_hash),
                                                   .dst = to,
                                                   .length = p->length,
                                                   .label = label ? label : 1, // RFC 6437 §3
                                                   .hops = t->ttl,
                                                   .next = protocol,
                                                   .traffic_class = tos});
}

enum fwd_drop tunnel_push(struct packet *p, struct tunnel *t, struct ip6_addr far_end,
                          uint32_t flow_hash)
{
    const struct tunnel_ops *ops = t->ops;
    if (p->depth >= FWD_TUNNEL_DEPTH)
        return FWD_DROP_TUNNEL_DEPTH;
    if (p->length + t->overhead > t->length_max) {
        t->counters.too_big++;
        return FWD_DROP_MTU;
    }
    struct ip6_addr to = ip6_is_zero(far_end) ? t->remote : far_end;
    if (ip6_is_zero(to) || ip6_is_ip4(to) != ip6_is_ip4(t->local))
        return FWD_DROP_TUNNEL_BAD;
    if (!packet_make_room(p, t->overhead))
        return FWD_DROP_NO_HEADROOM;
    uint8_t version = packet_data(p)[0] >> 4;
    uint8_t tos = (uint8_t)((ecn_octet(packet_data(p)) & t->tos_mask) | t->tos);
    uint8_t protocol = version == 4 ? ops->protocol4 : ops->protocol6;
    t->counters.packets++;
    t->counters.bytes += p->length;
    packet_push(p, t->overhead);
    p->depth++;
    if (t->outer_size == IP4_HEADER)
        write4(t, p, to, protocol, tos, flow_hash);
    else
        write6(t, p, tunnel_destination(t, to), protocol, tos, flow_hash);
    ops->fill(t, &(struct tunnel_fill){.p = p,
                                       .between = packet_data(p) + t->outer_size,
                                       .inner_version = version,
                                       .flow_hash = flow_hash,
                                       .far_end = to});
    return FWD_DROP_NONE;
}

// --- path MTU

uint32_t tunnel_mtu(const struct tunnel *t, int64_t now_ps)
{
    uint32_t given = t->options.mtu;
    if (!t->learnt_mtu || now_ps >= t->learnt_until_ps)
        return given;
    return given && given < t->learnt_mtu ? given : t->learnt_mtu;
}

uint32_t tunnel_plateau(uint32_t length)
{
    static const uint32_t plateaus[] = {65535, 32000, 17914, 8166, 4352, 2002,
                                        1492,  1006,  508,   296,  68};
    size_t i = 0;
    while (i + 1 < sizeof plateaus / sizeof plateaus[0] && plateaus[i] >= length)
        i++;
    return plateaus[i];
}

void tunnel_learn_mtu(struct tunnel *t, uint32_t mtu, int64_t now_ps)
{
    uint32_t known = tunnel_mtu(t, now_ps);
    if (t->outer_size == IP6_HEADER) {
        if (mtu < IP6_MTU_MIN)
            return;
    } else {
        if (mtu == 0)
            mtu = tunnel_plateau(known ? known : IP4_LENGTH_MAX);
        if (mtu < t->overhead + INNER_MIN)
            mtu = t->overhead + INNER_MIN;
    }
    if (known && mtu > known)
        return;
    t->learnt_mtu = mtu;
    t->learnt_until_ps =
        now_ps > INT64_MAX - TUNNEL_MTU_LIFE_PS ? INT64_MAX : now_ps + TUNNEL_MTU_LIFE_PS;
}

// --- what comes back

// Whether the outer header at `q` has the tunnel's addresses.
static bool has_addresses(const struct tunnel *t, const uint8_t *q)
{
    struct ip6_addr from = ip_source(q);
    struct ip6_addr to = ip_destination(q);
    if (from.hi != t->local.hi || (from.lo ^ t->local.lo) & ~(uint64_t)t->spread_mask)
        return false;
    if (ip6_is_zero(t->remote) || ip6_equal(to, t->remote))
        return true;
    for (int i = 0; i < t->options.segment_count; i++) // one of those that it had got to
        if (ip6_equal(to, t->options.segments[i]))
            return true;
    return false;
}

// Whether what follows the outer header is what the tunnel writes, as far as it is quoted.
static bool has_kind(const struct tunnel *t, const struct tunnel_outer *o, const uint8_t *q,
                     size_t stored)
{
    const struct fwd_tunnel_options *w = &t->options;
    if (w->kind == FWD_TUNNEL_SRV6) // behind a routing header, or cut off within it
        return o->protocol == PROTOCOL_ROUTING || tunnel_is_kind(&tunnel_ipip, 0, o->protocol, 0);
    if (!tunnel_is_kind(t->ops, w->port, o->protocol, o->port))
        return false;
    struct tunnel_parse parsed = {0};
    t->ops->parse(o->protocol, q + o->at, stored - o->at, &parsed);
    return tunnel_key_fits(&parsed, w->keyed, w->key);
}

struct tunnel *tunnel_of_quote(const struct tunnel_table *t, const uint8_t *quote, size_t stored)
{
    if (!ip4_readable(quote, stored) && !ip6_readable(quote, stored))
        return NULL;
    struct tunnel_outer o = tunnel_outer_of(quote, stored);
    if (o.later)
        return NULL;
    struct tunnel *open = NULL; // one without a remote of its own: only if no other is meant
    for (uint32_t i = 0; i < t->count; i++) {
        struct tunnel *u = t->entries[i];
        if (!u || !has_addresses(u, quote) || !has_kind(u, &o, quote, stored))
            continue;
        if (!ip6_is_zero(u->remote))
            return u;
        open = open ? open : u;
    }
    return open;
}
