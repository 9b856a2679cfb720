// SPDX-License-Identifier: GPL-3.0-or-later
// action: what an operator does on the timeline, when it needs keys of its own.
//
// An event's key names the action, and the mapping behind it says the rest:
//   - {at: 60s, surge: {demand: players, factor: 3}, for: 30s}
// One line of SCENARIO_ACTIONS makes an action known everywhere. It needs, besides,
//   KEY_table  its keys (struct schema_table);
//   KEY_read   which resolves what was read: fills event.data with passive data of its own and
//              event.target.text with a few words for reports; false after a diagnostic;
//   act_KEY    what happens then (run/act.h).
//
// An action begins something: the phase "outage" starts with the first. It is over
//   after `for`, where the action lasts and the file says so: then it is undone, unless one with the
//   same event.pair has happened in the meantime, which takes its place (event_is_superseded); or
//   with a later event with the same event.pair whose event.on is false (KEY_read sets both); or
//   at the end of the run.
#ifndef ANYSIM_SCENARIO_ACTION_H
#define ANYSIM_SCENARIO_ACTION_H

#include "scenario/schema.h"

// X(NAME, key, lasts, words about it): `lasts` tells whether it takes `for`.
#define SCENARIO_ACTIONS(X)                                                                        \
    X(SURGE, surge, true, "a demand that grows or shrinks")                                        \
    X(PREPEND, prepend, true, "a service is announced with a longer AS path")                      \
    X(NO_ANNOUNCE, no_announce, true, "neighbours are not told of a service")                      \
    X(NO_EXPORT, no_export, true, "neighbours are told of a service with NO_EXPORT")               \
    X(MED, med, true, "a service is announced with a MED")                                         \
    X(ATTACH, attach, true, "a service is announced with communities")                             \
    X(BLACKHOLE, blackhole, true, "the address of a service is blackholed (RFC 7999)")             \
    X(SCRUB, scrub, true, "the traffic to a service is cleaned at POPs")                           \
    X(PUBLISH, publish, false, "a service that is published elsewhere")                            \
    X(CAP, cap, true, "another bandwidth cap of an EIP")                                           \
    X(FAIL_SERVER, fail_server, true, "servers of a service that die")                             \
    X(REPAIR_SERVER, repair_server, false, "servers of a service that work again")                 \
    X(SET_WEIGHT, set_weight, true, "another weight of a server or region")                        \
    X(SET_DIAL, set_dial, true, "another traffic dial of a region")                                \
    X(ALLOCATE, allocate, false, "an EIP that comes into being")                                   \
    X(RELEASE, release, false, "an EIP that is given up")                                          \
    X(BIND, bind, false, "an EIP that is bound to a backend, or moved to another")                 \
    X(UNBIND, unbind, false, "an EIP that is taken off its backend")                               \
    X(BLOCK, block, true, "an EIP that carries nothing")                                           \
    X(UNBLOCK, unblock, false, "an EIP that carries again")                                        \
    X(DRAIN_POP, drain_pop, true, "a POP that is taken out of service in steps")                   \
    X(RETURN_POP, return_pop, false, "a drained POP that comes back")                              \
    X(MAINTENANCE, maintenance, false, "a POP that is drained, is away for a time, and comes back")

#define ACTION_NUMBER(name, key, lasts, doc) ACTION_##name,
enum action_kind { SCENARIO_ACTIONS(ACTION_NUMBER) ACTION_KINDS };
#undef ACTION_NUMBER

struct event;
struct scenario_reader;

#define ACTION_DECLARATIONS(name, key, lasts, doc)                                                 \
    extern const struct schema_table key##_table;                                                  \
    bool key##_read(struct scenario_reader *r, const void *raw, struct event *e);
SCENARIO_ACTIONS(ACTION_DECLARATIONS)
#undef ACTION_DECLARATIONS

struct action {
    const char *key;
    bool lasts;
    bool (*read)(struct scenario_reader *r, const void *raw, struct event *e);
};

extern const struct action actions[ACTION_KINDS];

#endif
