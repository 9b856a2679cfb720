// SPDX-License-Identifier: GPL-3.0-or-later
// net: nodes and links; moves packets between forwarding cores in virtual time.
//
// A node is a forwarding core with ports; a link is two ports. Ports are numbered densely over the
// whole network and the number is the interface number of the forwarding cores. What happens to a
// packet at its end (delivered to a host, dropped) is told through `struct net_hooks`.
// Packets are conserved: sent = delivered + dropped + in flight, at every instant. A duplicate that a
// line makes, and every piece but the first of a datagram that is cut to fit an MTU, counts as sent.
#ifndef ANYSIM_NET_NET_H
#define ANYSIM_NET_NET_H

#include "engine/sim.h"
#include "fwd/fwd.h"
#include "net/pool.h"
#include "net/port.h"

#define NET_NO_FLOW   UINT32_MAX // packet->flow of what belongs to no flow: ICMP errors
#define PACKET_TRACED 0x80       // flag in packet->kind: net_hooks.hop is called at every node

struct net_hooks {
    void *ctx;
    // Reached its host at `node`. The packet is the hook's: give it back or send it on.
    void (*delivered)(void *ctx, uint32_t node, struct packet *p);
    // The forwarding core of `node` answered a packet by turning it into its reply (ICMP echo),
    // which is on its way. May be NULL.
    void (*replied)(void *ctx, uint32_t node, struct packet *p);
    // About to be dropped (the net gives it back afterwards). `node`: where; `port`: UINT32_MAX
    // when it was not a port that dropped it.
    void (*dropped)(void *ctx, uint32_t node, uint32_t port, const struct packet *p,
                    enum fwd_drop reason);
    // A traced packet arrives at a node. May be NULL.
    void (*hop)(void *ctx, uint32_t node, const struct packet *p);
};

// Who looks on at tapped nodes, as a capture at the node would: every packet as it arrives, before
// anything is done to it, and as it is handed to a port. The packet is not to be changed.
struct net_tap {
    void *ctx;
    void (*seen)(void *ctx, uint32_t node, uint32_t port, const struct packet *p);
};

// Who has to know how ports are: called when one was cut or restored, or its line was given another
// loss or impairment. `changed` may be NULL.
struct net_watch {
    void *ctx;
    void (*changed)(void *ctx, uint32_t port);
};

// Who stands before a node: asked about every packet that arrives there, before the forwarding
// core sees it. FWD_DROP_NONE: it may pass.
struct net_guard {
    void *ctx;
    enum fwd_drop (*admit)(void *ctx, uint32_t node, const struct packet *p);
};

struct net_node {
    const char *name; // the caller's
    struct fwd_node *fwd;
    int downs;                     // failures that hold it down now; 0: up
    bool tapped;                   // net.tap is told what it sees
    const struct net_guard *guard; // who stands before it, or NULL; the caller's
    uint32_t *ports;               // numbers of the ports that leave it
    uint32_t nports;
};

struct net_link {
    const char *name;
    uint32_t a_port, b_port; // a→b and b→a
    int cuts;                // failures that hold it down now
};

struct net_line_options {                // of one direction
    int64_t rate_bps, delay_ps;          // 0: as the link has it
    const struct qdisc_options *qdisc;   // NULL: a buffer of `queue_ps`
    const struct impair_options *impair; // NULL: none
};

struct net_link_options {
    uint32_t a, b;
    int64_t rate_bps; // both directions
    int64_t delay_ps; // one way
    int64_t queue_ps;
    int64_t background_ppm, burst_bytes;
    struct burst_shape burst;
    bool fluid;           // carries demand or background
    bool limits;          // stands for what a machine can bear: drops have reasons of their own …
    uint32_t least_bytes; // … and a shorter packet takes as long as one of so many bytes; 0: none
    uint32_t mtu;         // of IP datagrams, both directions; 0: none
    struct net_line_options forth, back; // a→b, b→a
};

struct net {
    struct sim *sim;
    struct net_hooks hooks;
    struct net_tap tap;
    struct net_watch watch;
    struct packet_pool pool;
    struct net_node *nodes;
    uint32_t nnodes;
    struct port **ports;
    uint32_t nports;
    struct net_link *links;
    uint32_t nlinks;
    uint64_t sent, delivered, dropped;
    uint64_t dropped_by[FWD_DROP_COUNT];
    uint64_t packet_hops;
    bool lossy;    // some line has been given a loss
    bool damaging; // some line has been made to corrupt packets: hosts verify checksums
};

struct net *net_new(struct sim *sim);
void net_free(struct net *n);

// `fwd` is owned by the net from now on. The name must outlive the net. Returns the node's index.
uint32_t net_add_node(struct net *n, const char *name, struct fwd_node *fwd);
uint32_t net_add_link(struct net *n, const char *name, const struct net_link_options *o);

// A packet made by the host at `node`. Counts as sent. The packet is the net's from now on.
void net_originate(struct net *n, uint32_t node, struct packet *p);

// Cuts and restores (counted: overlapping failures of one link all have to end).
void net_link_cut(struct net *n, uint32_t link);
void net_link_restore(struct net *n, uint32_t link);
// A grey failure: the line loses this share of packets, in millionths, in both directions. 0: none.
void net_link_loss(struct net *n, uint32_t link, uint32_t loss_ppm);
// Impairs one direction (a→b, or `back`) of a link from now on; NULL: no longer.
void net_link_impair(struct net *n, uint32_t link, bool back, const struct impair_options *o);
// A node that is down drops what reaches it, and its links do not pass packets. Counted as well.
void net_node_down(struct net *n, uint32_t node);
void net_node_up(struct net *n, uint32_t node);

static inline bool net_link_alive(const struct net *n, uint32_t link)
{
    return n->ports[n->links[link].a_port]->alive;
}

static inline uint64_t net_in_flight(const struct net *n)
{
    return n->sent - n->delivered - n->dropped;
}

// A load window ended: every port with a fluid part takes what the packets sent in it stood for as
// their weight (net/fluid.h).
void net_window(struct net *n, int64_t window_ps);

// Load of a port with a fluid part, from now on: by demands in bit/s, by the background as a share
// of the rate. Felt at once, and counted in the utilisation for as long as it lasts.
void net_port_demand(struct net *n, uint32_t port, int64_t bps);
void net_port_background(struct net *n, uint32_t port, int64_t ppm);
// What a demand loses on a port and how long it waits there: as the port is loaded now, or in the
// long run if demands were `bps` in all.
struct fluid_fate net_port_fate(const struct net *n, uint32_t port);
struct fluid_fate net_port_fate_at(const struct net *n, uint32_t port, int64_t bps);

// For ports only: arrival, and the end of a packet's life.
void net_arrive(struct net *n, uint32_t node, uint32_t in_port, struct packet *p);
void net_drop(struct net *n, uint32_t node, uint32_t port, struct packet *p, enum fwd_drop reason);

#endif
