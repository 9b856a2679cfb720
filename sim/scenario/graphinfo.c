// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/graphinfo.h"

#include "scenario/igraph_guard.h"

#include <math.h>

// igraph fails here only when memory runs out or on a bug of ours: the graph is well formed.
static void must(igraph_error_t e)
{
    if (e != IGRAPH_SUCCESS) {
        fprintf(stderr, "anysim: igraph: %s\n", igraph_strerror(e));
        abort();
    }
}

static void build(igraph_t *g, int nodes, int nlinks, int (*ends)(const void *, int, int),
                  const void *of)
{
    igraph_vector_int_t edges;
    must(igraph_vector_int_init(&edges, 2 * (igraph_integer_t)nlinks));
    for (int i = 0; i < nlinks; i++)
        for (int end = 0; end < 2; end++)
            VECTOR(edges)[2 * i + end] = ends(of, i, end);
    must(igraph_create(g, &edges, nodes, IGRAPH_UNDIRECTED));
    igraph_vector_int_destroy(&edges);
}

static int link_end(const void *of, int i, int end)
{
    const struct network *n = of;
    return end ? n->links[i].b : n->links[i].a;
}

static int interconnect_end(const void *of, int i, int end)
{
    const struct topology *t = of;
    return end ? t->interconnects[i].b : t->interconnects[i].a;
}

// igraph's numbers, renumbered in order of appearance so that they do not depend on its search.
static int components(const igraph_t *g, int nodes, int *component)
{
    igraph_vector_int_t member;
    igraph_integer_t count = 0;
    must(igraph_vector_int_init(&member, 0));
    must(igraph_connected_components(g, &member, NULL, &count, IGRAPH_WEAK));
    int *renumber = xcalloc((size_t)count + 1, sizeof *renumber), next = 0;
    for (int i = 0; i < nodes; i++) {
        int *r = &renumber[VECTOR(member)[i]];
        if (*r == 0)
            *r = ++next;
        component[i] = *r - 1;
    }
    free(renumber);
    igraph_vector_int_destroy(&member);
    return (int)count;
}

static int by_value(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static int *sorted_copy(struct arena *a, const igraph_vector_int_t *v, int *n)
{
    *n = (int)igraph_vector_int_size(v);
    int *out = arena_array(a, int, *n);
    for (int i = 0; i < *n; i++)
        out[i] = (int)VECTOR(*v)[i];
    qsort(out, (size_t)*n, sizeof *out, by_value);
    return out;
}

static void find_cuts(struct arena *a, const igraph_t *g, struct graph_facts *out)
{
    igraph_vector_int_t v;
    must(igraph_vector_int_init(&v, 0));
    must(igraph_bridges(g, &v));
    out->bridges = sorted_copy(a, &v, &out->nbridges);
    must(igraph_articulation_points(g, &v));
    out->cuts = sorted_copy(a, &v, &out->ncuts);
    must(igraph_degree(g, &v, igraph_vss_all(), IGRAPH_ALL, IGRAPH_LOOPS));
    for (int i = 0; i < out->nodes; i++) {
        int d = (int)VECTOR(v)[i];
        if (i == 0 || d < out->min_degree)
            out->min_degree = d;
        if (d > out->max_degree)
            out->max_degree = d;
    }
    igraph_vector_int_destroy(&v);
}

static void find_diameter(const struct network *n, const igraph_t *g, struct graph_facts *out)
{
    igraph_vector_t delay;
    igraph_real_t longest = 0;
    igraph_integer_t from = -1, to = -1;
    must(igraph_vector_init(&delay, n->nlinks));
    for (int i = 0; i < n->nlinks; i++)
        VECTOR(delay)[i] = (double)n->links[i].delay_ps;
    must(igraph_diameter_dijkstra(g, &delay, &longest, &from, &to, NULL, NULL, false, true));
    igraph_vector_destroy(&delay);
    out->diameter_ps = llround(longest);
    out->diameter_ends[0] = (int)from;
    out->diameter_ends[1] = (int)to;
}

void graph_facts(struct arena *a, const struct network *n, struct graph_facts *out)
{
    struct igraph_guard guard;
    igraph_t g;
    *out = (struct graph_facts){.nodes = n->ncities,
                                .links = n->nlinks,
                                .component = arena_array(a, int, n->ncities),
                                .diameter_ends = {-1, -1}};
    for (int i = 0; i < n->nlinks; i++) {
        const struct backbone_link *l = &n->links[i];
        double km = city_distance_km(n->cities[l->a].city, n->cities[l->b].city);
        out->longest_km = fmax(out->longest_km, km);
    }
    igraph_guard_enter(&guard);
    build(&g, n->ncities, n->nlinks, link_end, n);
    out->components = components(&g, n->ncities, out->component);
    find_cuts(a, &g, out);
    if (out->components == 1 && n->nlinks > 0)
        find_diameter(n, &g, out);
    igraph_destroy(&g);
    igraph_guard_leave(&guard);
}

int graph_components(const struct network *n, int *component)
{
    struct igraph_guard guard;
    igraph_t g;
    igraph_guard_enter(&guard);
    build(&g, n->ncities, n->nlinks, link_end, n);
    int count = components(&g, n->ncities, component);
    igraph_destroy(&g);
    igraph_guard_leave(&guard);
    return count;
}

int graph_network_components(const struct topology *t, int *component)
{
    struct igraph_guard guard;
    igraph_t g;
    igraph_guard_enter(&guard);
    build(&g, t->nnetworks, t->ninterconnects, interconnect_end, t);
    int n = components(&g, t->nnetworks, component);
    igraph_destroy(&g);
    igraph_guard_leave(&guard);
    return n;
}
