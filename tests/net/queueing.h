// SPDX-License-Identifier: GPL-3.0-or-later
// queueing: a queue discipline alone, without port or net: packets in, packets out, what is dropped.
#ifndef ANYSIM_TESTS_NET_QUEUEING_H
#define ANYSIM_TESTS_NET_QUEUEING_H

#include "base/units.h"
#include "net/pool.h"
#include "net/qdisc.h"

#define QUEUEING_DROPS 100000

struct queueing {
    struct qdisc *q;
    struct packet_pool pool;
    uint32_t dropped[QUEUEING_DROPS]; // seq of the packets, in order
    enum fwd_drop reason[QUEUEING_DROPS];
    size_t ndropped;
};

// The port's rate is 8 Gb/s: a byte lasts a nanosecond.
#define QUEUEING_RATE INT64_C(8000000000)

void queueing_begin(struct queueing *w, const char *kind, struct qdisc_options o);
void queueing_end(struct queueing *w); // checks that no packet is left behind

struct packet *queueing_packet(struct queueing *w, uint32_t seq, uint32_t length, uint8_t tos,
                               uint16_t flow);
void queueing_put(struct queueing *w, struct packet *p, int64_t now_ps, int64_t fluid_ps);
// The seq of the next packet, which is given back; −1: none.
int64_t queueing_get(struct queueing *w, int64_t now_ps);

#endif
