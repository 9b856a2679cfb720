// SPDX-License-Identifier: GPL-3.0-or-later
// reading: the value of a metric (scenario/metric.h) in results, and how people read it.
#ifndef ANYSIM_MEASURE_READING_H
#define ANYSIM_MEASURE_READING_H

#include "measure/results.h"

#define READING_TEXT 64

struct reading {
    bool exists;
    int64_t value;   // in the metric's base unit; TIME_NEVER: longer than any time
    const char *why; // why there is none, when it does not exist
};

// A failover is 0 when nothing was cut off; one that was not restored, and a quantile among the lost
// requests, are longer than any time.
struct reading reading_of_clients(const struct results *r, const struct client_result *c,
                                  enum metric m);
struct reading reading_of_link(const struct link_result *l, enum phase phase, enum metric m);

// Of a demand, both directions together: of what comes from one client group, or (−1) of all of it.
struct reading reading_of_demand(const struct results *r, int demand, int group, enum phase phase,
                                 enum metric m);

// Which share of the people in the groups `from` entered by a POP: requests answered there, weighted
// by population; who got no answer entered nowhere.
struct reading reading_of_catchment(const struct results *r, int service, const bool *from, int pop,
                                    enum phase phase);

// "41.900ms", "99.98%", "never", "shanghai", "1.250"; or why there is none. Returns buf.
char *reading_print(const struct scenario *s, const struct reading *r, enum metric m,
                    char buf[READING_TEXT]);

#endif
