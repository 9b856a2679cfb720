// SPDX-License-Identifier: GPL-3.0-or-later
// codellaw: CoDel's control of one FIFO (RFC 8289 §5), for codel.c and fqcodel.c.
//
// A packet's sojourn is how long it was held plus the fluid work that stood before it. When no
// packet of a whole interval stayed shorter than the target, packets are dropped as they leave, the
// next one sooner each time: an interval divided by the square root of how many. A queue of no more
// than one full packet is left alone. Beside fluid, which comes between them, packets more than an
// interval apart do not tell of a whole interval; and fluid that overloads the port loses its share, and
// theirs, by its own law: the few packets are not to be dropped for it once more.
#ifndef ANYSIM_NET_CODELLAW_H
#define ANYSIM_NET_CODELLAW_H

#include "net/qdisc.h"

#define CODEL_FULL_PACKET 1500 // bytes

struct codel { // zeroed memory is a fresh one
    bool dropping;
    uint32_t count, last_count; // drops since dropping began; the same when it began the last time
    int64_t above_ps; // when the sojourn will have been above target for an interval; 0: no
    int64_t next_ps;  // of the next drop
    int64_t seen_ps;  // the last packet
};

// Takes the next packet to send from the FIFO, after dropping (or, with ECN, marking) what the law
// wants. False: the FIFO is empty.
bool codel_take(struct codel *c, struct qdisc *q, uint32_t fifo, int64_t now_ps,
                struct qdisc_item *out);

#endif
