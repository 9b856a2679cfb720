// SPDX-License-Identifier: GPL-3.0-or-later
// backend: which of a service's regions a POP sends how much to, and which servers a gateway uses.
// Pure: it is told what is there and how healthy it looks.
//
// The choice of regions, at a POP:
//   1. Only regions of one priority count: the highest of which some region is healthy, or of all,
//      if none is. Regions of weight 0 do not count while another one is there.
//   2. Shares, whether healthy or not. NEAREST: in order of distance every region takes `dial` of
//      what is left; regions at one distance divide it by weight first. WEIGHT: in proportion to
//      weight × dial. What no dial wants goes to all in proportion to what they have; if every dial
//      is 0, to the nearest.
//   3. The share of a region that is not healthy goes to the nearest healthy one of the next three by
//      distance, whose dial does not matter then. If none of the three is healthy it fails open: the
//      share goes to the nearest region of all, healthy or not. (The rule that AWS documents for its
//      Global Accelerator: VALIDATION row 39.)
#ifndef ANYSIM_ANYCAST_BACKEND_H
#define ANYSIM_ANYCAST_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#define BACKEND_FAILOVER    3 // regions that are tried instead of one that is not healthy
#define BACKEND_MAX         64
#define BACKEND_UNREACHABLE UINT32_MAX

struct backend_region {
    uint32_t weight;   // 0 … 255
    uint32_t dial_ppm; // 0 … 1000000
    uint32_t rank;     // the lower, the higher the priority
    uint32_t distance; // IGP metric; BACKEND_UNREACHABLE counts as not healthy
    bool healthy;      // has a server of weight above 0 that is up
};

enum backend_choose { BACKEND_NEAREST, BACKEND_WEIGHT };

// Fills shares in ppm, which add up to 1000000. `n`: 1 … BACKEND_MAX. True: some share failed open.
bool backend_shares(const struct backend_region *r, int n, enum backend_choose how,
                    uint32_t *share_ppm);

struct backend_server {
    uint32_t weight;
    bool up;
};

// Fills the weights that a gateway gives its servers: those of weight above 0 that are up. If there is
// none it fails open: all of weight above 0, or, if there is none either, all alike. True: it did.
bool backend_weights(const struct backend_server *s, int n, uint32_t *weight);

#endif
