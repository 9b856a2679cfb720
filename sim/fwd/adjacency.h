// SPDX-License-Identifier: GPL-3.0-or-later
// adjacency: what a FIB leaf points at: one table of everything that can happen to a packet.
//
// Next-hop groups are hash-consed: equal member lists are one entry, counted by the routes that use
// it. Selection among the members is by hash threshold (RFC 2992): a flow stays where it is as long
// as the group stays as it is.
#ifndef ANYSIM_FWD_ADJACENCY_H
#define ANYSIM_FWD_ADJACENCY_H

#include "fwd/flowkey.h"

enum adjacency_kind {
    ADJACENCY_NONE, // no route; entry 0, so that a missing FIB entry needs no test of its own
    ADJACENCY_FORWARD,
    ADJACENCY_LOCAL,
    ADJACENCY_BLACKHOLE,
    ADJACENCY_EIP,
    ADJACENCY_FREE
};

// The entries that every table has.
enum { ADJACENCY_ID_NONE, ADJACENCY_ID_LOCAL, ADJACENCY_ID_BLACKHOLE, ADJACENCY_ID_FIRST };

struct adjacency {
    uint8_t kind;
    uint8_t count;           // FORWARD: members
    uint16_t next;           // FREE: next free entry; else next in the hash chain; 0 ends both
    uint32_t index;          // FORWARD: the only or first interface; EIP: number of the binding
    const uint32_t *members; // FORWARD with more than one: interfaces, ascending
};

struct adjacency_table {
    struct adjacency *entries;
    uint32_t *refs;
    uint32_t used, capacity;
    uint16_t free;
    uint16_t chains[64]; // groups by the hash of their members
};

void adjacency_init(struct adjacency_table *t);
void adjacency_free(struct adjacency_table *t);

// The group of these interfaces, in any order; not referenced yet when it is new.
uint16_t adjacency_group(struct adjacency_table *t, const uint32_t *out_ifs, int count);
uint16_t adjacency_eip(struct adjacency_table *t, uint32_t binding);
// References; the last one gone frees the entry. Nothing happens for the fixed entries.
void adjacency_ref(struct adjacency_table *t, uint16_t id);
void adjacency_unref(struct adjacency_table *t, uint16_t id);

// The interface for the packet at `h` (validated).
static inline uint32_t adjacency_select(const struct adjacency *a, const uint8_t *h, size_t stored,
                                        uint32_t seed)
{
    if (fwd_likely(a->count == 1))
        return a->index;
    struct flowkey key = flowkey_of(h, stored);
    return a->members[(uint64_t)flowkey_hash(&key, seed) * a->count >> 32];
}

#endif
