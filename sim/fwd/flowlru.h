// SPDX-License-Identifier: GPL-3.0-or-later
// flowlru: numbered flows in lists by last use, a list for each class of flowstate.h: who is to be
// forgotten next, at no cost that grows with the number of flows.
//
// Within a class all flows have the same timeout, so the head of its list is the next to expire.
// The owner's array of flows, by the same numbers, holds what is read together: each of its elements
// begins with a struct flowlru_flow. Only the lists' links stand apart, as small as they can be: a
// packet moves its flow to the end of a list, and so writes to two others, anywhere in memory.
#ifndef ANYSIM_FWD_FLOWLRU_H
#define ANYSIM_FWD_FLOWLRU_H

#include "fwd/flowstate.h"
#include <stdbool.h>
#include <stddef.h>

#define FLOWLRU_NONE UINT32_MAX

struct flowlru_flow {
    int64_t used_ps;  // private
    uint8_t state;    // enum flowstate; to be read
    uint8_t class;    // private
    uint8_t protocol; // the owner's to set, before the first use
    uint8_t spare;    // the owner's
    uint32_t ports;   // the owner's
};

struct flowlru_link {      // private
    uint32_t older, newer; // of the same class; FLOWLRU_NONE
};

struct flowlru { // read the counters and `count`; the rest is private
    uint64_t created, expired, evicted;
    uint32_t count, limit;
    uint32_t free;  // list of numbers given back, through `newer`
    uint32_t fresh; // numbers from here on were never used
    uint8_t *flows; // the owner's array
    size_t flow_size;
    struct flowlru_link *links;
    uint32_t oldest[FLOWSTATE_CLASSES], newest[FLOWSTATE_CLASSES];
    int64_t timeout_ps[FLOWSTATE_CLASSES];
    int64_t now_ps; // latest ever seen
    int64_t due_ps; // nothing expires before or at
};

// limit: 1..2^30. Timeouts above 0; they are copied. `flows`: `limit` elements of `flow_size`
// bytes, which the owner frees after this.
void flowlru_init(struct flowlru *l, uint32_t limit, const struct flowstate_options *o, void *flows,
                  size_t flow_size);
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
void flowlru_use(struct flowlru *l, uint32_t flow, enum flowstate_side side, uint8_t tcp_flags);
// Back to the numbers that are free; counts nothing but `count`.
void flowlru_release(struct flowlru *l, uint32_t flow);

// Fetches what flowlru_use() will write: the flow's link first, its neighbours when that has come.
static inline void flowlru_prefetch(const struct flowlru *l, uint32_t flow)
{
    __builtin_prefetch(&l->links[flow], 1);
}

static inline void flowlru_prefetch_neighbours(const struct flowlru *l, uint32_t flow)
{
    const struct flowlru_link *k = &l->links[flow];
    if (k->older != FLOWLRU_NONE)
        __builtin_prefetch(&l->links[k->older], 1);
    if (k->newer != FLOWLRU_NONE)
        __builtin_prefetch(&l->links[k->newer], 1);
}

#endif
