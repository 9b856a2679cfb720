// SPDX-License-Identifier: GPL-3.0-or-later
// bgp: a set of BGP speakers that exchange UPDATEs in virtual time (RFC 4271, RFC 4456).
//
// The speakers know nothing of links, FIBs or IGPs: what they need from the world comes through
// `struct bgp_env`, and what they decide goes out through it. So the same speakers run in a whole
// simulation, in a full mesh of a test, and on an AS graph.
//
// A session is between two speakers. Established sessions carry UPDATE and KEEPALIVE messages as
// events: each takes the path's one-way delay, then waits its turn in the receiver's CPU queue
// (`processing_ps` a message). Messages of a session stay in order. When the path is broken, or loses
// it, a message is sent again (RFC 6298, bgp/transport.h) until it gets through or the hold timer of
// either side ends the session. A lost session is set up again when the path
// works (connect retry), with all routes sent anew.
#ifndef ANYSIM_BGP_BGP_H
#define ANYSIM_BGP_BGP_H

#include "base/ip.h"
#include "bgp/options.h"
#include "engine/sim.h"
#include <stdio.h>

struct bgp;         // all speakers of a simulation
struct bgp_speaker; // one router's BGP
struct bgp_route;   // one path to a prefix (see bgp/route.h)
struct bgp_peer;    // one side of a session
struct bgp_message; // what travels over it

struct bgp_env {
    void *ctx;
    // One-way delay of the path that packets from a's to b's router take now; -1 when it is broken
    // (link cut, no route). `link` is what bgp_connect was given (-1 for multi-hop sessions).
    int64_t (*path_delay_ps)(void *ctx, uint32_t a_router, uint32_t b_router, int32_t link);
    // The share of packets from a's to b's router that get lost on that path, in millionths; asked for
    // where the path works. NULL: none.
    uint32_t (*path_loss_ppm)(void *ctx, uint32_t a_router, uint32_t b_router, int32_t link);
    // IGP metric from `router` to the next hop; UINT32_MAX when it cannot be reached. A directly
    // connected eBGP neighbour has metric 0.
    uint32_t (*nexthop_metric)(void *ctx, uint32_t router, ip4_addr nexthop);
    // The best path of `prefix` at `router` changed (best may be NULL: gone), or with multipath the
    // set of those that share the traffic (bgp_paths), or with `tells_backups` perhaps what
    // bgp_backup answers. Called at once, the FIB follows later. `best` is valid until the next event; the function must not call anything
    // of this header that changes a speaker.
    void (*best_changed)(void *ctx, uint32_t router, struct prefix prefix,
                         const struct bgp_route *best);
    // a's side of its session with b went up or down, for the record and for failover phases (each
    // side is reported when it notices). May be NULL.
    void (*session_changed)(void *ctx, uint32_t a_router, uint32_t b_router, bool up,
                            const char *why);
    // A message of an existing connection reached `by` (one side of a session, bgp/peer.h). NULL:
    // nobody listens.
    void (*heard)(void *ctx, const struct bgp_peer *by, const struct bgp_message *m);
    // A speaker that restarted gracefully has selected its routes: what it keeps forwarding by may be
    // brought up to date. May be NULL.
    void (*selection_done)(void *ctx, uint32_t router);
};

struct bgp *bgp_new(struct sim *sim, const struct bgp_env *env);
void bgp_free(struct bgp *b);

// A speaker for `router` (the caller's dense index).
struct bgp_speaker *bgp_speaker_add(struct bgp *b, uint32_t router,
                                    const struct bgp_speaker_options *options);

// A session between two speakers, each side with its options; the relations mirror one another
// (customer ↔ provider; IBGP_CLIENT ↔ IBGP). `link` is passed to path_delay_ps. Session establishment
// starts at `start_ps`. The side with the higher identifier opens the connection (of two crossing
// ones that is the one that stays, RFC 4271 §6.8).
void bgp_connect(struct bgp *b, struct bgp_speaker *a, const struct bgp_peer_options *a_options,
                 struct bgp_speaker *z, const struct bgp_peer_options *z_options, int32_t link,
                 int64_t start_ps);
// The relation that the other side of a session sees. Of IBGP that is IBGP.
enum bgp_relation bgp_relation_mirror(enum bgp_relation r);

// Originates and withdraws a prefix at a speaker.
void bgp_originate(struct bgp *b, uint32_t router, struct prefix p);
void bgp_withdraw(struct bgp *b, uint32_t router, struct prefix p);

// Graceful shutdown (RFC 8326). Of a prefix that the router originates: it carries GRACEFUL_SHUTDOWN
// from now on, or no more. Of the sessions with a router (BGP_NO_ROUTER: all external ones): all that
// the other side is told carries it, and what it has told is the last choice here.
void bgp_drain(struct bgp *b, uint32_t router, struct prefix p, bool on);
void bgp_drain_sessions(struct bgp *b, uint32_t router, uint32_t peer_router, bool on);

// An operator's own policy at a speaker, on top of the built-in one (bgp/policy.h): called
// for every prefix after import from and before export to `peer_router`. May edit the
// attributes (bgp/attr.h); false refuses the route. Either may be NULL. To be set before the
// first session starts.
struct bgp_draft;
typedef bool bgp_filter_fn(void *ctx, uint32_t router, uint32_t peer_router, struct prefix p,
                           struct bgp_draft *draft);
void bgp_filters(struct bgp *b, uint32_t router, bgp_filter_fn *import_fn, bgp_filter_fn *export_fn,
                 void *ctx);

// The world tells the speakers:
// all sessions of `router` over `link` lost their interface or BFD (fast external fallover);
void bgp_link_down(struct bgp *b, uint32_t router, int32_t link, const char *why);
// multihop BFD of two routers' iBGP session says that the path works or not;
void bgp_multihop(struct bgp *b, uint32_t router, uint32_t peer_router, bool up, const char *why);
// the link is usable again (sessions over it try to connect at once);
void bgp_link_up(struct bgp *b, uint32_t router, int32_t link);
// the IGP of `router` changed: metrics to next hops must be looked up again (next-hop tracking);
void bgp_nexthops_changed(struct bgp *b, uint32_t router);
// the router's BGP process dies (all its sessions vanish without a word, its best paths go) or
// starts again with what it originates, taking all its links for usable until told otherwise;
void bgp_speaker_down(struct bgp *b, uint32_t router);
void bgp_speaker_up(struct bgp *b, uint32_t router);
// an operator resets all sessions between two routers (NOTIFICATION Cease, RFC 4486 subcode 4;
// BGP_NO_ROUTER: with everybody), or shuts them down (subcode 2) and takes that back; `text`: words
// for the operator at the other end (RFC 9003), which outlive the simulation, or NULL;
void bgp_reset(struct bgp *b, uint32_t router, uint32_t peer_router, const char *text);
void bgp_shutdown(struct bgp *b, uint32_t router, uint32_t peer_router, bool on, const char *text);
// policy changed: routes are told anew to `peer_router` (BGP_NO_ROUTER: to everybody) as far as they
// differ now, or asked for (ROUTE-REFRESH, RFC 2918) and imported once more where the peer can do it.
enum bgp_refresh_way { BGP_REFRESH_IN = 1, BGP_REFRESH_OUT = 2, BGP_REFRESH_BOTH = 3 };
void bgp_refresh(struct bgp *b, uint32_t router, uint32_t peer_router, enum bgp_refresh_way way);
// the router's BGP process dies and is started again after `down_ps`; its kernel resets the
// connections. `forwarding`: the FIB is kept meanwhile, and the neighbours with graceful restart are
// told so (RFC 4724); see bgp/restart.h.
bool bgp_is_graceful(const struct bgp *b, uint32_t router); // any of its sides has graceful restart
void bgp_restart(struct bgp *b, uint32_t router, int64_t down_ps, bool forwarding);

// --- Faults (bgp/fault.c)

// Nothing that `router` sends to `peer_router` arrives until so long from now, acknowledgements
// included: keepalives are dropped, hold timers run out.
void bgp_drop_keepalives(struct bgp *b, uint32_t router, uint32_t peer_router, int64_t for_ps);
// The router's processor takes `factor` times as long for everything; 1: as it should.
void bgp_slow(struct bgp *b, uint32_t router, uint32_t factor);
// `router` takes `factor` times as long for each message of `peer_router` (a slow peer): they wait for
// one another, but not those of other sessions for them. 1: as it should.
void bgp_slow_peer(struct bgp *b, uint32_t router, uint32_t peer_router, uint32_t factor);
// `router` stops reading what `peer_router` sends (its window closes), and its HoldTimer is stuck with
// it, while its own keepalives go on: what the SendHoldTimer (RFC 9687) is for.
void bgp_stall(struct bgp *b, uint32_t router, uint32_t peer_router, bool stalled);
// Originates somebody else's prefix, whose traffic is dropped here: a hijack. With `origin` as if that
// AS had, behind this one (a forged path); 0: as its own. bgp_withdraw ends it.
void bgp_hijack(struct bgp *b, uint32_t router, struct prefix p, uint32_t origin);
// Tells AS `to_as` of what was learnt from AS `from_as`, whatever the built-in rules say about it: a
// route leak. Roles (RFC 9234) and the operator's policies still count.
void bgp_leak(struct bgp *b, uint32_t router, uint32_t from_as, uint32_t to_as, bool on);

// Best path of a prefix at a router, or NULL. Valid until the next event.
const struct bgp_route *bgp_best(const struct bgp *b, uint32_t router, struct prefix p);

// The paths that share the traffic of a prefix at a router, the best one first; how many there are.
// Fills in at most `max`. Valid until the next event.
uint32_t bgp_paths(const struct bgp *b, uint32_t router, struct prefix p,
                   const struct bgp_route **paths, uint32_t max);
// The best of the paths that lead to other next hops than those, or NULL. Valid until the next
// event.
const struct bgp_route *bgp_backup(const struct bgp *b, uint32_t router, struct prefix p);

// Explains the decision for `p` at `router` to `out`: one line per candidate and the step
// that eliminated it.
void bgp_explain(const struct bgp *b, uint32_t router, struct prefix p, FILE *out);

struct bgp_stats {
    uint64_t updates_sent;   // UPDATE messages
    uint64_t announces_sent; // prefixes announced in them
    uint64_t withdraws_sent; // prefixes withdrawn in them
    uint64_t keepalives_sent;
    uint64_t sessions_up;    // sessions that are Established on both sides now
    uint64_t session_losses; // sessions that were and lost it
    uint64_t decisions, best_changes;
    int64_t last_change_ps; // last best-path change anywhere
};
const struct bgp_stats *bgp_stats(const struct bgp *b);

#endif
