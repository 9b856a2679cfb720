// SPDX-License-Identifier: GPL-3.0-or-later
// adjacency: what a FIB leaf points at: one table of everything that can happen to a packet.
//
// Entries are hash-consed: equal groups, tunnels and bindings are one entry, counted by the routes
// that use it; only resilient groups, which have a history, are objects of their own. Two groups
// are equal when they choose alike by construction: weights count by their ratio (2:4 is 1:2), a
// weighted hash threshold whose ratio is that of a list of at most FWD_MAX_ECMP is that list, and a
// group of one next hop is the same whatever the method.
//
// The pipeline picks a next hop so:
//     a->count == 1                       → a->index, and no hash is computed
//     else                                → adjacency_select(a, hash of the packet)
// where the hash is made with the seed that adjacency_seed() tells: the node's own for a hash
// threshold and for resilient groups (so that successive nodes do not polarise, and two nodes
// choose independently), the same everywhere for rendezvous and Maglev (so that all nodes with the
// same ids choose alike). adjacency_nexthop() does all of it. As the hash is the same, a Maglev
// group behind another one, at the next node, sees only a part of its table used; rendezvous groups
// with different ids choose independently.
#ifndef ANYSIM_FWD_ADJACENCY_H
#define ANYSIM_FWD_ADJACENCY_H

#include "fwd/flowhash.h"
#include "fwd/route.h"

enum adjacency_kind {
    ADJACENCY_NONE, // no route; entry 0, so that a missing FIB entry needs no test of its own
    ADJACENCY_FORWARD,
    ADJACENCY_LOCAL,
    ADJACENCY_BLACKHOLE,
    ADJACENCY_REJECT, // index: enum fwd_reject
    ADJACENCY_EIP,    // index: number of the binding
    ADJACENCY_TUNNEL, // index: number of the tunnel
    ADJACENCY_SID,    // index: enum fwd_sid
    ADJACENCY_FREE
};

// The entries that every table has. REJECT and SID are the first of their enum's.
enum {
    ADJACENCY_ID_NONE,
    ADJACENCY_ID_LOCAL,
    ADJACENCY_ID_BLACKHOLE,
    ADJACENCY_ID_REJECT,
    ADJACENCY_ID_SID = ADJACENCY_ID_REJECT + FWD_REJECT_PROHIBITED + 1,
    ADJACENCY_ID_FIRST = ADJACENCY_ID_SID + FWD_SID_END_DT46 + 1
};

struct group;

// The hot part. Four of them share a cache line.
struct adjacency {
    uint8_t kind;   // enum adjacency_kind
    uint8_t count;  // FORWARD: entries of the list, or members of the group; else 0
    uint8_t how;    // FORWARD: enum fwd_select
    bool list;      // FORWARD, more than one: `members`, equal shares, else `group`
    uint32_t index; // FORWARD: the only or first next hop; else as its kind says
    union {
        uint32_t *members; // next hops, ascending
        struct group *group;
    };
};

_Static_assert(sizeof(struct adjacency) == 16, "four adjacencies in a cache line");

struct adjacency_cold; // references and hash chains

struct adjacency_table {
    struct adjacency *entries; // may move whenever an entry is added
    struct adjacency_cold *cold;
    uint16_t *chains; // as many as `capacity`: first entry of each hash chain
    uint32_t used, capacity;
    uint16_t free;
};

void adjacency_init(struct adjacency_table *t);
void adjacency_free(struct adjacency_table *t);

// An entry is not referenced yet when it is new. The table holds up to 65536 - ADJACENCY_ID_FIRST
// of them; one more ends the program.

// Equal shares by hash threshold, in any order; a next hop listed twice carries twice the share.
// 1..FWD_MAX_ECMP of them.
uint16_t adjacency_group(struct adjacency_table *t, const uint32_t *nexthops, int count);
// A member (next hop and id) listed twice carries the sum of its weights. With RENDEZVOUS and
// MAGLEV different next hops have different ids. Any method but RESILIENT.
uint16_t adjacency_group_weighted(struct adjacency_table *t, enum fwd_select how,
                                  const struct fwd_member *members, int count);
// Always a new entry, held by the caller. `buckets` as fwd_group_resilient() says.
uint16_t adjacency_group_resilient(struct adjacency_table *t, uint32_t buckets,
                                   const struct fwd_member *members, int count);
// Of a resilient group. Buckets move only where their member is gone or holds more than its new
// share; what moves depends on nothing but the history of memberships.
void adjacency_group_update(struct adjacency_table *t, uint16_t id,
                            const struct fwd_member *members, int count);

uint16_t adjacency_eip(struct adjacency_table *t, uint32_t binding);
uint16_t adjacency_tunnel(struct adjacency_table *t, uint32_t tunnel);
static inline uint16_t adjacency_reject(enum fwd_reject how)
{
    return (uint16_t)(ADJACENCY_ID_REJECT + how);
}
static inline uint16_t adjacency_sid(enum fwd_sid how)
{
    return (uint16_t)(ADJACENCY_ID_SID + how);
}

// References; the last one gone frees the entry. Nothing happens for the fixed entries. A number
// that is not in use is a bug.
void adjacency_ref(struct adjacency_table *t, uint16_t id);
void adjacency_unref(struct adjacency_table *t, uint16_t id);
// The caller's own reference to a resilient group, besides those of routes: given up once.
void adjacency_release(struct adjacency_table *t, uint16_t id);

// Next hops of a FORWARD entry, ascending, each as often as its share asks for: exactly where the
// ratio of the weights needs no more than FWD_MAX_ECMP entries, else to the nearest of so many, and
// each at least once. Returns how many there are.
int adjacency_nexthops(const struct adjacency *a, uint32_t out[FWD_MAX_ECMP]);

// Memory behind the table, bytes.
size_t adjacency_bytes(const struct adjacency_table *t);

// The seed to hash a packet with before adjacency_select().
static inline uint32_t adjacency_seed(const struct adjacency *a, uint32_t node_seed)
{
    return a->how == FWD_SELECT_RENDEZVOUS || a->how >= FWD_SELECT_MAGLEV ? FLOWHASH_COMMON_SEED
                                                                          : node_seed;
}

uint32_t adjacency_select_group(const struct adjacency *a, uint32_t hash);

// The next hop of a FORWARD entry for a packet with this hash.
static inline uint32_t adjacency_select(const struct adjacency *a, uint32_t hash)
{
    if (a->count == 1)
        return a->index;
    if (fwd_likely(a->list))
        return a->members[(uint64_t)hash * a->count >> 32];
    return adjacency_select_group(a, hash);
}

// The same from the packet at `h` (validated, either version); the hash is made when it is needed.
static inline uint32_t adjacency_nexthop(const struct adjacency *a, const uint8_t *h, size_t stored,
                                         uint32_t node_seed, bool outer_only)
{
    if (fwd_likely(a->count == 1))
        return a->index;
    if (fwd_unlikely(a->how == FWD_SELECT_MAGLEV_SOURCE))
        return adjacency_select(a, flowhash_addresses(h, FLOWHASH_COMMON_SEED));
    return adjacency_select(a, flowhash(h, stored, adjacency_seed(a, node_seed), outer_only));
}

#endif
