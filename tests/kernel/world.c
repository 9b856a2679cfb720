// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernel/world.h"

#include "fwd/headers6.h"

#include <stdio.h>
#include <string.h>

#define DEPTH 4

const char *const world_kinds[KINDS] = {
    [KIND_IPIP] = "ipip",
    [KIND_GRE] = "gre",
    [KIND_GRE_KEY] = "gre-key",
    [KIND_GRE_SEQUENCE] = "gre-sequence",
    [KIND_GRE_CHECKSUM] = "gre-checksum",
    [KIND_VXLAN] = "vxlan",
    [KIND_GENEVE] = "geneve",
    [KIND_IP6TNL] = "ip6tnl",
    [KIND_GRE6] = "gre6",
    [KIND_VXLAN6] = "vxlan6",
    [KIND_GENEVE6] = "geneve6",
    [KIND_SRV6_ONE] = "srv6-one",
    [KIND_SRV6] = "srv6",
    [KIND_END] = "end",
    [KIND_DT4] = "end.dt4",
    [KIND_DT6] = "end.dt6",
    [KIND_DT46] = "end.dt46",
};

static const char *const names[CATEGORY_ENCAP] = {
    [CATEGORY_TRANSIT4] = "transit4",   [CATEGORY_TTL4] = "ttl4",
    [CATEGORY_BROKEN4] = "broken4",     [CATEGORY_OPTIONS4] = "options4",
    [CATEGORY_FRAGMENT4] = "fragment4", [CATEGORY_BIG4] = "big4",
    [CATEGORY_ROUTE4] = "route4",       [CATEGORY_LOCAL4] = "local4",
    [CATEGORY_MARTIAN4] = "martian4",   [CATEGORY_ERROR4] = "error4",
    [CATEGORY_TRANSIT6] = "transit6",   [CATEGORY_TTL6] = "ttl6",
    [CATEGORY_BROKEN6] = "broken6",     [CATEGORY_EXTENSION6] = "extension6",
    [CATEGORY_FRAGMENT6] = "fragment6", [CATEGORY_BIG6] = "big6",
    [CATEGORY_ROUTE6] = "route6",       [CATEGORY_LOCAL6] = "local6",
    [CATEGORY_MARTIAN6] = "martian6",   [CATEGORY_ERROR6] = "error6",
    [CATEGORY_CAPTURE] = "capture"};

const char *world_category_name(unsigned category, char name[WORLD_NAME])
{
    if (category < CATEGORY_ENCAP)
        snprintf(name, WORLD_NAME, "%s", names[category]);
    else if (category < CATEGORY_DECAP)
        snprintf(name, WORLD_NAME, "into %s", world_kinds[category - CATEGORY_ENCAP]);
    else if (category < CATEGORIES)
        snprintf(name, WORLD_NAME, "out of %s", world_kinds[category - CATEGORY_DECAP]);
    else
        snprintf(name, WORLD_NAME, "unknown");
    return name;
}

void world_write_ethernet(uint8_t *frame, unsigned category, uint16_t type)
{
    static const uint8_t router[6] = {2, 0, 0, 0, 1, 1};
    const uint8_t from[6] = {2, 'K', 'T', 'a', 'g', (uint8_t)category};
    memcpy(frame, router, 6);
    memcpy(frame + 6, from, 6);
    be16_put(frame + 12, type);
}

unsigned world_category_of(const uint8_t *frame)
{
    return frame[11];
}

void world_write_tag(uint8_t *at, uint32_t number)
{
    memcpy(at, "KTag", 4);
    be32_put(at + 4, number);
}

// --- finding the number

static bool in4(ip4_addr a, uint32_t *number)
{
    *number = a & 0xffffff;
    return a >> 24 == WORLD_NET4 >> 24;
}

static bool in6(const uint8_t *at, uint32_t *number)
{
    *number = be32_get(at + 12);
    return be64_get(at) == WORLD_NET6;
}

// How many bytes are before the datagram that this protocol carries; 0 and none: none. `h` has 8.
static bool carries(uint8_t protocol, const uint8_t *h, size_t size, size_t *before)
{
    *before = 0;
    switch (protocol) {
    case PROTOCOL_IPIP:
    case PROTOCOL_IPV6:
        return true;
    case PROTOCOL_GRE:
        *before = 4u + 4u * (h[0] >> 7) + 4u * (h[0] >> 5 & 1) + 4u * (h[0] >> 4 & 1);
        return true;
    case PROTOCOL_UDP:
        *before = be16_get(h + UDP_DPORT) == 4789               ? 30
                  : be16_get(h + UDP_DPORT) == 6081 && size > 8 ? 30 + 4u * (h[8] & 63)
                                                                : 0;
        return *before > 0;
    case PROTOCOL_ICMP:
        *before = ICMP_HEADER;
        return h[0] != ICMP_ECHO && h[0] != ICMP_ECHO_REPLY;
    case PROTOCOL_ICMP6:
        *before = ICMP_HEADER;
        return h[0] < ICMP6_INFORMATION;
    default:
        return false;
    }
}

const uint8_t *world_inside(const uint8_t *h, size_t size, size_t *left)
{
    size_t at, before;
    uint8_t protocol;
    if (size >= IP4_HEADER && h[0] >> 4 == 4) {
        at = ip4_header_size(h);
        protocol = h[IP4_PROTOCOL];
    } else if (ip6_readable(h, size)) {
        at = ip6_upper_of(h, size).at;
        protocol = ip6_upper_of(h, size).protocol;
    } else {
        return NULL;
    }
    if (size < at + 8 || !carries(protocol, h + at, size - at, &before) || size <= at + before)
        return NULL;
    *left = size - at - before;
    return h + at + before;
}

static bool addressed(const uint8_t *h, size_t size, uint32_t *number)
{
    if (size >= IP4_HEADER && h[0] >> 4 == 4)
        return in4(be32_get(h + IP4_SRC), number) || in4(be32_get(h + IP4_DST), number);
    return ip6_readable(h, size) && (in6(h + IP6_SRC, number) || in6(h + IP6_DST, number));
}

bool world_number(const uint8_t *datagram, size_t size, uint32_t *number)
{
    const uint8_t *h = datagram;
    size_t left = size;
    for (int depth = 0; h && depth < DEPTH; depth++) {
        if (addressed(h, left, number))
            return true;
        h = world_inside(h, left, &left);
    }
    const uint8_t *tag = memmem(datagram, size, "KTag", 4);
    if (!tag || tag + WORLD_TAG > datagram + size)
        return false;
    *number = be32_get(tag + 4);
    return true;
}
