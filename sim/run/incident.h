// SPDX-License-Identifier: GPL-3.0-or-later
// incident: what befalls sessions, processors, lines and announcements, and ends by itself
// (scenario/scenario.h, struct incident).
#ifndef ANYSIM_RUN_INCIDENT_H
#define ANYSIM_RUN_INCIDENT_H

#include "run/world.h"

// How many times the world changes in the course of it, and when; the first time is the event's own.
int incident_steps(const struct event *e);
int64_t incident_step_ps(const struct event *e, int step);
// Step `step` happens now.
void incident_happens(struct world *w, const struct event *e, int step);

#endif
