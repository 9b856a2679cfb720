// SPDX-License-Identifier: GPL-3.0-or-later
// release: parcels that a shaper lets go later, in order of time; those of one time in the order in
// which they were put in.
#ifndef ANYSIM_FORWARD_RELEASE_H
#define ANYSIM_FORWARD_RELEASE_H

#include "forward/parcel.h"

struct release_item {
    int64_t at_ps;
    uint64_t order;
    struct parcel *parcel;
};

struct release { // zeroed memory is an empty queue; `n` may be read
    struct release_item *heap;
    size_t n, cap;
    uint64_t order;
};

void release_put(struct release *q, struct parcel *p, int64_t at_ps);
// When the first is due; INT64_MAX: there is none.
int64_t release_due_ps(const struct release *q);
// Takes the first out if it is due until then; NULL: there is none, whatever the time.
struct parcel *release_take(struct release *q, int64_t until_ps);
void release_free(struct release *q); // must be empty

#endif
