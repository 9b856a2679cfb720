// SPDX-License-Identifier: GPL-3.0-or-later
// health: what health checks said and when, and whether it was so. Part of the results.
//
// A server that a prober takes down although it works (a lossy path, a queue) is a false alarm. The time
// that a true change took is counted from the server's death or repair.
#ifndef ANYSIM_MEASURE_HEALTH_H
#define ANYSIM_MEASURE_HEALTH_H

#include "base/vec.h"
#include <stdbool.h>
#include <stdint.h>

enum health_what {
    HEALTH_TARGET, // a prober's opinion of a target changed
    HEALTH_SITE,   // a POP gave up its announcement, or announced again
    HEALTH_OPEN    // a POP or a gateway failed open, or no longer
};

struct health_record {
    int64_t at_ps; // scenario time
    int service;
    enum health_what what;
    char *prober, *target; // owned; the target of a site or of failing open: ""
    bool up;               // of a site: announced; of failing open: it has healthy ones again
    bool is_false;         // down, and the target worked
    int64_t after_ps;      // since the target's death or repair; -1: there was none
};

struct health_count { // of a service
    bool checked;
    uint64_t good, bad; // probes
};

struct health_log {
    VEC(struct health_record) records; // in order of time
    struct health_count *counts;       // by service
    int nservices;
};

// What the records of a service come to.
struct health_sum {
    uint64_t downs, false_alarms, ups, withdrawals, returns;
    int64_t detect_max_ps; // from a death to the last prober's notice; -1: none
    int64_t detect_min_ps;
};

struct health_log *health_log_new(int nservices);
void health_log_free(struct health_log *l); // NULL is allowed
// Copies the names.
void health_log_add(struct health_log *l, const struct health_record *r);
struct health_sum health_log_sum(const struct health_log *l, int service);

#endif
