// SPDX-License-Identifier: GPL-3.0-or-later
// rendezvous: highest random weight (Thaler and Ravishankar 1998; RFC 2991 §4), with weights
// (Schindelhauer and Schomaker 2005).
//
// Member i draws u, 64 bits from the flow's hash and its id alone. -ln(u)/w then is exponentially
// distributed with rate w, so the least of all draws is member i's with probability w / sum of w,
// and when a member leaves only its own flows move. Integers throughout: the logarithm is to base
// 2, in units of 2^-31, from a table of 256 chords, which makes it too large by at most 0.1 %; two
// draws are compared by cross-multiplication. Equal weights need no logarithm: the highest u wins.
#ifndef ANYSIM_FWD_RENDEZVOUS_H
#define ANYSIM_FWD_RENDEZVOUS_H

#include <stdbool.h>
#include <stdint.h>

#define RENDEZVOUS_LOG_ONE (UINT64_C(1) << 31)

struct group_member;

// The number of the member that wins. `even`: all weights are equal. Of equal draws the first
// wins: members are sorted by id, so that this too is alike everywhere.
int rendezvous_select(const struct group_member *members, int count, bool even, uint32_t hash);

// -log2(u / 2^64), in units of 2^-31; falls with u.
uint64_t rendezvous_log(uint64_t u);

#endif
