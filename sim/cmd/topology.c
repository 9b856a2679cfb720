// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/commands.h"
#include "base/units.h"
#include "run/world.h"
#include "scenario/graphinfo.h"

#include <inttypes.h>
#include <string.h>

static int64_t people(const struct network *n)
{
    int64_t sum = 0;
    for (int i = 0; i < n->nclients; i++)
        sum += n->clients[i].population;
    return sum;
}

static void print_weak_points(const struct network *n, const struct graph_facts *g)
{
    for (int i = 0; i < g->nbridges; i++) {
        const struct backbone_link *l = &n->links[g->bridges[i]];
        printf("    bridge: %s–%s: its loss splits the network\n", n->cities[l->a].city->name,
               n->cities[l->b].city->name);
    }
    for (int i = 0; i < g->ncuts; i++)
        printf("    cut city: %s: its loss splits the network\n", n->cities[g->cuts[i]].city->name);
}

static void print_network(const struct network *n)
{
    struct arena a;
    struct graph_facts g;
    int routers = 0, reflectors = 0;
    arena_init(&a);
    graph_facts(&a, n, &g);
    for (int i = 0; i < n->ncities; i++) {
        routers += n->cities[i].routers;
        reflectors += n->cities[i].reflector;
    }
    printf("  %-12s AS%-6u %-8s %3d cities %3d routers %3d links", n->name, n->asn,
           network_kind_names[n->kind], g.nodes, routers, g.links);
    if (n->nclients)
        printf("  %d client group%s, %.1f M people", n->nclients, n->nclients == 1 ? "" : "s",
               (double)people(n) / 1e6);
    putchar('\n');
    if (g.links) {
        printf("    %d component%s, degree %d–%d, %d reflectors", g.components,
               g.components == 1 ? "" : "s", g.min_degree, g.max_degree, reflectors);
        if (g.diameter_ends[0] >= 0)
            printf(", farthest apart: %s–%s, %.1f ms one way",
                   n->cities[g.diameter_ends[0]].city->name,
                   n->cities[g.diameter_ends[1]].city->name, ps_to_ms(g.diameter_ps));
        putchar('\n');
    }
    print_weak_points(n, &g);
    arena_free(&a);
}

static void info(struct scenario *s)
{
    const struct topology *t = &s->topology;
    printf("%s: %d networks, %d interconnects, %d POPs and sites\n", t->name, t->nnetworks,
           t->ninterconnects, t->npops);
    for (int i = 0; i < t->nnetworks; i++)
        print_network(&t->networks[i]);
}

static double share_pct(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 100.0;
}

// What fast reroute would protect: of all next hops of all routers towards all others, how many have
// something to stand in for their link, and for their neighbour.
static void reroute(struct scenario *s)
{
    static const struct {
        const char *name;
        struct igp_repair_options is;
    } kinds[] = {{"equal costs alone", {0}},
                 {"lfa, downstream", {IGP_REROUTE_LFA, true, true}},
                 {"lfa", {IGP_REROUTE_LFA, true, false}},
                 {"ti-lfa", {IGP_REROUTE_TILFA, true, false}}};
    const struct topology *t = &s->topology;
    for (int i = 0; i < t->nnetworks; i++)
        t->networks[i].igp.start = IGP_START_CONVERGED;
    if (s->bucket_ps == 0) // a topology by itself: no time passes here, but a world has some
        s->duration_ps = s->bucket_ps = PS_PER_S;
    struct world *w = world_new(s);
    for (int i = 0; i < t->nnetworks; i++) {
        const struct network *n = &t->networks[i];
        struct igp_coverage c = control_coverage(w->control, (uint32_t)i, &kinds[0].is);
        printf("%s: %" PRIu64 " pairs of a next hop and a target\n", n->name, c.pairs);
        for (size_t k = 0; c.pairs && k < sizeof kinds / sizeof kinds[0]; k++) {
            c = control_coverage(w->control, (uint32_t)i, &kinds[k].is);
            printf("  %-18s link %6.2f %%", kinds[k].name, share_pct(c.covered, c.pairs));
            if (kinds[k].is.how != IGP_REROUTE_NONE)
                printf("  node %6.2f %%", share_pct(c.node_covered, c.node_pairs));
            putchar('\n');
        }
    }
    world_free(w);
}

static int load(const struct cli *c, const char *path, void (*show)(struct scenario *))
{
    struct diag *d = diag_new();
    struct scenario_list l;
    if (file_sniff(path) == FILE_TOPOLOGY)
        topology_load(path, d, &l);
    else
        scenario_load(path, d, &l);
    int code = cli_diagnose(c, d);
    diag_free(d);
    if (code == EXIT_GOOD)
        show(&l.v[0]);
    scenario_list_free(&l);
    return code;
}

static int run(const struct cli *c)
{
    if (strcmp(c->args.v[0], "info") == 0)
        return load(c, c->args.v[1], info);
    if (strcmp(c->args.v[0], "reroute") == 0)
        return load(c, c->args.v[1], reroute);
    fprintf(stderr, "anysim topology: 'info FILE' or 'reroute FILE' was expected, not '%s'\n",
            c->args.v[0]);
    return EXIT_USAGE;
}

const struct command command_topology = {
    .name = "topology",
    .args = "info|reroute FILE",
    .min_args = 2,
    .max_args = 2,
    .summary = "what a topology holds, and where it is weak",
    .text = "info: sizes, diameter, bridges and cut cities of each network, by graph analysis.\n"
            "reroute: how much of each network fast reroute would protect: of all next hops that\n"
            "routers have towards others, those with an equal one, a loop-free alternate or a\n"
            "repair path to stand in for the link, and for the neighbour behind it.\n",
    .options = "no-color",
    .run = run,
};
