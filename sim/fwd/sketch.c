// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/sketch.h"

#include <stdlib.h>

#define EULER 2.718281828459045

// The number of a half is its start divided by its length, plus 1: no half is 0, as new cells are.
struct cell {
    uint64_t half;        // that `now` belongs to
    uint32_t now, before; // amounts in that half, and in the one before it
};

_Static_assert(FWD_CACHE_LINE % sizeof(struct cell) == 0, "a cell lies in one cache line");

// A row's hash function: (k₀ + (k₁ + x₁)(k₂ + x₂) + (k₃ + x₃)(k₄ + x₄)) mod 2⁶⁴, upper 32 bits, for
// the address as four numbers x of 32 bits. With random k of 64 bits it is strongly universal
// (Lemire & Kaser, "Strongly universal string hashing is fast", Computer Journal 2014, §3).
struct row_key {
    uint64_t k[5];
};

struct sketch {
    struct cell *cells; // row by row
    uint32_t width, depth;
    uint64_t half; // the running one
    int64_t half_start_ps, half_ps;
    uint64_t total_now, total_before; // as in a cell, without ceiling
    struct row_key keys[SKETCH_DEPTH_MAX];
};

// The least depth with e^-depth <= delta; without the mathematical library.
static uint32_t depth_for(double delta)
{
    uint32_t depth = 0;
    for (double power = 1; power > delta && depth <= SKETCH_DEPTH_MAX; power /= EULER)
        depth++;
    return depth;
}

// The least width with e/width <= epsilon; SKETCH_WIDTH_MAX + 1 when there is none.
static uint32_t width_for(double epsilon)
{
    if (EULER / SKETCH_WIDTH_MAX > epsilon)
        return SKETCH_WIDTH_MAX + 1;
    uint32_t width = (uint32_t)(EULER / epsilon);
    return width < 1 || EULER / width > epsilon ? width + 1 : width;
}

const char *sketch_check(const struct sketch_options *o)
{
    bool by_size = o->width || o->depth;
    bool by_bounds = o->epsilon != 0 || o->delta != 0;
    if (by_size == by_bounds)
        return "a sketch needs either width and depth or epsilon and delta";
    if (by_size && (o->width < 1 || o->width > SKETCH_WIDTH_MAX))
        return "the width is not within 1 and 16777216";
    if (by_size && (o->depth < 1 || o->depth > SKETCH_DEPTH_MAX))
        return "the depth is not within 1 and 16";
    if (by_bounds && !(o->epsilon > 0 && o->epsilon < 1 && o->delta > 0 && o->delta < 1))
        return "epsilon and delta are not between 0 and 1";
    if (by_bounds && width_for(o->epsilon) > SKETCH_WIDTH_MAX)
        return "epsilon is so small that the width would exceed 16777216";
    if (by_bounds && depth_for(o->delta) > SKETCH_DEPTH_MAX)
        return "delta is so small that the depth would exceed 16";
    if (o->window_ps < 2 || o->window_ps % 2)
        return "the window is not an even number of picoseconds above 0";
    return NULL;
}

// SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): keys that look independent from one seed.
static uint64_t next_key(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

uint64_t sketch_bytes(const struct sketch_options *o)
{
    uint64_t width = o->width ? o->width : width_for(o->epsilon);
    return width * (o->depth ? o->depth : depth_for(o->delta)) * sizeof(struct cell);
}

struct sketch *sketch_new(const struct sketch_options *o)
{
    FWD_ASSERT(!sketch_check(o));
    struct sketch *s = fwd_memory_zeroed(1, sizeof *s);
    s->width = o->width ? o->width : width_for(o->epsilon);
    s->depth = o->depth ? o->depth : depth_for(o->delta);
    s->half_ps = o->window_ps / 2;
    s->half = 1;
    s->cells = fwd_memory_aligned((size_t)s->width * s->depth * sizeof *s->cells);
    uint64_t state = o->seed;
    for (uint32_t row = 0; row < s->depth; row++)
        for (int i = 0; i < 5; i++)
            s->keys[row].k[i] = next_key(&state);
    return s;
}

void sketch_free(struct sketch *s)
{
    if (!s)
        return;
    free(s->cells);
    free(s);
}

uint32_t sketch_width(const struct sketch *s)
{
    return s->width;
}

uint32_t sketch_depth(const struct sketch *s)
{
    return s->depth;
}

static inline uint32_t column_of(const struct sketch *s, uint32_t row, struct ip6_addr a)
{
    const uint64_t *k = s->keys[row].k;
    uint64_t sum = k[0] + (k[1] + (a.hi >> 32)) * (k[2] + (uint32_t)a.hi) +
                   (k[3] + (a.lo >> 32)) * (k[4] + (uint32_t)a.lo);
    return (uint32_t)((sum >> 32) * s->width >> 32);
}

// The half that `now_ps` lies in. The division is for its first packet only.
static inline uint64_t half_at(const struct sketch *s, int64_t now_ps)
{
    if (fwd_likely(now_ps - s->half_start_ps < s->half_ps))
        return s->half;
    return (uint64_t)(now_ps / s->half_ps) + 1;
}

// The amounts of a cell as they are in `half`: what is older than the half before is gone.
static inline struct cell seen_from(uint64_t half, struct cell c)
{
    uint64_t age = half - c.half;
    if (fwd_likely(age == 0))
        return c;
    return (struct cell){half, 0, age == 1 ? c.now : 0};
}

static void enter(struct sketch *s, uint64_t half)
{
    s->total_before = half - s->half == 1 ? s->total_now : 0;
    s->total_now = 0;
    s->half = half;
    s->half_start_ps = (int64_t)(half - 1) * s->half_ps;
}

uint64_t sketch_add(struct sketch *s, struct ip6_addr source, uint32_t amount, int64_t now_ps)
{
    uint64_t half = half_at(s, now_ps);
    if (fwd_unlikely(half != s->half))
        enter(s, half);
    s->total_now += amount;
    struct cell *cells[SKETCH_DEPTH_MAX], *row_cells = s->cells;
    uint32_t now = UINT32_MAX, before = UINT32_MAX;
    for (uint32_t row = 0; row < s->depth; row++, row_cells += s->width) {
        struct cell *c = cells[row] = &row_cells[column_of(s, row, source)];
        if (fwd_unlikely(c->half != half))
            *c = seen_from(half, *c);
        now = c->now < now ? c->now : now;
        before = c->before < before ? c->before : before;
    }
    // Conservative: the source's amount is at most the least of its cells, so the new one at most
    // that and this; cells that hold more need not grow.
    now = amount < UINT32_MAX - now ? now + amount : UINT32_MAX;
    for (uint32_t row = 0; row < s->depth; row++) {
        uint32_t held = cells[row]->now; // stored either way: a branch here is anybody's guess
        cells[row]->now = held < now ? now : held;
    }
    return (uint64_t)now + before;
}

uint64_t sketch_estimate(const struct sketch *s, struct ip6_addr source, int64_t now_ps)
{
    uint64_t half = half_at(s, now_ps);
    uint32_t now = UINT32_MAX, before = UINT32_MAX;
    const struct cell *row_cells = s->cells;
    for (uint32_t row = 0; row < s->depth; row++, row_cells += s->width) {
        struct cell c = seen_from(half, row_cells[column_of(s, row, source)]);
        now = c.now < now ? c.now : now;
        before = c.before < before ? c.before : before;
    }
    return (uint64_t)now + before;
}

uint64_t sketch_total(const struct sketch *s, int64_t now_ps)
{
    uint64_t age = half_at(s, now_ps) - s->half;
    return age == 0 ? s->total_now + s->total_before : age == 1 ? s->total_now : 0;
}
