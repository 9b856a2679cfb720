// SPDX-License-Identifier: GPL-3.0-or-later
#include "soundness.h"

#include "everything.h"
#include "fwd/fragment.h"
#include "fwd/peek.h"
#include <string.h>

static uint64_t pseudo_sum(const uint8_t *h, uint32_t length, uint8_t protocol)
{
    if (h[0] >> 4 == 6)
        return ip6_pseudo_sum(h, length, protocol);
    uint8_t rest[4];
    be32_put(rest, (uint32_t)protocol << 16 | length);
    return checksum_add(checksum_add(0, h + IP4_SRC, 8), rest, sizeof rest);
}

// The destination that a checksum covers is not that of the header.
static bool is_routed(const uint8_t *h, uint32_t end)
{
    uint8_t protocol = h[IP6_NEXT];
    for (uint32_t at = IP6_HEADER; h[0] >> 4 == 6 && at < end;) {
        if (protocol == PROTOCOL_ROUTING)
            return true;
        uint32_t more = protocol == PROTOCOL_FRAGMENT ? 0 : h[at + 1];
        uint32_t unit = protocol == PROTOCOL_AH ? 4 : 8;
        protocol = h[at];
        at += 8 + more * unit;
    }
    return false;
}

// The upper layer at `u`: `stored` bytes of `length`. *covered: where it ends, if it says so.
static bool upper_is_sound(const uint8_t *h, const uint8_t *u, uint32_t stored, uint32_t length,
                           uint8_t protocol, uint32_t *covered)
{
    uint32_t size = length;
    switch (protocol) {
    case PROTOCOL_UDP:
        if (stored < UDP_HEADER)
            return false;
        size = be16_get(u + UDP_LENGTH);
        if (size < UDP_HEADER || size > length)
            return false;
        *covered = size;
        if (be16_get(u + UDP_CHECKSUM) == 0)
            return h[0] >> 4 == 4;
        break;
    case PROTOCOL_TCP:
        if (stored < TCP_HEADER)
            return false;
        break;
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMP6:
        if (stored < ICMP_HEADER)
            return false;
        break;
    case PROTOCOL_GRE:
        return stored < 2 || !(u[0] & 0x80) || checksum_ok(checksum_add(0, u, stored));
    default:
        return true;
    }
    uint64_t sum = protocol == PROTOCOL_ICMP ? 0 : pseudo_sum(h, size, protocol);
    return checksum_ok(checksum_add(sum, u, stored < size ? stored : size));
}

// Where the inner packet begins, at any of the ports that tunnels are at.
static bool find_inner(const uint8_t *h, uint32_t stored, const struct tunnel_outer *o,
                       uint32_t *inner)
{
    if (o->protocol != PROTOCOL_UDP || o->port != EVERYTHING_PORT)
        return peek_inner(h, stored, inner);
    struct tunnel_parse t;
    if (tunnel_vxlan.parse(o->protocol, h + o->at, stored - o->at, &t) &&
        tunnel_geneve.parse(o->protocol, h + o->at, stored - o->at, &t))
        return false;
    *inner = o->at + t.size;
    return true;
}

// A hop-by-hop header that an IPv6 header promises lies within its length. Routers on the way look at
// no other extension header.
static bool holds_its_promise(const uint8_t *h, uint32_t stored)
{
    uint32_t payload = be16_get(h + IP6_LENGTH);
    if (h[IP6_NEXT] != PROTOCOL_HOP_BY_HOP)
        return true;
    return payload >= 8 && (stored < IP6_HEADER + 2 || 8u + 8u * h[IP6_HEADER + 1] <= payload);
}

static bool is_sound(const uint8_t *h, uint32_t stored, uint32_t length, bool exact)
{
    bool six = ip6_readable(h, stored);
    if (!six && !ip4_readable(h, stored))
        return false;
    uint32_t own = six ? IP6_HEADER + (uint32_t)be16_get(h + IP6_LENGTH) : be16_get(h + IP4_LENGTH);
    if (own > length || (exact && own != length) || (six && !holds_its_promise(h, stored)))
        return false;
    if (!six && (own < ip4_header_size(h) || !checksum_ok(checksum_add(0, h, ip4_header_size(h)))))
        return false;
    stored = stored < own ? stored : own;
    struct tunnel_outer o = tunnel_outer_of(h, stored);
    if (o.fragment || o.at > stored)
        return true;
    uint32_t covered = own - o.at, inner;
    if (!is_routed(h, o.at) &&
        !upper_is_sound(h, h + o.at, stored - o.at, own - o.at, o.protocol, &covered))
        return false;
    if (!find_inner(h, stored, &o, &inner))
        return true;
    uint32_t end = o.at + covered;
    return inner <= end &&
           is_sound(h + inner, (stored < end ? stored : end) - inner, end - inner, false);
}

bool soundness_of_packet(const struct packet *p)
{
    return p->captured <= p->length && is_sound(packet_view(p), p->captured, p->length, true);
}

const char *soundness_of_verdict(const struct packet *p, const struct fwd_result *r, bool was_sound)
{
    const uint8_t *h = packet_view(p);
    if ((uint64_t)p->offset + p->captured > p->room)
        return "bytes beyond the packet's room";
    if (r->verdict == FWD_DROP) {
        if (r->reason <= FWD_DROP_NONE || r->reason >= FWD_DROP_COUNT)
            return "a drop without a reason";
        return NULL;
    }
    if (r->reason != FWD_DROP_NONE || r->icmp_type)
        return "a reason, but no drop";
    if (p->captured > p->length)
        return "more stored than there is";
    bool six = ip6_readable(h, p->captured);
    if (!six && !ip4_readable(h, p->captured))
        return "no header";
    if (six ? IP6_HEADER + (uint32_t)be16_get(h + IP6_LENGTH) != p->length
            : be16_get(h + IP4_LENGTH) != p->length)
        return "the header's length is another";
    if (!six && !checksum_ok(checksum_add(0, h, ip4_header_size(h))))
        return "a wrong header checksum";
    if (six && !holds_its_promise(h, p->captured))
        return "an extension header that is not there";
    if (r->verdict == FWD_FRAGMENT &&
        (!fragment_can(h, p->captured, r->mtu) || r->mtu >= p->length))
        return "to be cut, but cannot or need not be";
    return was_sound && !soundness_of_packet(p) ? "it was sound before" : NULL;
}

const char *soundness_same(const struct packet *p, const struct fwd_result *r,
                           const struct packet *q, const struct fwd_result *s)
{
    if (r->verdict != s->verdict || r->reason != s->reason || r->reply != s->reply)
        return "another verdict";
    if (r->verdict == FWD_OUT && (r->nexthop != s->nexthop || r->out_if != s->out_if))
        return "another way out";
    if (r->icmp_type != s->icmp_type || r->icmp_code != s->icmp_code || r->pointer != s->pointer ||
        r->detail != s->detail || r->mtu != s->mtu)
        return "another error";
    if (r->in_if != s->in_if || r->release_ps != s->release_ps)
        return "another time or way in";
    if (p->length != q->length || p->captured != q->captured || p->offset != q->offset ||
        p->depth != q->depth || p->hops != q->hops || p->service != q->service ||
        p->entry != q->entry)
        return "another packet";
    return memcmp(packet_view(p), packet_view(q), p->captured) ? "other bytes" : NULL;
}

const char *soundness_of_counters(const struct fwd_node *n)
{
    const struct fwd_counters *c = fwd_counters(n);
    if (c->received + c->originated + c->pieces !=
        c->forwarded + c->replies + c->local + c->cut + fwd_counters_dropped(c))
        return "the counters do not add up";
    return NULL;
}
