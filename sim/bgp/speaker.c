// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/speaker.h"

#include "bgp/adjout.h"
#include "bgp/decide.h"
#include "bgp/instance.h"
#include "bgp/policy.h"
#include "bgp/session.h"

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
    bgp_jitter_init(&s->jitter, sim_seed(b->sim), s->name, options->timers.no_jitter);
    bgp_cpu_init(&s->cpu, s);
    return s;
}

void bgp_speaker_free(struct bgp_speaker *s)
{
    bgp_cpu_free(&s->cpu);
    for (size_t i = 0; i < s->peers.n; i++)
        bgp_peer_free(s->peers.v[i]);
    vec_free(&s->peers);
    vec_free(&s->dirty);
    vec_free(&s->own);
    vec_free(&s->nexthops.v);
    bgp_rib_free(&s->rib, &s->bgp->attrs);
    bgp_jitter_free(&s->jitter);
    free(s->name);
    free(s);
}

static void flush(struct bgp_speaker *s)
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

static void best_changed(struct bgp_speaker *s, uint32_t prefix, const struct bgp_route *best)
{
    struct bgp *b = s->bgp;
    b->stats.best_changes++;
    b->stats.last_change_ps = sim_now(b->sim);
    b->env.best_changed(b->env.ctx, s->router, b->prefixes.v.v[prefix], best);
    for (size_t i = 0; i < s->peers.n; i++)
        bgp_adjout_mark(s->peers.v[i], prefix);
}

static void decide(struct bgp_speaker *s, uint32_t prefix, struct bgp_rib_entry *e)
{
    int best = bgp_decide(e->candidates, e->n, &s->is.decide, NULL);
    s->bgp->stats.decisions++;
    if (bgp_rib_set_best(e, &s->bgp->attrs, best < 0 ? NULL : &e->candidates[best]))
        best_changed(s, prefix, bgp_rib_best(e));
}

static void remove_route(struct bgp_speaker *s, uint32_t prefix, const struct bgp_peer *from)
{
    struct bgp_rib_entry *e = bgp_rib_find(&s->rib, prefix);
    if (e && bgp_rib_remove(e, &s->bgp->attrs, from))
        decide(s, prefix, e);
}

// Takes over the reference to `attr`.
static void set_route(struct bgp_speaker *s, uint32_t prefix, const struct bgp_peer *from,
                      const struct bgp_attr *attr)
{
    struct bgp_route route = {.attr = attr, .peer = from, .since_ps = sim_now(s->bgp->sim)};
    if (from) {
        route.source = (bgp_peer_is_ibgp(from) ? BGP_SOURCE_IBGP : BGP_SOURCE_EBGP) & 3u;
        route.igp_metric =
            bgp_nexthops_metric(&s->nexthops, &s->bgp->env, s->router, attr->f.next_hop);
    }
    struct bgp_rib_entry *e = bgp_rib_add(&s->rib, prefix);
    if (bgp_rib_set(e, &s->bgp->attrs, route))
        decide(s, prefix, e);
}

static void set_or_remove(struct bgp_peer *from, uint32_t prefix, const struct bgp_attr *attr)
{
    if (attr)
        set_route(from->speaker, prefix, from, attr);
    else // refused: it replaces what the peer said before all the same (RFC 4271 §9.1.2)
        remove_route(from->speaker, prefix, from);
}

void bgp_speaker_learn(struct bgp_peer *from, const struct bgp_message *update)
{
    struct bgp_speaker *s = from->speaker;
    const uint32_t *announced = update->prefixes + update->update.nwithdrawn;
    uint32_t n = update->update.nannounced;
    for (uint32_t i = 0; i < update->update.nwithdrawn; i++)
        remove_route(s, update->prefixes[i], from);
    if (bgp_policy_import_is_uniform(from) && n > 0) {
        const struct bgp_attr *attr = bgp_policy_import(from, update->update.attr, announced[0]);
        for (uint32_t i = 0; i < n; i++)
            set_or_remove(from, announced[i], attr ? bgp_attr_get(attr) : NULL);
        if (attr)
            bgp_attr_put(&s->bgp->attrs, attr);
    } else {
        for (uint32_t i = 0; i < n; i++)
            set_or_remove(from, announced[i],
                          bgp_policy_import(from, update->update.attr, announced[i]));
    }
    flush(s);
}

void bgp_speaker_peer_up(struct bgp_peer *p)
{
    struct bgp_speaker *s = p->speaker;
    for (size_t i = 0; i < s->rib.entries.n; i++) {
        if (bgp_rib_best(s->rib.entries.v[i]))
            bgp_adjout_mark(p, (uint32_t)i);
    }
    flush(s);
}

void bgp_speaker_peer_lost(struct bgp_peer *p)
{
    struct bgp_speaker *s = p->speaker;
    if (!s->up)
        return; // it dies as a whole
    for (size_t i = 0; i < s->rib.entries.n; i++)
        remove_route(s, (uint32_t)i, p);
    flush(s);
}

static size_t find_own(const struct bgp_speaker *s, uint32_t prefix)
{
    size_t i = 0;
    while (i < s->own.n && s->own.v[i] != prefix)
        i++;
    return i;
}

void bgp_speaker_originate(struct bgp_speaker *s, uint32_t prefix)
{
    if (find_own(s, prefix) < s->own.n)
        return;
    vec_push(&s->own, prefix);
    if (!s->up)
        return;
    set_route(s, prefix, NULL, bgp_policy_own(s));
    flush(s);
}

void bgp_speaker_withdraw(struct bgp_speaker *s, uint32_t prefix)
{
    size_t at = find_own(s, prefix);
    if (at == s->own.n)
        return;
    s->own.n--;
    memmove(&s->own.v[at], &s->own.v[at + 1], (s->own.n - at) * sizeof *s->own.v);
    remove_route(s, prefix, NULL);
    flush(s);
}

void bgp_speaker_track_nexthops(struct bgp_speaker *s)
{
    if (!s->up || !bgp_nexthops_refresh(&s->nexthops, &s->bgp->env, s->router))
        return;
    for (size_t i = 0; i < s->rib.entries.n; i++) {
        struct bgp_rib_entry *e = s->rib.entries.v[i];
        bool changed = false;
        for (uint32_t c = 0; e && c < e->n; c++) {
            struct bgp_route *r = &e->candidates[c];
            if (!r->peer)
                continue;
            uint32_t metric =
                bgp_nexthops_metric(&s->nexthops, &s->bgp->env, s->router, r->attr->f.next_hop);
            changed |= metric != r->igp_metric;
            r->igp_metric = metric;
        }
        if (changed)
            decide(s, (uint32_t)i, e);
    }
    flush(s);
}

void bgp_speaker_kill(struct bgp_speaker *s)
{
    if (!s->up)
        return;
    s->up = false;
    bgp_cpu_reset(&s->cpu);
    for (size_t i = 0; i < s->peers.n; i++)
        bgp_session_vanish(s->peers.v[i]);
    for (size_t i = 0; i < s->rib.entries.n; i++) {
        struct bgp_rib_entry *e = s->rib.entries.v[i];
        if (!e)
            continue;
        bgp_rib_remove_all(e, &s->bgp->attrs);
        if (bgp_rib_set_best(e, &s->bgp->attrs, NULL))
            best_changed(s, (uint32_t)i, NULL);
    }
    s->nexthops.v.n = 0;
}

void bgp_speaker_revive(struct bgp_speaker *s)
{
    if (s->up)
        return;
    s->up = true;
    for (size_t i = 0; i < s->own.n; i++)
        set_route(s, s->own.v[i], NULL, bgp_policy_own(s));
    for (size_t i = 0; i < s->peers.n; i++)
        bgp_session_restart(s->peers.v[i]);
}
