// SPDX-License-Identifier: GPL-3.0-or-later
// decap: what the fuzz targets of tunnels' ends share. The input is a byte of options (see below)
// and an outer datagram. It is taken out of tunnels of one kind again and again, as a node would,
// and every step keeps what encap.h, endpoint.h and srv6.h promise: a refused packet is untouched,
// nothing outside of it is read or written, and what came out comes out again after another push.
#ifndef ANYSIM_TESTS_FUZZ_DECAP_H
#define ANYSIM_TESTS_FUZZ_DECAP_H

#include "fwd/endpoint.h"
#include "fwd/peek.h"
#include "fwd/srv6.h"

#include <stdlib.h>
#include <string.h>

// Bits of the first byte. The fields that are mended no fuzzer finds by itself.
enum {
    DECAP_KEYED = 1, // GRE: key 0
    DECAP_SEQUENCE = 2,
    DECAP_CHECKSUM = 4,    // wanted
    DECAP_MEND = 8,        // the outer header's length and checksum
    DECAP_MEND_INNER = 16, // the tunnel's own checksum
    DECAP_UNSTORED = 32    // there are 100 bytes more that are not stored
};

enum { DECAP_ROOM = 4096, DECAP_MORE = 100 };

static void decap_must(bool condition)
{
    if (!condition)
        abort();
}

static bool decap_validate(struct packet *p)
{
    bool six = p->captured > 0 && packet_view(p)[0] >> 4 == 6;
    return (six ? ip6_validate(p) : ip4_validate(p)) == FWD_DROP_NONE;
}

// At the end of its memory, so that a read beyond is seen.
static struct packet *decap_packet(const uint8_t *bytes, size_t size, uint32_t more)
{
    struct packet *p = malloc(packet_bytes(DECAP_ROOM));
    decap_must(p != NULL);
    memset(p, 0, packet_bytes(DECAP_ROOM));
    packet_init(p, DECAP_ROOM);
    packet_load(p, bytes, size, (uint32_t)size + more);
    packet_make_room(p, p->room - p->captured);
    return p;
}

static void decap_mend_outer(struct packet *p)
{
    uint8_t *h = packet_data(p);
    if (ip6_readable(h, p->captured)) {
        be16_put(h + IP6_LENGTH, p->length - IP6_HEADER);
    } else if (ip4_readable(h, p->captured)) {
        be16_put(h + IP4_LENGTH, p->length);
        be16_put(h + IP4_CHECKSUM, 0);
        checksum_store(h + IP4_CHECKSUM, checksum_add(0, h, ip4_header_size(h)));
    }
}

// Of GRE or UDP, where the header says that there is one.
static void decap_mend_inner(struct packet *p)
{
    uint8_t *h = packet_data(p);
    struct tunnel_outer o = tunnel_outer_of(h, p->captured);
    uint8_t *b = h + o.at;
    size_t stored = p->captured - o.at;
    if (o.protocol == PROTOCOL_GRE && stored >= 8 && b[0] & 0x80) {
        be16_put(b + 4, 0);
        checksum_store(b + 4, checksum_add(0, b, stored));
    } else if (o.protocol == PROTOCOL_UDP && stored >= UDP_HEADER && b[0] >> 7) {
        size_t length = be16_get(b + UDP_LENGTH), covered = stored < length ? stored : length;
        uint8_t rest[4];
        be32_put(rest, (uint32_t)PROTOCOL_UDP << 16 | (uint32_t)length);
        be16_put(b + UDP_CHECKSUM, 0);
        uint64_t sum = h[0] >> 4 == 6
                           ? ip6_pseudo_sum(h, (uint32_t)length, PROTOCOL_UDP)
                           : checksum_add(checksum_add(0, h + IP4_SRC, 8), rest, sizeof rest);
        checksum_store(b + UDP_CHECKSUM, checksum_add(sum, b, covered));
    }
}

// Endpoints of the kind at every address; none for SRV6.
static struct endpoint_table decap_ends(enum fwd_tunnel kind, uint8_t options)
{
    static const struct prefix6 everywhere[] = {
        {{0, IP6_MAPPED}, IP6_MAPPED_BITS}, {{0, 0}, 1}, {{UINT64_C(1) << 63, 0}, 1}};
    struct endpoint_table t;
    endpoint_table_init(&t, 1, (struct ip6_addr){0, 0});
    bool gre = kind == FWD_TUNNEL_GRE;
    if (kind == FWD_TUNNEL_SRV6) // ends at routes
        return t;
    for (size_t i = 0; i < sizeof everywhere / sizeof everywhere[0]; i++)
        endpoint_add(&t, &(struct fwd_endpoint_options){.kind = kind,
                                                        .local = everywhere[i],
                                                        .keyed = gre && options & DECAP_KEYED,
                                                        .sequence = gre && options & DECAP_SEQUENCE,
                                                        .checksum = kind != FWD_TUNNEL_IPIP &&
                                                                    options & DECAP_CHECKSUM});
    return t;
}

static enum fwd_drop decap_out(struct packet *p, enum fwd_tunnel kind, struct endpoint_table *ends)
{
    const uint8_t *h = packet_data(p);
    if (kind == FWD_TUNNEL_SRV6) {
        if (h[0] >> 4 != 6)
            return FWD_DROP_NO_SERVICE;
        while (srv6_end(p, &(uint32_t){0}) == FWD_DROP_NONE)
            ;
        return srv6_decapsulate(p, true, true, &(uint32_t){0});
    }
    bool tunnelled;
    struct endpoint *e = endpoint_match(ends, h, p->captured, &tunnelled);
    decap_must(!e || tunnelled);
    return e ? endpoint_pop(p, e) : FWD_DROP_NO_SERVICE;
}

// Into a plain tunnel and out of it again.
static void decap_round_trip(const struct packet *inside, enum fwd_tunnel kind)
{
    const struct ip6_addr from = {UINT64_C(0xfd) << 56, 1}, to = {UINT64_C(0xfd) << 56, 2};
    struct tunnel_table tunnels;
    struct fwd_tunnel_options o = {.kind = kind, .local = from, .remote = to, .dscp = -1};
    o.segment_count = kind == FWD_TUNNEL_SRV6;
    o.segments[0] = to;
    tunnel_table_init(&tunnels);
    struct tunnel *t = tunnel_take(&tunnels, &o, 0, from);
    struct endpoint_table ends = decap_ends(kind, 0);
    struct packet *p =
        decap_packet(packet_view(inside), inside->captured, inside->length - inside->captured);
    if (tunnel_push(p, t, (struct ip6_addr){0, 0}, 7) == FWD_DROP_NONE) {
        decap_must(decap_validate(p));
        decap_must(decap_out(p, kind, &ends) == FWD_DROP_NONE);
        decap_must(p->length == inside->length && p->captured == inside->captured);
        decap_must(!memcmp(packet_view(p), packet_view(inside), p->captured));
    }
    free(p);
    endpoint_table_free(&ends);
    tunnel_table_free(&tunnels);
}

// As the quote of an ICMP error about a tunnel of this node.
static void decap_quote(const uint8_t *quote, size_t stored, enum fwd_tunnel kind)
{
    const struct ip6_addr from = {UINT64_C(0xfd) << 56, 1};
    struct tunnel_table tunnels;
    struct fwd_tunnel_options o = {.kind = kind, .local = from, .dscp = -1};
    tunnel_table_init(&tunnels);
    tunnel_take(&tunnels, &o, 0, from);
    o.local = ip6_from_ip4(IP4(10, 0, 0, 1));
    if (kind != FWD_TUNNEL_SRV6)
        tunnel_take(&tunnels, &o, 0, from);
    uint32_t at;
    const struct tunnel *t = tunnel_of_quote(&tunnels, quote, stored);
    if (t && peek_quoted_of(t, quote, stored, &at))
        decap_must(at + IP4_HEADER <= stored);
    peek_quoted(quote, stored, &at);
    tunnel_table_free(&tunnels);
}

static void decap_fuzz(enum fwd_tunnel kind, const uint8_t *data, size_t size)
{
    if (size < 1 || size > DECAP_ROOM / 2)
        return;
    uint8_t options = data[0];
    struct packet *p =
        decap_packet(data + 1, size - 1, options & DECAP_UNSTORED ? (uint32_t)DECAP_MORE : 0);
    struct packet *before = malloc(packet_bytes(DECAP_ROOM));
    struct endpoint_table ends = decap_ends(kind, options);
    decap_must(before != NULL);
    if (options & DECAP_MEND)
        decap_mend_outer(p);
    if (decap_validate(p) && options & DECAP_MEND_INNER)
        decap_mend_inner(p);
    decap_quote(packet_view(p), p->captured, kind);
    while (decap_validate(p)) {
        uint32_t at;
        memcpy(before, p, packet_bytes(DECAP_ROOM));
        if (peek_inner(packet_view(p), p->captured, &at))
            decap_must(at >= IP4_HEADER && at + IP4_HEADER <= p->captured);
        if (decap_out(p, kind, &ends)) {
            decap_must(kind == FWD_TUNNEL_SRV6 || !memcmp(p, before, packet_bytes(DECAP_ROOM)));
            break;
        }
        decap_must(p->length < before->length && p->captured < before->captured &&
                   p->captured <= p->length);
        if (decap_validate(p))
            decap_round_trip(p, kind);
    }
    endpoint_table_free(&ends);
    free(before);
    free(p);
}

#endif
