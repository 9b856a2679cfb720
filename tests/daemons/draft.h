// SPDX-License-Identifier: GPL-3.0-or-later
// draft: a small network in the making, and writing it as a topology and a scenario.
#ifndef DAEMONS_DRAFT_H
#define DAEMONS_DRAFT_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define DRAFT_NETWORKS 12
#define DRAFT_PLACES   8
#define DRAFT_LINKS    16
#define DRAFT_JOINTS   64
#define DRAFT_POPS     16
#define DRAFT_SERVICES 5
#define DRAFT_POLICIES 4 // each way

enum draft_kind { DRAFT_CARRIER, DRAFT_CLOUD, DRAFT_STUB };

struct draft_place {
    int city, routers;
    bool reflector;
};

struct draft_network {
    enum draft_kind kind;
    uint32_t asn;
    int mrai_s;
    const char *decision; // keys of `bgp`
    struct draft_place places[DRAFT_PLACES];
    int nplaces;
    struct {
        int a, b, metric; // places
    } links[DRAFT_LINKS];
    int nlinks;
};

struct draft_joint { // an interconnect; a is a customer of b unless they are peers
    int a, b, city;
    bool peer;
};

struct draft_service {
    int pops[DRAFT_POPS], npops;
    bool unicast;
};

struct draft {
    uint64_t seed;
    gsl_rng *random;
    int ncities, routers;
    bool frr;    // all daemons are FRR
    bool steady; // for timing: MRAI as FRR has it
    struct draft_network networks[DRAFT_NETWORKS];
    int nnetworks;
    struct draft_joint joints[DRAFT_JOINTS];
    int njoints;
    struct {
        int network, place;
    } pops[DRAFT_POPS];
    int npops;
    struct draft_service services[DRAFT_SERVICES];
    int nservices;
    int withdraw_service, withdraw_pop; // the second: index into the service's
    int fail_network, fail_index;       // a link of the network; network -1: an interconnect
};

int draft_place(const struct draft_network *n, int city); // index, or -1
// No link twice, none to itself.
void draft_link(struct draft_network *n, int a, int b, int metric);
void draft_pops(struct draft *d); // one in every city of clouds and stub networks
// Random policies, and which of them an interconnect has (rules.c).
void draft_policies(const struct draft *d, FILE *f);
void draft_attach(const struct draft *d, FILE *f);
bool draft_write(const struct draft *d, const char *dir);

#endif
