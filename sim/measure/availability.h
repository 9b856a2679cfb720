// SPDX-License-Identifier: GPL-3.0-or-later
// availability: the time in which a service could be used, in buckets of 1 s and of 10 s.
//
// Requests fall into the bucket in which they were sent. A bucket is *available* when at most
// AVAILABILITY_LOSS_PPM of its requests were lost (no answer within the timeout): the form of ITU-T
// Y.1540's outage criterion, the loss ratio of an interval against a threshold. A bucket in which
// nothing was sent is as the one before it; buckets before the first request do not count. So
// outage seconds say how long users were without service, where a share of lost requests says how
// many requests they lost. A bucket belongs to the phase in which its middle lies; the last one may be
// shorter and counts like any other.
#ifndef ANYSIM_MEASURE_AVAILABILITY_H
#define ANYSIM_MEASURE_AVAILABILITY_H

#include "measure/results.h"

#define AVAILABILITY_LOSS_PPM 200000 // more than one in five lost: the bucket is an outage

struct availability; // of one service and client group

struct availability *availability_new(const struct scenario *s);
void availability_free(struct availability *a);
// A request sent at scenario time `sent_ps` (in the run) was answered in time, or not.
void availability_add(struct availability *a, int64_t sent_ps, bool answered);
// out[PHASE_COUNT], which are in the order of the phases.
void availability_collect(const struct availability *a, struct availability_result *out);

#endif
