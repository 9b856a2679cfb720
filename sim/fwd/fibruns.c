// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/fibruns.h"

#include "fwd/memory.h"
#include "fwd/pages.h"
#include <stdlib.h>
#include <string.h>

#define SLOTS    (1u << FIB_STRIDE)
#define PLACES   ((uint32_t)1 << FIB_RUNS_BITS)
#define QUARTERS (1u << (FIB_DIRECT_BITS - FIB_RUNS_BITS)) // /18s of a /16
#define LINE     (sizeof(struct fib_runs))

static uint32_t *place_of(const struct fibruns *r, uint64_t key)
{
    return &r->places[key >> (64 - FIB_RUNS_BITS)];
}

static struct fib_runs *quarter_of(const struct fibruns *r, uint32_t place, unsigned quarter)
{
    ip4_addr a = quarter << (32 - FIB_DIRECT_BITS);
    return (struct fib_runs *)r->lines.elements + fib_runs_at(place, a);
}

// Lines that so many runs take.
static unsigned lines_for(unsigned runs)
{
    return 1 + (unsigned)((runs + LINE / 2 - 1 - FIB_RUNS_VALUES) / (LINE / 2));
}

static unsigned lines_of(uint32_t place)
{
    return place & FIB_ANSWER ? 0 : place & 3;
}

static void give(struct fibruns *r, uint32_t place)
{
    if (lines_of(place))
        blocks_give(&r->lines, place >> FIB_RUNS_LOG, QUARTERS * lines_of(place));
}

static uint16_t *values_of(struct fib_runs *q)
{
    return (uint16_t *)(void *)q + offsetof(struct fib_runs, values) / sizeof(uint16_t);
}

static void set_one(struct fib_runs *q, uint16_t answer)
{
    q->starts = 1;
    q->node = FIB_NO_NODE;
    *values_of(q) = answer;
}

// Grows by small steps, as this is much of a table's memory.
static uint32_t take(struct fibruns *r, unsigned lines)
{
    struct blocks *b = &r->lines;
    if (b->capacity - b->used < lines)
        blocks_reserve(b, b->used + lines + b->used / 16);
    return blocks_take(b, lines);
}

// Gives a /16 so many lines for each /18, whose runs stay, or start as the whole one's.
static void resize(struct fibruns *r, uint32_t *place, unsigned lines)
{
    uint32_t old = *place;
    unsigned had = lines_of(old), fewer = had < lines ? had : lines;
    if (had == lines)
        return;
    uint32_t now = take(r, QUARTERS * lines) << FIB_RUNS_LOG | lines;
    for (unsigned i = 0; i < QUARTERS; i++)
        if (had)
            memcpy(quarter_of(r, now, i), quarter_of(r, old, i), fewer * LINE);
        else
            set_one(quarter_of(r, now, i), (uint16_t)old);
    give(r, old);
    *place = now;
}

// After a change: a /16 that answers as a whole needs no lines, and others as few as will do.
static void tidy(struct fibruns *r, uint32_t *place, enum bitskill skill)
{
    unsigned lines = 1;
    bool whole = true;
    if (*place & FIB_ANSWER)
        return;
    uint16_t answer = *values_of(quarter_of(r, *place, 0));
    for (unsigned i = 0; i < QUARTERS; i++) {
        struct fib_runs *q = quarter_of(r, *place, i);
        unsigned need = lines_for(popcount64(q->starts, skill));
        lines = need > lines ? need : lines;
        bool ask = answer == FIB_RUNS_ASK && q->node != FIB_NO_NODE;
        whole &= q->starts == 1 && *values_of(q) == answer && !ask;
    }
    if (whole) {
        give(r, *place);
        *place = FIB_ANSWER | answer;
    } else {
        resize(r, place, lines);
    }
}

// Makes the lines anew that stand for a node of the trie.
static void renew(struct fibruns *r, const struct fibtrie *t, uint64_t key, uint32_t node)
{
    const struct fib_node *n = &fibtrie_nodes(t)[node];
    uint16_t answer[SLOTS], last;
    fibtrie_answers(t, n, answer);
    for (uint64_t rest = n->vector; rest; rest &= rest - 1)
        answer[__builtin_ctzll(rest)] = FIB_RUNS_ASK;
    uint64_t starts = 1;
    unsigned runs = 1;
    last = answer[0];
    for (unsigned slot = 1; slot < SLOTS; slot++) {
        bool start = answer[slot] != last;
        last = answer[slot];
        starts |= (uint64_t)start << slot;
        answer[runs] = last; // which is behind the reader
        runs += start;
    }
    uint32_t *place = place_of(r, key);
    if (lines_of(*place) < lines_for(runs))
        resize(r, place, lines_for(runs));
    struct fib_runs *q = quarter_of(r, *place, key >> (64 - FIB_DIRECT_BITS) & (QUARTERS - 1));
    q->starts = starts;
    q->node = n->vector ? node : FIB_NO_NODE;
    memcpy(values_of(q), answer, runs * sizeof *answer);
    tidy(r, place, t->skill);
}

// All /24s below `bits` bits answer the same.
static void fill(struct fibruns *r, uint64_t key, unsigned bits, uint16_t answer,
                 enum bitskill skill)
{
    uint32_t *place = place_of(r, key);
    for (uint32_t i = 0; i < PLACES >> bits; i++) {
        give(r, place[i]);
        place[i] = FIB_ANSWER | answer;
    }
    if (bits <= FIB_RUNS_BITS || *place == (FIB_ANSWER | answer))
        return;
    if (*place & FIB_ANSWER)
        resize(r, place, 1);
    set_one(quarter_of(r, *place, key >> (64 - FIB_DIRECT_BITS) & (QUARTERS - 1)), answer);
    tidy(r, place, skill);
}

// The children of a node right above the lines' /18s have moved.
static void follow_moved(struct fibruns *r, const struct fib_node *n, uint64_t key)
{
    uint32_t child = n->children;
    for (uint64_t rest = n->vector; rest; rest &= rest - 1, child++) {
        unsigned slot = (unsigned)__builtin_ctzll(rest);
        uint32_t place = *place_of(r, key | (uint64_t)slot << (64 - FIB_DIRECT_BITS));
        if (place & FIB_ANSWER)
            continue;
        struct fib_runs *q = quarter_of(r, place, slot % QUARTERS);
        if (q->node != FIB_NO_NODE)
            q->node = child;
    }
}

// Brings in line what stands for node `node`, whose `base` bits are `key`, and for those below it, as
// far as a change of `p` concerns them: all of it for NULL.
static void follow(struct fibruns *r, const struct fibtrie *t, uint32_t node, unsigned base,
                   uint64_t key, const struct prefix6 *p)
{
    if (base == FIB_DIRECT_BITS) {
        renew(r, t, key, node);
        return;
    }
    const struct fib_node *n = &fibtrie_nodes(t)[node];
    unsigned below = base + FIB_STRIDE;
    if (below == FIB_DIRECT_BITS && t->moved)
        follow_moved(r, n, key);
    for (uint64_t rest = fibtrie_concerned(n, base, p); rest; rest &= rest - 1) {
        unsigned slot = (unsigned)__builtin_ctzll(rest);
        uint64_t path = key | (uint64_t)slot << (64 - below);
        if (n->vector >> slot & 1)
            follow(r, t, fib_child_at(n, slot, t->skill), below, path, p);
        else
            fill(r, path, below, fibtrie_values(t)[fib_answer_at(n, slot, t->skill)], t->skill);
    }
}

void fibruns_make(struct fibruns *r, const struct fibtrie *t)
{
    r->places = pages_new(PLACES * sizeof *r->places);
    for (uint32_t i = 0; i < PLACES; i++)
        r->places[i] = FIB_ANSWER;
    blocks_init(&r->lines, LINE);
    blocks_reserve(&r->lines, 1); // there is one to read, whatever is in it: see fibvector
    follow(r, t, 0, 0, 0, NULL);
}

void fibruns_free(struct fibruns *r)
{
    if (!r->places)
        return;
    free(r->places);
    blocks_free(&r->lines);
    *r = (struct fibruns){0};
}

void fibruns_follow(struct fibruns *r, const struct fibtrie *t, struct prefix6 p)
{
    follow(r, t, 0, 0, 0, &p);
}

bool fibruns_wasteful(const struct fibruns *r)
{
    return r->places && r->lines.used > PLACES / 16 && r->lines.live < r->lines.used / 4 * 3;
}

size_t fibruns_bytes(const struct fibruns *r)
{
    return r->places ? PLACES * sizeof *r->places + blocks_bytes(&r->lines) : 0;
}
