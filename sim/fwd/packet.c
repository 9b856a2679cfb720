// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/packet.h"

#include "fwd/headers.h"

static void start(struct packet *p, const struct ip4_fields *f,
                  const struct packet_payload *payload)
{
    FWD_ASSERT(f->length >= PACKET_UDP_MIN + (payload ? PACKET_PAYLOAD : 0u));
    FWD_ASSERT(f->length <= IP4_LENGTH_MAX);
    p->length = f->length;
    p->offset = PACKET_HEADROOM;
    p->captured = PACKET_UDP_MIN;
    p->depth = 0;
    p->hops = 0;
    p->service = UINT32_MAX;
    p->entry = 0;
    ip4_write(packet_data(p), f);
    if (payload) {
        uint8_t *b = packet_data(p) + PACKET_UDP_MIN;
        be32_put(b, payload->flow);
        be32_put(b + 4, payload->seq);
        be32_put(b + 8, (uint32_t)((uint64_t)payload->stamp_ps >> 32));
        be32_put(b + 12, (uint32_t)(uint64_t)payload->stamp_ps);
        p->captured += PACKET_PAYLOAD;
    }
}

void packet_build_udp(struct packet *p, ip4_addr src, ip4_addr dst, uint16_t sport, uint16_t dport,
                      uint8_t ttl, uint32_t length, const struct packet_payload *payload)
{
    start(p,
          &(struct ip4_fields){
              .src = src, .dst = dst, .length = length, .ttl = ttl, .protocol = PROTOCOL_UDP},
          payload);
    uint8_t *udp = packet_data(p) + IP4_HEADER;
    uint16_t size = (uint16_t)(length - IP4_HEADER);
    be16_put(udp + UDP_SPORT, sport);
    be16_put(udp + UDP_DPORT, dport);
    be16_put(udp + UDP_LENGTH, size);
    be16_put(udp + UDP_CHECKSUM, 0);
    // The pseudo header of RFC 768; the bytes that are not stored are zeros and add nothing.
    uint64_t sum = checksum_word(PROTOCOL_UDP) + checksum_word(size);
    sum = checksum_add(sum, packet_data(p) + IP4_SRC, 8);
    sum = checksum_add(sum, udp, (size_t)p->captured - IP4_HEADER);
    checksum_store(udp + UDP_CHECKSUM, sum);
    if (be16_get(udp + UDP_CHECKSUM) == 0)
        be16_put(udp + UDP_CHECKSUM, 0xffff); // zero would mean "no checksum"
}

void packet_build_icmp_echo(struct packet *p, ip4_addr src, ip4_addr dst, uint16_t id, uint16_t seq,
                            uint8_t ttl, uint32_t length, const struct packet_payload *payload)
{
    start(p,
          &(struct ip4_fields){
              .src = src, .dst = dst, .length = length, .ttl = ttl, .protocol = PROTOCOL_ICMP},
          payload);
    uint8_t *icmp = packet_data(p) + IP4_HEADER;
    icmp[ICMP_TYPE] = ICMP_ECHO;
    icmp[ICMP_CODE] = 0;
    be16_put(icmp + ICMP_CHECKSUM, 0);
    be16_put(icmp + ICMP_ID, id);
    be16_put(icmp + ICMP_SEQ, seq);
    checksum_store(icmp + ICMP_CHECKSUM, checksum_add(0, icmp, (size_t)p->captured - IP4_HEADER));
}

void packet_load(struct packet *p, const uint8_t *bytes, size_t stored, uint32_t length)
{
    size_t room = PACKET_BYTES - PACKET_HEADROOM;
    p->length = length;
    p->offset = PACKET_HEADROOM;
    p->captured = (uint16_t)(stored < room ? stored : room);
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
    if ((size_t)p->captured + size > PACKET_BYTES)
        return false;
    // All the way to the end at once: a second push needs no second move.
    uint16_t to = (uint16_t)(PACKET_BYTES - p->captured);
    memmove(p->bytes + to, packet_data(p), p->captured);
    p->offset = to;
    return true;
}
