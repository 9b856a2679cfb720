// SPDX-License-Identifier: GPL-3.0-or-later
// Buckets: values below 2^7 each have their own; above, every octave [2^e, 2^(e+1)) has
// 2^6 of equal width, so a bucket is at most 1/64 of its value wide and its middle is off
// by at most 1/128.
#include "base/hist.h"

#include "base/arena.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 i128;

#define SUB_BITS 6
#define SUB      (1u << SUB_BITS)

static size_t bucket_of(int64_t value)
{
    uint64_t v = (uint64_t)value;
    if (v < 2 * SUB)
        return (size_t)v;
    unsigned e = 63u - (unsigned)__builtin_clzll(v);
    return (size_t)(e - SUB_BITS) * SUB + (size_t)(v >> (e - SUB_BITS));
}

static int64_t bucket_middle(size_t b)
{
    if (b < 2 * SUB)
        return (int64_t)b;
    unsigned shift = (unsigned)(b / SUB) - 1;
    uint64_t low = (uint64_t)(b % SUB + SUB) << shift;
    return (int64_t)(low + ((UINT64_C(1) << shift) - 1) / 2);
}

void hist_init(struct hist *h)
{
    *h = (struct hist){.min = INT64_MAX, .max = -1};
}

void hist_free(struct hist *h)
{
    free(h->counts);
    hist_init(h);
}

static bool holds(const struct hist *h, size_t bucket)
{
    return bucket >= h->first && bucket - h->first < h->n;
}

// By whole octaves, and no lower than needed: round-trip times stay within few of them, and there
// are many histograms.
static void grow(struct hist *h, size_t bucket)
{
    size_t first = bucket / SUB * SUB, end = first + SUB;
    if (h->n && h->first < first)
        first = h->first;
    if (h->n && h->first + h->n > end)
        end = h->first + h->n;
    uint64_t *counts = xcalloc(end - first, sizeof *counts);
    if (h->n)
        memcpy(counts + (h->first - first), h->counts, h->n * sizeof *counts);
    free(h->counts);
    h->counts = counts;
    h->first = first;
    h->n = end - first;
}

void hist_add_n(struct hist *h, int64_t value, uint64_t times)
{
    if (times == 0)
        return; // nothing was seen: min and max stay
    if (value < 0)
        value = 0;
    size_t b = bucket_of(value);
    if (!holds(h, b))
        grow(h, b);
    h->counts[b - h->first] += times;
    h->count += times;
    h->sum += (i128)value * (i128)times;
    if (value < h->min)
        h->min = value;
    if (value > h->max)
        h->max = value;
}

// As hist_add_n, for the hot paths: no multiplication in 128 bits.
void hist_add(struct hist *h, int64_t value)
{
    if (value < 0)
        value = 0;
    size_t b = bucket_of(value);
    if (!holds(h, b))
        grow(h, b);
    h->counts[b - h->first]++;
    h->count++;
    h->sum += value;
    if (value < h->min)
        h->min = value;
    if (value > h->max)
        h->max = value;
}

void hist_merge(struct hist *into, const struct hist *from)
{
    if (from->count == 0)
        return;
    if (!holds(into, from->first))
        grow(into, from->first);
    if (!holds(into, from->first + from->n - 1))
        grow(into, from->first + from->n - 1);
    for (size_t i = 0; i < from->n; i++)
        into->counts[from->first - into->first + i] += from->counts[i];
    into->count += from->count;
    into->sum += from->sum;
    if (from->min < into->min)
        into->min = from->min;
    if (from->max > into->max)
        into->max = from->max;
}

int64_t hist_quantile(const struct hist *h, double q, uint64_t infinite)
{
    uint64_t total = h->count + infinite, seen = 0;
    if (total == 0)
        return -1;
    double wanted = ceil(q * (double)total);
    uint64_t rank = wanted < 1 ? 1 : (uint64_t)wanted;
    for (size_t i = 0; i < h->n; i++) {
        seen += h->counts[i];
        if (seen < rank)
            continue;
        int64_t v = bucket_middle(h->first + i);
        return v < h->min ? h->min : v > h->max ? h->max : v;
    }
    return -1;
}

double hist_mean(const struct hist *h)
{
    return h->count ? (double)h->sum / (double)h->count : NAN;
}

size_t hist_next(const struct hist *h, size_t i, int64_t *value, uint64_t *count)
{
    for (; i < h->n; i++) {
        if (h->counts[i] == 0)
            continue;
        *value = bucket_middle(h->first + i);
        *count = h->counts[i];
        return i + 1;
    }
    return 0;
}
