// SPDX-License-Identifier: GPL-3.0-or-later
#include "generate.h"

#include "base/rng.h"
#include "base/vec.h"
#include "draft.h"

#include <stdio.h>
#include <string.h>

#define MAX_ROUTERS 40

static int upto(struct draft *d, int n) // 0 … n - 1
{
    return (int)gsl_rng_uniform_int(d->random, (unsigned long)n);
}

static bool chance(struct draft *d, int percent)
{
    return upto(d, 100) < percent;
}

static struct draft_network *add_network(struct draft *d, enum draft_kind kind)
{
    struct draft_network *n = &d->networks[d->nnetworks];
    *n = (struct draft_network){.kind = kind, .asn = 65000u - (uint32_t)d->nnetworks};
    if (chance(d, 30))
        n->asn = 4200000000u + (uint32_t)d->nnetworks; // four octets
    n->mrai_s = chance(d, 50);
    d->nnetworks++;
    return n;
}

static void add_city(struct draft *d, struct draft_network *n, int city, int routers)
{
    if (draft_place(n, city) >= 0 || d->routers + routers > MAX_ROUTERS)
        return;
    n->places[n->nplaces++] = (struct draft_place){.city = city, .routers = routers};
    d->routers += routers;
}

// A tree, and chords until about every city has two ways out. Small metrics, so that some are equal.
static void add_links(struct draft *d, struct draft_network *n)
{
    for (int i = 1; i < n->nplaces; i++)
        draft_link(n, i, upto(d, i), 1 + upto(d, 20));
    for (int k = 0; n->nplaces > 2 && k < n->nplaces / 2 + 1; k++)
        draft_link(n, upto(d, n->nplaces), upto(d, n->nplaces), 1 + upto(d, 20));
}

// Where routes are compared in an order that does not depend on what came first: MEDs of all
// neighbours together, or as sets. The latter in FRR only: BIRD 2.0.12 with `deterministic med on`
// was seen to keep a path of lower LOCAL_PREF (docs/export.md). And in full meshes only: with
// reflectors MEDs of single neighbours can make routes change for ever (RFC 3345).
static const char *decision(struct draft *d, bool mesh)
{
    if (!d->frr)
        return "profile: bird, prefer_oldest: no, always_compare_med: yes";
    return mesh ? "profile: frr, prefer_oldest: no, deterministic_med: yes"
                : "profile: frr, prefer_oldest: no, always_compare_med: yes";
}

// One, two, or all cities: the last is a full mesh of their first routers.
static void add_reflectors(struct draft *d, struct draft_network *n)
{
    bool mesh = chance(d, 40);
    n->places[0].reflector = true;
    if (chance(d, 50))
        n->places[upto(d, n->nplaces)].reflector = true;
    for (int i = 0; mesh && i < n->nplaces; i++)
        n->places[i].reflector = true;
    n->decision = decision(d, mesh && n->places[0].routers == 1);
}

static void add_backbone(struct draft *d, enum draft_kind kind, int least, int most)
{
    struct draft_network *n = add_network(d, kind);
    int want = least + upto(d, most - least + 1);
    add_city(d, n, 0, 1 + chance(d, 25)); // where everybody can meet
    for (int tries = 0; n->nplaces < want && tries < 30; tries++)
        add_city(d, n, upto(d, d->ncities), 1 + chance(d, 25));
    add_links(d, n);
    add_reflectors(d, n);
}

// Interconnects in up to three of the cities that both are in.
static void interconnect(struct draft *d, int a, int b, bool peer)
{
    const struct draft_network *x = &d->networks[a], *y = &d->networks[b];
    int most = 1 + upto(d, 3), first = x->nplaces ? upto(d, x->nplaces) : 0;
    for (int i = 0; i < x->nplaces && most > 0; i++) {
        int city = x->places[(first + i) % x->nplaces].city;
        if (draft_place(y, city) < 0 || d->njoints == DRAFT_JOINTS)
            continue;
        d->joints[d->njoints++] = (struct draft_joint){a, b, city, peer};
        most--;
    }
}

static void add_stub(struct draft *d, int ncarriers)
{
    int carrier = upto(d, ncarriers), index = d->nnetworks;
    const struct draft_network *of = &d->networks[carrier];
    struct draft_network *n = add_network(d, DRAFT_STUB);
    add_city(d, n, of->places[upto(d, of->nplaces)].city, 1);
    n->decision = decision(d, true);
    interconnect(d, index, carrier, false);
    for (int i = 0; i < index; i++)
        if (i != carrier && d->networks[i].kind == DRAFT_CARRIER && chance(d, 50))
            interconnect(d, index, i, false);
}

static void add_services(struct draft *d)
{
    int n = 2 + upto(d, 3);
    for (int s = 0; s < n && d->npops; s++) {
        struct draft_service *v = &d->services[d->nservices++];
        int want = 2 + upto(d, 4), first = upto(d, d->npops);
        for (int i = 0; i < d->npops && v->npops < want; i++)
            v->pops[v->npops++] = (first + i) % d->npops;
        if (v->npops == 1 || chance(d, 15))
            v->npops = v->unicast = 1;
    }
}

// Networks in order of their rank: each is a customer or a peer of some before it.
static void add_networks(struct draft *d)
{
    int size = upto(d, 3); // of 5 to 10 routers, of tens, of up to 40
    int ncarriers = 2 + upto(d, 1 + size), nclouds = 1 + upto(d, 1 + size / 2);
    int nstubs = (size == 0) + upto(d, 2 + size);
    d->ncities = 4 + upto(d, 5);
    for (int i = 0; i < ncarriers; i++) {
        add_backbone(d, DRAFT_CARRIER, 1 + size, 2 + 3 * size);
        for (int k = 0; k < i; k++)
            if (k == i - 1 || chance(d, 60))
                interconnect(d, i, k, chance(d, 40));
    }
    for (int i = 0; i < nclouds; i++) {
        int index = d->nnetworks;
        add_backbone(d, DRAFT_CLOUD, 2, 2 + size);
        for (int k = 0; k < ncarriers; k++)
            if (k == i || chance(d, 60))
                interconnect(d, index, k, chance(d, 30));
    }
    for (int i = 0; i < nstubs && d->routers < MAX_ROUTERS; i++)
        add_stub(d, ncarriers);
}

// What is cut: an interconnect, or a backbone link that is no bridge of its network's tree … which
// may be one: a network may fall apart, too.
static void add_failure(struct draft *d)
{
    const struct draft_network *n = &d->networks[upto(d, d->nnetworks)];
    if (chance(d, 50) && n->nlinks > n->nplaces - 1) {
        d->fail_network = (int)(n - d->networks);
        d->fail_index = n->nlinks - 1; // a chord
    } else {
        d->fail_network = -1;
        d->fail_index = upto(d, d->njoints);
    }
}

bool generate_random(const char *dir, uint64_t seed, const char *daemons)
{
    struct draft d = {.seed = seed,
                      .random = rng_stream(seed, "daemons", "topology"),
                      .frr = strcmp(daemons, "frr") == 0};
    add_networks(&d);
    draft_pops(&d);
    add_services(&d);
    d.withdraw_service = upto(&d, d.nservices);
    d.withdraw_pop = upto(&d, d.services[d.withdraw_service].npops);
    add_failure(&d);
    bool good = draft_write(&d, dir);
    gsl_rng_free(d.random);
    return good;
}

bool generate_ladder(const char *dir, uint64_t seed, int rungs, int mrai_s)
{
    struct draft d = {.seed = seed, .ncities = 1, .steady = true};
    for (int i = 0; i < rungs; i++) {
        struct draft_network *n = &d.networks[d.nnetworks++];
        *n = (struct draft_network){.kind = i == rungs - 1 ? DRAFT_STUB : DRAFT_CARRIER,
                                    .asn = 65000u - (uint32_t)i,
                                    .mrai_s = mrai_s,
                                    .decision = "profile: frr, prefer_oldest: no"};
        add_city(&d, n, 0, 1);
        for (int k = 0; k < i; k++)
            d.joints[d.njoints++] = (struct draft_joint){i, k, 0, false};
    }
    draft_pops(&d);
    d.services[d.nservices++] = (struct draft_service){.npops = 1, .unicast = true};
    d.fail_network = -1;
    return draft_write(&d, dir);
}
