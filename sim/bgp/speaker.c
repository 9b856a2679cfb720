// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/speaker.h"

#include "bgp/adjout.h"
#include "bgp/damping.h"
#include "bgp/derive.h"
#include "bgp/instance.h"
#include "bgp/multipath.h"
#include "bgp/policy.h"
#include "bgp/restart.h"
#include "bgp/session.h"

static void tell(struct bgp_speaker *s)
{
    for (size_t i = 0; i < s->dirty.n; i++) {
        struct bgp_peer *p = s->dirty.v[i];
        if (!p->out.dirty)
            continue;
        p->out.dirty = false;
        if (p->state == BGP_ESTABLISHED)
            bgp_adjout_flush(p);
    }
    s->dirty.n = 0;
}

static void gathered(struct sim *sim, struct timer *t)
{
    (void)sim;
    tell(t->owner);
}

static void flush(struct bgp_speaker *s)
{
    struct sim *sim = s->bgp->sim;
    bgp_derive_settle(s);
    bgp_news_spread(s);
    if (s->is.timers.gather_ps == 0)
        tell(s);
    else if (s->dirty.n && !timer_armed(&s->gather))
        timer_set(sim, &s->gather, sim_now(sim) + s->is.timers.gather_ps);
}

struct bgp_speaker *bgp_speaker_make(struct bgp *b, uint32_t router,
                                     const struct bgp_speaker_options *options)
{
    struct bgp_speaker *s = xcalloc(1, sizeof *s);
    size_t len = strlen(options->name) + 1;
    s->bgp = b;
    s->router = router;
    s->name = memcpy(xmalloc(len), options->name, len);
    s->is = *options;
    s->is.name = s->name;
    if (!s->is.cluster_id)
        s->is.cluster_id = s->is.id;
    s->up = true;
    bgp_decision_init(&s->decision, &options->decide);
    bgp_jitter_init(&s->jitter, sim_seed(b->sim), s->name, options->timers.no_jitter);
    bgp_cpu_init(&s->cpu, s);
    timer_init(b->sim, &s->gather, gathered, s, SIM_PHASE_CONTROL);
    return s;
}

void bgp_speaker_free(struct bgp_speaker *s)
{
    bgp_cpu_free(&s->cpu);
    bgp_restart_free(s);
    bgp_rib_free(&s->rib, &s->bgp->attrs); // it knows its candidates' peers
    for (size_t i = 0; i < s->peers.n; i++)
        bgp_peer_free(s->peers.v[i]);
    vec_free(&s->peers);
    vec_free(&s->dirty);
    bgp_news_free(&s->news);
    bgp_packed_free(&s->packed, &s->bgp->attrs);
    vec_free(&s->own);
    vec_free(&s->hijacked);
    vec_free(&s->drained);
    bgp_derive_free(s);
    vec_free(&s->nexthops.v);
    table_free(&s->path_ids);
    bgp_jitter_free(&s->jitter);
    free(s->name);
    free(s);
}

static void changed(struct bgp_speaker *s, uint32_t prefix, const struct bgp_route *best)
{
    struct bgp *b = s->bgp;
    b->stats.best_changes++;
    b->stats.last_change_ps = sim_now(b->sim);
    bgp_suspects_note(b, prefix, s, best);
    b->env.best_changed(b->env.ctx, s->router, b->prefixes.v.v[prefix], best);
    bgp_derive_note(s, prefix);
}

// Candidates changed. `idle`: what went, if anything did, did not matter (bgp/decide.h); `arrived` is
// the new one, or BGP_NO_CANDIDATE.
static void decide(struct bgp_speaker *s, uint32_t prefix, struct bgp_rib_entry *e, bool idle,
                   int arrived)
{
    struct bgp_memo *m = &s->bgp->memo;
    if (bgp_restart_defers(s))
        return;
    if (!bgp_memo_knows(m, &s->bgp->attrs, &s->decision, e, idle, arrived)) {
        bgp_memo_keep(m, &s->bgp->attrs, &s->decision, e, idle, arrived);
        m->best = idle ? bgp_decide_newcomer(&s->decision, e->candidates, e->n, e->best, arrived)
                       : bgp_decide(&s->decision, e->candidates, e->n, arrived);
        m->nothers = bgp_multipath(&s->decision, e->candidates, e->n, m->best, m->others);
    }
    enum bgp_rib_change change = bgp_rib_choose(e, m->best, m->others, m->nothers);
    s->bgp->stats.decisions++;
    if (change != BGP_RIB_SAME)
        changed(s, prefix, bgp_rib_best(e));
    else if (s->is.tells_backups)
        s->bgp->env.best_changed(s->bgp->env.ctx, s->router, s->bgp->prefixes.v.v[prefix],
                                 bgp_rib_best(e));
    bgp_news_note(s, prefix, change == BGP_RIB_BEST);
}

// Is it certain that the best path stays so without the candidate that `from` has now?
static bool is_idle(const struct bgp_speaker *s, const struct bgp_rib_entry *e,
                    const struct bgp_peer *from, uint32_t path_id)
{
    const struct bgp_route *best = bgp_rib_best(e);
    if (!best || e->best_gone || !s->decision.quick)
        return false;
    const struct bgp_route *x = bgp_rib_candidate(e, from, path_id);
    return x ? x != best && bgp_decide_is_idle(&s->decision, best, x)
             : best->igp_metric != BGP_UNREACHABLE;
}

static void remove_route(struct bgp_speaker *s, uint32_t prefix, const struct bgp_peer *from,
                         uint32_t path_id)
{
    struct bgp_rib_entry *e = bgp_rib_find(&s->rib, prefix);
    bool idle = e && is_idle(s, e, from, path_id);
    if (e && bgp_rib_remove(&s->rib, e, &s->bgp->attrs, from, path_id))
        decide(s, prefix, e, idle, BGP_NO_CANDIDATE);
}

// Takes over the reference to `attr`.
static void set_route(struct bgp_speaker *s, uint32_t prefix, const struct bgp_peer *from,
                      uint32_t path_id, const struct bgp_attr *attr)
{
    struct bgp_route route = {.attr = attr,
                              .peer = from,
                              .since_ps = sim_now(s->bgp->sim),
                              .path_id = path_id & BGP_PATH_ID_MAX};
    if (from) {
        route.source = (bgp_peer_is_external(from) ? BGP_SOURCE_EBGP : BGP_SOURCE_IBGP) & 3u;
        route.igp_metric =
            bgp_nexthops_metric(&s->nexthops, &s->bgp->env, s->router, attr->f.next_hop);
    }
    struct bgp_rib_entry *e = bgp_rib_add(&s->rib, prefix);
    s->rib.room = (uint32_t)s->peers.n;
    bool idle = is_idle(s, e, from, path_id);
    int at = bgp_rib_set(&s->rib, e, &s->bgp->attrs, route);
    if (at >= 0)
        decide(s, prefix, e, idle, at);
}

static void set_or_remove(struct bgp_peer *from, uint32_t prefix, uint32_t path_id,
                          const struct bgp_attr *attr)
{
    if (from->is.policy.damping)
        attr = bgp_damping_hear(from, prefix, path_id, attr);
    if (attr)
        set_route(from->speaker, prefix, from, path_id, attr);
    else // refused, too: it replaces what the peer said before all the same (RFC 4271 §9.1.2)
        remove_route(from->speaker, prefix, from, path_id);
}

void bgp_speaker_learn(struct bgp_peer *from, const struct bgp_message *update)
{
    struct bgp_speaker *s = from->speaker;
    uint32_t nwithdrawn = update->update.nwithdrawn, n = update->update.nannounced;
    const uint32_t *announced = update->prefixes + nwithdrawn;
    const uint32_t *ids = update->update.paths ? announced + n : NULL; // of both
    for (uint32_t i = 0; i < nwithdrawn; i++)
        set_or_remove(from, update->prefixes[i], ids ? ids[i] : 0, NULL);
    ids = ids ? ids + nwithdrawn : NULL;
    if (bgp_policy_import_is_uniform(from) && n > 0) {
        const struct bgp_attr *attr = bgp_policy_import(from, update->update.attr, announced[0]);
        for (uint32_t i = 0; i < n; i++)
            set_or_remove(from, announced[i], ids ? ids[i] : 0, attr ? bgp_attr_get(attr) : NULL);
        if (attr)
            bgp_attr_put(&s->bgp->attrs, attr);
    } else {
        for (uint32_t i = 0; i < n; i++)
            set_or_remove(from, announced[i], ids ? ids[i] : 0,
                          bgp_policy_import(from, update->update.attr, announced[i]));
    }
    flush(s);
}

void bgp_speaker_reuse(struct bgp_peer *from, uint32_t prefix, uint32_t path_id,
                       const struct bgp_attr *attr)
{
    set_route(from->speaker, prefix, from, path_id, attr);
    flush(from->speaker);
}

void bgp_speaker_peer_up(struct bgp_peer *p)
{
    struct bgp_speaker *s = p->speaker;
    p->out.paths = p->add_path_out;
    s->tells_more |= bgp_adjout_tells_more(p);
    for (uint32_t i = 0; i < s->rib.entries.n; i++)
        if (s->rib.entries.v[i].n)
            bgp_adjout_mark(p, i);
    flush(s);
}

void bgp_speaker_peer_lost(struct bgp_peer *p)
{
    struct bgp_speaker *s = p->speaker;
    if (!s->up)
        return; // it dies as a whole
    bgp_damping_lost(p);
    for (uint32_t i = 0; i < s->rib.entries.n && bgp_rib_held(&s->rib, p); i++) {
        struct bgp_rib_entry *e = &s->rib.entries.v[i];
        if (bgp_rib_remove_peer(&s->rib, e, &s->bgp->attrs, p))
            decide(s, i, e, false, BGP_NO_CANDIDATE);
    }
    flush(s);
}

static size_t find_own(const struct bgp_speaker *s, uint32_t prefix)
{
    size_t i = 0;
    while (i < s->own.n && s->own.v[i] != prefix)
        i++;
    return i;
}

bool bgp_speaker_is_own(const struct bgp_speaker *s, uint32_t prefix)
{
    return find_own(s, prefix) < s->own.n;
}

void bgp_speaker_set_local(struct bgp_speaker *s, uint32_t prefix, const struct bgp_attr *attr)
{
    if (attr)
        set_route(s, prefix, NULL, 0, attr);
    else
        remove_route(s, prefix, NULL, 0);
}

void bgp_speaker_originate(struct bgp_speaker *s, uint32_t prefix)
{
    if (find_own(s, prefix) < s->own.n)
        return;
    vec_push(&s->own, prefix);
    if (!s->up)
        return;
    set_route(s, prefix, NULL, 0, bgp_policy_own(s, prefix));
    flush(s);
}

void bgp_speaker_withdraw(struct bgp_speaker *s, uint32_t prefix)
{
    size_t at = find_own(s, prefix);
    if (at == s->own.n)
        return;
    for (size_t i = 0; i < s->hijacked.n; i++)
        if (s->hijacked.v[i].prefix == prefix)
            s->hijacked.v[i--] = s->hijacked.v[--s->hijacked.n];
    s->own.n--;
    memmove(&s->own.v[at], &s->own.v[at + 1], (s->own.n - at) * sizeof *s->own.v);
    remove_route(s, prefix, NULL, 0);
    flush(s);
}

void bgp_speaker_drain(struct bgp_speaker *s, uint32_t prefix, bool on)
{
    size_t at = 0;
    while (at < s->drained.n && s->drained.v[at] != prefix)
        at++;
    if ((at < s->drained.n) == on)
        return;
    if (on)
        vec_push(&s->drained, prefix);
    else
        s->drained.v[at] = s->drained.v[--s->drained.n];
    if (!s->up || find_own(s, prefix) == s->own.n)
        return;
    set_route(s, prefix, NULL, 0, bgp_policy_own(s, prefix));
    flush(s);
}

// What the peer has told becomes the last choice (RFC 8326 §4.2, on the initiator's side).
static void depreciate(struct bgp_peer *p)
{
    struct bgp_speaker *s = p->speaker;
    for (uint32_t i = 0; i < s->rib.entries.n; i++) {
        struct bgp_rib_entry *e = &s->rib.entries.v[i];
        for (uint32_t c = 0; c < e->n; c++) {
            const struct bgp_route *r = &e->candidates[c];
            if (r->peer != p || r->attr->f.local_pref == 0)
                continue;
            bgp_draft_load(&s->bgp->draft, r->attr);
            s->bgp->draft.f.local_pref = 0;
            set_route(s, i, p, r->path_id, bgp_attr_intern(&s->bgp->attrs, &s->bgp->draft));
        }
    }
}

void bgp_speaker_drain_peer(struct bgp_peer *p, bool on)
{
    struct bgp_speaker *s = p->speaker;
    if (p->draining == on)
        return;
    p->draining = on;
    if (p->state != BGP_ESTABLISHED)
        return;
    for (uint32_t i = 0; i < s->rib.entries.n; i++)
        if (s->rib.entries.v[i].n)
            bgp_adjout_mark(p, i);
    if (on)
        depreciate(p);
    else
        bgp_session_send_refresh(p, BGP_REFRESH_REQUEST);
    flush(s);
}

static bool tells_metric(const struct bgp_speaker *s, const struct bgp_attr *attr)
{
    for (size_t i = 0; i < s->peers.n; i++)
        if (bgp_policy_tells_metric(s->peers.v[i], attr))
            return true;
    return false;
}

void bgp_speaker_track_nexthops(struct bgp_speaker *s)
{
    if (!s->up || !bgp_nexthops_refresh(&s->nexthops, &s->bgp->env, s->router))
        return;
    for (uint32_t i = 0; i < s->rib.entries.n; i++) {
        struct bgp_rib_entry *e = &s->rib.entries.v[i];
        bool moved = false, nearer = false;
        for (uint32_t c = 0; c < e->n; c++) {
            struct bgp_route *r = &e->candidates[c];
            if (!r->peer)
                continue;
            uint32_t metric =
                bgp_nexthops_metric(&s->nexthops, &s->bgp->env, s->router, r->attr->f.next_hop);
            moved |= metric != r->igp_metric;
            nearer |= r->best && metric != r->igp_metric;
            r->igp_metric = metric;
        }
        if (moved)
            decide(s, i, e, false, BGP_NO_CANDIDATE);
        const struct bgp_route *best = bgp_rib_best(e);
        if (nearer && best && tells_metric(s, best->attr)) // the best as before, but told otherwise
            bgp_news_note(s, i, true);
    }
    flush(s);
}

void bgp_speaker_kill(struct bgp_speaker *s)
{
    if (!s->up)
        return;
    s->up = false;
    bgp_cpu_reset(&s->cpu);
    timer_cancel(&s->gather);
    s->news.v.n = 0;
    bgp_packed_forget(&s->packed, &s->bgp->attrs);
    for (size_t i = 0; i < s->peers.n; i++) {
        bgp_session_vanish(s->peers.v[i]);
        bgp_damping_clear(s->peers.v[i]);
    }
    for (uint32_t i = 0; i < s->rib.entries.n; i++) {
        struct bgp_rib_entry *e = &s->rib.entries.v[i];
        bgp_rib_remove_all(&s->rib, e, &s->bgp->attrs);
        if (bgp_rib_choose(e, BGP_NO_CANDIDATE, NULL, 0) != BGP_RIB_SAME)
            changed(s, i, NULL);
    }
    s->nexthops.v.n = 0;
}

void bgp_speaker_revive(struct bgp_speaker *s)
{
    if (s->up)
        return;
    s->up = true;
    for (size_t i = 0; i < s->own.n; i++)
        set_route(s, s->own.v[i], NULL, 0, bgp_policy_own(s, s->own.v[i]));
    for (size_t i = 0; i < s->peers.n; i++)
        bgp_session_restart(s->peers.v[i]);
}

void bgp_speaker_decide(struct bgp_speaker *s, uint32_t prefix)
{
    decide(s, prefix, bgp_rib_find(&s->rib, prefix), false, BGP_NO_CANDIDATE);
}

void bgp_speaker_flush(struct bgp_speaker *s)
{
    flush(s);
}

void bgp_speaker_expect_stale(struct bgp_speaker *s)
{
    s->is.decide.long_lived = true;
    bgp_decision_init(&s->decision, &s->is.decide);
    bgp_memo_forget(&s->bgp->memo);
}

void bgp_speaker_tell_anew(struct bgp_peer *p)
{
    for (uint32_t i = 0; i < p->speaker->rib.entries.n; i++)
        bgp_adjout_mark(p, i);
    flush(p->speaker);
}
