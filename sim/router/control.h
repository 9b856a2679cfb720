// SPDX-License-Identifier: GPL-3.0-or-later
// control: what joins the IGPs, the BGP speakers and the forwarding cores of all routers.
//
// A routing protocol never touches a FIB. When a RIB changes, the prefix is queued for download;
// after the network's FIB delay the downloads happen one prefix after another (fib_ps, then
// fib_each_ps), each resolved at that moment through the newest RIBs: local and static routes
// first, then the IGP (loopbacks of the own network), then BGP (eBGP: the session's link; iBGP:
// the next hop's loopback through the IGP, with all equal-cost paths). Until then packets follow
// the old entry.
//
// Control also carries news of the world to the protocols, each router noticing in its own time
// (router/liveness.h), and carries the protocols' messages: a session's delay is that of the path
// which its packets would take through the FIBs now.
#ifndef ANYSIM_ROUTER_CONTROL_H
#define ANYSIM_ROUTER_CONTROL_H

#include "bgp/bgp.h"
#include "igp/repair.h"
#include "net/net.h"
#include "router/liveness.h"

#define CONTROL_NO_ROUTER UINT32_MAX

struct control;

struct control_network {
    struct igp_timers igp;
    struct liveness_timers live;            // of IGP links and of interfaces
    int64_t bgp_bfd_ps, bgp_bfd_multiplier; // on eBGP links; 0: none
    bool bgp_bfd_handshake;
    int64_t ibgp_bfd_ps; // multihop BFD on iBGP sessions, with the multiplier above; 0: none
    int64_t fib_ps, fib_each_ps;
    bool pic;                         // prefix-independent convergence (router/pathlist.h)
    struct igp_repair_options repair; // fast reroute (router/reroute.h)
    int64_t microloop_ps; // own link down: wait so long before taking over new routes (RFC 8333)
    bool converged;       // the IGP starts as if it had been running, its routes in the FIBs
};

struct control *control_new(struct sim *sim, struct net *net);
void control_free(struct control *c);

uint32_t control_add_network(struct control *c, const struct control_network *options);

struct control_router {
    uint32_t network;
    uint32_t node;
    const char *name; // outlives the control plane
    ip4_addr loopback;
    // asn 0: runs the IGP only (a backend gateway). Name and identifier are filled in from above.
    struct bgp_speaker_options bgp;
};
uint32_t control_add_router(struct control *c, const struct control_router *r);

// A net link inside a network, with its IGP metric.
void control_add_igp_link(struct control *c, uint32_t link, uint32_t a, uint32_t b,
                          uint32_t metric);
// Other timers than the network's for who notices that an IGP link is down; before control_start.
void control_link_timers(struct control *c, uint32_t link, const struct liveness_timers *t);
// Shared-risk group of an IGP link, a number of the caller's, not 0.
void control_srlg(struct control *c, uint32_t link, uint32_t group);
// A net link between two networks, with its eBGP session; an iBGP session. The sides' addresses are
// filled in.
void control_add_ebgp_link(struct control *c, uint32_t link, uint32_t a,
                           const struct bgp_peer_options *a_options, uint32_t b,
                           const struct bgp_peer_options *b_options, int64_t start_ps);
void control_add_ibgp(struct control *c, uint32_t a, const struct bgp_peer_options *a_options,
                      uint32_t b, const struct bgp_peer_options *b_options, int64_t start_ps);

// A route that stands in the FIB from the start whatever the protocols say (a connected host).
void control_static(struct control *c, uint32_t router, struct prefix p, uint32_t port);
// The same over a group of the router's forwarding core, which may be said again with another group; and
// no longer: the entry follows BGP from then on.
void control_static_group(struct control *c, uint32_t router, struct prefix p, uint32_t group);
void control_static_gone(struct control *c, uint32_t router, struct prefix p);
// A prefix that the forwarding core handles by itself (own address, EIP binding): BGP may announce
// it, the download leaves it alone.
void control_local(struct control *c, uint32_t router, struct prefix p);

// To be called before control_start: routers of `network` tell other networks of `p` only while
// they originate it themselves. Without it a network announces what it knows at all its borders, so
// that traffic for a prefix published at one POP would enter at every other, too.
void control_announce_at_origin_only(struct control *c, uint32_t network, struct prefix p);
void control_announce(struct control *c, uint32_t router, struct prefix p);
void control_withdraw(struct control *c, uint32_t router, struct prefix p);

// How a router announces a prefix to other networks, while it originates it: to the routers of one
// network (its number here), or to all (CONTROL_ALL_NETWORKS). What is said of one network counts
// more than what is said of all; communities add up. CONTROL_UNSAID takes a word back. Neighbours
// are told at once, as far as it makes a difference, whatever MRAI and policies allow.
#define CONTROL_ALL_NETWORKS UINT32_MAX
#define CONTROL_UNSAID       (-1)
#define CONTROL_PREPEND_MAX  10
// The own AS so many times more (0 … CONTROL_PREPEND_MAX).
void control_prepend(struct control *c, uint32_t router, struct prefix p, uint32_t network,
                     int times);
// No less often than so, whatever is said (a drain); 0: as it is said.
void control_prepend_least(struct control *c, uint32_t router, struct prefix p, int times);
// 1: not told, 0: told.
void control_quiet(struct control *c, uint32_t router, struct prefix p, uint32_t network,
                   int quiet);
void control_med(struct control *c, uint32_t router, struct prefix p, uint32_t network,
                 int64_t med);
// A community of RFC 1997 on top of what the route has. The neighbours' policies do what it says.
void control_attach(struct control *c, uint32_t router, struct prefix p, uint32_t network,
                    uint32_t community, bool on);
// Has anything of that been said of prefixes that the router originates?
bool control_has_manners(const struct control *c, uint32_t router);

// Remotely triggered blackholing (RFC 5635 §3, RFC 7999): the router originates `host`, whose traffic
// it drops, with BLACKHOLE for other networks; the own one does not hear of it. Networks that accept
// such routes drop the traffic at their borders, others bring it here.
void control_blackhole(struct control *c, uint32_t router, struct prefix host, bool on);

// Graceful shutdown (RFC 8326) of a prefix that the router originates; of its sessions with one
// router of another network, or with all (CONTROL_NO_ROUTER).
void control_drain(struct control *c, uint32_t router, struct prefix p, bool on);
void control_drain_sessions(struct control *c, uint32_t router, uint32_t peer_router, bool on);

void control_start(struct control *c); // adjacencies come up, IGPs start; at the current time

// The world changed. The caller has cut or restored the link in the net already.
void control_link_failed(struct control *c, uint32_t link, bool silent);
void control_link_repaired(struct control *c, uint32_t link, bool silent);
// The line loses another share of packets than before (the net knows): hellos and BFD get lost on it.
void control_line_changed(struct control *c, uint32_t link);
void control_router_failed(struct control *c, uint32_t router, bool silent);
void control_router_repaired(struct control *c, uint32_t router, bool silent);

// What an operator changes: the metric of an IGP link in the direction that starts at its end a or
// b, and a router's overload bit.
void control_set_metric(struct control *c, uint32_t link, bool from_b, uint32_t metric);
void control_set_overload(struct control *c, uint32_t router, bool overload);

// The BGP process of a router dies and is back after `down_ps`. With `keep_forwarding` what BGP has
// put into its FIB stays until its routes are selected anew (RFC 4724 §4.1).
void control_restart_bgp(struct control *c, uint32_t router, int64_t down_ps, bool keep_forwarding);

// Incidents (bgp/bgp.h); `peer`: CONTROL_NO_ROUTER: everybody. control_withdraw ends a hijack.
void control_reset(struct control *c, uint32_t router, uint32_t peer, const char *text);
void control_shutdown(struct control *c, uint32_t router, uint32_t peer, bool on, const char *text);
void control_drop_keepalives(struct control *c, uint32_t router, uint32_t peer, int64_t for_ps);
void control_stall(struct control *c, uint32_t router, uint32_t peer, bool stalled);
void control_slow(struct control *c, uint32_t router, uint32_t factor);
void control_slow_peer(struct control *c, uint32_t router, uint32_t peer, uint32_t factor);
void control_hijack(struct control *c, uint32_t router, struct prefix p, uint32_t origin);
void control_leak(struct control *c, uint32_t router, uint32_t from_as, uint32_t to_as, bool on);
// The routers at both ends of a link with an eBGP session; false: it has none.
bool control_ebgp_ends(const struct control *c, uint32_t link, uint32_t ends[2]);

// Does any session of the router restart gracefully (bgp/options.h)?
bool control_restarts_gracefully(const struct control *c, uint32_t router);

// From now on, control_first_reaction tells when the first router noticed anything (an adjacency
// or a session lost); TIME_NEVER: nobody yet.
void control_mark(struct control *c);
int64_t control_first_reaction(const struct control *c);
// When the router that sends by `port` (a net port) last found its link down, by interface, hello,
// BFD or the hold timer of a session over it. INT64_MIN: never, or no router watches that link.
int64_t control_noticed(const struct control *c, uint32_t port);

// --- for reports, explanations and exports
const struct bgp *control_bgp(const struct control *c);
// From now on `heard` is called for every BGP message that reaches a speaker; NULL: no more.
void control_listen(struct control *c,
                    void (*heard)(void *ctx, const struct bgp_peer *by,
                                  const struct bgp_message *m),
                    void *ctx);
// The addresses of a link between routers, two of its own: a /31 from 10.240.0.0/12.
ip4_addr control_link_address(uint32_t link, bool b_end);

// From now on `changed` is called whenever the FIB of a node has another entry for a prefix, or none
// any more; NULL: no more.
void control_watch(struct control *c, void (*changed)(void *ctx, uint32_t node, struct prefix6 p),
                   void *ctx);

// From now on `told` is called when a router notices that a link of its own is down, or up again,
// before the protocols hear of it; NULL: no more.
void control_on_link(struct control *c,
                     void (*noticed)(void *ctx, uint32_t router, uint32_t link, bool up),
                     void *ctx);

// From now on `changed` is called when the IGP has computed another distance or other next hops for
// `router`; NULL: no more.
void control_on_routes(struct control *c, void (*changed)(void *ctx, uint32_t router), void *ctx);
// The IGP's metric from a router to another one, as the first knows it; UINT32_MAX: it cannot get there.
uint32_t control_distance(const struct control *c, uint32_t router, uint32_t target);

struct control_joint { // a net link between two routers
    uint32_t a, b;     // a is at the net link's a_port
    bool igp;          // inside a network; else it carries an eBGP session
    uint32_t metric;   // of the IGP
};
bool control_link_joins(const struct control *c, uint32_t link, struct control_joint *out);

struct control_session { // of BGP, as it was configured
    uint32_t a, b;
    int32_t link; // -1: iBGP between loopbacks
    struct bgp_peer_options a_options, b_options;
};
// All sessions in order of their configuration; valid until the next one is added.
size_t control_sessions(const struct control *c, const struct control_session **out);
// Does control_announce_at_origin_only keep `router` from telling other networks of `p`?
bool control_is_at_origin_only(const struct control *c, uint32_t router, struct prefix p);
const struct control_network *control_network(const struct control *c, uint32_t network);
// How much of a network fast reroute of some kind would protect, by the routes in force.
struct igp_coverage control_coverage(const struct control *c, uint32_t network,
                                     const struct igp_repair_options *o);
uint32_t control_routers(const struct control *c);
const struct control_router *control_router(const struct control *c, uint32_t router);
uint32_t control_router_of_node(const struct control *c, uint32_t node); // or CONTROL_NO_ROUTER
// When the FIB entry for `p` at `router` changed last; INT64_MIN: never installed.
int64_t control_fib_changed(const struct control *c, uint32_t router, struct prefix p);
// Would the RIBs send `p` another way than the FIB does? So for as long as a download is due.
bool control_fib_behind(const struct control *c, uint32_t router, struct prefix p);
// Does fast reroute stand in for the RIBs' answer now? `out` is what it does (of several next hops
// that were left, the first).
bool control_rerouted(const struct control *c, uint32_t router, struct prefix p,
                      struct igp_backup *out);
void control_explain(const struct control *c, uint32_t router, struct prefix p, FILE *out);
const struct bgp_route *control_best(const struct control *c, uint32_t router, struct prefix p);

struct control_stats {
    uint64_t reroutes; // FIB entries that fast reroute has switched
    uint64_t fib_changes, spf_runs, lsas_flooded, bgp_updates, bgp_withdraws, sessions, routers;
    uint64_t sessions_up;                            // Established on both sides now
    int64_t last_fib_change_ps, last_best_change_ps; // anywhere
};
struct control_stats control_stats(const struct control *c);

#endif
