// SPDX-License-Identifier: GPL-3.0-or-later
// fault: what a selector hits, and breaking and mending it.
#ifndef ANYSIM_RUN_FAULT_H
#define ANYSIM_RUN_FAULT_H

#include "base/vec.h"
#include "run/world.h"

struct fault { // links and nodes that fail together
    VEC(uint32_t) links;
    VEC(uint32_t) nodes;
};

// Collects what the selector names; `f` is emptied first and is the caller's to free.
void fault_select(const struct world *w, const struct selector *s, struct fault *f);
void fault_free(struct fault *f);

// At the current instant: the world breaks or mends, and the control plane gets to notice.
void fault_break(struct world *w, const struct fault *f, bool silent);
void fault_mend(struct world *w, const struct fault *f, bool silent);

// Schedules the scenario's timeline. The object lives until timeline_free.
struct timeline;
struct timeline *timeline_new(struct world *w);
void timeline_free(struct timeline *t);

#endif
