// SPDX-License-Identifier: GPL-3.0-or-later
// flowlru: numbered flows in lists by last use, a list for each class of flowstate.h: who is to be
// forgotten next, at no cost that grows with the number of flows.
//
// Within a class all flows have the same timeout, so the head of its list is the next to expire.
// The owner keeps what a flow is in an array of its own, by the same numbers, and removes a flow
// there before it releases the number here. All memory is taken at the start; as numbers are given
// out in ascending order, the system backs it with real memory only as far as it was ever used.
#ifndef ANYSIM_FWD_FLOWLRU_H
#define ANYSIM_FWD_FLOWLRU_H

#include "fwd/flowstate.h"
#include <stdbool.h>

#define FLOWLRU_NONE UINT32_MAX

struct flowlru_link { // private
    int64_t used_ps;
    uint32_t older, newer; // of the same class; FLOWLRU_NONE
    uint8_t state, class;
};

struct flowlru { // read the counters and `count`; the rest is private
    uint64_t created, expired, evicted;
    uint32_t count, limit;
    uint32_t free;  // list of numbers given back, through `newer`
    uint32_t fresh; // numbers from here on were never used
    struct flowlru_link *links;
    uint32_t oldest[FLOWSTATE_CLASSES], newest[FLOWSTATE_CLASSES];
    int64_t timeout_ps[FLOWSTATE_CLASSES];
    int64_t now_ps; // latest ever seen
    int64_t due_ps; // nothing expires before or at
};

// limit: 1..2^30. Timeouts above 0; they are copied.
void flowlru_init(struct flowlru *l, uint32_t limit, const struct flowstate_options *o);
void flowlru_free(struct flowlru *l);

// Sets the clock. Time never runs backwards: an earlier time counts as the latest seen.
static inline void flowlru_clock(struct flowlru *l, int64_t now_ps)
{
    if (now_ps > l->now_ps)
        l->now_ps = now_ps;
}

// The next flow that was unused for longer than its timeout, or FLOWLRU_NONE. The owner releases
// it and asks again.
uint32_t flowlru_expired(struct flowlru *l);
// The flow that was unused for longest among those of the lowest rank that there is, up to
// `highest`; FLOWLRU_NONE when all are worth more.
uint32_t flowlru_victim(const struct flowlru *l, enum flowstate_rank highest);

// A number for a new flow; there must be one left (count < limit). It is in no list before its
// first flowlru_use().
uint32_t flowlru_take(struct flowlru *l);
// A packet of the flow, now.
void flowlru_use(struct flowlru *l, uint32_t flow, enum flowstate_side side, uint32_t protocol,
                 uint8_t tcp_flags);
void flowlru_release(struct flowlru *l, uint32_t flow); // counts nothing but `count`

static inline enum flowstate flowlru_state(const struct flowlru *l, uint32_t flow)
{
    return (enum flowstate)l->links[flow].state;
}

#endif
