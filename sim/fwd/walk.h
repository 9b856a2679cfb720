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
    const struct tunnel *fits; // was asked ahead whether it fits into this one, and does
    uint32_t cut_at;           // what the tunnel's packet that is made next is to be cut to; 0: not
    uint8_t pops;              // tunnels and segments that ended here
};

static inline bool walk_is_six(const struct walk *w)
{
    return packet_data(w->p)[0] >> 4 == 6;
}

static inline struct ip6_addr walk_source(const struct walk *w)
{
    return ip_source(packet_data(w->p));
}

static inline struct ip6_addr walk_destination(const struct walk *w)
{
    return ip_destination(packet_data(w->p));
}

static inline bool walk_has_options(const struct walk *w)
{
    return !walk_is_six(w) && ip4_header_size(packet_data(w->p)) > IP4_HEADER;
}

static inline const struct adjacency *walk_at(const struct walk *w, uint16_t id)
{
    return &w->n->adjacencies[id];
}

// --- walk.c. Whatever returns an adjacency gives the next one, or NULL when the packet's way ends
// here.
const struct adjacency *walk_lookup(struct walk *w); // by the destination
const struct adjacency *walk_enter(struct walk *w);  // the same, of a packet that just came in
// Validates, and sees whether rules let it pass.
bool walk_admit(struct walk *w);

void walk_on(struct walk *w, const struct adjacency *a);
// Asks ahead whether the packet would be dropped at `a`, so that nobody is charged for it; true: it is.
// What may be cut there is let through.
bool walk_refuses(struct walk *w, const struct adjacency *a);

// Ends it: drops the packet. NULL, for callers that return it.
const struct adjacency *walk_stop(struct walk *w, enum fwd_drop reason);
void walk_drop(struct fwd_node *n, enum fwd_drop reason, bool six, struct fwd_result *r);
// Takes back what was counted for a packet that was to go out and does not.
void walk_uncount_out(struct fwd_node *n, const struct packet *p, const struct fwd_result *r);

uint8_t walk_ttl(const struct walk *w);
// Takes the hop that is due off the header that leaves.
void walk_pay_ttl(struct walk *w);
// What IPv4 options still want, at the interface with the address `leaving`.
void walk_settle_options(struct walk *w, ip4_addr leaving);
// A link-local address, of a packet that came from elsewhere.
bool walk_leaves_its_link(const struct walk *w);
// Whether it may be cut into pieces that carry something.
bool walk_can_be_cut(const struct walk *w, uint32_t mtu);
// To be cut, the pieces to go on at `a`. NULL.
const struct adjacency *walk_cut(struct walk *w, const struct adjacency *a, uint32_t mtu);
// Too big for what comes next: to be cut where that is allowed, else dropped.
const struct adjacency *walk_too_big(struct walk *w, const struct adjacency *a, uint32_t mtu,
                                     ip4_addr leaving);

// --- walk_tunnel.c
// What may not go into the tunnel, or not in one piece; true: its way ends here. Asked `early`,
// before a packet is translated, so that the error that is due quotes what the client sent; what
// may be cut is let through then, to be asked again.
bool walk_tunnel_refuses(struct walk *w, struct tunnel *t, struct ip6_addr far_end, bool early);
const struct adjacency *walk_into_tunnel(struct walk *w, const struct adjacency *a);
const struct adjacency *walk_out_of_tunnel(struct walk *w, struct endpoint *e);
const struct adjacency *walk_segment(struct walk *w, const struct adjacency *a);
// A router on a tunnel's way complains to this node, where the tunnel begins: its MTU is lowered,
// and the sender of what was in the tunnel is told, if the complaint quotes enough of it.
const struct adjacency *walk_complaint(struct walk *w, bool *handled);

// --- walk_service.c
const struct adjacency *walk_eip(struct walk *w, const struct adjacency *a);
// A backend gateway remembers by which POP the flow of the packet at hand came. ICMP errors are no
// flow of their own. False: its backend takes no new flows, and the packet's way ends here.
bool walk_learn(struct walk *w, struct ip6_addr pop);
// A packet from an EIP that is about to leave here for a client, at `a` (NULL: it ended already): once,
// though one that is translated may have come out of a tunnel before. NULL: dropped.
const struct adjacency *walk_meter_answer(struct walk *w, const struct adjacency *a);
// Fetches the memory of a gateway's flows that a batch, nothing of which was looked at yet, will need:
// misses side by side instead of one after the other. Changes nothing.
void walk_warm(const struct fwd_node *n, struct packet *const *p, unsigned count, bool answers);
const struct adjacency *walk_from_host(struct walk *w);    // of this node itself
const struct adjacency *walk_from_servers(struct walk *w); // came in on their side
// The answer to a translated packet is for the client that the translation stands for.
const struct adjacency *walk_home(struct walk *w);

#endif
