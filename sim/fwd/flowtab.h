// SPDX-License-Identifier: GPL-3.0-or-later
// flowtab: the backend gateway's memory of which POP each flow entered by.
//
// Bounded and exact: `limit` flows, all memory taken at the start, 104 to 136 bytes a flow (of which
// the system gives only what was ever used). Who does not know the seed cannot make it slow.
// What is not used is forgotten by flowstate.h's timeouts, to the picosecond. When the table is
// full, the least recently used flow of the least worth goes (flowstate_rank): dead ones, then
// unproven ones, so that a SYN flood pushes out its own flows, then datagram flows and closing
// connections, and only then open ones.
#ifndef ANYSIM_FWD_FLOWTAB_H
#define ANYSIM_FWD_FLOWTAB_H

#include "fwd/flowindex.h"
#include "fwd/flowlru.h"

#define FLOWTAB_WARM 64 // keys of a call at most

struct flowtab_entry { // private
    struct flowlru_flow flow;
    struct ip6_addr src, dst; // of the packets from the client
    struct ip6_addr pop;
};

struct flowtab { // private but for counters: lru.created, lru.expired, lru.evicted, lru.count
    struct flowlru lru;
    struct flowindex index;
    struct flowtab_entry *entries;
    void *memory; // of the entries
};

// limit: 1..2^30. The times are copied.
void flowtab_init(struct flowtab *t, uint32_t limit, const struct flowstate_options *times,
                  uint64_t seed);
void flowtab_free(struct flowtab *t);

// A packet from the client: creates or refreshes its flow; a new `pop` (an address of any family)
// replaces the old one. `tcp_flags`: flowstate_flags(). Time never runs backwards: an earlier
// `now_ps` counts as the latest seen.
void flowtab_learn(struct flowtab *t, const struct flowkey *key, uint8_t tcp_flags,
                   struct ip6_addr pop, int64_t now_ps);
// An answer, with its key reversed to the client's direction: the POP of a live flow, which counts
// as use. False when there is none; it is not created.
bool flowtab_find(struct flowtab *t, const struct flowkey *key, uint8_t tcp_flags, int64_t now_ps,
                  struct ip6_addr *pop);
// The same without use, for ICMP errors: they neither refresh a flow nor change its state (RFC 5382
// REQ-10).
bool flowtab_peek(struct flowtab *t, const struct flowkey *key, int64_t now_ps,
                  struct ip6_addr *pop);
// Fetches the memory that learning or finding these flows will need, all of it at once rather than
// one miss after the other: worth its while before a batch. Changes nothing.
void flowtab_warm(const struct flowtab *t, const struct flowkey *keys, unsigned count);

#endif
