// SPDX-License-Identifier: GPL-3.0-or-later
// plain: an AS graph for the message-level engine and for the direct solver at once: one speaker an
// AS, a link of some milliseconds a session.
#ifndef ANYSIM_TESTS_BGP_PLAIN_H
#define ANYSIM_TESTS_BGP_PLAIN_H

#include "base/vec.h"
#include "bgp/bgp.h"
#include "bgp/route.h"
#include "bgp/solver.h"
#include "scenario/asrel.h"

struct plain {
    struct sim *sim;
    struct bgp *bgp;
    struct bgp_asgraph graph;
    VEC(uint32_t) asns; // by AS; its number is also the router's
    VEC(ip4_addr) ids;
    VEC(struct bgp_aslink) links;
    VEC(struct bgp_speaker *) speakers;
    struct bgp_choice *choices;
    uint64_t seed;
};

struct plain *plain_new(uint64_t seed);
void plain_free(struct plain *p);

uint32_t plain_add(struct plain *p, uint32_t asn, ip4_addr id);
void plain_link(struct plain *p, uint32_t a, uint32_t z, enum bgp_relation a_sees_z);
void plain_read(struct plain *p, const struct asrel *r); // adds all of a file

// Lays the graph out, and starts all sessions. No more may be added.
void plain_ready(struct plain *p);
void plain_start(struct plain *p, int64_t until_ps); // until all sessions are up

// Announces a prefix at some ASes; what the solver says of it is in `choices` then.
struct prefix plain_announce(struct plain *p, uint32_t number, const uint32_t *ases, uint32_t n);
// ASes where the engine's best path of the prefix is not the solver's: other ASes on it or another
// session. Prints the first few.
uint32_t plain_differences(const struct plain *p, struct prefix prefix);
// The engine's best paths of a prefix as choices of the solver's kind: one for each AS.
void plain_engine_choices(const struct plain *p, struct prefix prefix, struct bgp_choice *choices);
// ASes where the paths that lead through them get a valley: that go up or across after they went
// down or across, from the origin's end. Adds the paths there are.
uint32_t plain_valleys(const struct plain *p, uint64_t *paths);

// The file of that name among the real data, or false after a skip.
bool plain_data(struct plain *p, const char *name);

#endif
