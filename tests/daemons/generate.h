// SPDX-License-Identifier: GPL-3.0-or-later
// generate: random networks as scenario files, for the comparison with routing daemons.
//
// One seed, one pair of files: 5 to 40 routers in carriers, clouds and stub networks, full iBGP meshes and
// reflectors, several interconnects between the same networks, services published at 2 to 5 places.
// At GENERATE_WITHDRAW_S a site is withdrawn, at GENERATE_FAIL_S a link is cut.
#ifndef DAEMONS_GENERATE_H
#define DAEMONS_GENERATE_H

#include <stdbool.h>
#include <stdint.h>

#define GENERATE_WITHDRAW_S 30
#define GENERATE_FAIL_S     130

// Writes DIR/topology.yaml, DIR/scenario.yaml and DIR/events: a line "withdraw PREFIX HOST…" and a
// line "fail KIND A B" (hosts without the number of the router), for a shell. False: not written.
// `daemons` is bird, frr or mixed: the decision process is one that they have.
bool generate_random(const char *dir, uint64_t seed, const char *daemons);

// The same with a ladder of `rungs` networks of one router, where every network is a customer of all
// before it and the last one publishes the only service: the network in which a withdrawal makes
// routers try one longer path after the other (path exploration). MRAI is `mrai_s` everywhere.
bool generate_ladder(const char *dir, uint64_t seed, int rungs, int mrai_s);

#endif
