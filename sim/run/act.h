// SPDX-License-Identifier: GPL-3.0-or-later
// act: the actions of the timeline (scenario/action.h) as they happen, one function each.
#ifndef ANYSIM_RUN_ACT_H
#define ANYSIM_RUN_ACT_H

#include "run/world.h"
#include "scenario/action.h"

// `begins` is false when the time of an action that lasts is over.
void act_happens(struct world *w, const struct event *e, bool begins);

#define ACT_DECLARATION(name, key, lasts, doc)                                                     \
    void act_##key(struct world *w, const struct event *e, bool begins);
SCENARIO_ACTIONS(ACT_DECLARATION)
#undef ACT_DECLARATION

#endif
