// SPDX-License-Identifier: GPL-3.0-or-later
// gslb: a service that is a name: DNS answers with one of several addresses, each of which is a service
// of its own; and the resolvers through which users ask. Passive data.
#ifndef ANYSIM_SCENARIO_GSLB_H
#define ANYSIM_SCENARIO_GSLB_H

#include "base/diag.h"
#include <stdbool.h>
#include <stdint.h>

// In the order of enum gslb_policy (anycast/gslb.h).
enum gslb_choice {
    GSLB_BY_DISTANCE,
    GSLB_BY_RTT,
    GSLB_BY_MAP,
    GSLB_BY_WEIGHT,
    GSLB_IN_TURN,
    GSLB_CHOICES
};
extern const char *const gslb_choice_names[GSLB_CHOICES]; // as the file writes them

#define GSLB_ANSWERS_MAX 16 // addresses, and name servers, of a name

struct gslb_map_row {
    const bool *from; // client groups
    const int *to;    // places in gslb.answers, the preferred one first
    int nto;
};

struct gslb_health { // how DNS finds out which answers work; interval 0: it does not
    int64_t interval_ps, timeout_ps;
    int64_t fall, rise;
    int64_t quorum_ppm; // share of the probers that have to see it
    const bool
        *from; // client groups at whose place probers stand; NULL: the largest of each network
};

struct gslb {
    enum gslb_choice choose;
    const int *answers; // services
    int nanswers;
    const int64_t *weights; // of each
    const struct gslb_map_row *map;
    int nmap;
    int64_t ttl_ps;
    int64_t ignoring_ppm, hold_ps; // users who keep answers for `hold`, whatever the time to live
    const int *name_servers;       // services at which the name servers stand
    int nname_servers;
    int64_t measure_ps; // GSLB_BY_RTT: between two measurements
    struct gslb_health health;
};

struct resolver {
    const char *name;
    int network, city; // city: index into network.cities; both −1: beside each of its groups
    const bool *from;  // client groups that use it …
    int64_t share_ppm; // … and the share of their people
    bool subnet;       // tells name servers the asker's subnet (RFC 7871)
    int64_t caches;    // that do not know of each other
    int64_t min_ttl_ps, max_ttl_ps; // 0: none
    int64_t stale_ps;               // serve-stale; 0: not
    struct srcpos at;
};

#define RESOLVER_CACHES 32 // of those that nobody describes

#endif
