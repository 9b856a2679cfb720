// SPDX-License-Identifier: GPL-3.0-or-later
#include "igp/graph.h"

void igp_graph_router(struct igp_graph *g, uint32_t router)
{
    vec_push(&g->added_routers, router);
}

void igp_graph_link(struct igp_graph *g, struct igp_edge edge)
{
    vec_push(&g->added_links, edge);
}

bool igp_graph_srlg(struct igp_graph *g, uint32_t link, uint32_t srlg)
{
    for (size_t i = g->added_links.n; i-- > 0;) // mostly the newest
        if (g->added_links.v[i].link == link) {
            g->added_links.v[i].srlg = srlg;
            return true;
        }
    return false;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int by_link(const void *a, const void *b)
{
    uint32_t x = ((const struct igp_edge *)a)->link;
    uint32_t y = ((const struct igp_edge *)b)->link;
    return (x > y) - (x < y);
}

// The inverse of `numbers` (ascending, n of them); NULL when a number appears twice.
static uint32_t *invert(const uint32_t *numbers, uint32_t n, uint32_t *span)
{
    *span = n ? numbers[n - 1] + 1 : 0;
    uint32_t *at = xmalloc((size_t)*span * sizeof *at);
    for (uint32_t i = 0; i < *span; i++)
        at[i] = IGP_NONE;
    bool twice = false;
    for (uint32_t i = 0; i < n; i++) {
        twice |= at[numbers[i]] != IGP_NONE;
        at[numbers[i]] = i;
    }
    if (!twice)
        return at;
    free(at);
    *span = 0;
    return NULL;
}

static const char *number_routers(struct igp_graph *g)
{
    uint32_t n = (uint32_t)g->added_routers.n;
    g->nrouters = n;
    g->router = xmalloc((size_t)n * sizeof *g->router);
    for (uint32_t i = 0; i < n; i++)
        g->router[i] = g->added_routers.v[i];
    if (n)
        qsort(g->router, n, sizeof *g->router, by_number);
    g->router_at = invert(g->router, n, &g->router_span);
    return g->router_at ? NULL : "a router was added twice";
}

static const char *number_links(struct igp_graph *g)
{
    uint32_t n = (uint32_t)g->added_links.n;
    struct igp_edge *e = g->added_links.v;
    if (n)
        qsort(e, n, sizeof *e, by_link);
    g->nlinks = n;
    g->link = xmalloc((size_t)n * sizeof *g->link);
    g->srlg = xmalloc((size_t)n * sizeof *g->srlg);
    g->from = xmalloc((size_t)n * 2 * sizeof *g->from);
    g->metric = xmalloc((size_t)n * 2 * sizeof *g->metric);
    for (uint32_t s = 0; s < n; s++) {
        uint32_t a = igp_graph_find(g, e[s].a);
        uint32_t b = igp_graph_find(g, e[s].b);
        if (a == IGP_NONE || b == IGP_NONE)
            return "a link ends at a router that was not added";
        if (a == b)
            return "a link joins a router to itself";
        if (e[s].metric_ab == 0 || e[s].metric_ba == 0)
            return "a metric is 0";
        uint32_t low = a < b ? 0 : 1;
        g->link[s] = e[s].link;
        g->srlg[s] = e[s].srlg;
        g->from[2 * s + low] = a;
        g->metric[2 * s + low] = e[s].metric_ab;
        g->from[2 * s + (low ^ 1)] = b;
        g->metric[2 * s + (low ^ 1)] = e[s].metric_ba;
    }
    g->link_at = invert(g->link, n, &g->link_span);
    return g->link_at ? NULL : "a link was added twice";
}

// Counting sort of the halves by owner; within an owner they stay ascending by link.
static void group_halves(struct igp_graph *g)
{
    uint32_t nhalves = 2 * g->nlinks;
    g->first = xcalloc((size_t)g->nrouters + 1, sizeof *g->first);
    g->row = xmalloc((size_t)nhalves * sizeof *g->row);
    for (uint32_t h = 0; h < nhalves; h++)
        g->first[g->from[h] + 1]++;
    for (uint32_t r = 0; r < g->nrouters; r++)
        g->first[r + 1] += g->first[r];
    uint32_t *next = xmalloc(((size_t)g->nrouters + 1) * sizeof *next);
    memcpy(next, g->first, ((size_t)g->nrouters + 1) * sizeof *next);
    for (uint32_t h = 0; h < nhalves; h++)
        g->row[next[g->from[h]]++] = h;
    free(next);
}

const char *igp_graph_build(struct igp_graph *g)
{
    const char *wrong = number_routers(g);
    if (!wrong)
        wrong = number_links(g);
    if (wrong)
        return wrong;
    group_halves(g);
    vec_free(&g->added_routers);
    vec_free(&g->added_links);
    return NULL;
}

void igp_graph_free(struct igp_graph *g)
{
    free(g->router);
    free(g->link);
    free(g->srlg);
    free(g->from);
    free(g->metric);
    free(g->first);
    free(g->row);
    free(g->router_at);
    free(g->link_at);
    vec_free(&g->added_routers);
    vec_free(&g->added_links);
    *g = (struct igp_graph){0};
}
