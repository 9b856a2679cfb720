// SPDX-License-Identifier: GPL-3.0-or-later
// gre: generic routing encapsulation (RFC 2784) of IPv4. Sent without a checksum; accepted
// with one. Keys and sequence numbers (RFC 2890) are refused, as RFC 2784 §2.3 wants of who
// does not know them.
#include "fwd/tunnel.h"

#define FLAGS_CHECKSUM 0x8000
#define FLAGS_REFUSED  0x7c07 // bits 1 to 5, and the version
#define ETHERTYPE_IPV4 0x0800

enum { SHORT = 4, LONG = 8 }; // without and with checksum

static void push(uint8_t *between)
{
    be16_put(between, 0);
    be16_put(between + 2, ETHERTYPE_IPV4);
}

static int pop(const uint8_t *between, size_t stored)
{
    if (stored < SHORT)
        return -1;
    uint16_t flags = be16_get(between);
    if (flags & FLAGS_REFUSED || be16_get(between + 2) != ETHERTYPE_IPV4)
        return -1;
    if (!(flags & FLAGS_CHECKSUM))
        return SHORT;
    // It covers the payload too; what is not stored is zeros and adds nothing.
    return stored >= LONG && checksum_ok(checksum_add(0, between, stored)) ? LONG : -1;
}

const struct tunnel_ops tunnel_gre = {.name = "gre",
                                      .protocol = PROTOCOL_GRE,
                                      .overhead = IP4_HEADER + SHORT,
                                      .push = push,
                                      .pop = pop};
