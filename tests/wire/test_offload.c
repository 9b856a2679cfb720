// SPDX-License-Identifier: GPL-3.0-or-later
// Cutting merged packets: every nesting of headers is built here by hand, cut, and each segment is
// checked field by field; then the same with headers that lie.
#include "unit.h"
#include "wire/offload.h"

#include <stdlib.h>
#include <string.h>

#define PAYLOAD 2500
#define PIECE   1000

// A packet under construction, and where in it what was put.
struct made {
    uint8_t b[4096];
    size_t n;
    size_t ip[6], udp[4], gre[4];
    int ips, udps, gres;
    size_t transport, payload;
    bool tcp;
};

static void put16(uint8_t *at, size_t v)
{
    at[0] = (uint8_t)(v >> 8);
    at[1] = (uint8_t)v;
}

static size_t get16(const uint8_t *at)
{
    return (size_t)at[0] << 8 | at[1];
}

// A second opinion on checksums: word after word.
static uint32_t add(uint32_t sum, const uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum += i & 1 ? b[i] : (uint32_t)b[i] << 8;
    return sum;
}

static uint16_t fold(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

static void ethernet(struct made *m, uint16_t type)
{
    frame_write_ethernet(m->b + m->n, (const uint8_t[6]){2}, (const uint8_t[6]){2, 1}, type);
    m->n += 14;
}

static void ip4(struct made *m, uint8_t protocol)
{
    uint8_t *h = m->b + m->n;
    h[0] = 0x45;
    put16(h + 4, 0xfffe); // the id wraps around
    h[8] = 64;
    h[9] = protocol;
    memcpy(h + 12, "\x0a\x01\x02\x03\x0a\x01\x02\x04", 8);
    m->ip[m->ips++] = m->n;
    m->n += 20;
}

static void ip6(struct made *m, uint8_t next)
{
    uint8_t *h = m->b + m->n;
    h[0] = 0x60;
    h[6] = next;
    h[7] = 64;
    h[8] = h[24] = 0xfd;
    h[39] = 9;
    m->ip[m->ips++] = m->n;
    m->n += 40;
}

static void gre(struct made *m, bool key, bool checksum, uint16_t type)
{
    uint8_t *h = m->b + m->n;
    h[0] = (uint8_t)((key ? 0x20 : 0) | (checksum ? 0x80 : 0));
    put16(h + 2, type);
    if (checksum)
        m->gre[m->gres++] = m->n;
    m->n += 4u + (key ? 4 : 0) + (checksum ? 4 : 0);
}

static void udp_tunnel(struct made *m, uint16_t port, bool checksum, size_t header)
{
    uint8_t *h = m->b + m->n;
    put16(h + 2, port);
    put16(h + 6, checksum);
    m->udp[m->udps++] = m->n;
    m->n += 8 + header;
}

static void end(struct made *m, bool tcp)
{
    uint8_t *h = m->b + m->n;
    m->transport = m->n;
    m->tcp = tcp;
    put16(h, 4000);
    put16(h + 2, 5000);
    if (tcp) {
        memcpy(h + 4, "\xff\xff\xff\x00", 4); // wraps around too
        h[12] = 8 << 4;                       // 12 bytes of options
        h[13] = 0x80 | 0x10 | 0x08 | 0x01;    // CWR ACK PSH FIN
        m->n += 32;
    } else {
        m->n += 8;
    }
    m->payload = m->n;
    for (int i = 0; i < PAYLOAD; i++)
        m->b[m->n++] = (uint8_t)(i * 7 >> 3);
}

// The checksum of what is at `at`, behind the IP header at `ip`, is right.
static bool sum_is_right(const uint8_t *s, size_t n, size_t ip, size_t at, uint8_t protocol)
{
    bool v6 = s[ip] >> 4 == 6;
    uint32_t sum = add((uint32_t)(n - at) + protocol, s + ip + (v6 ? 8 : 12), v6 ? 32 : 8);
    return fold(add(sum, s + at, n - at)) == 0xffff;
}

static void check_ip(const struct made *m, const uint8_t *s, size_t n, size_t index)
{
    for (int i = 0; i < m->ips; i++) {
        const uint8_t *h = s + m->ip[i];
        if (h[0] >> 4 == 6) {
            CU_ASSERT_EQUAL(get16(h + 4), n - m->ip[i] - 40);
            continue;
        }
        CU_ASSERT_EQUAL(get16(h + 2), n - m->ip[i]);
        CU_ASSERT_EQUAL(get16(h + 4), (0xfffe + index) & 0xffff);
        CU_ASSERT_EQUAL(fold(add(0, h, 20)), 0xffff);
    }
}

static void check_segment(const struct made *m, const uint8_t *s, size_t n, size_t index)
{
    size_t before = index * PIECE, payload = n - m->payload, inner = m->ip[m->ips - 1];
    bool last = before + payload == PAYLOAD;
    CU_ASSERT_EQUAL(payload, last ? PAYLOAD % PIECE : PIECE);
    CU_ASSERT_EQUAL(memcmp(s + m->payload, m->b + m->payload + before, payload), 0);
    check_ip(m, s, n, index);
    const uint8_t *t = s + m->transport;
    CU_ASSERT(sum_is_right(s, n, inner, m->transport, m->tcp ? 6 : 17));
    if (m->tcp) {
        uint32_t sequence = (uint32_t)get16(t + 4) << 16 | (uint32_t)get16(t + 6);
        CU_ASSERT_EQUAL(sequence, 0xffffff00u + (uint32_t)before);
        CU_ASSERT_EQUAL(t[13], (index ? 0 : 0x80) | 0x10 | (last ? 0x09 : 0));
    } else {
        CU_ASSERT_EQUAL(get16(t + 4), n - m->transport);
    }
    for (int i = 0; i < m->udps; i++) {
        CU_ASSERT_EQUAL(get16(s + m->udp[i] + 4), n - m->udp[i]);
        CU_ASSERT(get16(m->b + m->udp[i] + 6) ? sum_is_right(s, n, m->ip[0], m->udp[i], 17)
                                              : get16(s + m->udp[i] + 6) == 0);
    }
    for (int i = 0; i < m->gres; i++)
        CU_ASSERT_EQUAL(fold(add(0, s + m->gre[i], n - m->gre[i])), 0xffff);
}

static void cuts_well(const struct made *m, enum frame_link link)
{
    struct offload_cutter c;
    uint8_t *exact = malloc(m->n);
    memcpy(exact, m->b, m->n);
    bool can = offload_cut(&c, link, exact, m->n, m->tcp ? OFFLOAD_TCP : OFFLOAD_UDP, PIECE);
    CU_ASSERT_FATAL(can);
    size_t largest = offload_largest(&c), index = 0;
    CU_ASSERT_EQUAL(largest, m->payload + PIECE);
    uint8_t *out = malloc(largest);
    for (size_t n; (n = offload_next(&c, out)) > 0; index++)
        check_segment(m, out, n, index);
    CU_ASSERT_EQUAL(index, 3);
    CU_ASSERT_EQUAL(offload_next(&c, out), 0);
    free(out);
    free(exact);
}

static void plain(void)
{
    for (int kind = 0; kind < 8; kind++) {
        struct made m = {0};
        bool tcp = kind & 1, v6 = kind & 2, raw = kind & 4;
        if (!raw)
            ethernet(&m, v6 ? 0x86dd : 0x0800);
        if (v6)
            ip6(&m, tcp ? 6 : 17);
        else
            ip4(&m, tcp ? 6 : 17);
        end(&m, tcp);
        cuts_well(&m, raw ? FRAME_LINK_IP : FRAME_LINK_ETHERNET);
    }
}

static void tagged(void)
{
    struct made m = {0};
    uint8_t *start = m.b + 8;
    frame_write_ethernet(start, (const uint8_t[6]){2}, (const uint8_t[6]){2, 1}, 0x0800);
    start = offload_tag(start, 0x8100, 42);
    start = offload_tag(start, 0x88a8, 7);
    CU_ASSERT_PTR_EQUAL(start, m.b);
    CU_ASSERT_EQUAL(memcmp(m.b, "\2\0\0\0\0\0\2\1\0\0\0\0\x88\xa8\0\7\x81\0\0\x2a\x08\0", 22), 0);
    m.n = 22;
    ip4(&m, 6);
    end(&m, true);
    cuts_well(&m, FRAME_LINK_ETHERNET);
}

static void nested(void)
{
    static const uint8_t protocols[2] = {4, 41};
    for (int kind = 0; kind < 64; kind++) {
        struct made m = {0};
        bool outer6 = kind & 1, inner6 = kind & 2, option = kind & 4;
        uint16_t type = inner6 ? 0x86dd : 0x0800;
        int tunnel =
            kind >> 3; // IP, GRE, GRE with a checksum, bridged GRE, VXLAN, Geneve ×2, 6 levels
        uint8_t protocol = tunnel == 0 ? protocols[inner6] : tunnel <= 3 ? 47 : 17;
        if (tunnel == 7) { // three of them in one another
            ethernet(&m, 0x0800);
            ip4(&m, 4);
            ip4(&m, 47);
            gre(&m, option, true, 0x0800);
            protocol = protocols[inner6];
            ip4(&m, protocol);
        } else {
            ethernet(&m, outer6 ? 0x86dd : 0x0800);
            outer6 ? ip6(&m, protocol) : ip4(&m, protocol);
        }
        if (tunnel == 1 || tunnel == 2)
            gre(&m, option, tunnel == 2, type);
        if (tunnel == 3) {
            gre(&m, option, false, 0x6558);
            ethernet(&m, type);
        }
        if (tunnel == 4) {
            udp_tunnel(&m, 4789, option, 8);
            ethernet(&m, type);
        }
        if (tunnel == 5 || tunnel == 6) {
            udp_tunnel(&m, 6081, option, tunnel == 5 ? 8 : 16);
            m.b[m.udp[0] + 8] = tunnel == 5 ? 0 : 2; // words of options
            put16(m.b + m.udp[0] + 10, tunnel == 5 ? type : 0x6558);
            if (tunnel == 6)
                ethernet(&m, type);
        }
        if (inner6)
            ip6(&m, 6);
        else
            ip4(&m, 6);
        end(&m, true);
        cuts_well(&m, FRAME_LINK_ETHERNET);
    }
}

static bool can_cut(const struct made *m, size_t n, size_t piece)
{
    struct offload_cutter c;
    uint8_t *exact = malloc(n ? n : 1);
    memcpy(exact, m->b, n);
    bool can = offload_cut(&c, FRAME_LINK_ETHERNET, exact, n, OFFLOAD_TCP, piece);
    if (can) {
        uint8_t *out = malloc(offload_largest(&c));
        while (offload_next(&c, out) > 0)
            ;
        free(out);
    }
    free(exact);
    return can;
}

static void what_cannot_be_cut(void)
{
    struct made m = {0};
    ethernet(&m, 0x0800);
    ip4(&m, 17);
    udp_tunnel(&m, 4789, true, 8);
    ethernet(&m, 0x86dd);
    ip6(&m, 47);
    gre(&m, true, true, 0x0800);
    ip4(&m, 6);
    end(&m, true);
    CU_ASSERT(can_cut(&m, m.n, PIECE));
    CU_ASSERT(!can_cut(&m, m.n, 0));
    for (size_t n = 0; n <= m.payload; n++)
        CU_ASSERT(!can_cut(&m, n, PIECE)); // headers cut short, or no payload
    struct made bad = m;
    bad.b[bad.gre[0]] |= 0x10; // a sequence number
    CU_ASSERT(!can_cut(&bad, bad.n, PIECE));
    bad = m;
    bad.b[bad.ip[0] + 6] = 0x20; // a fragment
    CU_ASSERT(!can_cut(&bad, bad.n, PIECE));
    bad = m;
    bad.b[bad.transport + 12] = 4 << 4; // a TCP header of 16 bytes
    CU_ASSERT(!can_cut(&bad, bad.n, PIECE));
    bad = m;
    bad.b[bad.ip[2] + 9] = 132; // SCTP
    CU_ASSERT(!can_cut(&bad, bad.n, PIECE));
    // Whatever byte is wrong: no read outside, and an end.
    for (size_t i = 0; i < m.payload; i++)
        for (int bit = 0; bit < 8; bit++) {
            bad = m;
            bad.b[i] ^= (uint8_t)(1 << bit);
            can_cut(&bad, bad.n, PIECE);
        }
}

static void partial_checksums(void)
{
    // UDP over IPv4; the field holds the sum of the pseudo-header.
    struct made m = {0};
    ip4(&m, 17);
    put16(m.b + 20, 1);
    put16(m.b + 22, 2);
    put16(m.b + 24, 13);
    memcpy(m.b + 28, "hello", 5);
    put16(m.b + 26, fold(add(17 + 13, m.b + 12, 8)));
    CU_ASSERT(offload_checksum(m.b, 33, 20, 6));
    CU_ASSERT(sum_is_right(m.b, 33, 0, 20, 17));
    CU_ASSERT(!offload_checksum(m.b, 33, 26, 6));
    CU_ASSERT(offload_checksum(m.b, 34, 26, 6));
    // A sum of zero is written as ones: zero would mean "none".
    uint8_t zero[10] = {0xff, 0xff};
    CU_ASSERT(offload_checksum(zero, 10, 0, 6));
    CU_ASSERT_EQUAL(get16(zero + 6), 0xffff);
}

UNIT_MAIN("offload", {"plain", plain}, {"tagged", tagged}, {"nested", nested},
          {"what_cannot_be_cut", what_cannot_be_cut}, {"partial_checksums", partial_checksums})
