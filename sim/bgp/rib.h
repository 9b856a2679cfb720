// SPDX-License-Identifier: GPL-3.0-or-later
// rib: one speaker's routes: per prefix the candidates (Adj-RIBs-In after import policy, RFC 4271
// §3.2, one per peer, and the speaker's own) and the best of them (Loc-RIB).
//
// Candidates are kept in order of peer index, the speaker's own first, so that nothing depends on
// the order of arrival. The RIB holds a reference to the attributes of each candidate and of the
// best. An entry stays where it is until the RIB is freed; its candidates move.
#ifndef ANYSIM_BGP_RIB_H
#define ANYSIM_BGP_RIB_H

#include "base/vec.h"
#include "bgp/attr.h"
#include "bgp/route.h"

struct bgp_rib_entry {
    struct bgp_route *candidates;
    uint32_t n, cap;
    struct bgp_route best; // attr NULL: none. A copy: the candidate may have gone meanwhile
};

struct bgp_rib {
    VEC(struct bgp_rib_entry *) entries; // by prefix index; NULL: never heard of
};

void bgp_rib_free(struct bgp_rib *rib, struct bgp_attrs *attrs);

struct bgp_rib_entry *bgp_rib_find(const struct bgp_rib *rib, uint32_t prefix); // or NULL
struct bgp_rib_entry *bgp_rib_add(struct bgp_rib *rib, uint32_t prefix);        // finds or makes

// Adds the candidate of route.peer or replaces it, taking over the caller's reference to its
// attributes. False when an equal one was there already.
bool bgp_rib_set(struct bgp_rib_entry *e, struct bgp_attrs *attrs, struct bgp_route route);
// Removes the candidate of `peer` (NULL: the speaker's own). False when there was none.
bool bgp_rib_remove(struct bgp_rib_entry *e, struct bgp_attrs *attrs, const struct bgp_peer *peer);
void bgp_rib_remove_all(struct bgp_rib_entry *e, struct bgp_attrs *attrs);

// Makes `best` (NULL: none) the entry's best. True when path or source differ from the last one.
bool bgp_rib_set_best(struct bgp_rib_entry *e, struct bgp_attrs *attrs,
                      const struct bgp_route *best);

static inline const struct bgp_route *bgp_rib_best(const struct bgp_rib_entry *e)
{
    return e && e->best.attr ? &e->best : NULL;
}

#endif
