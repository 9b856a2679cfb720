// SPDX-License-Identifier: GPL-3.0-or-later
// contest: candidates compared as a set, step by step (bgp/decide.h).
#ifndef ANYSIM_BGP_CONTEST_H
#define ANYSIM_BGP_CONTEST_H

#include "bgp/decide.h"

struct bgp_contest {
    const struct bgp_decision *d;
    const struct bgp_route *routes;
    struct bgp_verdict *verdicts; // by index, or NULL
    uint32_t *left;               // indices of the candidates left, ascending; the caller's
    uint32_t nleft;
};

// Removes from those left what loses in steps from..to-1, until one is left.
void bgp_contest_run(struct bgp_contest *c, int from, int to);

#endif
