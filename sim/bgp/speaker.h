// SPDX-License-Identifier: GPL-3.0-or-later
// speaker: one router's BGP: its peers, its RIB, its CPU, and the way of an UPDATE through them:
// import → Adj-RIB-In → decision → best_changed and marks in the Adj-RIBs-Out → flush.
#ifndef ANYSIM_BGP_SPEAKER_H
#define ANYSIM_BGP_SPEAKER_H

#include "base/table.h"
#include "bgp/bgp.h"
#include "bgp/cpu.h"
#include "bgp/jitter.h"
#include "bgp/news.h"
#include "bgp/nexthops.h"
#include "bgp/pack.h"
#include "bgp/peer.h"
#include "bgp/rib.h"

struct bgp_restart;

struct bgp_hijacked { // see bgp_hijack
    uint32_t prefix, origin;
};

struct bgp_speaker { // must not move
    struct bgp *bgp;
    struct bgp_speaker_options is;
    uint32_t router;
    bool up;
    char *name;
    VEC(struct bgp_peer *) peers; // owned
    struct bgp_packed packed;     // what the last peer was sent
    struct bgp_news news;         // of the present event
    VEC(struct bgp_peer *) dirty; // Adj-RIBs-Out to flush after the present event
    VEC(uint32_t) own;            // prefixes originated here
    VEC(uint32_t) drained;        // those of them that are being drained (RFC 8326)
    struct bgp_decision decision;
    bool *stale; // aggregates to work out anew after the present event, in order; NULL: has none
    struct bgp_rib rib;
    struct table path_ids; // see bgp/adjpaths.h
    bool tells_more;       // some peer hears of more than best paths
    struct bgp_nexthops nexthops;
    struct bgp_cpu cpu;
    struct timer gather; // peers are told at its end
    struct bgp_jitter jitter;
    bgp_filter_fn *import_fn, *export_fn;
    void *filter_ctx;
    VEC(struct bgp_hijacked) hijacked; // of `own`: those of others
    struct bgp_restart *restart;       // of its process (bgp/restart.h), or NULL
};

struct bgp_speaker *bgp_speaker_make(struct bgp *b, uint32_t router,
                                     const struct bgp_speaker_options *options);
void bgp_speaker_free(struct bgp_speaker *s);

// Each of these leaves nothing to flush.
void bgp_speaker_learn(struct bgp_peer *from, const struct bgp_message *update);
bool bgp_speaker_is_own(const struct bgp_speaker *s, uint32_t prefix); // originated here
// The speaker's own route to a prefix, for bgp/derive.h: there is something to flush then. Takes over
// the reference; NULL: none.
void bgp_speaker_set_local(struct bgp_speaker *s, uint32_t prefix, const struct bgp_attr *attr);
// A path that damping held back may be used. Takes over the reference.
void bgp_speaker_reuse(struct bgp_peer *from, uint32_t prefix, uint32_t path_id,
                       const struct bgp_attr *attr);
void bgp_speaker_peer_up(struct bgp_peer *p);
void bgp_speaker_peer_lost(struct bgp_peer *p);
void bgp_speaker_originate(struct bgp_speaker *s, uint32_t prefix);
void bgp_speaker_withdraw(struct bgp_speaker *s, uint32_t prefix);
void bgp_speaker_drain(struct bgp_speaker *s, uint32_t prefix, bool on);
void bgp_speaker_drain_peer(struct bgp_peer *p, bool on);
void bgp_speaker_track_nexthops(struct bgp_speaker *s);
void bgp_speaker_kill(struct bgp_speaker *s);
void bgp_speaker_revive(struct bgp_speaker *s);

// For who changed candidates in the RIB: decides anew on a prefix, and tells peers of it all.
void bgp_speaker_decide(struct bgp_speaker *s, uint32_t prefix);
void bgp_speaker_flush(struct bgp_speaker *s);
void bgp_speaker_expect_stale(struct bgp_speaker *s); // the decision looks at LLGR_STALE
// All that `p` may hear of is worked out anew: policy has changed.
void bgp_speaker_tell_anew(struct bgp_peer *p);

#endif
