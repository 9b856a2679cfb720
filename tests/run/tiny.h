// SPDX-License-Identifier: GPL-3.0-or-later
// tiny: a small scenario for the tests of run/, written to files and read like any other.
//
//   carrier (AS 100)  north, 2 routers ═ south, 2 routers; both to mid, 1 router; two in a duct
//   cloud (AS 200)    north, south; POPs pn, ps; peers with the carrier in both cities
//   edge (AS 300)     north; POP site; customer of the carrier
#ifndef ANYSIM_TESTS_RUN_TINY_H
#define ANYSIM_TESTS_RUN_TINY_H

#include "run/run.h"

struct tiny {
    struct scenario_list list;
    const struct scenario *scenario; // NULL when the files are refused (shown on stderr)
    char dir[64];
};

// `timeline`: the scenario's events, "- {at: 10s, …}" lines; may be empty.
void tiny_load(struct tiny *t, const char *timeline);
// Another scenario over the same topology, behind its head (name, topology, seed 3, 60 s, warm-up 60 s).
void tiny_load_rest(struct tiny *t, const char *services, const char *rest);
void tiny_free(struct tiny *t);

#endif
