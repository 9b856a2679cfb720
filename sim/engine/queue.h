// SPDX-License-Identifier: GPL-3.0-or-later
// queue: the pending events of a simulation, a monotone radix heap.
//
// Events are taken in order of (time, tie). Monotone: nothing may be added before the time of the
// event taken last. Bucket k > 0 holds the events whose time first differs from the last one's in
// bit k−1; bucket 0 those at that very time, as a binary heap on the tie. Every event moves down at
// most 63 times, in practice a few, and always to the end of a contiguous array.
// Ahuja, Mehlhorn, Orlin, Tarjan: Faster algorithms for the shortest path problem, JACM 37 (1990).
#ifndef ANYSIM_ENGINE_QUEUE_H
#define ANYSIM_ENGINE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entity;

struct event_item {
    int64_t at_ps;
    uint64_t tie; // phase, source entity, source's sequence number
    struct entity *dst;
    uint64_t arg;
};

#define QUEUE_BUCKETS 65

struct queue_bucket {
    struct event_item *v;
    size_t n, cap;
};

struct queue {
    struct queue_bucket bucket[QUEUE_BUCKETS];
    uint64_t used; // bit k−1: bucket k is not empty (k ≥ 1)
    int64_t last_ps;
    size_t n;
};

void queue_init(struct queue *q);
void queue_free(struct queue *q);
void queue_add(struct queue *q, const struct event_item *e);
// Takes the first event if its time is at most `until_ps`.
bool queue_take(struct queue *q, int64_t until_ps, struct event_item *out);

#endif
