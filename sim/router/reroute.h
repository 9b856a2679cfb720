// SPDX-License-Identifier: GPL-3.0-or-later
// reroute: fast reroute in the forwarding cores: in the instant in which a router notices that one
// of its links is down, every FIB entry that sends over it is switched to what is left of its equal
// next hops, or else to the backup of the IGP (igp/repair.h). The entry stays so until the
// control plane brings its own answer (download.c), or the link comes back.
//
// A repair path with segments is carried IP in IP (RFC 2003), one header a segment, the outermost
// for the first: to the loopback of the router where a node segment ends (as RFC 7490 has
// it), and for an adjacency segment to the interface address of its far end, which the
// router before it has as a connected route, whatever its IGP says. So a repair is what any router
// with IP tunnels can do; SR routers push labels or SIDs instead.
//
// With a tunnel the FIB is asked again for the outer destination, so the entries of segment ends
// have to lead around the failure as well; those that do not are switched, too.
//
// Not protected: what leaves by an eBGP link, and what the IGP finds no backup for.
#ifndef ANYSIM_ROUTER_REROUTE_H
#define ANYSIM_ROUTER_REROUTE_H

#include "router/state.h"

// Interface addresses, connected routes and tunnel ends of an IGP link, before the start.
void reroute_prepare_link(struct control *c, uint32_t link);

// What `s`, the answer of the RIBs for a prefix, becomes while links of `r` are down. Changes
// nothing where the network has no fast reroute or all is well.
void reroute_adjust(struct router *r, struct resolved *s);
// Puts a repaired answer into the FIB in the place of a group of next hops.
void reroute_program(struct router *r, struct prefix p, const struct resolved *s);

void reroute_link_lost(struct router *r, uint32_t link); // it has just noticed
void reroute_link_back(struct router *r);                // and noticed that it is up again
void reroute_forget(struct router *r);                   // the router died
void reroute_free(struct router *r);

#endif
