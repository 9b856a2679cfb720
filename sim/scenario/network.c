// SPDX-License-Identifier: GPL-3.0-or-later
// One network of a topology file: its cities, links and clients, from rows or from a graph.
#include "scenario/reserved.h"
#include "scenario/topology_reader.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

// The metric that a delay stands for: 1 for each 10 us, at least 1.
#define METRIC_PS  (10 * PS_PER_US)
#define METRIC_MAX 16777214 // wide metrics, RFC 5305 section 3

struct part { // one network being read
    struct topology_reader *r;
    const struct raw_network *raw;
    const struct graph *graph;
    struct network *out;
    struct names *cities;
};

static const char *of_network(struct part *p)
{
    return arena_printf(p->r->in->a, " of network '%s'", p->out->name);
}

static void add_city(struct part *p, int city, int64_t routers, bool reflector, struct srcpos at)
{
    const struct city *c = &p->r->out->cities[city];
    struct network_city nc = {c, (int)routers, reflector, at};
    if (names_add(p->cities, c->name, p->out->ncities)) {
        p->out->cities[p->out->ncities++] = nc;
        return;
    }
    int first = names_get(p->cities, c->name);
    diag_error(p->r->in->d, at, NULL, "city '%s' appears twice in network '%s', first on line %d",
               c->name, p->out->name, p->out->cities[first].at.line);
}

static void read_cities(struct part *p)
{
    const struct raw_node *nodes = p->raw->nodes.v;
    const struct names *known = &p->r->city_names;
    p->out->cities = arena_array(p->r->in->a, struct network_city,
                                 p->raw->nodes.n + p->raw->cities.n + p->graph->nnodes);
    for (int i = 0; i < p->raw->nodes.n; i++) {
        int c = names_find(known, p->r->in, &nodes[i].city, "city", of_network(p));
        if (c >= 0)
            add_city(p, c, nodes[i].routers, nodes[i].reflector, nodes[i].city.at);
    }
    for (int i = 0; i < p->raw->cities.n; i++) {
        int c = names_find(known, p->r->in, &p->raw->cities.v[i], "city", of_network(p));
        if (c >= 0)
            add_city(p, c, 1, false, p->raw->cities.v[i].at);
    }
    for (int i = 0; i < p->graph->nnodes; i++) {
        int c = names_get(known, p->graph->nodes[i].name);
        if (!p->graph->nodes[i].external && c >= 0)
            add_city(p, c, 1, false, p->graph->nodes[i].at);
    }
}

// A name in a file may be the slug ("hong-kong") or the label as the graph writes it.
static int find_city(struct part *p, const struct text *name)
{
    for (int i = 0; name->s && i < p->graph->nnodes; i++)
        if (strcmp(p->graph->nodes[i].label, name->s) == 0)
            return names_get(p->cities, p->graph->nodes[i].name);
    if (name->s && names_get(p->cities, name->s) < 0 &&
        names_get(&p->r->city_names, name->s) >= 0) {
        diag_error(p->r->in->d, name->at, "add it to the network's nodes",
                   "network '%s' has no router in '%s'", p->out->name, name->s);
        return -1;
    }
    return names_find(p->cities, p->r->in, name, "city", of_network(p));
}

static void read_reflectors(struct part *p)
{
    for (int i = 0; i < p->raw->reflectors.n; i++) {
        int c = find_city(p, &p->raw->reflectors.v[i]);
        if (c >= 0)
            p->out->cities[c].reflector = true;
    }
}

static int64_t metric_of(int64_t delay_ps)
{
    int64_t m = (delay_ps + METRIC_PS / 2) / METRIC_PS;
    return m < 1 ? 1 : m > METRIC_MAX ? METRIC_MAX : m;
}

// Fills in what follows from geography.
static void add_link(struct part *p, struct backbone_link l)
{
    const struct city *a = p->out->cities[l.a].city, *b = p->out->cities[l.b].city;
    if (l.delay_ps < 0)
        l.delay_ps = topology_delay_ps(p->r->out, a, b);
    if (l.metric < 0)
        l.metric = metric_of(l.delay_ps);
    p->out->links[p->out->nlinks++] = l;
}

// A second link between two cities is a parallel one when each has a risk group of its own; else it
// is taken for a row written twice.
static bool repeated(struct part *p, struct table *seen, const struct backbone_link *l)
{
    int lo = l->a < l->b ? l->a : l->b, hi = l->a < l->b ? l->b : l->a;
    char key[200];
    uint64_t first;
    int n = snprintf(key, sizeof key, "%d %d %s", lo, hi, l->srlg ? l->srlg : "");
    if (!table_get_name(seen, key, &first)) {
        table_put(seen, key, (size_t)n, (uint64_t)p->out->nlinks);
        return false;
    }
    diag_error(p->r->in->d, l->at, "give parallel links different srlg names",
               "link %s - %s appears twice, first on line %d", p->out->cities[l->a].city->name,
               p->out->cities[l->b].city->name, p->out->links[first].at.line);
    return true;
}

static void read_link(struct part *p, struct table *seen, const struct raw_link *raw)
{
    struct backbone_link l = {.rate_bps = raw->rate_bps,
                              .delay_ps = raw->delay_ps,
                              .metric = raw->metric,
                              .background_ppm = raw->background_ppm,
                              .burst_bytes = raw->burst_bytes,
                              .burst = raw->shape,
                              .srlg = raw->srlg.s,
                              .at = raw->at};
    l.a = find_city(p, &raw->a);
    l.b = find_city(p, &raw->b);
    line_traits_read(p->r->in, &p->r->lines, &raw->line, &l.line);
    burst_read(p->r->in, raw->at, l.burst_bytes, &l.burst);
    if (l.a < 0 || l.b < 0 || l.rate_bps <= 0)
        return;
    if (l.a == l.b)
        diag_error(p->r->in->d, raw->b.at, NULL, "a link from '%s' to itself", raw->a.s);
    else if (!repeated(p, seen, &l))
        add_link(p, l);
}

static void read_edge(struct part *p, const struct graph_edge *e)
{
    const struct graph_node *nodes = p->graph->nodes;
    int64_t rate = e->rate_bps ? e->rate_bps : p->raw->capacity_bps;
    struct backbone_link l = {.rate_bps = rate, .delay_ps = -1, .metric = -1, .at = e->at};
    if (nodes[e->a].external || nodes[e->b].external)
        return;
    l.a = names_get(p->cities, nodes[e->a].name);
    l.b = names_get(p->cities, nodes[e->b].name);
    if (l.a < 0 || l.b < 0)
        return;
    if (rate == 0)
        diag_error(
            p->r->in->d, e->at,
            arena_printf(p->r->in->a, "add 'capacity: 10Gbps' to network '%s'", p->out->name),
            "this edge has no LinkSpeedRaw and the network no 'capacity'");
    else
        add_link(p, l);
}

static void read_links(struct part *p)
{
    const struct raw_link *raw = p->raw->links.v;
    struct table seen;
    p->out->links =
        arena_array(p->r->in->a, struct backbone_link, p->raw->links.n + p->graph->nedges);
    table_init(&seen);
    for (int i = 0; i < p->raw->links.n; i++)
        read_link(p, &seen, &raw[i]);
    table_free(&seen);
    for (int i = 0; i < p->graph->nedges; i++)
        read_edge(p, &p->graph->edges[i]);
}

static void read_clients(struct part *p)
{
    const struct raw_client *raw = p->raw->clients.v;
    int n = p->raw->clients.n + (p->raw->city_clients ? p->out->ncities : 0);
    struct names regions = {0};
    p->out->clients = arena_array(p->r->in->a, struct client_group, n);
    for (int i = 0; i < p->raw->clients.n; i++) {
        struct client_group g = {.region = raw[i].province.s,
                                 .population = raw[i].population,
                                 .prefix = raw[i].prefix.p,
                                 .access_delay_ps = raw[i].access_delay_ps,
                                 .at = raw[i].at};
        if (raw[i].prefix.at.line)
            reserved_check(p->r->in->d, g.prefix, raw[i].prefix.at);
        g.city = find_city(p, &raw[i].city);
        if (g.city < 0 || !g.region)
            continue;
        if (names_add(&regions, g.region, p->out->nclients))
            p->out->clients[p->out->nclients++] = g;
        else
            diag_error(p->r->in->d, raw[i].province.at, NULL,
                       "clients of '%s' appear twice in network '%s', first on line %d", g.region,
                       p->out->name, p->out->clients[names_get(&regions, g.region)].at.line);
    }
    names_free(&regions);
    for (int i = 0; p->raw->city_clients && i < p->out->ncities; i++)
        p->out->clients[p->out->nclients++] =
            (struct client_group){.city = i,
                                  .region = p->out->cities[i].city->name,
                                  .population = p->raw->city_clients->population,
                                  .access_delay_ps = p->raw->city_clients->access_delay_ps,
                                  .at = p->out->cities[i].at};
}

// `nodes`, `cities` and `graph` are three ways to say the same.
static void check_ways(struct part *p)
{
    bool nodes = p->raw->nodes.at.line, cities = p->raw->cities.at.line, graph = p->raw->graph.s;
    const char *where = arena_printf(p->r->in->a, "networks.%s", p->out->name);
    if (nodes + cities + graph == 0)
        diag_error(p->r->in->d, p->raw->at, NULL, "'%s' needs one of 'nodes', 'cities' or 'graph'",
                   where);
    if (nodes + cities + graph > 1)
        diag_error(p->r->in->d, p->raw->at, NULL,
                   "'%s' has more than one of 'nodes', 'cities' and 'graph'", where);
    if (graph && p->raw->links.at.line)
        diag_error(p->r->in->d, p->raw->links.at, NULL,
                   "'%s.links': the graph has the links already", where);
    if (!graph && p->raw->capacity_bps)
        diag_error(p->r->in->d, p->raw->at, "links have a capacity each",
                   "'%s.capacity' is for a network with a graph", where);
    if (!graph && p->raw->city_clients)
        diag_error(p->r->in->d, p->raw->clients.at, "give a CSV file or a list",
                   "'%s.clients': one group a city is for a network with a graph", where);
}

void network_check_timers(struct input *in, const struct network *n, struct srcpos at)
{
    char hold[UNIT_BUF], hello[UNIT_BUF];
    if (n->igp.hold_ps <= n->igp.hello_ps)
        diag_error(in->d, at, "ISO 10589 uses 10s and 30s",
                   "'networks.%s.igp': hold (%s) must be longer than hello (%s)", n->name,
                   unit_print(UNIT_TIME, n->igp.hold_ps, hold, sizeof hold),
                   unit_print(UNIT_TIME, n->igp.hello_ps, hello, sizeof hello));
    if (n->igp.spf_max_ps < n->igp.spf_hold_ps || n->igp.spf_max_ps < n->igp.spf_initial_ps)
        diag_error(in->d, at, NULL,
                   "'networks.%s.igp': spf_max must not be shorter than spf_initial and spf_hold",
                   n->name);
    if (n->igp.protect == PROTECT_NODE && n->igp.fast_reroute == FAST_REROUTE_NONE)
        diag_error(in->d, at, "add 'fast_reroute: lfa' or 'fast_reroute: ti-lfa'",
                   "'networks.%s.igp': 'protect: node' does nothing without fast_reroute", n->name);
    if (n->igp.downstream && n->igp.fast_reroute != FAST_REROUTE_LFA)
        diag_error(in->d, at, NULL, "'networks.%s.igp': 'downstream' is for 'fast_reroute: lfa'",
                   n->name);
}

void network_read(struct topology_reader *r, int i)
{
    struct part p = {.r = r,
                     .raw = (const struct raw_network *)r->raw.networks.v + i,
                     .graph = &r->graphs[i],
                     .out = &r->out->networks[i],
                     .cities = &r->network_cities[i]};
    p.out->name = p.raw->name.s;
    p.out->asn = (uint32_t)p.raw->asn;
    p.out->kind = p.raw->kind < 0 ? NETWORK_CARRIER : (enum network_kind)p.raw->kind;
    p.out->igp = p.raw->igp;
    p.out->bgp = p.raw->bgp;
    p.out->fib = p.raw->fib;
    p.out->queue = line_queue(r->in, &r->lines, &p.raw->queue);
    p.out->mtu_bytes = p.raw->mtu_bytes;
    p.out->at = p.raw->name.at;
    check_ways(&p);
    network_check_timers(r->in, p.out, p.raw->at);
    read_cities(&p);
    read_reflectors(&p);
    read_links(&p);
    read_clients(&p);
}
