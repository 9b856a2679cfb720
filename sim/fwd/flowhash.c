// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/flowhash.h"

#include "fwd/headers6.h"
#include "fwd/peek.h"
#include "fwd/tunnel.h"

#define LABELLED (UINT64_C(1) << 63)

uint32_t flowhash_mix6(struct ip6_addr src, struct ip6_addr dst, uint64_t tail, uint32_t seed)
{
    const uint64_t a = 0xff51afd7ed558ccdu, b = 0xc4ceb9fe1a85ec53u;
    uint64_t x = src.hi ^ (uint64_t)seed * 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 33) * a;
    x = (x ^ x >> 33 ^ src.lo) * b;
    x = (x ^ x >> 33 ^ dst.hi) * a;
    x = (x ^ x >> 33 ^ dst.lo) * b;
    x = (x ^ x >> 33 ^ tail) * a;
    x = (x ^ x >> 33) * b;
    x = (x ^ x >> 33) * a;
    return (uint32_t)(x >> 32);
}

uint32_t flowhash_deep(const uint8_t *h, size_t stored, uint32_t seed, bool outer_only)
{
    uint32_t at;
    for (int level = 0; !outer_only && level < FWD_TUNNEL_DEPTH; level++) {
        if (!peek_inner(h, stored, &at))
            break;
        h += at;
        stored -= at;
    }
    if (h[0] >> 4 == 6) {
        uint32_t label = be32_get(h + IP6_FLOW) & IP6_LABEL_MASK;
        if (label)
            return flowhash_mix6(ip6_get(h + IP6_SRC), ip6_get(h + IP6_DST), LABELLED | label,
                                 seed);
    }
    struct flowkey k = flowkey_of(h, stored);
    return flowkey_hash(&k, seed);
}

uint32_t flowhash_addresses(const uint8_t *h, uint32_t seed)
{
    if (h[0] >> 4 == 6)
        return flowhash_mix6(ip6_get(h + IP6_SRC), ip6_get(h + IP6_DST), 0, seed);
    return flowhash_mix4(be32_get(h + IP4_SRC), be32_get(h + IP4_DST), 0, 0, seed);
}
