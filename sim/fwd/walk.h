// SPDX-License-Identifier: GPL-3.0-or-later
// walk: a packet's way through a node when it is more than plain transit. Private to the forwarding
// core.
//
// It goes from adjacency to adjacency: each step either ends it, pushes a header (FWD_TUNNEL_DEPTH
// times at most), or pops one (of a packet that gets shorter by it, FWD_TUNNEL_DEPTH times at
// most), or sends it back to the look-up once; so it ends.
#ifndef ANYSIM_FWD_WALK_H
#define ANYSIM_FWD_WALK_H

#include "fwd/node.h"

struct walk {
    struct fwd_node *n;
    struct packet *p;
    int64_t now_ps;
    struct fwd_result *r;
    struct ip6_addr far_end; // of the tunnel that comes next; zero: its own
    bool ttl_due;            // a hop is still to be paid for by the outermost header if it goes out
    bool popped;             // came out of a tunnel that ended here
    bool translated;         // an answer whose client's address was put back
    bool answered;           // metered as an EIP's answer, which happens once
    struct option_due due;   // of IPv4 options: what is left to do when the way out is known
    uint8_t pops;            // tunnels and segments that ended here
};

// Each gives the next adjacency, or NULL when the packet's way ends here.
const struct adjacency *walk_lookup(struct walk *w);    // by the destination
const struct adjacency *walk_enter(struct walk *w);     // the same, of a packet that just came in
const struct adjacency *walk_from_host(struct walk *w); // of this node itself
const struct adjacency *walk_from_servers(struct walk *w); // came in on their side
// Validates, and sees whether rules let it pass.
bool walk_admit(struct walk *w);

void walk_on(struct walk *w, const struct adjacency *a);

// Ends it: drops the packet. NULL, for callers that return it.
const struct adjacency *walk_stop(struct walk *w, enum fwd_drop reason);
void walk_drop(struct fwd_node *n, enum fwd_drop reason, bool six, struct fwd_result *r);
// Takes back what was counted for a packet that was to go out and does not.
void walk_uncount_out(struct fwd_node *n, const struct packet *p, const struct fwd_result *r);

#endif
