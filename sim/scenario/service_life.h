// SPDX-License-Identifier: GPL-3.0-or-later
// service_life: the keys about an EIP's life, in services and on the timeline, and what they mean.
#ifndef ANYSIM_SCENARIO_SERVICE_LIFE_H
#define ANYSIM_SCENARIO_SERVICE_LIFE_H

#include "scenario/life.h"
#include "scenario/schema.h"

struct raw_life { // of a service: `life:`
    int state, kind;
    struct life_delays delays;
    int64_t linger_ps;
    struct srcpos at;
};
extern const struct schema_table life_table;

enum life_block { LIFE_BLOCK_ARREARS, LIFE_BLOCK_SECURITY, LIFE_BLOCK_REASONS };
extern const char *const life_block_names[LIFE_BLOCK_REASONS];

// What allocate, release, bind, unbind, block and unblock on the timeline are about: event.data.
struct life_event {
    int service;
    enum life_act act;
    struct life_backend to; // of bind
    enum life_block why;    // of block
    struct srcpos at;       // of the EIP's name
};

#endif
