// SPDX-License-Identifier: GPL-3.0-or-later
// shares: dividing so many places among members by their weights, in whole numbers.
#ifndef ANYSIM_FWD_SHARES_H
#define ANYSIM_FWD_SHARES_H

#include <stdint.h>

struct group_member;

// The method of largest remainders, with one place at least for each of the `count` members
// (1..seats): everyone gets the exact share rounded down, and who lacks most gets one of the places
// that are left over; of equals who holds more (`held`, may be NULL) than it has got so far, then
// the first. So shares are exact where whole numbers allow it, and less than one place away
// otherwise, unless a share is below one place: then the others pay for its rounding up.
void shares_divide(const struct group_member *members, int count, uint32_t seats,
                   const uint32_t *held, uint32_t *out);

#endif
