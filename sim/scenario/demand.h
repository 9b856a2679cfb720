// SPDX-License-Identifier: GPL-3.0-or-later
// demand: traffic of many users at once, as passive data: how many Gb/s between whom, at what time
// of day. What it meets is worked out by the layer demand/.
//
// However a demand is given (users and their rates, gravity, a matrix), the reader turns it into
// pairs with a rate in each direction, all factors included but the curve's.
#ifndef ANYSIM_SCENARIO_DEMAND_H
#define ANYSIM_SCENARIO_DEMAND_H

#include "base/curve.h"
#include "base/diag.h"
#include <stdbool.h>
#include <stdint.h>

enum demand_kind { DEMAND_USERS, DEMAND_GRAVITY, DEMAND_MATRIX, DEMAND_KINDS };

enum demand_end_kind { DEMAND_GROUP, DEMAND_SERVICE, DEMAND_CITY };

struct demand_end {
    enum demand_end_kind kind;
    int index;   // of the client group, of the service, or into network.cities
    int network; // of a city
};

struct demand_pair {
    struct demand_end from, to; // `from` is no service
    double up_bps;              // from → to
    double down_bps;            // what a service answers; 0 between others
    double users;               // whom it stands for; 0: unknown
};

#define DEMAND_PAIRS_MAX 2000000

struct demand {
    const char *name;
    enum demand_kind kind;
    bool elastic;
    int64_t bytes;             // of an IP datagram
    const struct curve *curve; // share of the rates by local time; NULL: all of them, always
    struct demand_pair *pairs;
    int npairs;
    struct srcpos at;
};

// Whose time of day scenario.clock_ps is, and how it passes.
struct daytime {
    int64_t zone_ps;   // of the clock, ahead of UTC
    int64_t speed_ppm; // it passes so many times as fast as the scenario's time
    bool one_zone;     // everybody lives by that clock; else by his city's utc_offset or longitude
};

// Of a timeline event: more, or less, of a demand.
struct surge {
    int demand;
    bool *from;         // client groups whose pairs grow; NULL: all pairs
    int64_t factor_ppm; // of the rate
    int64_t ramp_ps;    // from nothing to all of it
};

#endif
