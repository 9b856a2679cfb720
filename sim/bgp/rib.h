// SPDX-License-Identifier: GPL-3.0-or-later
// rib: one speaker's routes: per prefix the candidates (Adj-RIBs-In after import policy, RFC 4271
// §3.2, one per peer or, with ADD-PATH, one per path identifier, and the speaker's own) and which of
// them are in use (Loc-RIB).
//
// Candidates are kept in order of peer index, the speaker's own first, and of path identifier, so
// that nothing depends on the order of arrival. The RIB holds a reference to the attributes of each
// candidate. Entries and candidates move whenever one is added.
//
// A full table is large: an entry takes 16 bytes and a candidate 32, in arrays that have room for as
// many as the speaker has peers from the start, up to 4.
#ifndef ANYSIM_BGP_RIB_H
#define ANYSIM_BGP_RIB_H

#include "base/vec.h"
#include "bgp/attr.h"
#include "bgp/route.h"
#include "bgp/slab.h"

#define BGP_RIB_NO_BEST    UINT16_MAX
#define BGP_RIB_CANDIDATES UINT16_MAX // no prefix may have as many

struct bgp_rib_entry {
    struct bgp_route *candidates;
    uint16_t n, cap;
    uint16_t best;    // index, or BGP_RIB_NO_BEST
    bool best_gone;   // since the last choice: the best was removed, or has other attributes
    bool chosen_gone; // the same of one that shares the traffic
};

struct bgp_rib {
    VEC(struct bgp_rib_entry) entries; // by prefix index
    VEC(uint32_t) held;                // candidates by peer index
    struct bgp_slab slab;
    uint32_t room; // of an entry's first array
};

void bgp_rib_free(struct bgp_rib *rib, struct bgp_attrs *attrs);
size_t bgp_rib_bytes(const struct bgp_rib *rib); // of memory, without attributes

struct bgp_rib_entry *bgp_rib_find(const struct bgp_rib *rib, uint32_t prefix); // or NULL
struct bgp_rib_entry *bgp_rib_add(struct bgp_rib *rib, uint32_t prefix);        // finds or makes
uint32_t bgp_rib_held(const struct bgp_rib *rib, const struct bgp_peer *peer);  // candidates of it

// The candidate of `peer` with that path identifier, or NULL.
const struct bgp_route *bgp_rib_candidate(const struct bgp_rib_entry *e,
                                          const struct bgp_peer *peer, uint32_t path_id);
// Adds the candidate of (route.peer, route.path_id) or replaces it, taking over the caller's
// reference to its attributes. Its index, or -1 when an equal one was there already.
int bgp_rib_set(struct bgp_rib *rib, struct bgp_rib_entry *e, struct bgp_attrs *attrs,
                struct bgp_route route);
// Removes a candidate of `peer` (NULL: the speaker's own). False when there was none.
bool bgp_rib_remove(struct bgp_rib *rib, struct bgp_rib_entry *e, struct bgp_attrs *attrs,
                    const struct bgp_peer *peer, uint32_t path_id);
bool bgp_rib_remove_peer(struct bgp_rib *rib, struct bgp_rib_entry *e, struct bgp_attrs *attrs,
                         const struct bgp_peer *peer); // all of its paths
void bgp_rib_remove_all(struct bgp_rib *rib, struct bgp_rib_entry *e, struct bgp_attrs *attrs);

enum bgp_rib_change {
    BGP_RIB_SAME,
    BGP_RIB_SET, // the best is the same, the others that share the traffic are not
    BGP_RIB_BEST // path or source of the best differ from the last one
};

// Puts candidate `best` (-1: none) in use, and those of the n `others` that share the traffic with
// it.
enum bgp_rib_change bgp_rib_choose(struct bgp_rib_entry *e, int best, const uint32_t *others,
                                   uint32_t n);

static inline const struct bgp_route *bgp_rib_best(const struct bgp_rib_entry *e)
{
    return e && e->best != BGP_RIB_NO_BEST ? &e->candidates[e->best] : NULL;
}

#endif
