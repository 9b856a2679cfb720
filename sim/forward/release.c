// SPDX-License-Identifier: GPL-3.0-or-later
#include "forward/release.h"

#include "base/vec.h"

#include <assert.h>

static bool before(const struct release_item *a, const struct release_item *b)
{
    return a->at_ps != b->at_ps ? a->at_ps < b->at_ps : a->order < b->order;
}

void release_put(struct release *q, struct parcel *p, int64_t at_ps)
{
    struct release_item item = {at_ps, q->order++, p};
    if (q->n == q->cap) {
        q->cap = q->cap ? 2 * q->cap : 64;
        q->heap = xrealloc(q->heap, q->cap * sizeof *q->heap);
    }
    size_t i = q->n++;
    for (; i > 0 && before(&item, &q->heap[(i - 1) / 2]); i = (i - 1) / 2)
        q->heap[i] = q->heap[(i - 1) / 2];
    q->heap[i] = item;
}

int64_t release_due_ps(const struct release *q)
{
    return q->n ? q->heap[0].at_ps : INT64_MAX;
}

struct parcel *release_take(struct release *q, int64_t until_ps)
{
    if (q->n == 0 || q->heap[0].at_ps > until_ps)
        return NULL;
    struct parcel *first = q->heap[0].parcel;
    struct release_item last = q->heap[--q->n];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child + 1 < q->n && before(&q->heap[child + 1], &q->heap[child]))
            child++;
        if (child >= q->n || !before(&q->heap[child], &last))
            break;
        q->heap[i] = q->heap[child];
        i = child;
    }
    q->heap[i] = last;
    return first;
}

void release_free(struct release *q)
{
    assert(q->n == 0);
    free(q->heap);
    *q = (struct release){0};
}
