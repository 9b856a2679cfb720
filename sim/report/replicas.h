// SPDX-License-Identifier: GPL-3.0-or-later
// replicas: gathers the figures of replicas (run/replicas.h) and sums them up: confidence intervals
// in r->replicas, and expectations judged over all of them.
//
// Figures are the metrics of expectations (scenario/metric.h) of every service × group, of every
// service over all groups, and of every link, phase by phase. Over all groups, availability, loss and
// jitter are weighted by population (report/figure.h); a metric that means nothing over groups
// (failover, site, stretch, outage seconds) is left out.
#ifndef ANYSIM_REPORT_REPLICAS_H
#define ANYSIM_REPORT_REPLICAS_H

#include "measure/results.h"
#include <stdio.h>

struct replicas;

// Replica 0 is `r`; it must outlive the object.
struct replicas *replicas_gather(struct results *r, int n);
void replicas_free(struct replicas *g);

// What replicas_take reads: in the replica's process. All numbers are of this machine.
void replicas_write(const struct results *r, FILE *out);
// False when that is not what a run of the scenario writes, or its packets were not conserved.
bool replicas_take(struct replicas *g, int replica, const char *bytes, size_t len);

// When all were taken: fills r->replicas and judges its expectations again.
void replicas_sum_up(struct replicas *g);

#endif
