// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/oscillation.h"

#include "base/table.h"
#include "bgp/explain.h"
#include "bgp/instance.h"

#include <inttypes.h>
#include <stdlib.h>

#define REMEMBERED 1024u // changes of a suspect prefix
#define ENOUGH     4u    // times that a state is seen in a cycle

struct move {
    int64_t at_ps;
    const struct bgp_speaker *speaker;
    struct bgp_route best; // with a reference to its attributes; attr NULL: none
    uint64_t state;        // fingerprint of who has which best path after it
};

struct bgp_watch {
    struct move ring[REMEMBERED];
    uint32_t next, n;
    uint64_t state;
    uint64_t *last; // by router: what its best path adds to the fingerprint
    uint32_t nlast;
};

const char *const bgp_cycle_names[] = {"a dispute between the policies of several ASes",
                                       "MEDs that are compared in one order here and another there",
                                       "what reflection hides and shows within one AS"};

// More changes without an outside cause than convergence needs: path exploration visits a few paths a
// speaker.
static uint32_t suspicious(const struct bgp *b)
{
    return 64 + 8 * (uint32_t)b->speakers.n;
}

static void forget(struct bgp *b, struct bgp_watch *w)
{
    if (!w)
        return;
    for (uint32_t i = 0; i < w->n; i++)
        if (w->ring[i].best.attr)
            bgp_attr_put(&b->attrs, w->ring[i].best.attr);
    free(w->last);
    free(w);
}

void bgp_suspects_free(struct bgp_suspects *s, struct bgp *b)
{
    for (size_t i = 0; i < s->v.n; i++)
        forget(b, s->v.v[i].watch);
    vec_free(&s->v);
}

void bgp_suspects_cause(struct bgp_suspects *s)
{
    s->causes++;
}

static uint64_t fingerprint(uint32_t router, const struct bgp_route *best)
{
    const uint32_t words[] = {router, best ? best->attr->hash : 0,
                              best && best->peer ? best->peer->index + 1 : 0, best != NULL};
    return hash_bytes(words, sizeof words, 7);
}

static void remember(struct bgp *b, struct bgp_watch *w, const struct bgp_speaker *s,
                     const struct bgp_route *best)
{
    while (w->nlast <= s->router) {
        uint32_t n = 2 * w->nlast > s->router + 1 ? 2 * w->nlast : s->router + 1;
        w->last = xrealloc(w->last, n * sizeof *w->last);
        memset(w->last + w->nlast, 0, (n - w->nlast) * sizeof *w->last);
        w->nlast = n;
    }
    uint64_t now = fingerprint(s->router, best);
    w->state += now - w->last[s->router];
    w->last[s->router] = now;
    struct move *m = &w->ring[w->next];
    if (w->n == REMEMBERED && m->best.attr)
        bgp_attr_put(&b->attrs, m->best.attr);
    *m = (struct move){.at_ps = sim_now(b->sim), .speaker = s, .state = w->state};
    if (best) {
        m->best = *best;
        bgp_attr_get(best->attr);
    }
    w->next = (w->next + 1) % REMEMBERED;
    w->n += w->n < REMEMBERED;
}

void bgp_suspects_note(struct bgp *b, uint32_t prefix, const struct bgp_speaker *s,
                       const struct bgp_route *best)
{
    struct bgp_suspects *all = &b->suspects;
    while (all->v.n <= prefix)
        vec_push(&all->v, (struct bgp_suspect){0});
    struct bgp_suspect *x = &all->v.v[prefix];
    if (x->cause != all->causes) {
        x->cause = all->causes;
        x->changes = 0;
        forget(b, x->watch);
        x->watch = NULL;
    }
    if (++x->changes < suspicious(b))
        return;
    if (!x->watch)
        x->watch = xcalloc(1, sizeof *x->watch);
    remember(b, x->watch, s, best);
}

// The i-th remembered move, from the oldest.
static const struct move *move_at(const struct bgp_watch *w, uint32_t i)
{
    return &w->ring[(w->next + REMEMBERED - w->n + i) % REMEMBERED];
}

// A state, and which moves led to it.
struct visit {
    uint64_t state;
    uint32_t move;
};

static int by_state(const void *a, const void *b)
{
    const struct visit *x = a, *y = b;
    if (x->state != y->state)
        return x->state < y->state ? -1 : 1;
    return x->move < y->move ? -1 : x->move > y->move;
}

// The state seen most often: how often, and by which moves it was entered the last two times.
static uint32_t most_visited(const struct bgp_watch *w, uint32_t last_two[2])
{
    struct visit *v = xmalloc((w->n + 1) * sizeof *v);
    uint32_t most = 0;
    for (uint32_t i = 0; i < w->n; i++)
        v[i] = (struct visit){move_at(w, i)->state, i};
    qsort(v, w->n, sizeof *v, by_state);
    for (uint32_t i = 0, k; i < w->n; i = k) {
        for (k = i + 1; k < w->n && v[k].state == v[i].state; k++)
            ;
        bool later = k - i == most && most >= 2 && v[k - 1].move > last_two[1];
        if (k - i >= 2 && (k - i > most || later)) {
            most = k - i;
            last_two[0] = v[k - 2].move;
            last_two[1] = v[k - 1].move;
        }
    }
    free(v);
    return most;
}

// MEDs of one neighbour AS differ among the paths of the cycle.
static bool meds_differ(const struct bgp_watch *w, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i <= to; i++)
        for (uint32_t k = from; k < i; k++) {
            const struct bgp_attr *a = move_at(w, i)->best.attr, *b = move_at(w, k)->best.attr;
            if (a && b && a->npath && b->npath && bgp_attr_path(a)[0] == bgp_attr_path(b)[0] &&
                a->f.med != b->f.med)
                return true;
        }
    return false;
}

static enum bgp_cycle_kind kind_of(const struct bgp_watch *w, uint32_t from, uint32_t to)
{
    uint32_t asn = move_at(w, from)->speaker->is.asn;
    for (uint32_t i = from; i <= to; i++)
        if (move_at(w, i)->speaker->is.asn != asn)
            return BGP_CYCLE_DISPUTE;
    return meds_differ(w, from, to) ? BGP_CYCLE_MED : BGP_CYCLE_INTERNAL;
}

static void show(const struct move *m, struct bgp_cycle *out)
{
    const struct bgp_route *r = &m->best;
    uint32_t i = out->nsteps++;
    snprintf(out->step[i].router, sizeof out->step[i].router, "%s", m->speaker->name);
    out->step[i].from[0] = '\0';
    if (!r->attr)
        snprintf(out->step[i].path, sizeof out->step[i].path, "no route");
    else if (r->attr->npath == 0)
        snprintf(out->step[i].path, sizeof out->step[i].path, "its own AS");
    else
        bgp_path_text(r, out->step[i].path, sizeof out->step[i].path);
    if (r->attr && r->peer)
        snprintf(out->step[i].from, sizeof out->step[i].from, "%s", r->peer->remote->speaker->name);
}

bool bgp_oscillates(const struct bgp *b, struct prefix p, struct bgp_cycle *out)
{
    uint32_t prefix = bgp_prefixes_find(&b->prefixes, p), two[2] = {0, 0};
    if (prefix == BGP_NO_PREFIX || prefix >= b->suspects.v.n)
        return false;
    const struct bgp_suspect *x = &b->suspects.v.v[prefix];
    const struct bgp_watch *w = x->cause == b->suspects.causes ? x->watch : NULL;
    uint32_t times = w ? most_visited(w, two) : 0;
    if (times < ENOUGH)
        return false;
    *out = (struct bgp_cycle){.prefix = p,
                              .kind = kind_of(w, two[0], two[1]),
                              .times = times,
                              .changes = two[1] - two[0],
                              .period_ps = move_at(w, two[1])->at_ps - move_at(w, two[0])->at_ps,
                              .last_ps = move_at(w, w->n - 1)->at_ps};
    for (uint32_t i = two[0] + 1; i <= two[1] && out->nsteps < BGP_CYCLE_STEPS; i++)
        show(move_at(w, i), out);
    // Still at it? Several rounds' time without a change is rest.
    return sim_now(b->sim) - out->last_ps <= ENOUGH * (out->period_ps + PS_PER_S);
}

void bgp_oscillations(const struct bgp *b, void (*visit)(void *ctx, const struct bgp_cycle *c),
                      void *ctx)
{
    struct bgp_cycle c;
    for (size_t i = 0; i < b->suspects.v.n; i++)
        if (b->suspects.v.v[i].watch && bgp_oscillates(b, b->prefixes.v.v[i], &c))
            visit(ctx, &c);
}

void bgp_cycle_print(const struct bgp_cycle *c, FILE *out)
{
    char text[PREFIX_TEXT];
    fprintf(out,
            "%s never settles: %s.\n"
            "  A cycle of %" PRIu32 " best-path changes in %.3f s, seen %" PRIu32 " times:\n",
            prefix_print(c->prefix, text), bgp_cycle_names[c->kind], c->changes,
            (double)c->period_ps / (double)PS_PER_S, c->times);
    for (uint32_t i = 0; i < c->nsteps; i++)
        fprintf(out, "    %s: %s%s%s\n", c->step[i].router, c->step[i].path,
                c->step[i].from[0] ? "  from " : "", c->step[i].from);
    if (c->nsteps < c->changes)
        fprintf(out, "    and %" PRIu32 " more\n", c->changes - c->nsteps);
}
