// SPDX-License-Identifier: GPL-3.0-or-later
// flowtab: the backend gateway's memory of which POP each flow entered by.
//
// Bounded and exact: `limit` flows, all memory taken at the start. Flows stand in an array, found
// through an open-addressed index, and in a list by last use. As every flow has the same idle
// timeout, the end of that list is the next to expire, and the one to evict when the table is full.
#ifndef ANYSIM_FWD_FLOWTAB_H
#define ANYSIM_FWD_FLOWTAB_H

#include "fwd/flowkey.h"

struct flowtab_entry {
    struct flowkey key; // of the packets from the client
    ip4_addr pop;       // value
    uint32_t older, newer;
    uint32_t slot; // where the index points here
    int64_t used_ps;
};

struct flowtab {
    struct flowtab_entry *entries;
    uint32_t *index; // entry number + 1; 0: empty
    uint32_t mask;   // size of the index - 1
    uint32_t limit, count, free;
    uint32_t oldest, newest;
    int64_t idle_ps;
    uint64_t created, expired, evicted;
};

// limit >= 1, idle_ps > 0.
void flowtab_init(struct flowtab *t, uint32_t limit, int64_t idle_ps);
void flowtab_free(struct flowtab *t);
// Creates or refreshes a flow; a new `pop` replaces the old one. Time never runs backwards.
void flowtab_learn(struct flowtab *t, const struct flowkey *key, ip4_addr pop, int64_t now_ps);
// The POP of a live flow, which counts as use; 0 when there is none.
ip4_addr flowtab_find(struct flowtab *t, const struct flowkey *key, int64_t now_ps);

#endif
