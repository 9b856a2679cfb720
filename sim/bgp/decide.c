// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/decide.h"

#include "base/arena.h"
#include "bgp/contest.h"
#include "bgp/step.h"

#include <stdlib.h>
#include <string.h>

#define FEW 32 // candidates that need no memory of their own

const char *const bgp_profile_names[BGP_PROFILES] = {"rfc", "bird", "frr", "cisco", "junos"};

static const struct { // what BGP_DEFAULT stands for
    enum bgp_switch deterministic_med, prefer_oldest, aigp, multipath_relax;
} defaults[BGP_PROFILES] = {
    [BGP_PROFILE_RFC] = {BGP_ON, BGP_OFF, BGP_OFF, BGP_OFF},
    [BGP_PROFILE_BIRD] = {BGP_OFF, BGP_OFF, BGP_ON, BGP_ON},
    [BGP_PROFILE_FRR] = {BGP_OFF, BGP_ON, BGP_OFF, BGP_OFF},
    [BGP_PROFILE_CISCO] = {BGP_OFF, BGP_ON, BGP_ON, BGP_OFF},
    [BGP_PROFILE_JUNOS] = {BGP_ON, BGP_ON, BGP_ON, BGP_OFF},
};

static void fill(enum bgp_switch *s, enum bgp_switch fallback)
{
    if (*s == BGP_DEFAULT)
        *s = fallback;
}

static bool as_a_set(const struct bgp_decision *d)
{
    return d->is.deterministic_med == BGP_ON || d->is.always_compare_med;
}

void bgp_decision_init(struct bgp_decision *d, const struct bgp_decide_options *options)
{
    *d = (struct bgp_decision){.is = *options};
    fill(&d->is.deterministic_med, defaults[d->is.profile].deterministic_med);
    fill(&d->is.prefer_oldest, defaults[d->is.profile].prefer_oldest);
    fill(&d->is.aigp, defaults[d->is.profile].aigp);
    fill(&d->is.multipath_relax, defaults[d->is.profile].multipath_relax);
    bgp_steps_of(d);
    d->med_step = -1;
    d->quick = as_a_set(d);
    for (int i = 0; i < d->nsteps; i++) {
        if (d->steps[i]->per_neighbour)
            d->med_step = i;
        if (d->steps[i]->per_router) // not a question of two routes alone
            d->quick = false;
    }
}

static bool reachable(const struct bgp_decision *d, const struct bgp_route *r)
{
    return d->steps[0]->key(d, r) == 0;
}

// --- As a set

static int settle(struct bgp_contest *c, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (reachable(c->d, &c->routes[i]))
            c->left[c->nleft++] = i;
        else if (c->verdicts)
            c->verdicts[i] = (struct bgp_verdict){0, i};
    }
    bgp_contest_run(c, 1, c->d->nsteps);
    if (c->nleft == 0)
        return BGP_NO_CANDIDATE;
    // What is left beyond one differs in nothing that is compared: configuration order.
    for (uint32_t i = 0; i < c->nleft && c->verdicts; i++)
        c->verdicts[c->left[i]] =
            (struct bgp_verdict){i ? c->d->nsteps - 1 : BGP_STEP_BEST, c->left[0]};
    return (int)c->left[0];
}

static int decide_set(const struct bgp_decision *d, const struct bgp_route *routes, uint32_t n,
                      struct bgp_verdict *verdicts)
{
    uint32_t few[FEW];
    struct bgp_contest c = {d, routes, verdicts, few, 0};
    if (n > FEW)
        c.left = xmalloc(n * sizeof *c.left);
    int best = settle(&c, n);
    if (c.left != few)
        free(c.left);
    return best;
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void swap(uint32_t *a, uint32_t *b)
{
    uint32_t kept = *a;
    *a = *b;
    *b = kept;
}

void bgp_decide_rank(const struct bgp_decision *d, const struct bgp_route *routes, uint32_t *order,
                     uint32_t n, uint32_t max)
{
    uint32_t *left = xmalloc((n ? n : 1) * sizeof *left);
    for (uint32_t done = 0; done < max && done + 1 < n; done++) {
        memcpy(left, order + done, (n - done) * sizeof *left);
        qsort(left, n - done, sizeof *left, ascending);
        struct bgp_contest c = {d, routes, NULL, left, n - done};
        bgp_contest_run(&c, 0, d->nsteps);
        uint32_t at = done;
        while (order[at] != c.left[0])
            at++;
        swap(&order[done], &order[at]);
    }
    free(left);
}

// --- Two by two

// The better of two candidates that can be reached, and the step in which the other lost.
static uint32_t duel(const struct bgp_decision *d, const struct bgp_route *routes, uint32_t a,
                     uint32_t b, int *step)
{
    const struct bgp_route *ra = &routes[a], *rb = &routes[b];
    for (*step = 1; *step < d->nsteps; ++*step) {
        const struct bgp_step *s = d->steps[*step];
        uint64_t ka = s->key(d, ra), kb = s->key(d, rb);
        if (ka == kb || (s->per_neighbour && bgp_neighbour_as(ra) != bgp_neighbour_as(rb)) ||
            (s->per_router && bgp_identifier(ra) == bgp_identifier(rb)))
            continue;
        return ka < kb ? a : b;
    }
    *step = d->nsteps - 1;
    return a < b ? a : b; // configuration order
}

struct runner { // a candidate in the order of arrival
    int64_t since_ps;
    uint32_t index;
};

static int newest_first(const void *a, const void *b)
{
    const struct runner *x = a, *y = b;
    if (x->since_ps != y->since_ps)
        return x->since_ps > y->since_ps ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static int run_through(const struct bgp_decision *d, const struct bgp_route *routes,
                       const struct runner *field, uint32_t n, struct bgp_verdict *verdicts)
{
    uint32_t best = field[0].index;
    for (uint32_t i = 1; i < n; i++) {
        int step;
        uint32_t next = field[i].index, winner = duel(d, routes, best, next, &step);
        if (verdicts)
            verdicts[winner == best ? next : best] = (struct bgp_verdict){step, winner};
        best = winner;
    }
    if (verdicts)
        verdicts[best] = (struct bgp_verdict){BGP_STEP_BEST, best};
    return (int)best;
}

static int decide_in_order(const struct bgp_decision *d, const struct bgp_route *routes, uint32_t n,
                           struct bgp_verdict *verdicts)
{
    struct runner few[FEW], *field = n > FEW ? xmalloc(n * sizeof *field) : few;
    uint32_t nfield = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (reachable(d, &routes[i]))
            field[nfield++] = (struct runner){routes[i].since_ps, i};
        else if (verdicts)
            verdicts[i] = (struct bgp_verdict){0, i};
    }
    qsort(field, nfield, sizeof *field, newest_first);
    int best = nfield ? run_through(d, routes, field, nfield, verdicts) : BGP_NO_CANDIDATE;
    if (field != few)
        free(field);
    return best;
}

static int present_best(const struct bgp_route *routes, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (routes[i].best)
            return (int)i;
    return BGP_NO_CANDIDATE;
}

// bird: only a new route and the best one meet. False: there are not these two.
static bool meet(const struct bgp_decision *d, const struct bgp_route *routes, uint32_t n,
                 int arrived, int *best)
{
    int step;
    *best = present_best(routes, n);
    if (d->is.profile != BGP_PROFILE_BIRD || arrived == BGP_NO_CANDIDATE ||
        *best == BGP_NO_CANDIDATE || *best == arrived || !reachable(d, &routes[*best]))
        return false;
    if (reachable(d, &routes[arrived]))
        *best = (int)duel(d, routes, (uint32_t)*best, (uint32_t)arrived, &step);
    return true;
}

// --- Against the best alone

// What x does in the contest is to lose, and by MED to remove others of its neighbour AS before that.
// Those would not come back to beat the best if x lost before MED, or if the best, of the same
// neighbour AS, removes them as well.
bool bgp_decide_is_idle(const struct bgp_decision *d, const struct bgp_route *best,
                        const struct bgp_route *x)
{
    if (!d->quick || !reachable(d, best))
        return false;
    for (int i = 1; i < d->nsteps && reachable(d, x); i++) {
        uint64_t kb = d->steps[i]->key(d, best), kx = d->steps[i]->key(d, x);
        if (i == d->med_step)
            return bgp_neighbour_as(best) == bgp_neighbour_as(x) && kb <= kx;
        if (kb != kx)
            return kb < kx;
    }
    return true;
}

int bgp_decide_newcomer(const struct bgp_decision *d, const struct bgp_route *routes, uint32_t n,
                        uint32_t best, int arrived)
{
    int step;
    if (arrived == BGP_NO_CANDIDATE || !reachable(d, &routes[arrived]))
        return (int)best;
    if (duel(d, routes, best, (uint32_t)arrived, &step) == best)
        return (int)best;
    bool same = bgp_neighbour_as(&routes[best]) == bgp_neighbour_as(&routes[arrived]);
    if (step < d->med_step || d->med_step < 0 || (step > d->med_step && same))
        return arrived;
    return bgp_decide(d, routes, n, arrived); // others may be better by now
}

// --- Both

int bgp_decide(const struct bgp_decision *d, const struct bgp_route *routes, uint32_t n,
               int arrived)
{
    int best;
    if (as_a_set(d))
        return decide_set(d, routes, n, NULL);
    return meet(d, routes, n, arrived, &best) ? best : decide_in_order(d, routes, n, NULL);
}

// `best` was not found by going through the routes but is: who would not lose to it has come at
// the wrong time.
static void judge_by(const struct bgp_decision *d, const struct bgp_route *routes, uint32_t n,
                     uint32_t best, struct bgp_verdict *verdicts)
{
    for (uint32_t i = 0; i < n; i++) {
        int step = 0;
        uint32_t winner = reachable(d, &routes[i]) ? duel(d, routes, best, i, &step) : i;
        if (step == 0)
            verdicts[i] = (struct bgp_verdict){0, i};
        else
            verdicts[i] = (struct bgp_verdict){winner == best ? step : BGP_STEP_ORDER, best};
    }
    verdicts[best] = (struct bgp_verdict){BGP_STEP_BEST, best};
}

int bgp_decide_verdicts(const struct bgp_decision *d, const struct bgp_route *routes, uint32_t n,
                        struct bgp_verdict *verdicts)
{
    if (as_a_set(d))
        return decide_set(d, routes, n, verdicts);
    int best = decide_in_order(d, routes, n, verdicts), present = present_best(routes, n);
    if (present == BGP_NO_CANDIDATE || present == best)
        return best;
    judge_by(d, routes, n, (uint32_t)present, verdicts);
    return present;
}

bool bgp_decide_depends_on_order(const struct bgp_decision *d, const struct bgp_route *routes,
                                 uint32_t n)
{
    if (as_a_set(d))
        return false;
    int present = present_best(routes, n);
    if (present == BGP_NO_CANDIDATE)
        present = decide_in_order(d, routes, n, NULL);
    return present != decide_set(d, routes, n, NULL);
}
