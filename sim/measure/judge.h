// SPDX-License-Identifier: GPL-3.0-or-later
// judge: does the run meet the scenario's expectations?
#ifndef ANYSIM_MEASURE_JUDGE_H
#define ANYSIM_MEASURE_JUDGE_H

#include "measure/results.h"

// Fills r->checks: one for each condition × client group that the expectation names and that has
// traffic to the service. A figure that does not exist (no answered request, so no RTT) fails every
// condition, and the text says what is missing. A failover is 0 when nothing was cut off; one that
// was not restored, and a quantile among the lost requests, are longer than any time.
void judge(struct results *r);

// A metric of a client result as the condition's base unit; false when there is none. `text` gets
// it for people ("41.900ms", "99.98%", "never", "shanghai"), or why there is none.
bool metric_value(const struct results *r, const struct client_result *c, enum metric m,
                  int64_t *value, char *text, size_t size);

#endif
