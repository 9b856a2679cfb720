// SPDX-License-Identifier: GPL-3.0-or-later
#include "anycast/gslb.h"

#include "base/arena.h"

#include <stdlib.h>

struct gslb_state {
    enum gslb_policy policy;
    int sites, views;
    bool *up;
    int64_t *weight;
    int *order;      // [view * sites + place]
    int64_t *rtt_ps; // [view * sites + site]; −1: none
    int turn;        // of round robin: where the next search begins
};

struct gslb_state *gslb_new(enum gslb_policy policy, int sites, int views)
{
    struct gslb_state *g = xcalloc(1, sizeof *g);
    size_t n = (size_t)sites * (size_t)views;
    g->policy = policy;
    g->sites = sites;
    g->views = views;
    g->up = xcalloc((size_t)sites, sizeof *g->up);
    g->weight = xcalloc((size_t)sites, sizeof *g->weight);
    g->order = xcalloc(n, sizeof *g->order);
    g->rtt_ps = xcalloc(n, sizeof *g->rtt_ps);
    for (int i = 0; i < sites; i++) {
        g->up[i] = true;
        g->weight[i] = 1;
    }
    for (size_t i = 0; i < n; i++) {
        g->order[i] = (int)(i % (size_t)sites);
        g->rtt_ps[i] = -1;
    }
    return g;
}

void gslb_free(struct gslb_state *g)
{
    if (!g)
        return;
    free(g->up);
    free(g->weight);
    free(g->order);
    free(g->rtt_ps);
    free(g);
}

void gslb_order(struct gslb_state *g, int view, const int *sites)
{
    for (int i = 0; i < g->sites; i++)
        g->order[view * g->sites + i] = sites[i];
}

void gslb_weigh(struct gslb_state *g, int site, int64_t weight)
{
    g->weight[site] = weight;
}

void gslb_set_up(struct gslb_state *g, int site, bool up)
{
    g->up[site] = up;
}

bool gslb_up(const struct gslb_state *g, int site)
{
    return g->up[site];
}

void gslb_measured(struct gslb_state *g, int view, int site, int64_t rtt_ps)
{
    int64_t *srtt_ps = &g->rtt_ps[view * g->sites + site];
    *srtt_ps = *srtt_ps < 0 ? rtt_ps : *srtt_ps + (rtt_ps - *srtt_ps) / 8;
}

int64_t gslb_rtt_ps(const struct gslb_state *g, int view, int site)
{
    return g->rtt_ps[view * g->sites + site];
}

static bool takes_weight(const struct gslb_state *g, int site)
{
    return g->policy != GSLB_WEIGHTED || g->weight[site] > 0;
}

// May it be answered at all? When nothing can be, everything can: fail-open.
static bool eligible(const struct gslb_state *g, int site)
{
    bool any_up = false, any_weight = false;
    for (int i = 0; i < g->sites; i++) {
        any_up = any_up || g->up[i];
        any_weight = any_weight || (g->up[i] && takes_weight(g, i));
    }
    if (any_weight)
        return g->up[site] && takes_weight(g, site);
    return !any_up || g->up[site];
}

static int first_of(const struct gslb_state *g, int view)
{
    const int *order = &g->order[view * g->sites];
    for (int i = 0; i < g->sites; i++)
        if (eligible(g, order[i]))
            return order[i];
    return order[0];
}

static int fastest(const struct gslb_state *g, int view)
{
    const int *order = &g->order[view * g->sites];
    const int64_t *rtt_ps = &g->rtt_ps[view * g->sites];
    int best = -1;
    for (int i = 0; i < g->sites; i++) {
        int site = order[i];
        if (eligible(g, site) && rtt_ps[site] >= 0 && (best < 0 || rtt_ps[site] < rtt_ps[best]))
            best = site;
    }
    return best < 0 ? first_of(g, view) : best;
}

static int by_weight(const struct gslb_state *g, double draw)
{
    double sum = 0;
    int last = 0;
    for (int i = 0; i < g->sites; i++)
        if (eligible(g, i))
            sum += g->weight[i] > 0 ? (double)g->weight[i] : 1;
    double left = draw * sum;
    for (int i = 0; i < g->sites; i++) {
        if (!eligible(g, i))
            continue;
        last = i;
        left -= g->weight[i] > 0 ? (double)g->weight[i] : 1;
        if (left < 0)
            break;
    }
    return last;
}

static int next_in_turn(struct gslb_state *g)
{
    int site = g->turn;
    while (!eligible(g, site))
        site = (site + 1) % g->sites;
    g->turn = (site + 1) % g->sites;
    return site;
}

int gslb_answer(struct gslb_state *g, int view, double draw)
{
    switch (g->policy) {
    case GSLB_RTT:
        return fastest(g, view);
    case GSLB_WEIGHTED:
        return by_weight(g, draw);
    case GSLB_ROUND_ROBIN:
        return next_in_turn(g);
    default:
        return first_of(g, view);
    }
}

bool gslb_right(const struct gslb_state *g, int view, int site)
{
    switch (g->policy) {
    case GSLB_RTT:
        return site == fastest(g, view);
    case GSLB_WEIGHTED:
    case GSLB_ROUND_ROBIN:
        return eligible(g, site);
    default:
        return site == first_of(g, view);
    }
}
