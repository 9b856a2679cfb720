// SPDX-License-Identifier: GPL-3.0-or-later
// backends: the servers behind a service, and how their health is watched, as passive data.
#ifndef ANYSIM_SCENARIO_BACKENDS_H
#define ANYSIM_SCENARIO_BACKENDS_H

#include "base/diag.h"
#include <stdbool.h>
#include <stdint.h>

#define BACKENDS_WEIGHT_MAX 255
#define BACKENDS_SERVERS    60  // of a region
#define BACKENDS_RANKS      100 // priorities 1 … so many, standby regions behind them

struct server_options {
    int64_t weight;       // 0 … BACKENDS_WEIGHT_MAX, its share within the region
    int64_t requests_uhz; // served in a second, in millionths; 0: as many as come
    int64_t
        service_ps; // from the begin of a request's service to its answer; -1: as the traffic says
    int64_t queue;  // requests that wait at most
    int64_t rate_bps; // of its line; 0: never the bottleneck
};

struct region {
    int pop; // behind whose gateway its servers stand
    int64_t weight, dial_ppm;
    int64_t rank; // the lower, the higher the priority; standby regions come after all others
    struct server_options *servers;
    int nservers;
    struct srcpos at;
};

enum backends_choose { BACKENDS_NEAREST, BACKENDS_WEIGHT, BACKENDS_CHOICES };

struct backends {
    enum backends_choose choose;
    bool by_source; // affinity: all flows of a client go alike; else each for itself
    struct region *regions;
    int nregions;
};

struct backend_event { // what the timeline does to them
    int service, pop;
    int server;               // from 1; 0: all of the region, or the region itself
    int64_t weight, dial_ppm; // of set_weight, set_dial
};

struct service_health {
    int64_t interval_ps, timeout_ps;
    int64_t fall, rise;
    bool withdraw;   // a site behind which nothing answers gives up its announcement
    int64_t hold_ps; // and announces again when something has been up for so long
};

#endif
