// SPDX-License-Identifier: GPL-3.0-or-later
#include "transport/quic_frame.h"

#include "base/units.h"
#include "fwd/headers.h"

enum {
    PADDING = 0x00,
    PING = 0x01,
    ACK = 0x02,
    CRYPTO = 0x06,
    STREAM = 0x0e, // with offset and length
    MAX_DATA = 0x10,
    PATH_CHALLENGE = 0x1a,
    PATH_RESPONSE = 0x1b,
    CLOSE = 0x1c,
    DONE = 0x1e
};

#define FIXED     0x40u
#define DELAY_PS  (8 * PS_PER_US) // unit of an ACK's delay, ack_delay_exponent 3
#define STORED    (PACKET_BYTES - PACKET_HEADROOM - PACKET_UDP_MIN)
#define BIT62_MAX ((UINT64_C(1) << 62) - 1)

struct cursor {
    uint8_t *to;         // writing
    const uint8_t *from; // reading
    size_t at, stored;   // bytes that are there
    size_t size;         // of the payload, zeros included
    bool bad;
};

static unsigned varint_size(uint64_t v)
{
    return v < 0x40 ? 1 : v < 0x4000 ? 2 : v < 0x40000000 ? 4 : 8;
}

static void put_octet(struct cursor *c, uint64_t v)
{
    FWD_ASSERT(c->at < STORED);
    c->to[c->at++] = (uint8_t)v;
}

static void put_varint(struct cursor *c, uint64_t v)
{
    unsigned size = varint_size(v), code = size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3;
    for (unsigned i = 0; i < size; i++)
        put_octet(c, (v >> (8 * (size - 1 - i)) & 0xff) | (i == 0 ? code << 6 : 0));
}

static void put_u64(struct cursor *c, uint64_t v)
{
    for (unsigned i = 0; i < 8; i++)
        put_octet(c, v >> (56 - 8 * i) & 0xff);
}

// What is not stored is zero.
static uint8_t get_octet(struct cursor *c)
{
    if (c->at >= c->size) {
        c->bad = true;
        return 0;
    }
    uint8_t v = c->at < c->stored ? c->from[c->at] : 0;
    c->at++;
    return v;
}

static uint64_t get_varint(struct cursor *c)
{
    uint8_t first = get_octet(c);
    uint64_t v = first & 0x3f;
    for (unsigned i = 1; i < 1u << (first >> 6); i++)
        v = v << 8 | get_octet(c);
    return v;
}

static uint64_t get_u64(struct cursor *c)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < 8; i++)
        v = v << 8 | get_octet(c);
    return v;
}

bool quic_eliciting(const struct quic_datagram *d)
{
    return d->ping || d->has_limit || d->has_challenge || d->has_response || d->has_crypto ||
           d->has_data || d->done;
}

static void write_ack(struct cursor *c, const struct quic_datagram *d)
{
    put_octet(c, ACK);
    put_varint(c, d->ranges[0].to - 1);
    put_varint(c, (uint64_t)(d->delay_ps / DELAY_PS));
    put_varint(c, d->nranges - 1);
    put_varint(c, d->ranges[0].to - 1 - d->ranges[0].from);
    for (unsigned i = 1; i < d->nranges; i++) {
        put_varint(c, d->ranges[i - 1].from - d->ranges[i].to - 1);
        put_varint(c, d->ranges[i].to - 1 - d->ranges[i].from);
    }
}

static void write_octets(struct cursor *c, unsigned type, const struct range *r)
{
    put_octet(c, type);
    if (type == STREAM)
        put_varint(c, 0); // stream 0
    put_varint(c, r->from);
    put_varint(c, r->to - r->from);
}

static void write_frames(struct cursor *c, const struct quic_datagram *d)
{
    put_octet(c, FIXED | d->flags);
    put_u64(c, d->id);
    for (unsigned i = 0; i < 4; i++)
        put_octet(c, d->number >> (24 - 8 * i) & 0xff);
    if (d->nranges)
        write_ack(c, d);
    if (d->has_challenge) {
        put_octet(c, PATH_CHALLENGE);
        put_u64(c, d->challenge);
    }
    if (d->has_response) {
        put_octet(c, PATH_RESPONSE);
        put_u64(c, d->response);
    }
    if (d->has_limit) {
        put_octet(c, MAX_DATA);
        put_varint(c, d->limit);
    }
    if (d->done)
        put_octet(c, DONE);
    if (d->close) {
        put_octet(c, CLOSE);
        put_varint(c, d->error);
        put_varint(c, 0); // caused by no frame
        put_varint(c, 0); // without a reason in words
    }
    if (d->ping)
        put_octet(c, PING);
    if (d->has_crypto)
        write_octets(c, CRYPTO, &d->crypto);
    if (d->has_data)
        write_octets(c, STREAM, &d->data);
}

uint32_t quic_overhead(const struct quic_datagram *d)
{
    uint8_t bytes[STORED];
    struct cursor c = {.to = bytes};
    write_frames(&c, d);
    return PACKET_UDP_MIN + (uint32_t)c.at;
}

void quic_datagram_write(struct quic_datagram *d, ip4_addr src, ip4_addr dst, uint8_t ttl,
                         struct packet *p)
{
    uint8_t bytes[STORED];
    struct cursor c = {.to = bytes};
    write_frames(&c, d);
    struct packet_udp u = {.src = src,
                           .dst = dst,
                           .sport = d->sport,
                           .dport = d->dport,
                           .ttl = ttl,
                           .length = d->bytes,
                           .size = (uint32_t)c.at,
                           .bytes = bytes};
    packet_build_udp_bytes(p, &u);
}

static void read_ack(struct cursor *c, struct quic_datagram *d)
{
    uint64_t top = get_varint(c);
    d->delay_ps = (int64_t)(get_varint(c) & UINT32_MAX) * DELAY_PS;
    uint64_t n = get_varint(c), length = get_varint(c);
    d->nranges = 0;
    for (uint64_t i = 0; !c->bad; i++) {
        if (length > top) {
            c->bad = true;
            return;
        }
        if (d->nranges < QUIC_RANGES)
            d->ranges[d->nranges++] = (struct range){top - length, top + 1};
        if (i == n)
            return;
        uint64_t gap = get_varint(c);
        if (gap + 2 > top - length) {
            c->bad = true;
            return;
        }
        top = top - length - gap - 2;
        length = get_varint(c);
    }
}

static void read_octets(struct cursor *c, unsigned type, struct range *r, bool *there)
{
    if (type == STREAM && get_varint(c) != 0)
        c->bad = true;
    uint64_t at = get_varint(c), length = get_varint(c);
    if (length > c->size - c->at || at + length > BIT62_MAX)
        c->bad = true;
    if (c->bad)
        return;
    *r = (struct range){at, at + length};
    *there = true;
    c->at += (size_t)length;
}

static void read_frame(struct cursor *c, struct quic_datagram *d)
{
    unsigned type = get_octet(c);
    switch (type) {
    case PADDING:
        break;
    case PING:
        d->ping = true;
        break;
    case ACK:
        read_ack(c, d);
        break;
    case CRYPTO:
        read_octets(c, type, &d->crypto, &d->has_crypto);
        break;
    case STREAM:
        read_octets(c, type, &d->data, &d->has_data);
        break;
    case MAX_DATA:
        d->has_limit = true;
        d->limit = get_varint(c);
        break;
    case PATH_CHALLENGE:
        d->has_challenge = true;
        d->challenge = get_u64(c);
        break;
    case PATH_RESPONSE:
        d->has_response = true;
        d->response = get_u64(c);
        break;
    case CLOSE:
        d->close = true;
        d->error = get_varint(c);
        get_varint(c);
        c->at += (size_t)(get_varint(c) & UINT16_MAX);
        break;
    case DONE:
        d->done = true;
        break;
    default:
        c->bad = true;
    }
}

bool quic_datagram_read(const struct packet *p, struct quic_datagram *d)
{
    const uint8_t *h = packet_view(p);
    uint16_t sport, dport;
    if (!packet_ports(p, &sport, &dport))
        return false;
    size_t before = ip4_header_size(h) + UDP_HEADER;
    struct cursor c = {
        .from = h + before, .stored = p->captured - before, .size = p->length - before};
    *d = (struct quic_datagram){.bytes = p->length, .sport = sport, .dport = dport};
    uint8_t first = get_octet(&c);
    d->flags = first & (QUIC_OPEN | QUIC_RESET);
    d->id = get_u64(&c);
    for (unsigned i = 0; i < 4; i++)
        d->number = d->number << 8 | get_octet(&c);
    // Zeros that are not stored are padding.
    while (!c.bad && c.at < c.stored && c.at < c.size)
        read_frame(&c, d);
    return !c.bad && (first & ~(QUIC_OPEN | QUIC_RESET)) == FIXED;
}
