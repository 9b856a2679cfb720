// SPDX-License-Identifier: GPL-3.0-or-later
// manner: how a service is announced at POPs, towards neighbour networks, as passive data: what
// `announce:` of a service says for the whole run, and what the actions prepend, no_announce,
// no_export, med, attach and blackhole change while it lasts.
#ifndef ANYSIM_SCENARIO_MANNER_H
#define ANYSIM_SCENARIO_MANNER_H

#include "scenario/schema.h"
#include <stdbool.h>
#include <stdint.h>

#define MANNER_UNSAID      (-1)
#define MANNER_PREPEND_MAX 10

// What an action is about (of `announce`: all that is given).
enum manner_what { MANNER_ALL, MANNER_PREPEND, MANNER_QUIET, MANNER_MED, MANNER_COMMUNITIES };

struct manner {
    enum manner_what what;
    int service;
    int pop; // or -1: all at which the service is published
    int *to; // network indices; none: all neighbours
    int nto;
    int64_t prepend, med; // or MANNER_UNSAID
    int quiet;            // 1: not announced; or MANNER_UNSAID
    uint32_t *communities;
    int ncommunities;
};

struct raw_manner {
    struct text service, pop;
    struct texts to, communities;
    int64_t prepend, med; // MANNER_UNSAID: absent, or as configured
    bool no_announce, no_export;
    int state; // 0: on
    struct srcpos at;
};

extern const struct schema_table manner_table; // of a service's `announce`

struct scenario_reader;

// What of it must name something known; `service` may be -1 after a diagnostic. False after one.
bool manner_read(struct scenario_reader *r, const struct raw_manner *raw, int service,
                 struct manner *out);
// A service's `announce`, in the file's order. Returns how many.
int manners_read(struct scenario_reader *r, const struct rows *raw, int service,
                 struct manner **out);

#endif
