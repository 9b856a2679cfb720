// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/units.h"
#include "scenario/graphinfo.h"
#include "scenario/scenario.h"
#include "scratch.h"
#include "unit.h"

#include <math.h>

#define HEAD                                                                                       \
    "version: 1\nname: t\n"                                                                        \
    "cities:\n"                                                                                    \
    "  beijing: {province: beijing, lat: 39.9042, lon: 116.4074}\n"                                \
    "  shenzhen: {province: guangdong, lat: 22.5431, lon: 114.0579}\n"                             \
    "  wuhan: {province: hubei, lat: 30.5928, lon: 114.3055}\n"

static struct scenario_list list;
static struct diag *diag;

static const struct topology *load(const char *text)
{
    scenario_list_free(&list);
    diag_free(diag);
    diag = diag_new();
    topology_load(scratch_file("t.yaml", text), diag, &list);
    return &list.v[0].topology;
}

static const struct topology *load_good(const char *text)
{
    const struct topology *t = load(text);
    if (diag_errors(diag))
        printf("%s", scratch_messages(diag));
    CU_ASSERT_EQUAL_FATAL(diag_errors(diag), 0);
    return t;
}

static void reads_everything(void)
{
    scratch_file("links.csv", "# comment\na,b,capacity,metric,delay,background,burst,srlg,source\n"
                              "beijing,wuhan,400Gbps,,,40%,64KiB,duct,a map\n"
                              "wuhan,shenzhen,100Gbps,77,6.6ms,,,,\n");
    const struct topology *t = load_good(
        HEAD
        "geography: {delay_per_km: 5us, stretch: 1.5}\nqueue: 20ms\n"
        "networks:\n"
        "  net:\n    asn: 4134\n    kind: carrier\n"
        "    nodes: [{city: beijing, routers: 2, reflector: yes}, shenzhen, wuhan]\n"
        "    links: links.csv\n"
        "    clients: [{province: hubei, city: wuhan, population: 57000000, access_delay: 3ms, "
        "prefix: 192.0.2.0/24}]\n"
        "    igp: {bfd: 50ms}\n    bgp: {mrai_withdrawals: yes}\n"
        "  cloud: {asn: 64500, kind: cloud, cities: [beijing]}\n"
        "interconnects: [{a: cloud, b: net, relation: customer, city: beijing, capacity: "
        "10Gbps}]\n"
        "pops: {bj: {network: cloud, city: beijing}}\n");
    CU_ASSERT_EQUAL(t->delay_per_km_ps, 5 * PS_PER_US);
    CU_ASSERT_EQUAL(t->stretch_ppm, 1500000);
    CU_ASSERT_EQUAL(t->queue_ps, 20 * PS_PER_MS);
    CU_ASSERT_EQUAL_FATAL(t->nnetworks, 2);
    const struct network *n = &t->networks[0];
    CU_ASSERT_EQUAL(n->asn, 4134);
    CU_ASSERT_EQUAL_FATAL(n->ncities, 3);
    CU_ASSERT_EQUAL(n->cities[0].routers, 2);
    CU_ASSERT_TRUE(n->cities[0].reflector);
    CU_ASSERT_EQUAL(n->cities[1].routers, 1);
    CU_ASSERT_EQUAL_FATAL(n->nlinks, 2);
    const struct backbone_link *l = &n->links[0];
    CU_ASSERT_EQUAL(l->rate_bps, 400000000000);
    CU_ASSERT_EQUAL(l->background_ppm, 400000);
    CU_ASSERT_EQUAL(l->burst_bytes, 65536);
    CU_ASSERT_STRING_EQUAL(l->srlg, "duct");
    CU_ASSERT_EQUAL(l->at.line, 3);
    CU_ASSERT_EQUAL(l->delay_ps, topology_delay_ps(t, n->cities[l->a].city, n->cities[l->b].city));
    CU_ASSERT_EQUAL(l->metric, (l->delay_ps + 5000000) / 10000000);
    CU_ASSERT_EQUAL(n->links[1].metric, 77);
    CU_ASSERT_EQUAL(n->links[1].delay_ps, 6600 * PS_PER_US);
    CU_ASSERT_EQUAL(n->igp.bfd_ps, 50 * PS_PER_MS);
    CU_ASSERT_EQUAL(n->igp.hold_ps, 30 * PS_PER_S);
    CU_ASSERT_EQUAL(n->bgp.mrai_withdrawals, MRAI_YES);
    CU_ASSERT_EQUAL(n->fib.per_prefix_ps, 100 * PS_PER_US);
    CU_ASSERT_EQUAL_FATAL(n->nclients, 1);
    CU_ASSERT_STRING_EQUAL(n->clients[0].region, "hubei");
    CU_ASSERT_EQUAL(n->clients[0].prefix.len, 24);
    CU_ASSERT_EQUAL(n->clients[0].access_delay_ps, 3 * PS_PER_MS);
    CU_ASSERT_EQUAL_FATAL(t->ninterconnects, 1);
    CU_ASSERT_EQUAL(t->interconnects[0].a, 1);
    CU_ASSERT_EQUAL(t->interconnects[0].b, 0);
    CU_ASSERT_EQUAL(t->interconnects[0].relation, RELATION_CUSTOMER);
    CU_ASSERT_EQUAL(t->interconnects[0].delay_ps, 100 * PS_PER_US);
    CU_ASSERT_EQUAL_FATAL(t->npops, 1);
    CU_ASSERT_EQUAL(t->pops[0].network, 1);
    CU_ASSERT_EQUAL(list.v[0].ngroups, 1);
    CU_ASSERT_EQUAL(scenario_group(&list.v[0], "net/hubei"), 0);
    CU_ASSERT_EQUAL(scenario_group(&list.v[0], "net/hunan"), -1);
}

static void laws_of_bursts(void)
{
    const struct topology *t = load_good(
        HEAD
        "networks:\n"
        "  n: {asn: 1, kind: carrier, nodes: [{city: beijing, reflector: yes}, wuhan, shenzhen], "
        "links: [{a: beijing, b: wuhan, capacity: 1Gbps, burst: 9kB, burst_law: pareto, "
        "burst_tail: 1.2, burst_longest: 1MB}, {a: wuhan, b: shenzhen, capacity: 1Gbps, burst: "
        "9kB, burst_law: hyperexponential, burst_spread: 8}]}\n"
        "  c: {asn: 2, kind: cloud, cities: [beijing]}\n"
        "interconnects: [{a: c, b: n, relation: customer, city: beijing, capacity: 1Gbps, "
        "burst: 1MB, burst_law: on-off, burst_sources: 9}]\n");
    const struct backbone_link *l = t->networks[0].links;
    const struct burst_shape *x = &t->interconnects[0].burst;
    CU_ASSERT(l[0].burst.kind == BURST_PARETO && l[0].burst.tail == 1.2);
    CU_ASSERT_EQUAL(l[0].burst.longest_bytes, 1000000);
    CU_ASSERT(l[1].burst.kind == BURST_HYPEREXPONENTIAL && l[1].burst.spread == 8);
    CU_ASSERT(x->kind == BURST_ON_OFF && x->sources == 9 && x->activity_ppm == 250000);
}

static void beijing_shenzhen_is_forty_ms(void)
{
    const struct topology *t =
        load_good(HEAD "networks: {n: {asn: 1, kind: cloud, cities: [wuhan]}}\n");
    double km = city_distance_km(&t->cities[0], &t->cities[1]);
    CU_ASSERT_DOUBLE_EQUAL(km, 1943, 5); // great-circle distance, published
    double rtt_ms = 2 * ps_to_ms(topology_delay_ps(t, &t->cities[0], &t->cities[1]));
    CU_ASSERT_DOUBLE_EQUAL(rtt_ms, 40, 0.5);
    CU_ASSERT_EQUAL(topology_delay_ps(t, &t->cities[1], &t->cities[1]), 0);
}

static void parallel_links_need_risk_groups(void)
{
    const char *two = HEAD "networks:\n  n:\n    asn: 1\n    kind: carrier\n"
                           "    nodes: [{city: beijing, reflector: yes}, wuhan]\n"
                           "    links: [{a: beijing, b: wuhan, capacity: 1Gbps, srlg: x}, "
                           "{a: wuhan, b: beijing, capacity: 1Gbps, srlg: %s}]\n";
    char text[1000];
    snprintf(text, sizeof text, two, "y");
    CU_ASSERT_EQUAL(load_good(text)->networks[0].nlinks, 2);
    snprintf(text, sizeof text, two, "x");
    load(text);
    CU_ASSERT_TRUE(scratch_says(diag, "link wuhan - beijing appears twice"));
}

static void facts_come_from_the_graph(void)
{
    const struct topology *t =
        load_good(HEAD "networks:\n  n:\n    asn: 1\n    kind: carrier\n"
                       "    nodes: [{city: beijing, reflector: yes}, wuhan, shenzhen]\n"
                       "    links: [{a: beijing, b: wuhan, capacity: 1Gbps, delay: 2ms},\n"
                       "      {a: wuhan, b: shenzhen, capacity: 1Gbps, delay: 3ms, srlg: x},\n"
                       "      {a: wuhan, b: shenzhen, capacity: 1Gbps, delay: 4ms, srlg: y}]\n");
    struct graph_facts f;
    graph_facts(&list.arena, &t->networks[0], &f);
    CU_ASSERT_EQUAL(f.components, 1);
    CU_ASSERT_EQUAL_FATAL(f.nbridges, 1); // the parallel pair is none
    CU_ASSERT_EQUAL(f.bridges[0], 0);
    CU_ASSERT_EQUAL_FATAL(f.ncuts, 1);
    CU_ASSERT_EQUAL(f.cuts[0], 1);
    CU_ASSERT_EQUAL(f.max_degree, 3);
    CU_ASSERT_EQUAL(f.min_degree, 1);
    CU_ASSERT_EQUAL(f.diameter_ps, 5 * PS_PER_MS);
    CU_ASSERT_EQUAL(f.diameter_ends[0] + f.diameter_ends[1], 2); // Beijing and Shenzhen
}

static const char *const gml = "graph [\n"
                               "  node [ id 3 label \"Bei Jing\" Latitude 39.9 Longitude 116.4 ]\n"
                               "  node [ id 1 label \"Wuhan\" lat 30.6 lon 114.3 ]\n"
                               "  node [ id 9 label \"Wuhan\" Latitude 31 Longitude 114 ]\n"
                               "  node [ id 5 label \"Tokyo\" Internal 0 ]\n"
                               "  edge [ source 3 target 1 LinkSpeedRaw 2500000000.0 ]\n"
                               "  edge [ source 9 target 1 ]\n"
                               "  edge [ source 1 target 9 ]\n"
                               "  edge [ source 5 target 1 ]\n"
                               "]\n";

#define GRAPH_NET                                                                                  \
    "version: 1\nname: g\nnetworks:\n"                                                             \
    "  g: {asn: 1, kind: carrier, graph: g.%s, capacity: 10Gbps, reflectors: [Bei Jing], "         \
    "clients: {population: 5, access_delay: 1ms}}\n"

static void check_graph(const char *ext)
{
    char text[300];
    snprintf(text, sizeof text, GRAPH_NET, ext);
    const struct topology *t = load_good(text);
    const struct network *n = &t->networks[0];
    CU_ASSERT_EQUAL_FATAL(n->ncities, 3); // Tokyo is outside
    CU_ASSERT_STRING_EQUAL(n->cities[0].city->name, "bei-jing");
    CU_ASSERT_STRING_EQUAL(n->cities[1].city->name, "wuhan");
    CU_ASSERT_STRING_EQUAL(n->cities[2].city->name, "wuhan-2"); // a repeated label
    CU_ASSERT_TRUE(n->cities[0].reflector);
    CU_ASSERT_DOUBLE_EQUAL(n->cities[1].city->lat, 30.6, 1e-9);
    CU_ASSERT_EQUAL_FATAL(n->nlinks, 3); // the parallel one is kept
    CU_ASSERT_EQUAL(n->links[0].rate_bps, 2500000000);
    CU_ASSERT_EQUAL(n->links[1].rate_bps, 10000000000);
    CU_ASSERT_EQUAL_FATAL(n->nclients, 3);
    CU_ASSERT_STRING_EQUAL(n->clients[1].region, "wuhan");
    CU_ASSERT_EQUAL(n->clients[1].access_delay_ps, PS_PER_MS);
}

static void reads_gml(void)
{
    scratch_file("g.gml", gml);
    check_graph("gml");
    CU_ASSERT_EQUAL(list.v[0].topology.networks[0].links[0].at.line, 6);
}

static void reads_graphml(void)
{
    scratch_file("g.graphml",
                 "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
                 "<key id=\"a\" for=\"node\" attr.name=\"Latitude\" attr.type=\"double\"/>\n"
                 "<key id=\"o\" for=\"node\" attr.name=\"Longitude\" attr.type=\"double\"/>\n"
                 "<key id=\"l\" for=\"node\" attr.name=\"label\" attr.type=\"string\"/>\n"
                 "<key id=\"i\" for=\"node\" attr.name=\"Internal\" attr.type=\"int\"/>\n"
                 "<key id=\"s\" for=\"edge\" attr.name=\"LinkSpeedRaw\" attr.type=\"string\"/>\n"
                 "<graph edgedefault=\"undirected\">\n"
                 "<node id=\"n3\"><data key=\"a\">39.9</data><data key=\"o\">116.4</data><data "
                 "key=\"l\">Bei Jing</data></node>\n"
                 "<node id=\"n1\"><data key=\"a\">30.6</data><data key=\"o\">114.3</data><data "
                 "key=\"l\">Wuhan</data></node>\n"
                 "<node id=\"n9\"><data key=\"a\">31</data><data key=\"o\">114</data><data "
                 "key=\"l\">Wuhan</data></node>\n"
                 "<node id=\"n5\"><data key=\"l\">Tokyo</data><data key=\"i\">0</data></node>\n"
                 "<edge source=\"n3\" target=\"n1\"><data key=\"s\">2500000000.0</data></edge>\n"
                 "<edge source=\"n9\" target=\"n1\"/>\n<edge source=\"n1\" target=\"n9\"/>\n"
                 "<edge source=\"n5\" target=\"n1\"/>\n"
                 "</graph></graphml>\n");
    check_graph("graphml");
}

static void a_graph_may_share_cities_by_name_and_place(void)
{
    scratch_file("g.gml",
                 "graph [ node [ id 0 label \"Wuhan\" Latitude 30.5 Longitude 114.4 ] ]\n");
    const char *text = HEAD "networks: {g: {asn: 1, kind: carrier, graph: g.gml}}\n";
    const struct topology *t = load_good(text);
    CU_ASSERT_EQUAL(t->ncities, 3);
    CU_ASSERT_PTR_EQUAL(t->networks[0].cities[0].city, &t->cities[2]);
    scratch_file("g.gml", "graph [ node [ id 0 label \"Wuhan\" Latitude 50 Longitude 8 ] ]\n");
    load(text);
    CU_ASSERT_TRUE(scratch_says(diag, "km away from the city of that name"));
}

static void reads_the_topology_zoo(void)
{
    char text[600];
    if (!unit_data_dir()) {
        unit_skip("no ../shared/data");
        return;
    }
    for (int xml = 0; xml < 2; xml++) {
        char *data = realpath(unit_data_dir(), NULL);
        const char *ext = xml ? "graphml" : "gml";
        snprintf(text, sizeof text,
                 "version: 1\nname: zoo\nnetworks: {zoo: {asn: 1, kind: carrier, graph: "
                 "%s/topology-zoo/%s/Chinanet.%s, capacity: 10Gbps, reflectors: [Beijing]}}\n",
                 data, ext, ext);
        free(data);
        const struct topology *t = load_good(text);
        CU_ASSERT_EQUAL(t->networks[0].ncities, 38); // 42 less 4 international ends
        CU_ASSERT_EQUAL(t->networks[0].nlinks, 62);
    }
    scenario_list_free(&list);
    diag_free(diag);
    diag = NULL;
    scratch_remove();
}

UNIT_MAIN("topology", {"reads_everything", reads_everything}, {"laws_of_bursts", laws_of_bursts},
          {"beijing_shenzhen_is_forty_ms", beijing_shenzhen_is_forty_ms},
          {"parallel_links_need_risk_groups", parallel_links_need_risk_groups},
          {"facts_come_from_the_graph", facts_come_from_the_graph}, {"reads_gml", reads_gml},
          {"reads_graphml", reads_graphml},
          {"a_graph_may_share_cities_by_name_and_place",
           a_graph_may_share_cities_by_name_and_place},
          {"reads_the_topology_zoo", reads_the_topology_zoo})
