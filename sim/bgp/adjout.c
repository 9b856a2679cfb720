// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/adjout.h"

#include "bgp/adjpaths.h"
#include "bgp/instance.h"
#include "bgp/mrai.h"
#include "bgp/policy.h"

enum { MARK_FRESH = 1, MARK_HELD = 2 };

// By a quarter: a full table for each peer is large.
static void reserve(struct bgp_peer *peer, uint32_t prefix)
{
    struct bgp_adjout *out = &peer->out;
    if (prefix < out->cap)
        return;
    uint32_t cap = out->cap + out->cap / 4 > prefix ? out->cap + out->cap / 4 + 1 : prefix + 1;
    out->sent = xrealloc(out->sent, cap * sizeof *out->sent);
    out->marks = xrealloc(out->marks, cap);
    memset(out->marks + out->cap, 0, cap - out->cap);
    for (uint32_t i = out->cap; i < cap; i++)
        out->sent[i] = NULL;
    out->cap = cap;
}

static bool tells_external(const struct bgp_peer *peer)
{
    return peer->speaker->is.best_external && bgp_peer_is_ibgp(peer) && !peer->out.paths;
}

bool bgp_adjout_tells_more(const struct bgp_peer *peer)
{
    return peer->out.paths || tells_external(peer);
}

static const struct bgp_route *best_external(const struct bgp_peer *peer,
                                             const struct bgp_rib_entry *e)
{
    uint32_t n = 0, *order = xmalloc(e->n * sizeof *order);
    for (uint32_t i = 0; i < e->n; i++)
        if (e->candidates[i].source == BGP_SOURCE_EBGP &&
            e->candidates[i].igp_metric != BGP_UNREACHABLE)
            order[n++] = i;
    bgp_decide_rank(&peer->speaker->decision, e->candidates, order, n, 1);
    const struct bgp_route *r = n ? &e->candidates[order[0]] : NULL;
    free(order);
    return r;
}

// The one path that the peer is to hear of, if policy lets it.
static const struct bgp_route *path_for(const struct bgp_peer *peer, uint32_t prefix)
{
    const struct bgp_rib_entry *e = bgp_rib_find(&peer->speaker->rib, prefix);
    const struct bgp_route *best = bgp_rib_best(e);
    if (best && best->source == BGP_SOURCE_IBGP && tells_external(peer) &&
        !bgp_policy_may_export(peer, best))
        return best_external(peer, e);
    return best;
}

void bgp_adjout_mark(struct bgp_peer *peer, uint32_t prefix)
{
    struct bgp_adjout *out = &peer->out;
    if (peer->state != BGP_ESTABLISHED)
        return;
    bool involved = prefix < out->cap && (out->sent[prefix] || out->marks[prefix]);
    if (!involved && !out->paths && !bgp_policy_may_export(peer, path_for(peer, prefix)))
        return;
    reserve(peer, prefix);
    if (!(out->marks[prefix] & MARK_FRESH)) {
        out->marks[prefix] |= MARK_FRESH;
        vec_push(&out->fresh, prefix);
    }
    if (!out->dirty) {
        out->dirty = true;
        vec_push(&peer->speaker->dirty, peer);
    }
}

void bgp_adjout_hold(struct bgp_adjout *out, uint32_t prefix)
{
    if (out->marks[prefix] & MARK_HELD)
        return;
    out->marks[prefix] |= MARK_HELD;
    vec_push(&out->held, prefix);
}

static void forget_last(struct bgp_peer *peer)
{
    struct bgp_adjout *out = &peer->out;
    struct bgp_attrs *attrs = &peer->speaker->bgp->attrs;
    if (out->last.best)
        bgp_attr_put(attrs, out->last.best);
    if (out->last.want)
        bgp_attr_put(attrs, out->last.want);
    out->last.best = out->last.want = NULL;
}

// bgp_policy_export, worked out once for prefixes that stand in a row with the same path.
static const struct bgp_attr *export_path(struct bgp_peer *peer, const struct bgp_route *path,
                                          uint32_t prefix)
{
    struct bgp_adjout *out = &peer->out;
    if (!path || !bgp_policy_export_is_uniform(peer))
        return bgp_policy_export(peer, path, prefix);
    if (out->last.best != path->attr || out->last.from != path->peer) {
        forget_last(peer);
        out->last.best = bgp_attr_get(path->attr);
        out->last.from = path->peer;
        out->last.want = bgp_policy_export(peer, path, prefix);
    }
    return out->last.want ? bgp_attr_get(out->last.want) : NULL;
}

// Puts what the peer has to be told of `prefix` into the pack, or holds it while MRAI is running.
static void settle(struct bgp_peer *peer, uint32_t prefix, bool running)
{
    struct bgp *b = peer->speaker->bgp;
    struct bgp_adjout *out = &peer->out;
    if (out->paths) {
        bgp_adjpaths_settle(peer, prefix, running);
        return;
    }
    const struct bgp_route *path = path_for(peer, prefix);
    if (running && bgp_policy_export_is_uniform(peer) && !bgp_mrai_counts_waiting(peer) &&
        bgp_policy_may_export(peer, path)) {
        bgp_adjout_hold(out, prefix); // the attributes are worked out when they are due
        return;
    }
    const struct bgp_attr *want = export_path(peer, path, prefix);
    const struct bgp_attr *told = out->sent[prefix];
    if (want == told) {
        if (want)
            bgp_attr_put(&b->attrs, want);
        return;
    }
    if (running && (want || bgp_mrai_holds_withdrawals(peer))) {
        bgp_adjout_hold(out, prefix);
        out->waiting |= want != NULL;
        if (want)
            bgp_attr_put(&b->attrs, want);
        return;
    }
    if (told)
        bgp_attr_put(&b->attrs, told);
    out->sent[prefix] = want;
    if (want)
        bgp_pack_announce(&b->pack, want, prefix);
    else
        bgp_pack_withdraw(&b->pack, prefix);
}

void bgp_adjout_flush(struct bgp_peer *peer)
{
    struct bgp_adjout *out = &peer->out;
    struct bgp_pack *pack = &peer->speaker->bgp->pack;
    bool running = bgp_mrai_running(peer);
    out->dirty = false;
    if (!running) {
        for (size_t i = 0; i < out->held.n; i++) {
            out->marks[out->held.v[i]] = 0; // a fresh mark is settled with it
            settle(peer, out->held.v[i], false);
        }
        out->held.n = 0;
        out->waiting = false;
    }
    for (size_t i = 0; i < out->fresh.n; i++) {
        uint32_t prefix = out->fresh.v[i];
        if (!(out->marks[prefix] & MARK_FRESH))
            continue;
        out->marks[prefix] &= (uint8_t)~MARK_FRESH;
        settle(peer, prefix, running);
    }
    out->fresh.n = 0;
    forget_last(peer);
    bool announced = pack->groups.n > 0, withdrew = pack->withdrawn.n > 0;
    if (!announced && !withdrew)
        return;
    bgp_pack_send(pack, peer);
    bgp_mrai_sent(peer, announced, withdrew);
}

void bgp_adjout_replay(struct bgp_peer *peer)
{
    struct bgp_adjout *out = &peer->out;
    struct bgp_pack *pack = &peer->speaker->bgp->pack;
    for (uint32_t i = 0; i < out->cap; i++) {
        if (out->paths)
            bgp_adjpaths_replay(peer, i);
        else if (out->sent[i])
            bgp_pack_announce(pack, out->sent[i], i);
    }
    bgp_pack_send(pack, peer);
}

void bgp_adjout_clear(struct bgp_peer *peer)
{
    struct bgp_adjout *out = &peer->out;
    struct bgp_attrs *attrs = &peer->speaker->bgp->attrs;
    for (uint32_t i = 0; i < out->cap; i++) {
        if (out->paths)
            bgp_adjpaths_forget(attrs, out->told[i]);
        else if (out->sent[i])
            bgp_attr_put(attrs, out->sent[i]);
        out->sent[i] = NULL;
        out->marks[i] = 0;
    }
    out->fresh.n = out->held.n = 0;
    out->paths = out->waiting = false;
}

void bgp_adjout_free(struct bgp_peer *peer)
{
    struct bgp_adjout *out = &peer->out;
    bgp_adjout_clear(peer);
    free(out->sent);
    free(out->marks);
    vec_free(&out->fresh);
    vec_free(&out->held);
}

size_t bgp_adjout_bytes(const struct bgp_peer *peer)
{
    const struct bgp_adjout *out = &peer->out;
    size_t bytes = out->cap * (sizeof *out->sent + sizeof *out->marks) +
                   (out->fresh.cap + out->held.cap) * sizeof *out->fresh.v;
    for (uint32_t i = 0; out->paths && i < out->cap; i++)
        bytes += bgp_adjpaths_bytes(out->told[i]);
    return bytes;
}
