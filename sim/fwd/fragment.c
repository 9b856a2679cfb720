// SPDX-License-Identifier: GPL-3.0-or-later
// fragment: cutting IPv4 datagrams (RFC 791 §3.2), piece by piece as Linux does: all pieces but the
// last as large as the MTU lets them be, in units of 8 bytes; headers of one size, where pieces after
// the first have "no operation" in place of options that are not copied; the reserved flag cleared.
#include "fwd/fwd.h"

#include "fwd/headers.h"
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

bool fwd_fragment(const struct packet *p, uint32_t mtu, unsigned index, struct packet *out)
{
    const uint8_t *whole = packet_view(p);
    if (!ip4_readable(whole, p->captured))
        return false;
    uint32_t header = (uint32_t)ip4_header_size(whole);
    if (p->length < header || mtu < header + UNIT)
        return false;
    uint32_t payload = p->length - header;
    uint32_t most = mtu - header;
    uint32_t step = most / UNIT * UNIT;
    // The last piece may fill the MTU, the others end at a unit.
    uint32_t pieces = payload <= most ? 1 : (payload - most + step - 1) / step + 1;
    if (index >= pieces)
        return false;
    uint32_t from = index * step;
    bool last = index + 1 == pieces;
    uint32_t size = last ? payload - from : step;

    uint32_t field = be16_get(whole + IP4_FRAGMENT);
    uint32_t offset = (field & IP4_OFFSET_MASK) + from / UNIT;
    if (offset > IP4_OFFSET_MASK) // the whole was a piece that reaches beyond what a datagram can
        return false;

    uint32_t there = p->captured - header; // stored bytes of the payload
    uint32_t stored = there <= from ? 0 : there - from < size ? there - from : size;
    FWD_ASSERT(header + stored <= out->room);
    uint32_t spare = out->room - header - stored;
    out->offset = spare < PACKET_HEADROOM ? spare : PACKET_HEADROOM;
    out->captured = header + stored;
    out->length = header + size;
    take_over(p, out);

    uint8_t *h = packet_data(out);
    memcpy(h, whole, header);
    memcpy(h + header, whole + header + from, stored);
    // A piece of a piece: its options were sorted out when it was cut the first time.
    if (offset && !(field & IP4_OFFSET_MASK))
        option_strip(h, header);
    be16_put(h + IP4_LENGTH, out->length);
    be16_put(h + IP4_FRAGMENT, (offset & IP4_OFFSET_MASK) | (last ? field & IP4_MORE_FRAGMENTS
                                                                  : (uint32_t)IP4_MORE_FRAGMENTS));
    memset(h + IP4_CHECKSUM, 0, 2);
    checksum_store(h + IP4_CHECKSUM, checksum_add(0, h, header));
    return true;
}
