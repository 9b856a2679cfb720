// SPDX-License-Identifier: GPL-3.0-or-later
// traffic_options: what a kind of traffic can be told besides the keys that all kinds share, as
// passive data. Filled by the scenario's reader, used by traffic/KIND.c.
#ifndef ANYSIM_SCENARIO_TRAFFIC_OPTIONS_H
#define ANYSIM_SCENARIO_TRAFFIC_OPTIONS_H

#include <stdint.h>

enum traffic_kind { TRAFFIC_GAME, TRAFFIC_PING, TRAFFIC_KINDS };

struct game_options {
    int64_t tick_ps; // the server's own tick; 0: it answers each input
};

union traffic_options { // which one: the kind says
    struct game_options game;
};

#endif
