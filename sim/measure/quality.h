// SPDX-License-Identifier: GPL-3.0-or-later
// quality: what users of one flow feel besides round trips: one-way metrics (measure/way.h), objects
// (downloads, pages, look-ups, calls), and breaks.
//
// A packet belongs to the phase in which it was sent, an object to that in which it began, a break to
// that in which it happened. An object that has not ended when the run ends is unfinished: it is in
// no percentile, while one that ended badly took infinitely long. Packets of the time before 0 do
// not count, nor do objects begun then.
#ifndef ANYSIM_MEASURE_QUALITY_H
#define ANYSIM_MEASURE_QUALITY_H

#include "measure/way.h"
#include "traffic/traffic.h"

struct quality; // of one flow

// `threshold_ps`: of one-way loss.
struct quality *quality_new(const struct scenario *s, int64_t epoch_ps, int64_t threshold_ps);
void quality_free(struct quality *q);

// See struct traffic_hooks; `now_ps` and `sent_ps` are absolute.
void quality_packet_sent(struct quality *q, enum traffic_direction d, uint32_t number,
                         int64_t now_ps);
void quality_packet_received(struct quality *q, enum traffic_direction d, uint32_t number,
                             int64_t sent_ps, int64_t now_ps);
void quality_object_begun(struct quality *q, int64_t now_ps);
void quality_object_ended(struct quality *q, const struct traffic_object *o);
void quality_broken(struct quality *q, enum traffic_break why, int64_t now_ps);

// out[PHASE_COUNT]; the caller frees each with quality_result_free. Traffic, service and group are
// the caller's to fill in.
void quality_collect(const struct quality *q, struct quality_result *out);
void quality_result_init(struct quality_result *r);
void quality_result_free(struct quality_result *r);
// Adds what another flow came to.
void quality_result_add(struct quality_result *into, const struct quality_result *from);

#endif
