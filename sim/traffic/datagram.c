// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/datagram.h"

#include "fwd/headers.h"

void datagram_write(struct packet *p, const struct datagram *d, const uint8_t *payload,
                    size_t stored)
{
    FWD_ASSERT(stored <= DATAGRAM_STORED && d->length >= PACKET_UDP_MIN + stored);
    struct ip4_fields f = {
        .src = d->src, .dst = d->dst, .length = d->length, .ttl = d->ttl, .protocol = PROTOCOL_UDP};
    uint32_t size = d->length - IP4_HEADER;
    p->length = d->length;
    p->offset = PACKET_HEADROOM;
    p->captured = PACKET_UDP_MIN + (uint32_t)stored;
    p->depth = 0;
    p->hops = 0;
    p->service = UINT32_MAX;
    p->entry = 0;
    uint8_t *h = packet_data(p), *udp = h + IP4_HEADER;
    ip4_write(h, &f);
    be32_put(udp + UDP_SPORT, (uint32_t)d->sport << 16 | d->dport);
    be32_put(udp + UDP_LENGTH, size << 16);
    if (stored)
        memcpy(udp + UDP_HEADER, payload, stored);
    // The pseudo header: both addresses, protocol and size.
    uint8_t pseudo[4] = {0, PROTOCOL_UDP, (uint8_t)(size >> 8), (uint8_t)size};
    uint64_t sum = checksum_add(0, h + IP4_SRC, 8);
    sum = checksum_add(sum, pseudo, sizeof pseudo);
    sum = checksum_add(sum, udp, UDP_HEADER + stored);
    checksum_store(udp + UDP_CHECKSUM, sum);
    if (udp[UDP_CHECKSUM] == 0 && udp[UDP_CHECKSUM + 1] == 0)
        udp[UDP_CHECKSUM] = udp[UDP_CHECKSUM + 1] = 0xff; // zero would mean "no checksum"
}

const uint8_t *datagram_payload(const struct packet *p, size_t *stored)
{
    const uint8_t *h = packet_view(p);
    if (p->captured < PACKET_UDP_MIN || h[0] != IP4_PLAIN || h[IP4_PROTOCOL] != PROTOCOL_UDP ||
        ip4_is_fragment(h))
        return NULL;
    *stored = p->captured - PACKET_UDP_MIN;
    return h + PACKET_UDP_MIN;
}
