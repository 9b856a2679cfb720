// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/headers6.h"

// Bytes of the extension header at `e`, or 0 when `protocol` is none.
static uint32_t extension_size(uint8_t protocol, const uint8_t *e)
{
    switch (protocol) {
    case PROTOCOL_HOP_BY_HOP:
    case PROTOCOL_ROUTING:
    case PROTOCOL_OPTIONS:
        return 8 + 8u * e[1];
    case PROTOCOL_AH:
        return 8 + 4u * e[1]; // RFC 4302 §2.2: in words, less two
    case PROTOCOL_FRAGMENT:
        return FRAGMENT_HEADER;
    default:
        return 0;
    }
}

struct ip6_upper ip6_upper_of(const uint8_t *h, size_t stored)
{
    struct ip6_upper u = {.at = IP6_HEADER, .protocol = h[IP6_NEXT], .next_at = IP6_NEXT};
    for (int i = 0; i < IP6_EXTENSIONS_MAX && !u.later; i++) {
        const uint8_t *e = h + u.at;
        if (stored < u.at + 8u)
            break;
        uint32_t size = extension_size(u.protocol, e);
        if (size == 0 || stored < u.at + size)
            break;
        if (u.protocol == PROTOCOL_FRAGMENT) {
            u.fragment = true;
            u.fragment_at = u.at;
            u.later = be16_get(e + FRAGMENT_OFFSET) & FRAGMENT_OFFSET_MASK;
        }
        u.next_at = u.at;
        u.protocol = e[0];
        u.at += size;
    }
    return u;
}

bool ip6_hop_by_hop_fits(const uint8_t *h, size_t stored, uint32_t payload)
{
    if (payload < 8)
        return false;
    return stored < IP6_HEADER + 2 ||
           extension_size(PROTOCOL_HOP_BY_HOP, h + IP6_HEADER) <= payload;
}
