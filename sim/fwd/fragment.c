// SPDX-License-Identifier: GPL-3.0-or-later
// fragment: cutting datagrams (RFC 791 §3.2, RFC 8200 §4.5), piece by piece as Linux does: all pieces
// but the last as large as the MTU lets them be, in units of 8 bytes; headers of one size, where
// IPv4 pieces after the first have "no operation" in place of options that are not copied; the
// reserved flag cleared.
#include "fwd/fragment.h"

#include "fwd/fwd.h"
#include "fwd/option.h"

#define UNIT IP4_PIECE_UNIT

// What the owner of the whole hung on it, he finds on each piece.
static void take_over(const struct packet *p, struct packet *out)
{
    out->depth = p->depth;
    out->kind = p->kind;
    out->hops = p->hops;
    out->flow = p->flow;
    out->seq = p->seq;
    out->service = p->service;
    out->entry = p->entry;
    out->weight = p->weight;
}

// How a datagram is cut: what stands before every piece, and where the payload is in the datagram
// that this one may itself be a piece of.
struct knife {
    uint32_t header; // bytes, IPv6: fragment header included
    uint32_t offset; // of the payload, in units
    bool more;       // pieces follow this one
};

static bool find_knife(const uint8_t *h, size_t stored, struct knife *k)
{
    if (ip4_readable(h, stored)) {
        uint32_t field = be16_get(h + IP4_FRAGMENT);
        k->header = (uint32_t)ip4_header_size(h);
        k->offset = field & IP4_OFFSET_MASK;
        k->more = field & IP4_MORE_FRAGMENTS;
        return true;
    }
    struct ip6_upper u = {0};
    if (ip6_readable(h, stored))
        u = ip6_upper_of(h, stored);
    if (!u.fragment)
        return false;
    uint32_t field = be16_get(h + u.fragment_at + FRAGMENT_OFFSET);
    k->header = u.fragment_at + FRAGMENT_HEADER;
    k->offset = (field & FRAGMENT_OFFSET_MASK) / UNIT;
    k->more = field & FRAGMENT_MORE;
    return true;
}

bool fragment_can(const uint8_t *h, size_t stored, uint32_t mtu)
{
    struct knife k;
    if (h[0] >> 4 == 4 && be16_get(h + IP4_FRAGMENT) & IP4_DONT_FRAGMENT)
        return false;
    return find_knife(h, stored, &k) && mtu >= k.header + UNIT;
}

static void allow4(uint8_t *h, uint32_t id)
{
    be16_put(h + IP4_ID, id);
    be16_put(h + IP4_FRAGMENT, 0);
    be16_put(h + IP4_CHECKSUM, 0);
    checksum_store(h + IP4_CHECKSUM, checksum_add(0, h, ip4_header_size(h)));
}

enum fwd_drop fragment_allow(struct packet *p, uint32_t id)
{
    if (packet_data(p)[0] >> 4 == 4) {
        allow4(packet_data(p), id);
        return FWD_DROP_NONE;
    }
    if (!packet_make_room(p, FRAGMENT_HEADER))
        return FWD_DROP_NO_HEADROOM;
    const uint8_t *old = packet_view(p);
    bool routed = old[IP6_NEXT] == PROTOCOL_ROUTING;
    uint32_t before = IP6_HEADER + (routed ? 8 + 8u * old[IP6_HEADER + 1] : 0);
    uint32_t next_at = routed ? IP6_HEADER : IP6_NEXT;
    packet_push(p, FRAGMENT_HEADER);
    uint8_t *h = packet_data(p);
    memmove(h, h + FRAGMENT_HEADER, before);
    memset(h + before, 0, FRAGMENT_HEADER);
    h[before] = h[next_at];
    h[next_at] = PROTOCOL_FRAGMENT;
    be32_put(h + before + FRAGMENT_ID, id);
    be16_put(h + IP6_LENGTH, p->length - IP6_HEADER);
    return FWD_DROP_NONE;
}

// The header of a piece, a copy of the whole's, told what piece it is.
static void label4(uint8_t *h, uint32_t length, const struct knife *k)
{
    be16_put(h + IP4_LENGTH, length);
    be16_put(h + IP4_FRAGMENT, k->offset | (k->more ? (uint32_t)IP4_MORE_FRAGMENTS : 0));
    memset(h + IP4_CHECKSUM, 0, 2);
    checksum_store(h + IP4_CHECKSUM, checksum_add(0, h, k->header));
}

static void label6(uint8_t *h, uint32_t length, const struct knife *k)
{
    be16_put(h + IP6_LENGTH, length - IP6_HEADER);
    be16_put(h + k->header - FRAGMENT_HEADER + FRAGMENT_OFFSET,
             k->offset * UNIT | (k->more ? FRAGMENT_MORE : 0));
}

bool fwd_fragment(const struct packet *p, uint32_t mtu, unsigned index, struct packet *out)
{
    const uint8_t *whole = packet_view(p);
    struct knife k;
    if (!find_knife(whole, p->captured, &k) || p->length < k.header || mtu < k.header + UNIT)
        return false;
    uint32_t payload = p->length - k.header;
    uint32_t most = mtu - k.header;
    uint32_t step = most / UNIT * UNIT;
    // The last piece may fill the MTU, the others end at a unit.
    uint32_t pieces = payload <= most ? 1 : (payload - most + step - 1) / step + 1;
    if (index >= pieces)
        return false;
    uint32_t from = index * step;
    bool last = index + 1 == pieces, second_cut = k.offset;
    uint32_t size = last ? payload - from : step;
    k.offset += from / UNIT;
    k.more |= !last;
    if (k.offset > IP4_OFFSET_MASK) // the whole was a piece that reaches beyond what a datagram can
        return false;

    uint32_t there = p->captured - k.header; // stored bytes of the payload
    uint32_t stored = there <= from ? 0 : there - from < size ? there - from : size;
    FWD_ASSERT(k.header + stored <= out->room);
    uint32_t spare = out->room - k.header - stored;
    out->offset = spare < PACKET_HEADROOM ? spare : PACKET_HEADROOM;
    out->captured = k.header + stored;
    out->length = k.header + size;
    take_over(p, out);

    uint8_t *h = packet_data(out);
    memcpy(h, whole, k.header);
    memcpy(h + k.header, whole + k.header + from, stored);
    if (h[0] >> 4 == 6) {
        label6(h, out->length, &k);
        return true;
    }
    if (k.offset && !second_cut) // else its options were sorted out when it was cut the first time
        option_strip(h, k.header);
    label4(h, out->length, &k);
    return true;
}
