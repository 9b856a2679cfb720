// SPDX-License-Identifier: GPL-3.0-or-later
// meter: what an EIP's policers and shapers do to a packet. Private to the forwarding core.
#ifndef ANYSIM_FWD_METER_H
#define ANYSIM_FWD_METER_H

#include "fwd/walk.h"

enum meter_direction { METER_IN, METER_OUT };

// Meters the packet of `w`, counts it for the binding, marks its DSCP, and sets when it may leave.
// FWD_DROP_NONE, or why it is to be dropped.
enum fwd_drop meter_pass(struct walk *w, struct binding *b, enum meter_direction way);

// What a packet that is metered changes, to take it back.
struct meter_mark {
    struct policer policer;
    struct shaper shaper;
    int64_t release_ps;
    uint8_t traffic_class;
};
void meter_remember(const struct walk *w, const struct binding *b, enum meter_direction way,
                    struct meter_mark *m);
// What passed meter_pass() just now was dropped for the binding all the same: neither the meters nor
// the packet know of it, and it counts as dropped.
void meter_take_back(struct walk *w, struct binding *b, enum meter_direction way,
                     const struct meter_mark *m);

#endif
