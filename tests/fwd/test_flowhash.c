// SPDX-License-Identifier: GPL-3.0-or-later
// The hash of flows: the same for all packets of a flow, in and out of tunnels, and well mixed.
#include "fixture.h"
#include "fwd/flowhash.h"
#include "fwd/headers6.h"
#include <stdlib.h>

#define SEED 7
#define A4   IP4(192, 0, 2, 1)
#define B4   IP4(198, 51, 100, 7)
#define A6   IP6(0x20010db800000001, 1)
#define B6   IP6(0x20010db800000002, 2)

// A datagram that a test puts together by itself.
struct bytes {
    uint8_t b[512];
    size_t size;
};

static uint8_t *add(struct bytes *d, size_t size)
{
    uint8_t *at = d->b + d->size;
    FWD_ASSERT(d->size + size <= sizeof d->b);
    memset(at, 0, size);
    d->size += size;
    return at;
}

static void add_ip4(struct bytes *d, uint8_t protocol)
{
    ip4_write(
        add(d, IP4_HEADER),
        &(struct ip4_fields){.src = A4, .dst = B4, .length = 200, .ttl = 9, .protocol = protocol});
}

static void add_ip6(struct bytes *d, uint8_t next, uint32_t label)
{
    ip6_write(add(d, IP6_HEADER),
              &(struct ip6_fields){
                  .src = A6, .dst = B6, .length = 200, .label = label, .hops = 9, .next = next});
}

static void add_ports(struct bytes *d, uint16_t sport, uint16_t dport)
{
    uint8_t *t = add(d, UDP_HEADER);
    be16_put(t + UDP_SPORT, sport);
    be16_put(t + UDP_DPORT, dport);
    be16_put(t + UDP_LENGTH, 100);
}

static uint32_t hash_of(const struct bytes *d)
{
    return flowhash(d->b, d->size, SEED, false);
}

static struct bytes udp4(uint16_t sport, uint16_t dport)
{
    struct bytes d = {.size = 0};
    add_ip4(&d, PROTOCOL_UDP);
    add_ports(&d, sport, dport);
    return d;
}

static struct bytes udp6(uint16_t sport, uint16_t dport, uint32_t label)
{
    struct bytes d = {.size = 0};
    add_ip6(&d, PROTOCOL_UDP, label);
    add_ports(&d, sport, dport);
    return d;
}

// Simulations' results depend on these values: they are those of the first release.
static void ip4_values_stay(void)
{
    static const struct {
        ip4_addr src, dst;
        uint32_t ports, protocol, seed, hash;
    } known[] = {
        {IP4(10, 0, 0, 1), IP4(203, 0, 113, 1), 4000u << 16 | 53, 17, 0, 0x8968cce4},
        {IP4(192, 0, 2, 1), IP4(198, 51, 100, 7), 50000u << 16 | 443, 6, 1, 0xd3be6480},
        {1, 2, 0, 47, 7, 0x24524e27},
        {0xffffffff, 0, 0xffffffff, 132, 0xffffffff, 0xbad0dd9e},
        {IP4(1, 2, 3, 4), IP4(5, 6, 7, 8), 0x04d204d2, 1, 0x12345678, 0xdf8c8b70},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct flowkey k = {.src = ip6_from_ip4(known[i].src),
                            .dst = ip6_from_ip4(known[i].dst),
                            .ports = known[i].ports,
                            .protocol = known[i].protocol};
        CU_ASSERT_EQUAL(flowkey_hash(&k, known[i].seed), known[i].hash);
    }
    struct packet p;
    packet_init(&p, PACKET_BYTES);
    packet_build_udp(&p, known[0].src, known[0].dst, 4000, 53, 64, 28, NULL);
    CU_ASSERT_EQUAL(flowhash(packet_data(&p), p.captured, 0, false), known[0].hash);
    packet_build_icmp_echo(&p, known[4].src, known[4].dst, 0x4d2, 5, 64, 28, NULL);
    CU_ASSERT_EQUAL(flowhash(packet_data(&p), p.captured, 0x12345678, false), known[4].hash);
}

static void is_hash_of_key(const struct bytes *d)
{
    struct flowkey k = flowkey_of(d->b, d->size);
    CU_ASSERT_EQUAL(hash_of(d), flowkey_hash(&k, SEED));
}

static void keys(void)
{
    struct bytes d = udp4(4000, 53);
    struct flowkey k = flowkey_of(d.b, d.size);
    CU_ASSERT(ip6_equal(k.src, ip6_from_ip4(A4)) && ip6_equal(k.dst, ip6_from_ip4(B4)));
    CU_ASSERT_EQUAL(k.ports, 4000u << 16 | 53);
    CU_ASSERT_EQUAL(k.protocol, PROTOCOL_UDP);
    is_hash_of_key(&d);
    k = flowkey_of(d.b, IP4_HEADER + 3); // the ports are not stored whole
    CU_ASSERT_EQUAL(k.ports, 0);

    d = udp6(4000, 53, 0);
    k = flowkey_of(d.b, d.size);
    CU_ASSERT(ip6_equal(k.src, A6) && ip6_equal(k.dst, B6));
    CU_ASSERT_EQUAL(k.ports, 4000u << 16 | 53);
    CU_ASSERT_EQUAL(k.protocol, PROTOCOL_UDP);
    is_hash_of_key(&d);
    k = flowkey_of(d.b, IP6_HEADER + 3);
    CU_ASSERT_EQUAL(k.ports, 0);
    struct flowkey back = flowkey_reverse(k), twice = flowkey_reverse(back);
    CU_ASSERT(flowkey_equal(&k, &twice));
    CU_ASSERT_FALSE(flowkey_equal(&k, &back));

    d = (struct bytes){.size = 0};
    add_ip6(&d, PROTOCOL_ICMP6, 0);
    uint8_t *icmp = add(&d, ICMP_HEADER);
    icmp[ICMP_TYPE] = ICMP6_ECHO;
    be16_put(icmp + ICMP_ID, 77);
    k = flowkey_of(d.b, d.size);
    CU_ASSERT_EQUAL(k.ports, 77u << 16 | 77);
    icmp[ICMP_TYPE] = ICMP6_TOO_BIG;
    k = flowkey_of(d.b, d.size);
    CU_ASSERT_EQUAL(k.ports, 0);
    CU_ASSERT_EQUAL(k.protocol, PROTOCOL_ICMP6);
}

// Ports count, in both families; with a flow label the label does, in their stead.
static void what_counts(void)
{
    struct bytes d = udp4(1, 2), e = udp4(1, 3);
    CU_ASSERT_NOT_EQUAL(hash_of(&d), hash_of(&e));
    d = udp6(1, 2, 0), e = udp6(1, 3, 0);
    CU_ASSERT_NOT_EQUAL(hash_of(&d), hash_of(&e));
    d = udp6(1, 2, 99), e = udp6(1, 3, 99);
    CU_ASSERT_EQUAL(hash_of(&d), hash_of(&e));
    e = udp6(1, 2, 98);
    CU_ASSERT_NOT_EQUAL(hash_of(&d), hash_of(&e));
    ip6_set_traffic_class(d.b, 0xb8); // is not part of the flow
    e = udp6(1, 2, 99);
    CU_ASSERT_EQUAL(hash_of(&d), hash_of(&e));
}

static void extension_headers(void)
{
    struct bytes plain = udp6(4000, 53, 0), d = {.size = 0};
    add_ip6(&d, PROTOCOL_HOP_BY_HOP, 0);
    add(&d, 8)[0] = PROTOCOL_OPTIONS;
    uint8_t *options = add(&d, 16);
    options[0] = PROTOCOL_UDP;
    options[1] = 1;
    add_ports(&d, 4000, 53);
    CU_ASSERT_EQUAL(hash_of(&d), hash_of(&plain));
}

static void fragment6(struct bytes *d, uint32_t label, uint32_t offset, uint16_t sport)
{
    *d = (struct bytes){.size = 0};
    add_ip6(d, PROTOCOL_FRAGMENT, label);
    uint8_t *f = add(d, FRAGMENT_HEADER);
    f[0] = PROTOCOL_OPTIONS;
    be16_put(f + FRAGMENT_OFFSET, offset << 3 | (offset ? 0 : FRAGMENT_MORE));
    if (offset == 0)
        add(d, 8)[0] = PROTOCOL_UDP;
    add_ports(d, sport, 53);
}

// All fragments of a datagram go one way, with ports in sight or not.
static void fragments_stay_together(void)
{
    struct packet p;
    packet_init(&p, PACKET_BYTES);
    for (uint16_t port = 1; port < 50; port++) {
        packet_build_udp(&p, A4, B4, port, 1, 64, 28, NULL);
        be16_put(packet_data(&p) + IP4_FRAGMENT, IP4_MORE_FRAGMENTS);
        uint32_t first = flowhash(packet_data(&p), p.captured, 1, false);
        be16_put(packet_data(&p) + IP4_FRAGMENT, 10);
        CU_ASSERT_EQUAL(first, flowhash(packet_data(&p), p.captured, 1, false));
        struct bytes d, e;
        fragment6(&d, 0, 0, port);
        fragment6(&e, 0, 100, (uint16_t)(port + 1));
        CU_ASSERT_EQUAL(hash_of(&d), hash_of(&e));
        fragment6(&d, 5, 0, port);
        fragment6(&e, 5, 100, (uint16_t)(port + 1));
        CU_ASSERT_EQUAL(hash_of(&d), hash_of(&e));
        e = udp6(port, 53, 5); // and a whole datagram of a labelled flow
        CU_ASSERT_EQUAL(hash_of(&d), hash_of(&e));
    }
}

static void wrap(struct bytes *d, const struct bytes *inner)
{
    memcpy(add(d, inner->size), inner->b, inner->size);
}

// Whatever the tunnel, a flow has the hash that it has outside; the outer header alone has another.
static void same_within(struct bytes *tunnel, const struct bytes *inner)
{
    wrap(tunnel, inner);
    CU_ASSERT_EQUAL(hash_of(tunnel), hash_of(inner));
    struct bytes other = *tunnel;
    other.b[other.size - UDP_HEADER + UDP_SPORT] ^= 1;
    uint32_t outer = flowhash(tunnel->b, tunnel->size, SEED, true);
    CU_ASSERT_NOT_EQUAL(outer, hash_of(inner));
    CU_ASSERT_NOT_EQUAL(hash_of(&other), hash_of(tunnel));
    CU_ASSERT_EQUAL(flowhash(other.b, other.size, SEED, true), outer);
}

static void vxlan(struct bytes *d)
{
    add_ports(d, 50000, 4789);
    add(d, 8)[0] = 8; // a network identifier is there
    be16_put(add(d, 14) + 12, 0x0800);
}

static void geneve(struct bytes *d)
{
    add_ports(d, 50000, 6081);
    be16_put(add(d, 8) + 2, 0x6558);
    be16_put(add(d, 14) + 12, 0x86dd);
}

static void inner_headers(void)
{
    struct bytes four = udp4(4000, 53), six = udp6(4000, 53, 0), d = {.size = 0};
    add_ip4(&d, PROTOCOL_IPIP);
    same_within(&d, &four);
    d.size = 0;
    add_ip4(&d, PROTOCOL_IPV6);
    same_within(&d, &six);
    d.size = 0;
    add_ip6(&d, PROTOCOL_IPIP, 1234); // the label does not count either
    same_within(&d, &four);
    d.size = 0;
    add_ip4(&d, PROTOCOL_GRE);
    be16_put(add(&d, 4) + 2, 0x0800);
    same_within(&d, &four);
    d.size = 0;
    add_ip4(&d, PROTOCOL_UDP);
    vxlan(&d);
    same_within(&d, &four);
    d.size = 0;
    add_ip6(&d, PROTOCOL_UDP, 0);
    geneve(&d);
    same_within(&d, &six);
}

// Four levels are looked through, the fifth header is the last that may count.
static void nested_tunnels(void)
{
    for (int levels = 0; levels <= FWD_TUNNEL_DEPTH + 1; levels++) {
        struct bytes d = {.size = 0}, inner = udp4(4000, 53);
        for (int i = 0; i < levels; i++)
            add_ip4(&d, PROTOCOL_IPIP);
        wrap(&d, &inner);
        CU_ASSERT_EQUAL(hash_of(&d) == hash_of(&inner), levels <= FWD_TUNNEL_DEPTH);
    }
}

// A fragment of a tunnel packet and one whose inner header is not stored count as what they are.
static void opaque_tunnels(void)
{
    struct bytes inner = udp4(4000, 53), d = {.size = 0};
    add_ip4(&d, PROTOCOL_IPIP);
    wrap(&d, &inner);
    uint32_t outer = flowhash(d.b, d.size, SEED, true);
    for (size_t stored = IP4_HEADER; stored < 2 * IP4_HEADER; stored++)
        CU_ASSERT_EQUAL(flowhash(d.b, stored, SEED, false), outer);
    be16_put(d.b + IP4_FRAGMENT, IP4_MORE_FRAGMENTS);
    CU_ASSERT_EQUAL(hash_of(&d), outer);
}

// Whatever follows a readable header, nothing beyond what is stored is read: the copies are exactly
// as long, so that a sanitizer sees a read too many.
static void garbage_is_harmless(void)
{
    struct random r = {6};
    static const uint8_t protocols[] = {0, 1, 4, 6, 17, 41, 43, 44, 47, 51, 58, 60, 132, 143};
    for (int i = 0; i < 20000; i++) {
        struct bytes d = {.size = 0};
        uint8_t protocol = protocols[random_below(&r, sizeof protocols)];
        if (i & 1)
            add_ip4(&d, protocol);
        else
            add_ip6(&d, protocol, random_below(&r, 2));
        size_t header = d.size, rest = random_below(&r, 120);
        uint8_t *at = add(&d, rest);
        for (size_t k = 0; k < rest; k++)
            at[k] = random_below(&r, 3) ? (uint8_t)random_next(&r)
                                        : protocols[random_below(&r, sizeof protocols)];
        if (rest > 4 && random_below(&r, 2))
            be16_put(at + UDP_DPORT, i & 2 ? FLOWHASH_VXLAN : FLOWHASH_GENEVE);
        uint8_t *copy = fwd_memory_zeroed(1, d.size);
        memcpy(copy, d.b, d.size);
        uint32_t hash = flowhash(copy, d.size, SEED, false);
        CU_ASSERT_EQUAL(hash, flowhash(d.b, d.size, SEED, false));
        CU_ASSERT(header <= d.size);
        free(copy);
    }
}

// How many of 500 · 32 bits of hashes move when `bit` of `word` does.
static unsigned flips(struct random *r, bool four, unsigned word, unsigned bit)
{
    unsigned flipped = 0;
    for (int i = 0; i < 500; i++) {
        uint64_t w[6] = {random_next(r), random_next(r), random_next(r),
                         random_next(r), random_next(r), SEED};
        uint32_t hash[2];
        for (int k = 0; k < 2; k++) {
            hash[k] = four ? flowhash_mix4((ip4_addr)w[0], (ip4_addr)w[1], (uint32_t)w[2],
                                           w[3] & 0xff, (uint32_t)w[5])
                           : flowhash_mix6((struct ip6_addr){w[0], w[1]},
                                           (struct ip6_addr){w[2], w[3]}, w[4], (uint32_t)w[5]);
            w[word] ^= UINT64_C(1) << bit;
        }
        flipped += (unsigned)__builtin_popcount(hash[0] ^ hash[1]);
    }
    return flipped;
}

// One bit of the key or of the seed moves about half of the hash.
static void avalanche(void)
{
    struct random r = {8};
    static const unsigned bits4[6] = {32, 32, 32, 8, 0, 32}, bits6[6] = {64, 64, 64, 64, 64, 32};
    for (unsigned word = 0; word < 6; word++)
        for (unsigned bit = 0; bit < 64; bit++) {
            unsigned f = flips(&r, true, word, bit), s = flips(&r, false, word, bit);
            if (bit < bits4[word])
                CU_ASSERT(f > 500 * 32 * 40 / 100 && f < 500 * 32 * 60 / 100);
            if (bit < bits6[word])
                CU_ASSERT(s > 500 * 32 * 40 / 100 && s < 500 * 32 * 60 / 100);
        }
}

// Where one node's hash lies says nothing about where another's does: 256 cells of 16 by 16
// sixteenths, chi-square with 255 degrees of freedom (350 is beyond the 99.99th percentile).
static void seeds_are_unrelated(void)
{
    const uint32_t seeds[] = {0, 1, 2, 0x80000000, FLOWHASH_COMMON_SEED};
    const size_t n = sizeof seeds / sizeof seeds[0];
    const unsigned flows = 100000;
    for (size_t a = 0; a < n; a++)
        for (size_t b = a + 1; b < n; b++) {
            unsigned cells[256] = {0};
            for (unsigned i = 0; i < flows; i++) {
                struct flowkey k = {.src = ip6_from_ip4(IP4(10, 0, 0, 0) + i / 100),
                                    .dst = ip6_from_ip4(B4),
                                    .ports = (1024 + i % 100) << 16 | 53,
                                    .protocol = PROTOCOL_UDP};
                uint32_t x = flowkey_hash(&k, seeds[a]), y = flowkey_hash(&k, seeds[b]);
                cells[(x >> 28) << 4 | y >> 28]++;
            }
            double chi = 0, expected = flows / 256.0;
            for (int c = 0; c < 256; c++)
                chi += (cells[c] - expected) * (cells[c] - expected) / expected;
            CU_ASSERT(chi < 350);
        }
}

UNIT_MAIN("flowhash", {"ip4-values-stay", ip4_values_stay}, {"keys", keys},
          {"what-counts", what_counts}, {"extension-headers", extension_headers},
          {"fragments-stay-together", fragments_stay_together}, {"inner-headers", inner_headers},
          {"nested-tunnels", nested_tunnels}, {"opaque-tunnels", opaque_tunnels},
          {"garbage-is-harmless", garbage_is_harmless}, {"avalanche", avalanche},
          {"seeds-are-unrelated", seeds_are_unrelated})
