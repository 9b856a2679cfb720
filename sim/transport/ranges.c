// SPDX-License-Identifier: GPL-3.0-or-later
#include "transport/ranges.h"

#include "base/vec.h"

size_t ranges_after(const struct ranges *r, uint64_t at)
{
    size_t low = 0, high = r->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (r->v[mid].to > at)
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

uint64_t ranges_add(struct ranges *r, uint64_t from, uint64_t to)
{
    if (from >= to)
        return 0;
    uint64_t old = r->total;
    // Those that overlap or touch: [first, last).
    size_t first = from ? ranges_after(r, from - 1) : 0, last = first;
    while (last < r->n && r->v[last].from <= to) {
        if (r->v[last].from < from)
            from = r->v[last].from;
        if (r->v[last].to > to)
            to = r->v[last].to;
        r->total -= r->v[last].to - r->v[last].from;
        last++;
    }
    if (first == last) {
        vec_reserve(r, r->n + 1);
        memmove(&r->v[first + 1], &r->v[first], (r->n - first) * sizeof *r->v);
        r->n++;
    } else if (last > first + 1) {
        memmove(&r->v[first + 1], &r->v[last], (r->n - last) * sizeof *r->v);
        r->n -= last - first - 1;
    }
    r->v[first] = (struct range){from, to};
    r->total += to - from;
    return r->total - old;
}

void ranges_cut(struct ranges *r, uint64_t at)
{
    size_t gone = ranges_after(r, at);
    for (size_t i = 0; i < gone; i++)
        r->total -= r->v[i].to - r->v[i].from;
    if (gone) {
        memmove(r->v, &r->v[gone], (r->n - gone) * sizeof *r->v);
        r->n -= gone;
    }
    if (r->n && r->v[0].from < at) {
        r->total -= at - r->v[0].from;
        r->v[0].from = at;
    }
}

bool ranges_has(const struct ranges *r, uint64_t at)
{
    size_t i = ranges_after(r, at);
    return i < r->n && r->v[i].from <= at;
}

uint64_t ranges_below(const struct ranges *r, uint64_t at)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < r->n && r->v[i].from < at; i++)
        sum += (r->v[i].to < at ? r->v[i].to : at) - r->v[i].from;
    return sum;
}

void ranges_free(struct ranges *r)
{
    vec_free(r);
    r->total = 0;
}
