// SPDX-License-Identifier: GPL-3.0-or-later
#include "tiny.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char topology_text[] =
    "version: 1\n"
    "name: tiny\n"
    "cities:\n"
    "  - {name: north, province: n, lat: 40, lon: 116}\n"
    "  - {name: mid, province: m, lat: 35, lon: 116}\n"
    "  - {name: south, province: s, lat: 30, lon: 116}\n"
    "geography: {delay_per_km: 5us, stretch: 2}\n"
    "networks:\n"
    "  carrier:\n"
    "    asn: 100\n"
    "    kind: carrier\n"
    "    nodes: [{city: north, routers: 2, reflector: yes}, {city: mid}, {city: south, routers: "
    "2}]\n"
    "    links:\n"
    "      - {a: north, b: south, capacity: 100Gbps, srlg: duct}\n"
    "      - {a: north, b: mid, capacity: 40Gbps, srlg: duct, metric: 7, delay: 2ms}\n"
    "      - {a: mid, b: south, capacity: 30Gbps}\n"
    "    clients:\n"
    "      - {province: n, city: north, population: 1999}\n"
    "      - {province: m, city: mid, population: 500000, prefix: 192.0.2.0/24}\n"
    "      - {province: s, city: south, population: 10, access_delay: 3ms}\n"
    "  cloud:\n"
    "    asn: 200\n"
    "    kind: cloud\n"
    "    cities: [north, south]\n"
    "    reflectors: [north]\n"
    "    links: [{a: north, b: south, capacity: 10Gbps, srlg: duct}]\n"
    "  edge: {asn: 300, kind: cloud, cities: [north]}\n"
    "interconnects:\n"
    "  - {a: cloud, b: carrier, relation: peer, city: north, capacity: 5Gbps}\n"
    "  - {a: cloud, b: carrier, relation: peer, city: south, capacity: 6Gbps}\n"
    "  - {a: edge, b: carrier, relation: customer, city: north, capacity: 1Gbps}\n"
    "pops:\n"
    "  pn: {network: cloud, city: north}\n"
    "  ps: {network: cloud, city: south}\n"
    "  site: {network: edge, city: north}\n";

static const char head_text[] = "version: 1\n"
                                "name: tiny\n"
                                "topology: tiny-topology.yaml\n"
                                "seed: 3\n"
                                "duration: 60s\n"
                                "warmup: 60s\n";

static const char scenario_text[] =
    "services:\n"
    "  eip: {mode: accelerated, prefix: 203.0.113.0/24, publish: [pn, ps], backend: pn}\n"
    "  dns: {mode: replicated, prefix: 198.51.100.0/24, publish: [pn, ps]}\n"
    "  plain: {mode: unicast, prefix: 192.88.99.4/30, publish: [site]}\n"
    "traffic:\n"
    "  players: {kind: game, to: [eip, dns, plain], rate: 10/s, users: 2%}\n"
    "  pings: {kind: ping, from: {region: m}, to: [eip]}\n";

static bool write_file(const char *path, const char *a, const char *b, const char *c)
{
    FILE *f = fopen(path, "w");
    if (!f)
        return false;
    fprintf(f, "%s%s%s", a, b, c);
    return fclose(f) == 0;
}

void tiny_load(struct tiny *t, const char *timeline)
{
    size_t size = sizeof scenario_text + strlen(timeline) + 32;
    char *text = malloc(size);
    if (!text)
        abort();
    snprintf(text, size, "%s%s", *timeline ? "timeline:\n" : "", timeline);
    tiny_load_rest(t, scenario_text, text);
    free(text);
}

void tiny_load_rest(struct tiny *t, const char *services, const char *rest)
{
    char topology[96], scenario[96];
    *t = (struct tiny){.dir = "/tmp/anysim-tiny-XXXXXX"};
    if (!mkdtemp(t->dir))
        abort();
    snprintf(topology, sizeof topology, "%s/tiny-topology.yaml", t->dir);
    snprintf(scenario, sizeof scenario, "%s/tiny.yaml", t->dir);
    if (!write_file(topology, topology_text, "", "") ||
        !write_file(scenario, head_text, services, rest))
        abort();
    struct diag *d = diag_new();
    scenario_load(scenario, d, &t->list);
    diag_print(d, stderr, false);
    t->scenario = diag_errors(d) ? NULL : &t->list.v[0];
    diag_free(d);
    unlink(topology);
    unlink(scenario);
    rmdir(t->dir);
}

void tiny_free(struct tiny *t)
{
    scenario_list_free(&t->list);
}
