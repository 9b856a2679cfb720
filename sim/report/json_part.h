// SPDX-License-Identifier: GPL-3.0-or-later
// json_part: the sections of summary.json, and what they share; each returns a new reference.
#ifndef ANYSIM_REPORT_JSON_PART_H
#define ANYSIM_REPORT_JSON_PART_H

#include "report/json.h"

json_t *json_client(const struct scenario *s, const struct client_result *c);
json_t *json_link(const struct results *r, const struct link_result *l);
json_t *json_eips(const struct results *r);    // stretches of their lives
json_t *json_demands(const struct results *r); // demand × phase × direction
json_t *json_health(const struct results *r);  // by service; NULL: there are no health checks
json_t *json_names(const struct results *r);   // name × phase
json_t *json_quality(const struct results *r); // one-way metrics: an array
json_t *json_objects(const struct results *r);
json_t *json_replica_seeds(const struct replicas_result *x);
json_t *json_replicas(const struct results *r);

json_t *json_count(uint64_t n);
json_t *json_ms_or_null(int64_t value_ns);  // −1: null
json_t *json_seconds_or_null(int64_t t_ps); // −1 and TIME_NEVER: null
json_t *json_causes(uint64_t sent, uint64_t received, uint64_t late,
                    const uint64_t lost_by[FWD_DROP_COUNT]); // losses by reason

#endif
