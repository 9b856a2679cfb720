// SPDX-License-Identifier: GPL-3.0-or-later
// ecn: explicit congestion notification across a tunnel's two ends (RFC 6040), and the octet that it
// shares with the DSCP, in headers of either version.
#ifndef ANYSIM_FWD_ECN_H
#define ANYSIM_FWD_ECN_H

#include "fwd/headers6.h"

// RFC 3168 §5.
enum { ECN_NOT = 0, ECN_ECT1 = 1, ECN_ECT0 = 2, ECN_CE = 3, ECN_MASK = 3, ECN_DROP = 4 };

// TOS octet or traffic class of a stored header.
static inline uint8_t ecn_octet(const uint8_t *h)
{
    return h[0] >> 4 == 4 ? h[IP4_TOS] : ip6_traffic_class(h);
}

// The way in, normal mode (RFC 6040 §4.1): the outer field is the inner one. The way out, §4.2
// figure 4: what the inner field becomes; ECN_DROP: the packet must go.
static inline uint8_t ecn_out(uint8_t inner, uint8_t outer)
{
    static const uint8_t figure[4][4] = {
        {ECN_NOT, ECN_NOT, ECN_NOT, ECN_DROP},
        {ECN_ECT1, ECN_ECT1, ECN_ECT1, ECN_CE},
        {ECN_ECT0, ECN_ECT1, ECN_ECT0, ECN_CE},
        {ECN_CE, ECN_CE, ECN_CE, ECN_CE},
    };
    return figure[inner & ECN_MASK][outer & ECN_MASK];
}

// Writes the octet's ECN field into a stored header, and the IPv4 checksum with it.
static inline void ecn_set(uint8_t *h, uint8_t ecn)
{
    uint8_t octet = (uint8_t)((ecn_octet(h) & ~ECN_MASK) | ecn);
    if (h[0] >> 4 == 4)
        ip4_set_tos(h, octet);
    else
        ip6_set_traffic_class(h, octet);
}

#endif
