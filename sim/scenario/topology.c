// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/topology.h"

#include "base/vec.h"
#include "scenario/routing_reader.h"
#include "scenario/topology_reader.h"

#include <math.h>
#include <string.h>

#define SAME_PLACE_KM 50.0 // a graph's city this near to a declared city of its name is that city

static const struct raw_network *raw_network(const struct topology_reader *r, int i)
{
    return (const struct raw_network *)r->raw.networks.v + i;
}

static int add_city(struct topology_reader *r, const struct city *c)
{
    int i = r->out->ncities++;
    r->out->cities[i] = *c;
    if (c->utc_offset_ps == CITY_NO_OFFSET)
        r->out->cities[i].utc_offset_ps = (int64_t)(c->lon * 240) * PS_PER_S; // 15 degrees an hour
    names_add(&r->city_names, c->name, i);
    return i;
}

static void declared_cities(struct topology_reader *r)
{
    const struct raw_city *raw = r->raw.cities.v;
    for (int i = 0; i < r->raw.cities.n; i++) {
        if (!raw[i].name.s)
            continue;
        int first = names_get(&r->city_names, raw[i].name.s);
        if (first >= 0) {
            diag_error(r->in->d, raw[i].name.at, NULL,
                       "city '%s' is declared twice, first on line %d", raw[i].name.s,
                       r->out->cities[first].at.line);
            continue;
        }
        struct city c = {.name = raw[i].name.s,
                         .province = raw[i].province.s ? raw[i].province.s : raw[i].name.s,
                         .lat = raw[i].lat,
                         .lon = raw[i].lon,
                         .population = raw[i].population,
                         .utc_offset_ps = raw[i].utc_offset_ps,
                         .at = raw[i].name.at};
        add_city(r, &c);
    }
}

// Cities of one graph. A node with a declared city's name and about its place is that city.
static void graph_cities(struct topology_reader *r, const struct graph *g)
{
    for (int i = 0; i < g->nnodes; i++) {
        const struct graph_node *n = &g->nodes[i];
        struct city c = {n->name, n->name, n->lat, n->lon, 0, CITY_NO_OFFSET, n->at};
        if (n->external)
            continue;
        if (isnan(n->lat) || isnan(n->lon)) {
            diag_error(r->in->d, n->at,
                       "add Latitude and Longitude, or 'Internal 0' to leave the node out",
                       "node '%s' has no coordinates", n->label);
            continue;
        }
        int k = names_get(&r->city_names, n->name);
        if (k < 0) {
            add_city(r, &c);
            continue;
        }
        double km = city_distance_km(&c, &r->out->cities[k]);
        if (km > SAME_PLACE_KM)
            diag_error(r->in->d, n->at, "give the node another label",
                       "node '%s' lies %.0f km away from the city of that name in %s:%d", n->label,
                       km, r->out->cities[k].at.file, r->out->cities[k].at.line);
    }
}

static void read_cities(struct topology_reader *r)
{
    int n = r->raw.networks.n, most = r->raw.cities.n;
    r->graphs = arena_array(r->in->a, struct graph, n);
    for (int i = 0; i < n; i++) {
        const struct raw_network *raw = raw_network(r, i);
        if (raw->graph.s)
            graph_read(r->in, input_path(r->in, raw->graph.at.file, raw->graph.s), raw->graph.at,
                       &r->graphs[i]);
        most += r->graphs[i].nnodes;
    }
    r->out->cities = arena_array(r->in->a, struct city, most);
    declared_cities(r);
    for (int i = 0; i < n; i++)
        graph_cities(r, &r->graphs[i]);
}

static void read_networks(struct topology_reader *r)
{
    int n = r->raw.networks.n;
    r->out->networks = arena_array(r->in->a, struct network, n);
    r->network_cities = arena_array(r->in->a, struct names, n);
    r->out->nnetworks = n;
    for (int i = 0; i < n; i++) {
        names_add(&r->network_names, raw_network(r, i)->name.s, i);
        network_read(r, i);
    }
}

// Index of a city in a network's own list, or -1 after a diagnostic.
static int city_of(struct topology_reader *r, int network, const struct text *city)
{
    if (network < 0 || !city->s)
        return -1;
    const char *name = r->out->networks[network].name;
    const struct names *known = &r->network_cities[network];
    int k = names_get(known, city->s);
    if (k < 0 && names_get(&r->city_names, city->s) >= 0)
        diag_error(r->in->d, city->at, schema_hint(r->in->a, city->s, known->list.v, known->list.n),
                   "network '%s' has no router in '%s'", name, city->s);
    else if (k < 0)
        names_find(&r->city_names, r->in, city, "city", "");
    return k;
}

static void read_interconnect(struct topology_reader *r, int row)
{
    const struct raw_interconnect *raw =
        (const struct raw_interconnect *)r->raw.interconnects.v + row;
    struct interconnect c = {.row = row,
                             .relation = (enum relation)raw->relation,
                             .rate_bps = raw->rate_bps,
                             .delay_ps = raw->delay_ps,
                             .background_ppm = raw->background_ppm,
                             .burst_bytes = raw->burst_bytes,
                             .burst = raw->shape,
                             .at = raw->at};
    line_traits_read(r->in, &r->lines, &raw->line, &c.line);
    burst_read(r->in, raw->at, c.burst_bytes, &c.burst);
    c.a = names_find(&r->network_names, r->in, &raw->a, "network", "");
    c.b = names_find(&r->network_names, r->in, &raw->b, "network", "");
    if (c.a >= 0 && c.a == c.b) {
        diag_error(r->in->d, raw->b.at, NULL, "network '%s' cannot be connected to itself",
                   raw->a.s);
        return;
    }
    c.a_city = city_of(r, c.a, &raw->city);
    c.b_city = city_of(r, c.b, &raw->city);
    if (c.a_city >= 0 && c.b_city >= 0 && c.rate_bps > 0)
        r->out->interconnects[r->out->ninterconnects++] = c;
}

static void read_pop(struct topology_reader *r, const struct raw_pop *raw)
{
    struct pop p = {.name = raw->name.s,
                    .gateways = {.count = raw->gateways.count,
                                 .spread = raw->gateways.spread,
                                 .nat = raw->gateways.nat,
                                 .detection = raw->detection,
                                 .capacity = raw->capacity},
                    .at = raw->name.at};
    p.network = names_find(&r->network_names, r->in, &raw->network, "network", "");
    p.city = city_of(r, p.network, &raw->city);
    if (p.network >= 0 && raw_network(r, p.network)->kind >= 0 &&
        r->out->networks[p.network].kind == NETWORK_CARRIER)
        diag_error(r->in->d, raw->network.at, NULL,
                   "POP '%s' must stand in a cloud or stub network, '%s' is a carrier", p.name,
                   raw->network.s);
    if (p.city >= 0)
        r->out->pops[r->out->npops++] = p;
}

static void read_joins(struct topology_reader *r)
{
    const struct raw_pop *pops = r->raw.pops.v;
    r->out->interconnects = arena_array(r->in->a, struct interconnect, r->raw.interconnects.n);
    r->out->pops = arena_array(r->in->a, struct pop, r->raw.pops.n);
    for (int i = 0; i < r->raw.interconnects.n; i++)
        read_interconnect(r, i);
    for (int i = 0; i < r->raw.pops.n; i++)
        read_pop(r, &pops[i]);
}

static void read_root(struct input *in, const char *path, const struct node *root,
                      struct topology *out)
{
    struct topology_reader r = {.in = in, .out = out};
    size_t before = diag_errors(in->d);
    memset(out, 0, sizeof *out);
    out->file = path;
    if (node_is_empty(root)) {
        diag_error(in->d, (struct srcpos){.file = path}, "start with: version: 1",
                   "the file is empty: expected a topology");
        return;
    }
    schema_read(in, &topology_table, root, "", &r.raw);
    out->name = r.raw.name.s ? r.raw.name.s : "";
    out->delay_per_km_ps = r.raw.geography.delay_per_km_ps;
    out->stretch_ppm = r.raw.geography.stretch_ppm;
    out->queue_ps = r.raw.queue_ps;
    queues_read(in, &r.lines, &r.raw.queues);
    impairments_read(in, &r.lines, &r.raw.impairments);
    out->queues = r.lines.queues;
    out->nqueues = r.lines.nqueues;
    out->impairments = r.lines.impairments;
    out->nimpairments = r.lines.nimpairments;
    read_cities(&r);
    read_networks(&r);
    read_joins(&r);
    if (r.raw.networks.at.line > 0 && r.raw.networks.n == 0)
        diag_error(in->d, r.raw.networks.at, NULL, "a topology needs at least one network");
    struct raw_topology *kept = arena_new(in->a, struct raw_topology);
    *kept = r.raw;
    out->raw = kept;
    routing_bind(in, out, &(struct routing_more){0}, NULL, 0);
    if (diag_errors(in->d) == before)
        topology_check(in, out);
    for (int i = 0; i < out->nnetworks; i++)
        names_free(&r.network_cities[i]);
    line_index_close(&r.lines);
    names_free(&r.city_names);
    names_free(&r.network_names);
}

void topology_read(struct input *in, const char *path, struct srcpos named, struct topology *out)
{
    size_t len = 0;
    memset(out, 0, sizeof *out);
    out->file = path;
    out->name = "";
    const char *text = input_read(in, path, named, INPUT_YAML_MAX, &len);
    const struct node *root = text ? yaml_parse(in, path, text, len) : NULL;
    if (root)
        read_root(in, path, root, out);
}
