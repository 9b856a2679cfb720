// SPDX-License-Identifier: GPL-3.0-or-later
// trace: one real request and its answer through the network at one instant, hop by hop, and the
// route decisions along its way. Nothing is recomputed: the probe is a packet like any other. The
// decisions are read out of the speakers' RIBs when it has ended, up to a round trip after it was
// sent; that time is printed with them, for routes may have changed meanwhile.
#ifndef ANYSIM_RUN_TRACE_H
#define ANYSIM_RUN_TRACE_H

#include "run/run.h"

// The flow that joins a client group to a service, or NULL.
struct flow *trace_flow(const struct world *w, int group, int service);

// Sends the probe now and runs until its answer or loss (at most `timeout_ps`).
void trace_run(struct world *w, struct flow *f, int64_t timeout_ps, struct probe *out);

// Prints the whole explanation for people, with the decisions as they are now.
void trace_print(const struct world *w, int group, int service, const struct probe *p, FILE *out);

#endif
