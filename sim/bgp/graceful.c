// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/graceful.h"

#include "bgp/instance.h"

#define END_OF_RIB_PS (360 * PS_PER_S) // longest wait for it; RFC 4724 §4.2 leaves it open

enum phase { RESTARTING, LONG_LIVED, TOLD_ANEW };

struct bgp_stale {
    enum phase phase;
    int64_t long_lived_ps; // what follows the restart time; 0: nothing
};

static void arm(struct bgp_peer *p, int64_t after_ps)
{
    struct sim *sim = p->speaker->bgp->sim;
    bgp_clock_set(sim, &p->clock, BGP_DEADLINE_STALE, sim_now(sim) + after_ps);
}

static void enter(struct bgp_peer *p, enum phase phase, int64_t for_ps)
{
    if (!p->stale)
        p->stale = xcalloc(1, sizeof *p->stale);
    p->stale->phase = phase;
    arm(p, for_ps);
}

// --- Over all candidates of a peer

static void mark(struct bgp_peer *p)
{
    struct bgp_rib *rib = &p->speaker->rib;
    for (uint32_t i = 0; i < rib->entries.n; i++) {
        struct bgp_rib_entry *e = &rib->entries.v[i];
        for (uint32_t c = 0; c < e->n; c++)
            if (e->candidates[c].peer == p)
                e->candidates[c].stale = true;
    }
}

// Removes stale candidates: all, or those that may not stay for long. True when one was.
static bool remove_stale(struct bgp_peer *p, struct bgp_rib_entry *e, bool all)
{
    struct bgp_speaker *s = p->speaker;
    bool removed = false;
    for (uint32_t c = e->n; c-- > 0;) {
        const struct bgp_route *r = &e->candidates[c];
        if (r->peer == p && r->stale && (all || bgp_attr_has_community(r->attr, BGP_NO_LLGR)))
            removed |= bgp_rib_remove(&s->rib, e, &s->bgp->attrs, p, r->path_id);
    }
    return removed;
}

static void sweep(struct bgp_peer *p, bool all)
{
    struct bgp_speaker *s = p->speaker;
    for (uint32_t i = 0; i < s->rib.entries.n; i++)
        if (remove_stale(p, &s->rib.entries.v[i], all))
            bgp_speaker_decide(s, i);
    bgp_speaker_flush(s);
}

static void finish(struct bgp_peer *p)
{
    free(p->stale);
    p->stale = NULL;
    bgp_clock_cancel(&p->clock, BGP_DEADLINE_STALE);
    sweep(p, true);
}

// RFC 9494 §4.2: LLGR_STALE, by which the decision prefers every other route.
static bool attach(struct bgp_peer *p, struct bgp_rib_entry *e)
{
    struct bgp *b = p->speaker->bgp;
    bool changed = false;
    for (uint32_t c = 0; c < e->n; c++) {
        struct bgp_route r = e->candidates[c];
        if (r.peer != p || !r.stale)
            continue;
        bgp_draft_load(&b->draft, r.attr);
        bgp_draft_add_community(&b->draft, BGP_LLGR_STALE);
        r.attr = bgp_attr_intern(&b->attrs, &b->draft);
        changed |= bgp_rib_set(&p->speaker->rib, e, &b->attrs, r) >= 0;
    }
    return changed;
}

static void begin_long_lived(struct bgp_peer *p)
{
    struct bgp_speaker *s = p->speaker;
    enter(p, LONG_LIVED, p->stale->long_lived_ps);
    sweep(p, false);
    for (uint32_t i = 0; i < s->rib.entries.n; i++)
        if (attach(p, &s->rib.entries.v[i]))
            bgp_speaker_decide(s, i);
    bgp_speaker_flush(s);
}

// --- What happens to the session

// RFC 8538 §3.1, §5: after these nobody is to keep anything. (A shutdown is to be wrapped into a Hard
// Reset there; here its own subcode stands for itself.)
static bool is_hard(unsigned subcode)
{
    return subcode == BGP_CEASE_HARD_RESET || subcode == BGP_CEASE_SHUTDOWN;
}

bool bgp_graceful_keeps(const struct bgp_negotiated *may, enum bgp_event event,
                        const struct bgp_notification *error)
{
    if (!may->graceful || (may->restart_ps == 0 && may->long_lived_ps == 0))
        return false;
    switch (event) {
    case BGP_EV_TCP_FAILS:
        return true;
    case BGP_EV_AUTO_STOP: // the interface or BFD
        return false;
    default:
        return may->notification && !(error->error == BGP_ERROR_CEASE && is_hard(error->subcode));
    }
}

void bgp_graceful_lost(struct bgp_peer *p, const struct bgp_negotiated *may)
{
    if (p->stale)
        sweep(p, true); // §4.2: those that were stale already go
    mark(p);
    enter(p, RESTARTING, may->restart_ps);
    p->stale->long_lived_ps = may->long_lived_ps;
}

void bgp_graceful_up(struct bgp_peer *p)
{
    if (!p->stale)
        return;
    if (!p->may.graceful || !p->may.forwarding)
        finish(p);
    else if (p->stale->phase == RESTARTING)
        enter(p, TOLD_ANEW, END_OF_RIB_PS);
}

void bgp_graceful_end_of_rib(struct bgp_peer *p)
{
    if (p->stale)
        finish(p);
}

void bgp_graceful_due(struct bgp_peer *p)
{
    if (p->stale->phase == RESTARTING && p->stale->long_lived_ps)
        begin_long_lived(p);
    else
        finish(p);
}

void bgp_graceful_refresh(struct bgp_peer *p, bool begins)
{
    if (!begins) {
        bgp_graceful_end_of_rib(p);
        return;
    }
    mark(p);
    enter(p, TOLD_ANEW, END_OF_RIB_PS);
}

void bgp_graceful_forget(struct bgp_peer *p)
{
    free(p->stale);
    p->stale = NULL;
    bgp_clock_cancel(&p->clock, BGP_DEADLINE_STALE);
}
