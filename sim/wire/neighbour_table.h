// SPDX-License-Identifier: GPL-3.0-or-later
// neighbour_table: the memory behind neighbour.h: entries found by address, those that a timer runs
// for in order of their time, the packets that wait, and the choice of who gives way. Private to
// wire/neighbour*.c; it knows no protocol.
//
// Entries are known by number; NEIGHBOUR_NONE is none. Numbers stay, addresses of entries move when
// a static one is added.
#ifndef ANYSIM_WIRE_NEIGHBOUR_TABLE_H
#define ANYSIM_WIRE_NEIGHBOUR_TABLE_H

#include "base/vec.h"
#include "wire/neighbour.h"

#define NEIGHBOUR_NONE UINT32_MAX

struct neighbour_entry {
    struct ip6_addr address;
    int64_t at_ps; // REACHABLE, FAILED: when that ends; INCOMPLETE, PROBE: when to ask again
    uint32_t next; // in the hash chain, or of the free entries
    uint32_t earlier, later; // in the list of running timers
    uint32_t oldest, newest; // packets that wait
    uint8_t waiting;         // how many
    uint8_t state;           // enum neighbour_state; NONE: this entry is free
    uint8_t tries;           // requests sent
    bool used;               // since the clock's hand passed
    uint8_t mac[FRAME_MAC];
};

struct neighbour_waiting {
    struct neighbour_packet packet;
    uint32_t next;
};

struct neighbour_own {
    struct ip6_addr address;
    uint8_t bits; // of the on-link prefix, counted in 128
};

struct neighbours {
    struct neighbours_options options;
    struct neighbour_counters counters;
    VEC(struct neighbour_own) own; // in the order of adding
    VEC(struct neighbour_entry) entries;
    uint32_t free;
    uint32_t count, dynamic; // entries in use, and those of them that are not static
    uint32_t hand;           // of the clock that chooses who gives way
    uint32_t *chains, nchains;
    uint32_t first_timer, last_timer;
    struct neighbour_waiting *waiting;
    uint32_t free_waiting;
    uint32_t first_ready, last_ready;
};

void neighbour_table_init(struct neighbours *t);
void neighbour_table_free(struct neighbours *t);

uint32_t neighbour_table_find(const struct neighbours *t, struct ip6_addr address);
// A new entry; the least useful one gives way if need be (but not to a static one).
uint32_t neighbour_table_add(struct neighbours *t, struct ip6_addr address,
                             enum neighbour_state state);
void neighbour_table_remove(struct neighbours *t, uint32_t number); // nothing may wait for it

// The timer of an entry: `at_ps` is never before that of any other running timer.
void neighbour_table_start(struct neighbours *t, uint32_t number, int64_t at_ps);
void neighbour_table_stop(struct neighbours *t, uint32_t number);

// Leaves a packet with an entry; false when there is no room at all.
bool neighbour_table_wait(struct neighbours *t, uint32_t number, void *packet);
// Everything that waits for it becomes ready, with this answer.
void neighbour_table_release(struct neighbours *t, uint32_t number, enum neighbour_answer answer);

#endif
