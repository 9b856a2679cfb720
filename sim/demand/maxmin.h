// SPDX-License-Identifier: GPL-3.0-or-later
// maxmin: max–min fair rates by progressive filling.
//
// Demands that use several links, each a known part of its rate, get rates as follows (D. Bertsekas
// and R. Gallager, Data Networks, 2nd ed., §6.5.2, extended by weights and limits): all rates grow
// together, in proportion to their weights, until a link is full or a demand has what it wants; the
// demands concerned stay where they are and the others go on. The outcome is the only one in which
// every demand either has what it wants or crosses a bottleneck: a full link on which no demand has a
// greater rate in relation to its weight.
//
// Pure computation on arrays; about n log n in the number of uses. Same input, same bits out.
#ifndef ANYSIM_DEMAND_MAXMIN_H
#define ANYSIM_DEMAND_MAXMIN_H

#include <stddef.h>
#include <stdint.h>

struct maxmin_use {
    uint32_t link;
    double part; // of the demand's rate, > 0; a link comes once in a demand's list
};

struct maxmin {
    size_t ndemands, nlinks;
    const double *wanted, *weight; // [demand]; weight > 0
    const size_t *first;           // [demand + 1] into uses
    const struct maxmin_use *uses;
    const double *capacity; // [link], >= 0
};

// rate[demand], and saturated[link]: the share of its rate that a demand of weight 1 had when it
// became full, < 0 when it did not. `saturated` may be NULL.
void maxmin_solve(const struct maxmin *m, double *rate, double *saturated);

#endif
