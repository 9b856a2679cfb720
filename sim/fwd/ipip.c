// SPDX-License-Identifier: GPL-3.0-or-later
// ipip: IPv4 straight in IPv4 (RFC 2003): nothing stands between the two headers.
#include "fwd/tunnel.h"

static void push(uint8_t *between)
{
    (void)between;
}

static int pop(const uint8_t *between, size_t stored)
{
    (void)between;
    (void)stored;
    return 0;
}

const struct tunnel_ops tunnel_ipip = {
    .name = "ipip", .protocol = PROTOCOL_IPIP, .overhead = IP4_HEADER, .push = push, .pop = pop};
