// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/commands.h"
#include "base/units.h"
#include "scenario/graphinfo.h"

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
        printf("  %d client groups, %.1f M people", n->nclients, (double)people(n) / 1e6);
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

static int info(const struct cli *c, const char *path)
{
    struct diag *d = diag_new();
    struct scenario_list l;
    if (file_sniff(path) == FILE_TOPOLOGY)
        topology_load(path, d, &l);
    else
        scenario_load(path, d, &l);
    int code = cli_diagnose(c, d);
    diag_free(d);
    if (code == EXIT_GOOD) {
        const struct topology *t = &l.v[0].topology;
        printf("%s: %d networks, %d interconnects, %d POPs and sites\n", t->name, t->nnetworks,
               t->ninterconnects, t->npops);
        for (int i = 0; i < t->nnetworks; i++)
            print_network(&t->networks[i]);
    }
    scenario_list_free(&l);
    return code;
}

static int run(const struct cli *c)
{
    if (strcmp(c->args.v[0], "info") != 0) {
        fprintf(stderr, "anysim topology: 'info FILE' was expected, not '%s'\n", c->args.v[0]);
        return EXIT_USAGE;
    }
    return info(c, c->args.v[1]);
}

const struct command command_topology = {
    .name = "topology",
    .args = "info FILE",
    .min_args = 2,
    .max_args = 2,
    .summary = "what a topology holds, and where it is weak",
    .text = "Sizes, diameter, bridges and cut cities of each network, by graph analysis.\n",
    .options = "no-color",
    .run = run,
};
