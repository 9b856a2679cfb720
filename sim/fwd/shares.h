// SPDX-License-Identifier: GPL-3.0-or-later
// shares: dividing so many places among members by their weights, in whole numbers.
#ifndef ANYSIM_FWD_SHARES_H
#define ANYSIM_FWD_SHARES_H

#include <stdint.h>

struct group_member;

// Each of `count` members (1..seats) gets at least one place, and no fewer than its exact share
// rounded down; those that are left over go by Webster's method (highest weight / (2 places + 1)),
// of equals to the one that holds more than it has got so far, then to the first. So the shares are
// exact where whole numbers allow it. `held` may be NULL.
void shares_divide(const struct group_member *members, int count, uint32_t seats,
                   const uint32_t *held, uint32_t *out);

#endif
