// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/packet.h"

#include "fwd/headers.h"

// Writes the IP header; `stored` bytes will be, that one included.
static void begin(struct packet *p, const struct ip4_fields *f, uint32_t stored)
{
    FWD_ASSERT(f->length >= stored && f->length <= IP4_LENGTH_MAX);
    FWD_ASSERT(PACKET_HEADROOM + stored <= p->room);
    p->length = f->length;
    p->offset = PACKET_HEADROOM;
    p->captured = stored;
    p->depth = 0;
    p->hops = 0;
    p->service = UINT32_MAX;
    p->entry = 0;
    ip4_write(packet_data(p), f);
}

// Writes the IP header and the payload; returns the payload's sum of values.
static uint64_t start(struct packet *p, const struct ip4_fields *f,
                      const struct packet_payload *payload)
{
    FWD_ASSERT(f->length >= PACKET_UDP_MIN + (payload ? PACKET_PAYLOAD : 0u));
    begin(p, f, PACKET_UDP_MIN);
    if (!payload)
        return 0;
    uint8_t *b = packet_data(p) + PACKET_UDP_MIN;
    uint32_t upper = (uint32_t)((uint64_t)payload->stamp_ps >> 32);
    uint32_t lower = (uint32_t)(uint64_t)payload->stamp_ps;
    be32_put(b, payload->flow);
    be32_put(b + 4, payload->seq);
    be32_put(b + 8, upper);
    be32_put(b + 12, lower);
    p->captured += PACKET_PAYLOAD;
    return checksum_value(payload->flow) + checksum_value(payload->seq) + checksum_value(upper) +
           checksum_value(lower);
}

void packet_build_udp(struct packet *p, ip4_addr src, ip4_addr dst, uint16_t sport, uint16_t dport,
                      uint8_t ttl, uint32_t length, const struct packet_payload *payload)
{
    struct ip4_fields f = {
        .src = src, .dst = dst, .length = length, .ttl = ttl, .protocol = PROTOCOL_UDP};
    uint64_t sum = start(p, &f, payload);
    uint32_t size = length - IP4_HEADER;
    // The pseudo header of RFC 768, which holds the size once more than the header does; the bytes
    // that are not stored are zeros and add nothing.
    sum += checksum_value(src) + checksum_value(dst) + PROTOCOL_UDP + size;
    sum += (uint64_t)sport + dport + size;
    uint16_t check = checksum_finish(sum);
    if (check == 0)
        check = 0xffff; // zero would mean "no checksum"
    uint8_t *udp = packet_data(p) + IP4_HEADER;
    be32_put(udp + UDP_SPORT, (uint32_t)sport << 16 | dport);
    be32_put(udp + UDP_LENGTH, size << 16 | check);
}

void packet_build_icmp_echo(struct packet *p, ip4_addr src, ip4_addr dst, uint16_t id, uint16_t seq,
                            uint8_t ttl, uint32_t length, const struct packet_payload *payload)
{
    struct ip4_fields f = {
        .src = src, .dst = dst, .length = length, .ttl = ttl, .protocol = PROTOCOL_ICMP};
    uint64_t sum = start(p, &f, payload);
    sum += (uint64_t)(ICMP_ECHO << 8) + id + seq;
    uint8_t *icmp = packet_data(p) + IP4_HEADER;
    be32_put(icmp + ICMP_TYPE, (uint32_t)ICMP_ECHO << 24 | checksum_finish(sum));
    be32_put(icmp + ICMP_ID, (uint32_t)id << 16 | seq);
}

// Sum over the pseudo header of TCP and UDP, over bytes: for checksum_add() to go on with.
static uint64_t pseudo_sum(const uint8_t *h, uint8_t protocol, uint32_t size)
{
    uint8_t rest[4];
    be32_put(rest, (uint32_t)protocol << 16 | size);
    return checksum_add(checksum_add(0, h + IP4_SRC, 8), rest, sizeof rest);
}

void packet_build_tcp(struct packet *p, const struct packet_tcp *t)
{
    FWD_ASSERT(t->options_size % 4 == 0 && t->options_size <= PACKET_TCP_OPTIONS);
    uint32_t size = TCP_HEADER + (uint32_t)t->options_size;
    struct ip4_fields f = {.src = t->src,
                           .dst = t->dst,
                           .length = IP4_HEADER + size + t->payload,
                           .ttl = t->ttl,
                           .protocol = PROTOCOL_TCP,
                           .tos = t->tos};
    begin(p, &f, IP4_HEADER + size);
    uint8_t *h = packet_data(p), *tcp = h + IP4_HEADER;
    be32_put(tcp + TCP_SPORT, (uint32_t)t->sport << 16 | t->dport);
    be32_put(tcp + TCP_SEQUENCE, t->seq);
    be32_put(tcp + TCP_ACKNOWLEDGED, t->ack);
    be32_put(tcp + TCP_OFFSET, size << 26 | (uint32_t)t->flags << 16 | t->window);
    be32_put(tcp + TCP_CHECKSUM, 0); // and the urgent pointer
    if (t->options_size)
        memcpy(tcp + TCP_HEADER, t->options, t->options_size);
    uint64_t sum = pseudo_sum(h, PROTOCOL_TCP, size + t->payload);
    checksum_store(tcp + TCP_CHECKSUM, checksum_add(sum, tcp, size));
}

void packet_build_udp_bytes(struct packet *p, const struct packet_udp *u)
{
    struct ip4_fields f = {.src = u->src,
                           .dst = u->dst,
                           .length = u->length,
                           .ttl = u->ttl,
                           .protocol = PROTOCOL_UDP,
                           .tos = u->tos};
    begin(p, &f, PACKET_UDP_MIN + u->size);
    uint8_t *h = packet_data(p), *udp = h + IP4_HEADER;
    uint32_t size = u->length - IP4_HEADER;
    be32_put(udp + UDP_SPORT, (uint32_t)u->sport << 16 | u->dport);
    be32_put(udp + UDP_LENGTH, size << 16);
    if (u->size)
        memcpy(udp + UDP_HEADER, u->bytes, u->size);
    uint64_t sum = pseudo_sum(h, PROTOCOL_UDP, size);
    checksum_store(udp + UDP_CHECKSUM, checksum_add(sum, udp, UDP_HEADER + u->size));
    if (be16_get(udp + UDP_CHECKSUM) == 0)
        be16_put(udp + UDP_CHECKSUM, 0xffff); // zero would mean "no checksum"
}

void packet_load(struct packet *p, const uint8_t *bytes, size_t stored, uint32_t length)
{
    size_t room = p->room - PACKET_HEADROOM;
    p->length = length;
    p->offset = PACKET_HEADROOM;
    p->captured = (uint32_t)(stored < room ? stored : room);
    p->depth = 0;
    p->hops = 0;
    p->service = UINT32_MAX;
    p->entry = 0;
    memcpy(packet_data(p), bytes, p->captured);
}

ip4_addr packet_src(const struct packet *p)
{
    return p->captured >= IP4_HEADER ? be32_get(packet_view(p) + IP4_SRC) : 0;
}

ip4_addr packet_dst(const struct packet *p)
{
    return p->captured >= IP4_HEADER ? be32_get(packet_view(p) + IP4_DST) : 0;
}

uint8_t packet_ttl(const struct packet *p)
{
    return p->captured >= IP4_HEADER ? packet_view(p)[IP4_TTL] : 0;
}

uint8_t packet_protocol(const struct packet *p)
{
    return p->captured >= IP4_HEADER ? packet_view(p)[IP4_PROTOCOL] : 0;
}

static const uint8_t *transport(const struct packet *p, uint8_t protocol, size_t size)
{
    const uint8_t *h = packet_view(p);
    if (!ip4_readable(h, p->captured) || h[IP4_PROTOCOL] != protocol)
        return NULL;
    return ip4_transport(h, p->captured, size);
}

bool packet_payload_get(const struct packet *p, struct packet_payload *out)
{
    const uint8_t *b = transport(p, PROTOCOL_UDP, UDP_HEADER + PACKET_PAYLOAD);
    if (!b) {
        b = transport(p, PROTOCOL_ICMP, ICMP_HEADER + PACKET_PAYLOAD);
        if (!b || (b[ICMP_TYPE] != ICMP_ECHO && b[ICMP_TYPE] != ICMP_ECHO_REPLY))
            return false;
    }
    b += UDP_HEADER;
    out->flow = be32_get(b);
    out->seq = be32_get(b + 4);
    out->stamp_ps = (int64_t)((uint64_t)be32_get(b + 8) << 32 | be32_get(b + 12));
    return true;
}

bool packet_ports(const struct packet *p, uint16_t *sport, uint16_t *dport)
{
    const uint8_t *udp = transport(p, PROTOCOL_UDP, UDP_HEADER);
    if (!udp)
        return false;
    *sport = be16_get(udp + UDP_SPORT);
    *dport = be16_get(udp + UDP_DPORT);
    return true;
}

bool packet_icmp(const struct packet *p, uint8_t *type, uint8_t *code, uint16_t *id)
{
    const uint8_t *icmp = transport(p, PROTOCOL_ICMP, ICMP_HEADER);
    if (!icmp)
        return false;
    *type = icmp[ICMP_TYPE];
    *code = icmp[ICMP_CODE];
    *id = *type == ICMP_ECHO || *type == ICMP_ECHO_REPLY ? be16_get(icmp + ICMP_ID) : 0;
    return true;
}

bool packet_make_room(struct packet *p, size_t size)
{
    if (p->offset >= size)
        return true;
    if (p->captured + size > p->room)
        return false;
    // All the way to the end at once: a second push needs no second move.
    const uint8_t *from = packet_data(p);
    p->offset = p->room - p->captured;
    memmove(packet_data(p), from, p->captured);
    return true;
}
