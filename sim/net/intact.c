// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/intact.h"

#include "fwd/headers.h"

bool packet_intact(const struct packet *p)
{
    const uint8_t *h = packet_view(p);
    if (p->captured < IP4_HEADER || h[0] >> 4 != 4 || ip4_is_fragment(h))
        return true;
    uint32_t header = (uint32_t)ip4_header_size(h);
    uint8_t protocol = h[IP4_PROTOCOL];
    uint32_t least = protocol == PROTOCOL_TCP ? TCP_HEADER : UDP_HEADER; // ICMP's is as long
    if (p->captured < header + least || p->length < header + least)
        return false;
    const uint8_t *t = h + header;
    uint32_t length = p->length - header;
    uint8_t pseudo[4] = {0, protocol};
    uint64_t sum = 0;
    be16_put(pseudo + 2, length);
    if (protocol == PROTOCOL_UDP && be16_get(t + UDP_CHECKSUM) == 0)
        return true;
    if (protocol == PROTOCOL_UDP && be16_get(t + UDP_LENGTH) != length)
        return false;
    if (protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP)
        sum = checksum_add(checksum_add(sum, h + IP4_SRC, 8), pseudo, sizeof pseudo);
    else if (protocol != PROTOCOL_ICMP)
        return true;
    return checksum_ok(checksum_add(sum, t, p->captured - header)); // the rest are zeros
}
