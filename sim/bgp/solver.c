// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/solver.h"

#include "base/arena.h"
#include "bgp/settle.h"

#include <assert.h>
#include <stdlib.h>

#define NO_PLACE UINT32_MAX

struct work {
    const struct bgp_asgraph *g;
    struct bgp_choice *choices;
    uint32_t *queue; // ASes in the order in which they were reached
    uint32_t n;      // in it
};

// AS `from` tells the neighbour at end `e` of its choice. A first route of this phase puts that AS
// into the queue.
static void offer(struct work *w, uint32_t from, const struct bgp_asend *e)
{
    struct bgp_choice *c = &w->choices[e->as];
    uint32_t length = w->choices[from].length + 1;
    if (c->next == BGP_NO_AS)
        w->queue[w->n++] = e->as;
    else if (c->length < length || (c->length == length && c->place < e->mirror))
        return;
    *c = (struct bgp_choice){from, e->mirror, length};
}

static bool is_open(const struct work *w, uint32_t as, enum bgp_asgroup group)
{
    const struct bgp_choice *c = &w->choices[as];
    return c->next == BGP_NO_AS ||
           (c->place != NO_PLACE &&
            bgp_asgroup_of((enum bgp_relation)w->g->ends[c->place].relation) == group);
}

// Tells all neighbours of a group, of whom some have routes that they prefer whatever comes: those
// from before this phase, in which routes arrive from `from_group` of the receiver.
static void tell(struct work *w, uint32_t as, enum bgp_asgroup to, enum bgp_asgroup from_group)
{
    uint32_t end = bgp_asgraph_end(w->g, as, to);
    for (uint32_t i = bgp_asgraph_begin(w->g, as, to); i < end; i++) {
        const struct bgp_asend *e = &w->g->ends[i];
        if (e->relation != BGP_REL_SIBLING && is_open(w, e->as, from_group))
            offer(w, as, e);
    }
}

// ASes of the queue by length of path, stable: a counting sort.
static void sort_by_length(const struct work *w, uint32_t *sorted)
{
    uint32_t longest = 0;
    for (uint32_t i = 0; i < w->n; i++)
        if (w->choices[w->queue[i]].length > longest)
            longest = w->choices[w->queue[i]].length;
    uint32_t *at = xcalloc((size_t)longest + 2, sizeof *at);
    for (uint32_t i = 0; i < w->n; i++)
        at[w->choices[w->queue[i]].length + 1]++;
    for (uint32_t i = 0; i <= longest; i++)
        at[i + 1] += at[i];
    for (uint32_t i = 0; i < w->n; i++)
        sorted[at[w->choices[w->queue[i]].length]++] = w->queue[i];
    free(at);
}

// Shorter paths first: those of the phases before in order, and those of this one, which
// come in order by themselves.
static void go_down(struct work *w)
{
    uint32_t fixed = w->n, at = 0, next = fixed;
    uint32_t *sorted = xmalloc((fixed ? fixed : 1) * sizeof *sorted);
    sort_by_length(w, sorted);
    while (at < fixed || next < w->n) {
        bool old = next == w->n || (at < fixed && w->choices[sorted[at]].length <=
                                                      w->choices[w->queue[next]].length);
        tell(w, old ? sorted[at++] : w->queue[next++], BGP_AS_CUSTOMERS, BGP_AS_UPSTREAMS);
    }
    free(sorted);
}

bool bgp_solve(const struct bgp_asgraph *g, const uint32_t *origins, uint32_t norigins,
               struct bgp_choice *choices)
{
    struct work w = {
        .g = g, .choices = choices, .queue = xmalloc((g->nases ? g->nases : 1) * sizeof *w.queue)};
    for (uint32_t i = 0; i < g->nases; i++)
        choices[i] = (struct bgp_choice){BGP_NO_AS, NO_PLACE, 0};
    for (uint32_t i = 0; i < norigins; i++) {
        assert(origins[i] < g->nases);
        if (choices[origins[i]].next == BGP_NO_AS)
            w.queue[w.n++] = origins[i];
        choices[origins[i]].next = origins[i];
    }
    for (uint32_t i = 0; i < w.n; i++)
        tell(&w, w.queue[i], BGP_AS_UPSTREAMS, BGP_AS_CUSTOMERS);
    for (uint32_t i = 0, reached = w.n; i < reached; i++)
        tell(&w, w.queue[i], BGP_AS_PEERS, BGP_AS_PEERS);
    go_down(&w);
    free(w.queue);
    return !g->nsiblings || bgp_settle(g, choices);
}

uint32_t bgp_choice_path(const struct bgp_choice *choices, uint32_t as, uint32_t *path,
                         uint32_t max)
{
    uint32_t n = 0;
    while (choices[as].next != BGP_NO_AS && choices[as].next != as) {
        as = choices[as].next;
        if (n < max)
            path[n] = as;
        n++;
    }
    return n;
}

uint32_t bgp_choice_origin(const struct bgp_choice *choices, uint32_t as)
{
    while (choices[as].next != BGP_NO_AS && choices[as].next != as)
        as = choices[as].next;
    return choices[as].next;
}

bool bgp_choice_goes_to(const struct bgp_asgraph *g, const struct bgp_choice *choice,
                        uint32_t owner, uint32_t place)
{
    enum bgp_relation to = (enum bgp_relation)g->ends[place].relation;
    if (choice->next == BGP_NO_AS)
        return false;
    if (choice->next == owner || to == BGP_REL_CUSTOMER || to == BGP_REL_SIBLING)
        return true;
    enum bgp_relation from = (enum bgp_relation)g->ends[choice->place].relation;
    return from == BGP_REL_CUSTOMER || from == BGP_REL_SIBLING;
}

// --- The check

// Whether AS `as` stands on the path of AS `on`; a path longer than its length has a loop.
static bool is_on_path(const struct bgp_choice *choices, uint32_t as, uint32_t on)
{
    for (uint32_t left = choices[on].length; on != as; left--) {
        if (choices[on].next == on)
            return false;
        if (left == 0)
            return true;
        on = choices[on].next;
    }
    return true;
}

// The best offer to an AS without a prefix of its own. Groups and places stand in order of
// preference; length comes between the two.
static struct bgp_choice best_offer(const struct bgp_asgraph *g, const struct bgp_choice *choices,
                                    uint32_t as)
{
    struct bgp_choice best = {BGP_NO_AS, NO_PLACE, 0};
    for (int group = 0; group < BGP_AS_GROUPS && best.next == BGP_NO_AS; group++) {
        uint32_t end = bgp_asgraph_end(g, as, (enum bgp_asgroup)group);
        for (uint32_t i = bgp_asgraph_begin(g, as, (enum bgp_asgroup)group); i < end; i++) {
            uint32_t from = g->ends[i].as, length = choices[from].length + 1;
            if (bgp_choice_goes_to(g, &choices[from], from, g->ends[i].mirror) &&
                (best.next == BGP_NO_AS || length < best.length) && !is_on_path(choices, as, from))
                best = (struct bgp_choice){from, i, length};
        }
    }
    return best;
}

uint32_t bgp_choices_unstable(const struct bgp_asgraph *g, const uint32_t *origins,
                              uint32_t norigins, const struct bgp_choice *choices)
{
    bool *own = xcalloc(g->nases ? g->nases : 1, sizeof *own);
    uint32_t found = BGP_NO_AS;
    for (uint32_t i = 0; i < norigins; i++)
        own[origins[i]] = true;
    for (uint32_t as = 0; as < g->nases && found == BGP_NO_AS; as++) {
        const struct bgp_choice *c = &choices[as];
        struct bgp_choice best =
            own[as] ? (struct bgp_choice){as, NO_PLACE, 0} : best_offer(g, choices, as);
        if (c->next != best.next || c->place != best.place || c->length != best.length)
            found = as;
    }
    free(own);
    return found;
}
