// SPDX-License-Identifier: GPL-3.0-or-later
// Cutting IPv4 datagrams: RFC 791 §3.2, piece by piece as Linux does.
#include "hexbytes.h"

#define ROOM 4096

static struct packet *packet_alloc(uint32_t room)
{
    struct packet *p = malloc(packet_bytes(room));
    if (!p)
        abort();
    packet_init(p, room);
    return p;
}

// A datagram of `length` bytes with these options and this fragment field; payload byte i is i.
static void make(struct packet *p, const char *options, uint32_t field, uint32_t length)
{
    struct hexbytes o = hex(options);
    static uint8_t bytes[ROOM];
    uint32_t header = 20 + (uint32_t)o.size;
    ip4_write(bytes, &(struct ip4_fields){.src = IP4(10, 1, 0, 2),
                                          .dst = IP4(10, 2, 0, 2),
                                          .length = length,
                                          .ttl = 63,
                                          .protocol = PROTOCOL_UDP,
                                          .tos = 0x2e});
    bytes[0] = (uint8_t)(0x40 | header / 4);
    be16_put(bytes + IP4_ID, 0x1234);
    be16_put(bytes + IP4_FRAGMENT, field);
    memcpy(bytes + 20, o.bytes, o.size);
    for (uint32_t i = header; i < length; i++)
        bytes[i] = (uint8_t)(i - header + (i - header) / 256);
    packet_load(p, bytes, length, length);
    fix_checksum(p);
}

struct piece {
    uint32_t length, field;
};

static void check_pieces(const struct packet *p, uint32_t mtu, const struct piece *want, unsigned n)
{
    struct packet *out = packet_alloc(ROOM);
    for (unsigned i = 0; i < n; i++) {
        CU_ASSERT_FATAL(fwd_fragment(p, mtu, i, out));
        CU_ASSERT_EQUAL(out->length, want[i].length);
        CU_ASSERT_EQUAL(be16_get(packet_data(out) + IP4_FRAGMENT), want[i].field);
        CU_ASSERT_EQUAL(ip4_validate(out), FWD_DROP_NONE);
        CU_ASSERT_EQUAL(out->length, want[i].length);
        CU_ASSERT_EQUAL(be16_get(packet_data(out) + IP4_ID), 0x1234);
        CU_ASSERT(packet_data(out)[IP4_TTL] == 63 && packet_data(out)[IP4_TOS] == 0x2e);
    }
    CU_ASSERT_FALSE(fwd_fragment(p, mtu, n, out));
    CU_ASSERT_FALSE(fwd_fragment(p, mtu, UINT32_MAX, out));
    free(out);
}

static void sizes(void)
{
    struct packet *p = packet_alloc(ROOM);
    make(p, "", 0, 1500);
    check_pieces(p, 600, (struct piece[]){{596, 0x2000}, {596, 0x2048}, {348, 0x0090}}, 3);
    make(p, "", 0, 620 + 576); // the last piece may fill the MTU beyond a unit
    check_pieces(p, 620, (struct piece[]){{620, 0x2000}, {596, 0x004b}}, 2);
    make(p, "", 0, 623);
    check_pieces(p, 622, (struct piece[]){{620, 0x2000}, {23, 0x004b}}, 2);
    make(p, "", 0, 600 + 582);
    check_pieces(p, 602, (struct piece[]){{596, 0x2000}, {596, 0x2048}, {30, 0x0090}}, 3);
    make(p, "", 0, 598 + 580);
    check_pieces(p, 602, (struct piece[]){{596, 0x2000}, {602, 0x0048}}, 2);
    make(p, "", 0, 100); // fits
    check_pieces(p, 100, (struct piece[]){{100, 0}}, 1);
    make(p, "", 0, 68);
    check_pieces(p, 28,
                 (struct piece[]){
                     {28, 0x2000}, {28, 0x2001}, {28, 0x2002}, {28, 0x2003}, {28, 0x2004}, {28, 5}},
                 6);
    check_pieces(p, 27, NULL, 0); // no unit fits
    check_pieces(p, 0, NULL, 0);
    free(p);
}

static void pieces_of_pieces(void)
{
    struct packet *p = packet_alloc(ROOM);
    make(p, "", 0x2000 | 100, 1220); // one from the middle
    check_pieces(p, 820, (struct piece[]){{820, 0x2064}, {420, 0x20c8}}, 2);
    make(p, "", 100, 1220); // the last
    check_pieces(p, 820, (struct piece[]){{820, 0x2064}, {420, 0x00c8}}, 2);
    make(p, "", 0x8000, 1220); // the reserved flag goes, as Linux
    check_pieces(p, 820, (struct piece[]){{820, 0x2000}, {420, 0x0064}}, 2);
    make(p, "", 8150, 1220); // beyond what a datagram can be: no such piece
    check_pieces(p, 820, (struct piece[]){{820, 0x3fd6}}, 1);
    free(p);
}

// Type, by header bytes after the first 20: only copied options are in later pieces, and all have
// room for the same.
static void options(void)
{
    struct packet *p = packet_alloc(ROOM), *out = packet_alloc(ROOM);
    static const char *const given = "940400000707080a01020300";
    struct hexbytes first = hex(given), later = hex("940400000101010101010100");
    make(p, given, 0, 832);
    for (unsigned i = 0; i < 3; i++) {
        CU_ASSERT_FATAL(fwd_fragment(p, 332, i, out));
        CU_ASSERT_EQUAL(out->length, i < 2 ? 328 : 240);
        const struct hexbytes *want = i ? &later : &first;
        CU_ASSERT_EQUAL(memcmp(packet_data(out) + 20, want->bytes, want->size), 0);
        CU_ASSERT_EQUAL(packet_data(out)[0], 0x48);
        CU_ASSERT(header_checksum_right(out));
    }
    // Options of a later piece were sorted out where it was made.
    make(p, given, 0x2001, 832);
    CU_ASSERT(fwd_fragment(p, 332, 1, out));
    CU_ASSERT_EQUAL(memcmp(packet_data(out) + 20, first.bytes, first.size), 0);
    free(p);
    free(out);
}

static void owner_and_zeros(void)
{
    struct packet p, out;
    struct packet_payload payload = {.flow = 1, .seq = 2, .stamp_ps = 3};
    build_udp(&p, IP4(10, 1, 0, 2), IP4(10, 2, 0, 2), 1, 2, 9, 1500, &payload);
    packet_init(&out, PACKET_BYTES);
    p.kind = 1;
    p.flow = 2;
    p.seq = 3;
    p.service = 4;
    p.entry = 5;
    p.weight = 6;
    p.depth = 1;
    p.hops = 7;
    for (unsigned i = 0; i < 3; i++) {
        CU_ASSERT(fwd_fragment(&p, 600, i, &out));
        CU_ASSERT_EQUAL(out.captured, i ? 20 : 44); // the rest of the payload was never stored
        CU_ASSERT_EQUAL(out.length, i < 2 ? 596 : 348);
        CU_ASSERT(out.kind == 1 && out.flow == 2 && out.seq == 3 && out.service == 4);
        CU_ASSERT(out.entry == 5 && out.weight == 6 && out.depth == 1 && out.hops == 7);
        CU_ASSERT_EQUAL(out.offset, PACKET_HEADROOM);
    }
    // A packet that fills its memory: the piece gives up headroom.
    uint8_t bytes[PACKET_BYTES];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    memcpy(bytes, packet_data(&p), 20);
    be16_put(bytes + IP4_LENGTH, 1500);
    p.offset = 0;
    p.captured = PACKET_BYTES;
    memcpy(packet_data(&p), bytes, sizeof bytes);
    CU_ASSERT(fwd_fragment(&p, 600, 0, &out));
    CU_ASSERT(out.captured == PACKET_BYTES && out.offset == 0);
    CU_ASSERT_EQUAL(memcmp(packet_data(&out) + 20, bytes + 20, sizeof bytes - 20), 0);
}

// Puts the pieces together as a receiver does (RFC 791 §3.2): true when they are the whole.
static bool reassembles(const struct packet *p, uint32_t mtu, struct packet *out)
{
    static uint8_t again[65536 + ROOM];
    const uint8_t *whole = packet_view(p);
    uint32_t header = (uint32_t)ip4_header_size(whole), payload = p->length - header, sum = 0;
    uint32_t field = be16_get(whole + IP4_FRAGMENT), base = (field & IP4_OFFSET_MASK) * 8;
    memset(again, 0xee, payload);
    for (unsigned i = 0; fwd_fragment(p, mtu, i, out); i++) {
        const uint8_t *h = packet_view(out);
        uint32_t size = out->length - header;
        uint32_t at = (be16_get(h + IP4_FRAGMENT) & IP4_OFFSET_MASK) * 8u - base;
        if (out->length > mtu || ip4_validate(out) || ip4_header_size(h) != header || at != sum ||
            at + size > payload)
            return false;
        bool more = be16_get(h + IP4_FRAGMENT) & IP4_MORE_FRAGMENTS;
        if (more != (at + size < payload || (field & IP4_MORE_FRAGMENTS)))
            return false;
        memset(again + at, 0, size);
        memcpy(again + at, h + header, out->captured - header);
        sum += size;
    }
    uint32_t stored = p->captured - header;
    for (uint32_t i = stored; i < payload; i++)
        if (again[i])
            return false;
    return sum == payload && !memcmp(again, whole + header, stored);
}

static void reassembly(void)
{
    static const char *const options[] = {
        "", "01010101", "070b08 0a010203 00000000 00", "94040000 44080500 00000000",
        "82030507 07040101 0101010101010101010101010101010101010101010101010101010101010101"};
    struct random random = {2};
    struct packet *p = packet_alloc(ROOM), *out = packet_alloc(ROOM);
    for (int round = 0; round < 20000; round++) {
        const char *o = options[random_below(&random, 5)];
        uint32_t header = 20 + (uint32_t)hex(o).size;
        uint32_t length = header + 1 + random_below(&random, 3000);
        uint32_t field = random_below(&random, 3) ? 0 : random_below(&random, 0x4000) & 0x2fff;
        make(p, o, field, length);
        if (random_below(&random, 2)) // a simulator's packet
            p->captured = header + random_below(&random, length - header);
        uint32_t mtu = header + 8 + random_below(&random, random_below(&random, 2) ? 60 : 2000);
        CU_ASSERT_FATAL(reassembles(p, mtu, out));
    }
    free(p);
    free(out);
}

static void truncated(void)
{
    struct packet *p = packet_alloc(ROOM), *out = packet_alloc(ROOM);
    make(p, "94040000", 0, 300);
    for (uint32_t size = 0; size <= 300; size++) {
        struct packet *cut = packet_at_end(packet_data(p), size, 300);
        unsigned n = 0;
        while (fwd_fragment(cut, 100, n, out))
            n++;
        CU_ASSERT_EQUAL(n, size < 24 ? 0 : 4);
        free(cut);
    }
    packet_data(p)[0] = 0x65; // not IPv4
    CU_ASSERT_FALSE(fwd_fragment(p, 100, 0, out));
    packet_data(p)[0] = 0x44;
    CU_ASSERT_FALSE(fwd_fragment(p, 100, 0, out));
    free(p);
    free(out);
}

UNIT_MAIN("fragment", {"sizes", sizes}, {"pieces-of-pieces", pieces_of_pieces},
          {"options", options}, {"owner-and-zeros", owner_and_zeros}, {"reassembly", reassembly},
          {"truncated", truncated})
