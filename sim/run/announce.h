// SPDX-License-Identifier: GPL-3.0-or-later
// announce: how services are announced, from the scenario's words (scenario/manner.h) to the
// control plane's (router/control.h).
#ifndef ANYSIM_RUN_ANNOUNCE_H
#define ANYSIM_RUN_ANNOUNCE_H

#include "run/world.h"
#include "scenario/manner.h"

// What the service's `announce` says; before it is announced.
void announce_configured(struct world *w, int service);
// From now on as `m` says; and, where `m` speaks, as configured again.
void announce_change(struct world *w, const struct manner *m);
void announce_restore(struct world *w, const struct manner *m);

#endif
