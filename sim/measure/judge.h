// SPDX-License-Identifier: GPL-3.0-or-later
// judge: does the run meet the scenario's expectations?
#ifndef ANYSIM_MEASURE_JUDGE_H
#define ANYSIM_MEASURE_JUDGE_H

#include "measure/reading.h"

// Fills r->checks: one for each condition × client group that the expectation names and that has
// traffic to the service, or × direction of a link that it names (r->expected_links). A figure that
// does not exist (no answered request, so no RTT) fails every condition, and the text says what is
// missing.
void judge(struct results *r);

#define JUDGE_NONE INT64_MIN // a figure that a replica does not have

// Judges r->checks again over n replicas: values[replica * nchecks + check], in the base unit of the
// metric. As the expectation asks, every replica must hold (the text tells of the worst one), or the
// mean over all of them; a replica without the figure fails either.
void judge_replicas(struct results *r, const int64_t *values, int n);

// What a check is about: "telecom/hebei", or the name of a link. Returns buf.
char *check_subject(const struct results *r, const struct check_result *k, char *buf, size_t size);
// What an expectation is about: "eip", or "links of telecom around beijing". Returns buf.
char *expectation_object(const struct scenario *s, const struct expectation *e, char *buf,
                         size_t size);

#endif
