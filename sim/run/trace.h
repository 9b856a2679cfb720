// SPDX-License-Identifier: GPL-3.0-or-later
// trace: one real request and its answer through the network at one instant, hop by hop, and the
// route decisions that led it there. Nothing is recomputed: the probe is a packet like any other,
// and the decisions are read out of the speakers' RIBs at the same instant.
#ifndef ANYSIM_RUN_TRACE_H
#define ANYSIM_RUN_TRACE_H

#include "run/run.h"

// The flow that joins a client group to a service, or NULL.
struct flow *trace_flow(const struct world *w, int group, int service);

// Sends the probe now and runs until its answer or loss (at most `timeout_ps`).
void trace_run(struct world *w, struct flow *f, int64_t timeout_ps, struct probe *out);

// Prints the whole explanation for people.
void trace_print(const struct world *w, int group, int service, const struct probe *p, FILE *out);

#endif
