// SPDX-License-Identifier: GPL-3.0-or-later
// queueing: what sampled packets waited at every port, phase by phase.
//
// The wait lasts from a packet's arrival at the port to the beginning of its own transmission: behind
// other packets, behind the fluid load (net/fluid.h), or in a discipline's queues. A packet belongs to
// the phase in which the port took it, and packets that found nothing before them count with 0.
// Dropped packets have no wait. Packets of the warm-up and of the time after the end do not count.
#ifndef ANYSIM_MEASURE_QUEUEING_H
#define ANYSIM_MEASURE_QUEUEING_H

#include "measure/results.h"
#include "net/net.h"

struct queueing;

// After all links were made; the first phase begins at absolute time `epoch_ps`.
struct queueing *queueing_new(const struct scenario *s, struct sim *sim, struct net *net,
                              int64_t epoch_ps);
void queueing_free(struct queueing *q);
// Fills packets and waits of r->links, which are in the order of the net's ports; once, at the end.
void queueing_collect(struct queueing *q, struct results *r);

#endif
