// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/restart.h"

#include "bgp/instance.h"
#include "bgp/session.h"

#define DEFERRAL_DEFAULT_PS (360 * PS_PER_S)

bool bgp_restart_defers(const struct bgp_speaker *s)
{
    return s->restart && s->restart->phase == BGP_DEFERS;
}

bool bgp_restart_flag(const struct bgp_speaker *s)
{
    return bgp_restart_defers(s);
}

bool bgp_restart_forwards(const struct bgp_speaker *s)
{
    return !bgp_restart_defers(s) || s->restart->forwarding;
}

static int64_t deferral_ps(const struct bgp_speaker *s)
{
    int64_t longest_ps = 0;
    for (size_t i = 0; i < s->peers.n; i++) {
        const struct bgp_graceful_options *g = &s->peers.v[i]->is.graceful;
        int64_t ps = g->deferral_ps ? g->deferral_ps : DEFERRAL_DEFAULT_PS;
        if (g->on && ps > longest_ps)
            longest_ps = ps;
    }
    return longest_ps;
}

// Selects, tells everybody, and says that this was all.
static void select_routes(struct bgp_speaker *s)
{
    struct bgp *b = s->bgp;
    bgp_restart_cancel(s);
    for (uint32_t i = 0; i < s->rib.entries.n; i++)
        if (s->rib.entries.v[i].n)
            bgp_speaker_decide(s, i);
    bgp_speaker_flush(s);
    for (size_t i = 0; i < s->peers.n; i++)
        if (s->peers.v[i]->state == BGP_ESTABLISHED && s->peers.v[i]->may.graceful)
            bgp_session_send_end_of_rib(s->peers.v[i]);
    if (b->env.selection_done)
        b->env.selection_done(b->env.ctx, s->router);
}

static void due(struct sim *sim, struct timer *t)
{
    struct bgp_speaker *s = t->owner;
    int64_t wait_ps = deferral_ps(s);
    if (s->restart->phase == BGP_DEFERS) {
        select_routes(s);
        return;
    }
    s->restart->phase = wait_ps ? BGP_DEFERS : BGP_RUNS;
    if (wait_ps)
        timer_set(sim, t, sim_now(sim) + wait_ps);
    bgp_speaker_revive(s);
    if (!wait_ps && s->bgp->env.selection_done)
        s->bgp->env.selection_done(s->bgp->env.ctx, s->router);
}

void bgp_restart_begin(struct bgp_speaker *s, int64_t down_ps, bool forwarding)
{
    struct sim *sim = s->bgp->sim;
    if (!s->up)
        return;
    for (size_t i = 0; i < s->peers.n; i++)
        bgp_session_abort(s->peers.v[i]);
    bgp_speaker_kill(s);
    if (!s->restart) {
        s->restart = xcalloc(1, sizeof *s->restart);
        timer_init(sim, &s->restart->timer, due, s, SIM_PHASE_CONTROL);
    }
    s->restart->forwarding = forwarding;
    s->restart->phase = BGP_IS_DOWN;
    timer_set(sim, &s->restart->timer, sim_now(sim) + down_ps);
}

static bool waits_for(const struct bgp_peer *p)
{
    if (!p->is.graceful.on || !p->usable)
        return false;
    if (p->state != BGP_ESTABLISHED)
        return true;
    return p->may.graceful && !p->may.restarted && !p->told_all;
}

void bgp_restart_check(struct bgp_speaker *s)
{
    if (!bgp_restart_defers(s))
        return;
    for (size_t i = 0; i < s->peers.n; i++)
        if (waits_for(s->peers.v[i]))
            return;
    select_routes(s);
}

void bgp_restart_cancel(struct bgp_speaker *s)
{
    if (!s->restart)
        return;
    s->restart->phase = BGP_RUNS;
    timer_cancel(&s->restart->timer);
}

void bgp_restart_free(struct bgp_speaker *s)
{
    free(s->restart);
    s->restart = NULL;
}
