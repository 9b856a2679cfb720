// SPDX-License-Identifier: GPL-3.0-or-later
// state: what the files of router/ share. Not for other folders: they include router/control.h.
#ifndef ANYSIM_ROUTER_STATE_H
#define ANYSIM_ROUTER_STATE_H

#include "base/table.h"
#include "base/vec.h"
#include "router/control.h"
#include "router/multihop.h"

enum link_kind { LINK_IGP, LINK_EBGP };

struct control_link { // what control knows of a net link
    enum link_kind kind;
    uint32_t a, b;   // routers; a is at the net link's a_port
    uint32_t metric; // of the IGP; 0 between networks
    struct liveness ends[2];
    int64_t noticed_ps[2]; // when each end last found it down; INT64_MIN: never
};

// What a prefix resolves to at a router: links and their ports, ascending, without repetition.
struct resolved {
    uint32_t ports[FWD_MAX_ECMP], links[FWD_MAX_ECMP];
    int count;       // 0: no route
    bool discard;    // count is 0, and packets are to be dropped in silence (RFC 7999)
    uint32_t target; // router that the IGP leads to, or CONTROL_NO_ROUTER
    // Fast reroute: not what the RIBs say, but what is left of it, or a backup.
    bool repaired, backup;
    uint32_t nsegments; // of the backup; count is 1 then
    struct igp_segment segments[IGP_MAX_SEGMENTS];
};

// The same as it stands in the FIB; kept in networks with fast reroute only.
struct fib_forward {
    uint32_t target, nsegments;
    struct igp_segment segments[IGP_MAX_SEGMENTS];
    bool repaired, backup;
    uint32_t count;
    uint32_t links[];
};

// Why an entry stands in the FIB.
enum fib_owner { FIB_NONE, FIB_LOCAL, FIB_STATIC, FIB_ROUTED };

struct fib_entry { // one router × one prefix
    int64_t changed_ps;
    uint64_t resolved;           // hash of the ports it forwards to; 0: no route
    struct fib_forward *forward; // or NULL
    uint32_t first_port;         // of a route
    uint32_t pathlist;           // number of the list that it shares; 0: none
    uint8_t owner;
    bool queued;
};

struct reroute_tunnel { // that begins at a router
    ip4_addr remote;
    uint32_t id; // of its forwarding core
};

struct reroute {                // fast reroute at a router, see reroute.h
    bool accepts;               // tunnels may end here
    struct igp_repair *backups; // NULL: not asked for yet
    VEC(struct reroute_tunnel) tunnels;
    VEC(struct prefix) ends; // interface addresses that are reached by a tunnel
};

struct pathlist {        // see pathlist.h
    uint32_t n;          // next hops in use
    ip4_addr nexthops[]; // those, and the backup's; 0: none
};

struct pathlists { // of a router
    VEC(struct pathlist *) lists;
    struct table by_nexthops; // → its number: index + 1
    struct timer timer;
};

struct manner { // how a prefix is announced towards a network, see control_prepend
    uint32_t prefix_id, network;
    int prepend, quiet; // -1: not said
    int least;          // prepended at least so often; of CONTROL_ALL_NETWORKS
    int64_t med;        // -1: not said
    VEC(uint32_t) communities;
};

struct router {
    struct control_router is;
    struct control *control;
    uint32_t index;
    struct igp *igp;             // of its network
    struct bgp_speaker *speaker; // NULL: runs the IGP only
    bool up;
    bool keeps_forwarding; // while its BGP restarts: what BGP put into the FIB stays
    struct fib_entry *fib; // [prefix id], as many as `nfib`
    size_t nfib;
    VEC(uint32_t) queue; // prefix ids waiting for download
    size_t queue_head;
    struct timer download;
    struct timer wait; // micro-loop avoidance: the routes are taken over when it ends
    struct reroute reroute;
    struct pathlists pathlists;
    VEC(struct manner) manners; // ascending by prefix and network
    VEC(uint32_t) blackholes;   // prefixes that control_blackhole announces
};

struct network_state {
    struct control_network is;
    struct igp *igp;
    VEC(uint32_t) routers;
    bool filters_origins; // see control_announce_at_origin_only
};

struct known_prefix {
    struct prefix prefix;
    uint32_t loopback_of; // router, or CONTROL_NO_ROUTER
    bool at_origin_only;  // see control_announce_at_origin_only
};

struct control {
    struct sim *sim;
    struct net *net;
    struct bgp *bgp;
    VEC(struct network_state) networks;
    VEC(struct router *) routers;
    VEC(struct control_link *) links; // by net link; NULL: not a link between routers
    VEC(struct control_session) sessions;
    VEC(uint32_t) router_of_node;
    struct table prefix_id; // struct prefix → index into prefixes
    VEC(struct known_prefix) prefixes;
    struct table address; // loopback → router; interface address → 2^32 + link
    void (*heard)(void *ctx, const struct bgp_peer *by, const struct bgp_message *m); // or NULL
    void *heard_ctx;
    void (*watch)(void *ctx, uint32_t node, struct prefix6 p); // or NULL
    void *watch_ctx;
    void (*on_link)(void *ctx, uint32_t router, uint32_t link, bool up); // or NULL
    void *on_link_ctx;
    void (*on_routes)(void *ctx, uint32_t router); // or NULL
    void *on_routes_ctx;
    VEC(struct multihop *) multihops;
    struct timer multihop_look; // initialised with the first of them
    int64_t first_reaction_ps;
    uint64_t fib_changes, reroutes;
    int64_t last_fib_change_ps;
};

// control.c: somebody noticed something, see control_mark
void control_reacted(struct control *c);

// announcement.c
void announcement_free(struct router *r);

// prefix.c: dense numbers for prefixes
uint32_t control_prefix_id(struct control *c, struct prefix p);
bool control_prefix_find(const struct control *c, struct prefix p, uint32_t *id);
struct fib_entry *router_fib(struct router *r, uint32_t prefix_id);

// download.c: RIB → FIB
void download_init(struct router *r);
void download_free(struct router *r);
void download_queue(struct router *r, uint32_t prefix_id);
void download_flush(struct router *r); // all that waits, now: nothing was running before
// After an SPF: queues every entry that would now resolve to something else.
void download_queue_changed(struct router *r);
// Puts an answer into the FIB.
void download_program(struct router *r, uint32_t prefix_id, const struct resolved *s);
// Tells whoever watches the FIBs.
void download_tell(const struct router *r, struct prefix p);
// An answer without next hops; and one more next hop of it, through the IGP or over a link.
void resolved_clear(struct resolved *s);
void download_add_nexthop(const struct router *r, ip4_addr nexthop, struct resolved *s);
uint64_t resolved_hash(const struct resolved *s); // 0: no route
void download_forget(struct router *r); // the router died: its FIB is empty when it comes back

// transport.c: where the router's own packets to another router would go now
int64_t transport_delay_ps(const struct control *c, uint32_t from, uint32_t to, int32_t link);
// The share of them that gets lost on the way, in millionths.
uint32_t transport_loss_ppm(const struct control *c, uint32_t from, uint32_t to, int32_t link);

// The port by which `router` sends on `link`.
uint32_t control_port(const struct control *c, uint32_t router, uint32_t link);

#endif
