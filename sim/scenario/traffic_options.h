// SPDX-License-Identifier: GPL-3.0-or-later
// traffic_options: what a kind of traffic can be told besides the keys that all kinds share, as
// passive data. Filled by the scenario's reader, used by traffic/KIND.c.
#ifndef ANYSIM_SCENARIO_TRAFFIC_OPTIONS_H
#define ANYSIM_SCENARIO_TRAFFIC_OPTIONS_H

#include <stdint.h>

enum traffic_kind {
    TRAFFIC_GAME,
    TRAFFIC_PING,
    TRAFFIC_CBR,
    TRAFFIC_POISSON,
    TRAFFIC_ONOFF,
    TRAFFIC_VOIP,
    TRAFFIC_KINDS
};

struct game_options {
    int64_t tick_ps; // the server's own tick; 0: it answers each input
};

struct onoff_options {
    double shape;          // of both Pareto distributions, between 1 and 2
    int64_t on_ps, off_ps; // their means
    int64_t sources;       // that are added up in a flow
};

enum voip_codec { VOIP_G711, VOIP_G729, VOIP_CODECS };

struct voip_options {
    enum voip_codec codec;
    int64_t call_ps;          // length of a call
    int64_t jitter_buffer_ps; // how long the first frame of a call is held back
};

union traffic_options { // which one: the kind says
    struct game_options game;
    struct onoff_options onoff;
    struct voip_options voip;
};

#endif
