// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/account.h"

#include "bgp/instance.h"
#include "bgp/step.h"

#include <stdlib.h>

const char *const bgp_fate_names[] = {"best", "unreachable", "step", "equal", "order"};

// Which speaker a next hop belongs to: at eBGP the neighbour, else the one with that loopback.
static const char *owner(const struct bgp *b, const struct bgp_route *r)
{
    if (r->attr->f.next_hop == r->peer->remote_addr)
        return r->peer->remote->speaker->name;
    for (size_t i = 0; i < b->speakers.n; i++) {
        if (b->speakers.v[i]->is.id == r->attr->f.next_hop)
            return b->speakers.v[i]->name;
    }
    return "unknown";
}

static void judge(const struct bgp_decision *d, const struct bgp_rib_entry *e, uint32_t i,
                  const struct bgp_verdict *v, struct bgp_candidate *out)
{
    const struct bgp_route *loser = &e->candidates[i], *winner = &e->candidates[v->against];
    out->shares = loser->chosen && v->step != BGP_STEP_BEST;
    out->step = v->step;
    if (v->step == BGP_STEP_BEST) {
        out->fate = BGP_FATE_BEST;
        return;
    }
    if (v->step == 0 || v->step == BGP_STEP_ORDER) {
        out->fate = v->step == 0 ? BGP_FATE_UNREACHABLE : BGP_FATE_ORDER;
        return;
    }
    const struct bgp_step *step = d->steps[v->step];
    bool same = v->step == d->nsteps - 1 && step->key(d, loser) == step->key(d, winner);
    out->fate = same ? BGP_FATE_EQUAL : BGP_FATE_STEP;
    out->step_name = step->name;
    out->words = step->words;
    out->higher_wins = step->higher_wins;
    step->show(loser, out->lost, sizeof out->lost);
    step->show(winner, out->won, sizeof out->won);
}

static void fill(const struct bgp_speaker *s, const struct bgp_rib_entry *e, uint32_t i,
                 const struct bgp_verdict *v, struct bgp_candidate *out)
{
    const struct bgp_route *r = &e->candidates[i];
    *out = (struct bgp_candidate){.route = r,
                                  .from = r->peer ? r->peer->remote->speaker->name : "itself",
                                  .from_id = r->peer ? r->peer->remote->speaker->is.id : 0,
                                  .from_address = r->peer ? r->peer->remote_addr : 0,
                                  .next_hop_name = r->peer ? owner(s->bgp, r) : NULL};
    judge(&s->decision, e, i, v, out);
}

static void make(const struct bgp_speaker *s, struct prefix p, const struct bgp_rib_entry *e,
                 struct bgp_account *out)
{
    uint32_t n = e ? e->n : 0, at = 0;
    *out = (struct bgp_account){.router = s->name, .prefix = p, .n = n};
    if (n == 0)
        return;
    struct bgp_verdict *verdicts = xcalloc(n, sizeof *verdicts);
    out->v = xcalloc(n, sizeof *out->v);
    int best = bgp_decide_verdicts(&s->decision, e->candidates, n, verdicts);
    if (best >= 0)
        fill(s, e, (uint32_t)best, &verdicts[best], &out->v[at++]);
    for (uint32_t i = 0; i < n; i++)
        if ((int)i != best)
            fill(s, e, i, &verdicts[i], &out->v[at++]);
    out->depends_on_order = bgp_decide_depends_on_order(&s->decision, e->candidates, n);
    free(verdicts);
}

static const struct bgp_speaker *speaker_at(const struct bgp *b, uint32_t router)
{
    const struct bgp_speaker *s = router < b->by_router.n ? b->by_router.v[router] : NULL;
    SIM_ASSERT(b->sim, s != NULL);
    return s;
}

void bgp_account_make(const struct bgp *b, uint32_t router, struct prefix p,
                      struct bgp_account *out)
{
    const struct bgp_speaker *s = speaker_at(b, router);
    uint32_t prefix = bgp_prefixes_find(&b->prefixes, p);
    make(s, p, prefix == BGP_NO_PREFIX ? NULL : bgp_rib_find(&s->rib, prefix), out);
}

void bgp_account_free(struct bgp_account *a)
{
    free(a->v);
    a->v = NULL;
}

static int by_prefix(const void *a, const void *b)
{
    const struct prefix *x = a, *y = b;
    return prefix_compare(*x, *y);
}

void bgp_account_all(const struct bgp *b, uint32_t router,
                     void (*visit)(void *ctx, const struct bgp_account *a), void *ctx)
{
    size_t n = b->prefixes.v.n;
    struct prefix *sorted = xmalloc((n + 1) * sizeof *sorted);
    for (size_t i = 0; i < n; i++)
        sorted[i] = b->prefixes.v.v[i];
    qsort(sorted, n, sizeof *sorted, by_prefix);
    for (size_t i = 0; i < n; i++) {
        struct bgp_account a;
        bgp_account_make(b, router, sorted[i], &a);
        if (a.n)
            visit(ctx, &a);
        bgp_account_free(&a);
    }
    free(sorted);
}
