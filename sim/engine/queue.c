// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/queue.h"

#include "base/arena.h"

#include <stdlib.h>

// Buckets of at most this many events are warmed when they are spread: more would not stay in the
// first-level cache (three lines each).
#define WARM_MAX 128

void queue_init(struct queue *q)
{
    *q = (struct queue){0};
}

void queue_free(struct queue *q)
{
    for (int i = 0; i < QUEUE_BUCKETS; i++)
        free(q->bucket[i].v);
    queue_init(q);
}

static inline void append(struct queue_bucket *b, const struct event_item *e)
{
    if (b->n == b->cap) {
        b->cap = b->cap ? 2 * b->cap : 16;
        b->v = xrealloc(b->v, b->cap * sizeof *b->v);
    }
    b->v[b->n++] = *e;
}

static void sift_up(struct queue_bucket *b)
{
    size_t i = b->n - 1;
    struct event_item e = b->v[i];
    while (i > 0 && b->v[(i - 1) / 2].tie > e.tie) {
        b->v[i] = b->v[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    b->v[i] = e;
}

static void take_first(struct queue_bucket *b, struct event_item *out)
{
    *out = b->v[0];
    struct event_item e = b->v[--b->n];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= b->n)
            break;
        if (child + 1 < b->n && b->v[child + 1].tie < b->v[child].tie)
            child++;
        if (b->v[child].tie >= e.tie)
            break;
        b->v[i] = b->v[child];
        i = child;
    }
    b->v[i] = e;
}

static inline void place(struct queue *q, const struct event_item *e)
{
    uint64_t differs = (uint64_t)e->at_ps ^ (uint64_t)q->last_ps;
    if (differs == 0) {
        append(&q->bucket[0], e);
        sift_up(&q->bucket[0]);
        return;
    }
    unsigned k = 64u - (unsigned)__builtin_clzll(differs);
    append(&q->bucket[k], e);
    q->used |= UINT64_C(1) << (k - 1);
}

// The memory that an event is about to touch, if its time is near: its entity, and what its
// argument points at, when that is a pointer (a hint: a wrong guess costs nothing but the hint): the
// line there and the second one after it, where a packet's header is.
static inline void warm(const struct event_item *e)
{
    __builtin_prefetch(e->dst);
    __builtin_prefetch((const void *)(uintptr_t)e->arg);
    __builtin_prefetch((const void *)(uintptr_t)(e->arg + 128)); // added as numbers: it may wrap
}

void queue_add(struct queue *q, const struct event_item *e)
{
    place(q, e);
    q->n++;
}

bool queue_take(struct queue *q, int64_t until_ps, struct event_item *out)
{
    if (q->bucket[0].n == 0) {
        if (q->used == 0)
            return false;
        unsigned k = (unsigned)__builtin_ctzll(q->used) + 1;
        struct queue_bucket *b = &q->bucket[k];
        int64_t first_ps = b->v[0].at_ps;
        for (size_t i = 1; i < b->n; i++)
            if (b->v[i].at_ps < first_ps)
                first_ps = b->v[i].at_ps;
        if (first_ps > until_ps)
            return false; // leave everything: earlier events may still be added
        q->last_ps = first_ps;
        q->used &= ~(UINT64_C(1) << (k - 1));
        size_t n = b->n;
        b->n = 0;
        if (n == 1) {
            *out = b->v[0];
            q->n--;
            if (q->used)
                warm(&q->bucket[(unsigned)__builtin_ctzll(q->used) + 1].v[0]);
            return true;
        }
        for (size_t i = 0; i < n; i++) {
            if (n <= WARM_MAX)
                warm(&b->v[i]);
            place(q, &b->v[i]); // always into a lower bucket, never into b itself
        }
    }
    if (q->last_ps > until_ps)
        return false;
    take_first(&q->bucket[0], out);
    q->n--;
    return true;
}
