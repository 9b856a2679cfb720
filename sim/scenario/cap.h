// SPDX-License-Identifier: GPL-3.0-or-later
// cap: the bandwidth cap of an EIP, as the file says it.
#ifndef ANYSIM_SCENARIO_CAP_H
#define ANYSIM_SCENARIO_CAP_H

#include "scenario/schema.h"

enum cap_direction { CAP_OUTBOUND, CAP_BOTH, CAP_DIRECTIONS };
enum cap_scope { CAP_GLOBAL, CAP_PER_EGRESS, CAP_SCOPES };
extern const char *const cap_direction_names[CAP_DIRECTIONS]; // as the file writes them
extern const char *const cap_scope_names[CAP_SCOPES];

struct service_cap {
    int64_t rate_bps;             // 0: there is no cap
    enum cap_direction direction; // both: each way has a cap of its own
    enum cap_scope scope;
    int64_t interval_ps; // of the exchange of shares among POPs
    int64_t burst_ps;    // depth of the buckets: as long at the full rate
    int64_t apply_ps;    // from a change to its effect
};

struct raw_cap { // of a service: `cap:`
    struct service_cap is;
    int direction, scope;
    struct srcpos at;
};
extern const struct schema_table service_cap_table;

struct cap_event { // the action `cap`: event.data
    int service;
    int64_t rate_bps;
};

#endif
