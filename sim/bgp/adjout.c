// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/adjout.h"

#include "bgp/instance.h"
#include "bgp/mrai.h"
#include "bgp/policy.h"

enum { MARK_FRESH = 1, MARK_HELD = 2 };

static void reserve(struct bgp_peer *peer, uint32_t prefix)
{
    struct bgp_adjout *out = &peer->out;
    if (prefix < out->cap)
        return;
    uint32_t cap = 2 * out->cap > prefix + 1 ? 2 * out->cap : prefix + 1;
    out->sent = xrealloc(out->sent, cap * sizeof *out->sent);
    out->marks = xrealloc(out->marks, cap);
    memset(out->marks + out->cap, 0, cap - out->cap);
    for (uint32_t i = out->cap; i < cap; i++)
        out->sent[i] = NULL;
    out->cap = cap;
}

static const struct bgp_route *best_of(const struct bgp_peer *peer, uint32_t prefix)
{
    return bgp_rib_best(bgp_rib_find(&peer->speaker->rib, prefix));
}

void bgp_adjout_mark(struct bgp_peer *peer, uint32_t prefix)
{
    struct bgp_adjout *out = &peer->out;
    if (peer->state != BGP_ESTABLISHED)
        return;
    bool involved = prefix < out->cap && (out->sent[prefix] || out->marks[prefix]);
    if (!involved && !bgp_policy_may_export(peer, best_of(peer, prefix)))
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

static void hold(struct bgp_adjout *out, uint32_t prefix)
{
    if (out->marks[prefix] & MARK_HELD)
        return;
    out->marks[prefix] |= MARK_HELD;
    vec_push(&out->held, prefix);
}

// Puts what the peer has to be told of `prefix` into the pack, or holds it while MRAI is running.
static void settle(struct bgp_peer *peer, uint32_t prefix, bool running)
{
    struct bgp *b = peer->speaker->bgp;
    struct bgp_adjout *out = &peer->out;
    const struct bgp_route *best = best_of(peer, prefix);
    if (running && !peer->speaker->export_fn && bgp_policy_may_export(peer, best)) {
        hold(out, prefix); // the attributes are worked out when they are due
        return;
    }
    const struct bgp_attr *want = bgp_policy_export(peer, best, prefix);
    const struct bgp_attr *told = out->sent[prefix];
    if (want == told) {
        if (want)
            bgp_attr_put(&b->attrs, want);
        return;
    }
    if (running && (want || bgp_mrai_holds_withdrawals(peer))) {
        hold(out, prefix);
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
    }
    for (size_t i = 0; i < out->fresh.n; i++) {
        uint32_t prefix = out->fresh.v[i];
        if (!(out->marks[prefix] & MARK_FRESH))
            continue;
        out->marks[prefix] &= (uint8_t)~MARK_FRESH;
        settle(peer, prefix, running);
    }
    out->fresh.n = 0;
    bool announced = pack->groups.n > 0, withdrew = pack->withdrawn.n > 0;
    if (!announced && !withdrew)
        return;
    bgp_pack_send(pack, peer);
    bgp_mrai_sent(peer, announced, withdrew);
}

void bgp_adjout_clear(struct bgp_peer *peer)
{
    struct bgp_adjout *out = &peer->out;
    struct bgp_attrs *attrs = &peer->speaker->bgp->attrs;
    for (uint32_t i = 0; i < out->cap; i++) {
        if (out->sent[i])
            bgp_attr_put(attrs, out->sent[i]);
        out->sent[i] = NULL;
        out->marks[i] = 0;
    }
    out->fresh.n = out->held.n = 0;
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
