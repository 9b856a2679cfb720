// SPDX-License-Identifier: GPL-3.0-or-later
// zone: named sets of POPs at which services are published.
#ifndef ANYSIM_SCENARIO_ZONE_H
#define ANYSIM_SCENARIO_ZONE_H

#include "scenario/schema.h"

struct raw_zone {
    struct text name;
    struct texts pops;
    struct srcpos at;
};
extern const struct schema_table zone_table;

struct zone {
    const char *name;
    int *pops;
    int npops;
};

struct publish_event { // the action `publish`: event.data
    int service;
    int *pops; // at which it is published from now on, and at no other
    int npops;
};

#endif
