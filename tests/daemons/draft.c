// SPDX-License-Identifier: GPL-3.0-or-later
#include "draft.h"

#include "generate.h"

#include <inttypes.h>
#include <stdio.h>

#define DURATION_S 230

int draft_place(const struct draft_network *n, int city)
{
    for (int i = 0; i < n->nplaces; i++)
        if (n->places[i].city == city)
            return i;
    return -1;
}

void draft_link(struct draft_network *n, int a, int b, int metric)
{
    for (int i = 0; i < n->nlinks; i++)
        if ((n->links[i].a == a && n->links[i].b == b) ||
            (n->links[i].a == b && n->links[i].b == a))
            return;
    if (a == b || n->nlinks == DRAFT_LINKS)
        return;
    n->links[n->nlinks].a = a;
    n->links[n->nlinks].b = b;
    n->links[n->nlinks++].metric = metric;
}

void draft_pops(struct draft *d)
{
    for (int i = 0; i < d->nnetworks; i++)
        for (int k = 0; k < d->networks[i].nplaces; k++)
            if (d->networks[i].kind != DRAFT_CARRIER && d->npops < DRAFT_POPS) {
                d->pops[d->npops].network = i;
                d->pops[d->npops++].place = k;
            }
}

static void write_network(const struct draft *d, int index, FILE *f)
{
    static const char *const kinds[] = {"carrier", "cloud", "stub"};
    const struct draft_network *n = &d->networks[index];
    fprintf(f, "  n%d:\n    asn: %" PRIu32 "\n    kind: %s\n    nodes:\n", index, n->asn,
            kinds[n->kind]);
    for (int i = 0; i < n->nplaces; i++)
        fprintf(f, "      - {city: c%d, routers: %d, reflector: %s}\n", n->places[i].city,
                n->places[i].routers, n->places[i].reflector ? "yes" : "no");
    if (n->nlinks)
        fprintf(f, "    links:\n");
    for (int i = 0; i < n->nlinks; i++)
        fprintf(f, "      - {a: c%d, b: c%d, capacity: 10Gbps, metric: %d, delay: 1ms}\n",
                n->places[n->links[i].a].city, n->places[n->links[i].b].city, n->links[i].metric);
    if (n->kind == DRAFT_CARRIER)
        fprintf(f, "    clients: [{province: p%d, city: c%d, population: 1000}]\n",
                n->places[0].city, n->places[0].city);
    fprintf(f, "    igp: {hello: 1s, hold: 4s, spf_initial: 50ms, spf_hold: 200ms, spf_max: 1s}\n");
    fprintf(f,
            "    bgp: {mrai_ebgp: %ds, mrai_ibgp: 0s, mrai_withdrawals: %s, jitter: %s, gather: "
            "%s, hold: 9s, "
            "%s}\n",
            n->mrai_s, d->steady ? "behind" : "no", d->steady ? "no" : "yes",
            d->steady && n->mrai_s ? "50ms" : "0s", n->decision);
}

static void write_topology(const struct draft *d, FILE *f)
{
    fprintf(f, "# seed %" PRIu64 "\nversion: 1\nname: random\ncities:\n", d->seed);
    for (int i = 0; i < d->ncities; i++)
        fprintf(f, "  - {name: c%d, province: p%d, lat: %d, lon: %d}\n", i, i, 30 + i, 100 + i);
    fprintf(f, "networks:\n");
    for (int i = 0; i < d->nnetworks; i++)
        write_network(d, i, f);
    fprintf(f, "interconnects:\n");
    for (int i = 0; i < d->njoints; i++) {
        fprintf(f, "  - {a: n%d, b: n%d, relation: %s, city: c%d, capacity: 10Gbps", d->joints[i].a,
                d->joints[i].b, d->joints[i].peer ? "peer" : "customer", d->joints[i].city);
        if (!d->steady)
            draft_attach(d, f);
        fprintf(f, "}\n");
    }
    if (!d->steady)
        draft_policies(d, f);
    fprintf(f, "pops:\n");
    for (int i = 0; i < d->npops; i++)
        fprintf(f, "  pop%d: {network: n%d, city: c%d}\n", i, d->pops[i].network,
                d->networks[d->pops[i].network].places[d->pops[i].place].city);
}

static void write_failure(const struct draft *d, FILE *f)
{
    if (d->fail_network < 0) {
        const struct draft_joint *j = &d->joints[d->fail_index];
        fprintf(f, "{interconnect: [n%d, n%d], city: c%d}", j->a, j->b, j->city);
    } else {
        const struct draft_network *n = &d->networks[d->fail_network];
        fprintf(f, "{network: n%d, between: [c%d, c%d]}", d->fail_network,
                n->places[n->links[d->fail_index].a].city,
                n->places[n->links[d->fail_index].b].city);
    }
}

static void write_scenario(const struct draft *d, FILE *f)
{
    fprintf(f,
            "version: 1\nname: random\ntopology: topology.yaml\nseed: %" PRIu64
            "\nduration: %ds\nservices:\n",
            d->seed, DURATION_S);
    for (int i = 0; i < d->nservices; i++) {
        const struct draft_service *s = &d->services[i];
        fprintf(f, "  s%d: {mode: %s, prefix: 198.18.%d.0/24, publish: [", i,
                s->unicast ? "unicast" : "replicated", i);
        for (int k = 0; k < s->npops; k++)
            fprintf(f, "%spop%d", k ? ", " : "", s->pops[k]);
        fprintf(f, "]}\n");
    }
    fprintf(f, "traffic: {t: {kind: ping, to: [s0], rate: 0.01/s}}\n");
    fprintf(f, "timeline:\n  - {at: %ds, withdraw: {service: s%d, pop: pop%d}}\n",
            GENERATE_WITHDRAW_S, d->withdraw_service,
            d->services[d->withdraw_service].pops[d->withdraw_pop]);
    fprintf(f, "  - {at: %ds, fail: ", GENERATE_FAIL_S);
    write_failure(d, f);
    fprintf(f, "}\n");
}

// For the shell: what to do to the daemons. A place of two routers is two hosts.
static void write_events(const struct draft *d, FILE *f)
{
    const struct draft_service *s = &d->services[d->withdraw_service];
    int pop = s->pops[d->withdraw_pop], network = d->pops[pop].network;
    const struct draft_place *at = &d->networks[network].places[d->pops[pop].place];
    fprintf(f, "withdraw 198.18.%d.0/24", d->withdraw_service);
    for (int k = 1; k <= at->routers; k++)
        fprintf(f, " n%d-c%d-%d", network, at->city, k);
    if (d->fail_network < 0) {
        const struct draft_joint *j = &d->joints[d->fail_index];
        fprintf(f, "\nfail ebgp n%d-c%d n%d-c%d\n", j->a, j->city, j->b, j->city);
    } else {
        const struct draft_network *n = &d->networks[d->fail_network];
        fprintf(f, "\nfail igp n%d-c%d n%d-c%d\n", d->fail_network,
                n->places[n->links[d->fail_index].a].city, d->fail_network,
                n->places[n->links[d->fail_index].b].city);
    }
}

static bool write_file(const struct draft *d, const char *dir, const char *name,
                       void (*write)(const struct draft *d, FILE *f))
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    if (!f) {
        perror(path);
        return false;
    }
    write(d, f);
    return fclose(f) == 0;
}

bool draft_write(const struct draft *d, const char *dir)
{
    return write_file(d, dir, "topology.yaml", write_topology) &&
           write_file(d, dir, "scenario.yaml", write_scenario) &&
           write_file(d, dir, "events", write_events);
}
