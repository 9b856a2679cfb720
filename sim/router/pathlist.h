// SPDX-License-Identifier: GPL-3.0-or-later
// pathlist: prefix-independent convergence (BGP PIC, draft-ietf-rtgwg-bgp-pic). In a network that has
// it, the FIB entries of BGP prefixes with the same paths share a list of those paths' next hops and
// of a backup, the best path that leads elsewhere (bgp_backup). One change of the list changes them
// all, however many there are:
//
//   - at once, when the router notices that a link to another network is down (interface, BFD): to
//     the next hops that are left or else to the backup (PIC edge);
//   - one FIB delay after the IGP's routes changed: to the new ways to the next hops or, when none
//     can be reached, to the backup (PIC core and edge).
//
// Meanwhile BGP finds its new best paths, and these are downloaded prefix by prefix as ever. Without
// it every such change waits for its turn in that download.
//
// A backup has to be known: ADD-PATH or best external bring one where policy hides it.
#ifndef ANYSIM_ROUTER_PATHLIST_H
#define ANYSIM_ROUTER_PATHLIST_H

#include "router/state.h"

// What a prefix's entry has to share when it is programmed: 0, or a list's number. True when that is
// another one than before.
bool pathlist_assign(struct router *r, uint32_t prefix_id);

void pathlist_link_lost(struct router *r);      // the router noticed a link to another network down
void pathlist_routes_changed(struct router *r); // so did the IGP

void pathlist_init(struct router *r);
void pathlist_forget(struct router *r); // the router died
void pathlist_free(struct router *r);

#endif
