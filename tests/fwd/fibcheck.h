// SPDX-License-Identifier: GPL-3.0-or-later
// fibcheck: is a fib what fib.h says it is? And are two of them the same?
#ifndef ANYSIM_TESTS_FWD_FIBCHECK_H
#define ANYSIM_TESTS_FWD_FIBCHECK_H

#include "fwd/fib.h"
#include "fwd/fiblarge.h"

#define FIBCHECK_INHERITED ((uint64_t)1 << 62)

struct fibcheck {
    const struct fib *fib;
    uint32_t prefixes, wrong;
    uint32_t keys, missing; // of the hash table that are a /32's of the trie, and that could be
};

// The answer in a slot of a node, from the meaning of the bits alone.
static inline uint16_t fibcheck_answer(const struct fib *f, const struct fib_node *n, unsigned slot)
{
    uint32_t at = n->values;
    if (n->full >> slot & 1)
        return f->values[at + popcount_portable(n->full & (((uint64_t)1 << slot) - 1))];
    at += popcount_portable(n->full);
    for (unsigned heap = (64 + slot) >> 1; heap; heap >>= 1)
        if (n->inner >> (63 - heap) & 1)
            return f->values[at + popcount_portable(n->inner & (((uint64_t)1 << (63 - heap)) - 1))];
    return 0;
}

// The direct entries that slot `slot` of a node stands for say the same.
static inline void fibcheck_direct(struct fibcheck *c, uint32_t entry, unsigned base,
                                   uint64_t first)
{
    if (!c->fib->direct || base + FIB_STRIDE > FIB_DIRECT_BITS)
        return;
    uint32_t span = 1u << (FIB_DIRECT_BITS - base - FIB_STRIDE);
    for (uint32_t i = 0; i < span; i++)
        c->wrong += c->fib->direct[first * span + i] != entry;
}

// So many /18s from `first` on answer alike.
static inline void fibcheck_alike(struct fibcheck *c, uint32_t first, uint32_t span,
                                  uint16_t answer)
{
    for (uint32_t q = first; c->fib->places && q < first + span; q++) {
        uint32_t place = c->fib->places[q >> 2];
        if (place & FIB_ANSWER) {
            c->wrong += (uint16_t)place != answer;
            continue;
        }
        const struct fib_runs *r = &c->fib->runs[(place >> FIB_RUNS_LOG) + (place & 3) * (q & 3)];
        c->wrong += r->starts != 1 || r->node != FIB_NO_NODE || r->values[0] != answer;
    }
}

// What the runs of a /18 say is what its node does.
static inline void fibcheck_runs(struct fibcheck *c, uint32_t at, uint32_t quarter)
{
    const struct fib_node *n = &c->fib->nodes[at];
    uint32_t place = c->fib->places[quarter >> 2];
    const struct fib_runs *r = NULL;
    if (!(place & FIB_ANSWER))
        r = &c->fib->runs[(place >> FIB_RUNS_LOG) + (place & 3) * (quarter & 3)];
    c->wrong += r && r->node != (n->vector ? at : FIB_NO_NODE);
    uint16_t last = 0;
    for (unsigned slot = 0, run = 0; slot < 1u << FIB_STRIDE; slot++) {
        bool on = n->vector >> slot & 1;
        uint16_t answer = on ? FIB_RUNS_ASK : fibcheck_answer(c->fib, n, slot);
        bool start = slot == 0 || answer != last;
        last = answer;
        if (!r) {
            c->wrong += on || (uint16_t)place != answer;
            continue;
        }
        c->wrong += start != (r->starts >> slot & 1);
        if (start)
            c->wrong += ((const uint16_t *)(const void *)r)[6 + run++] != answer;
    }
}

// Every /16 has as many lines as it needs, and none where it answers as a whole.
static inline void fibcheck_places(struct fibcheck *c)
{
    uint32_t taken = 0;
    for (uint32_t i = 0; c->fib->places && i < 1u << FIB_RUNS_BITS; i++) {
        uint32_t place = c->fib->places[i];
        unsigned most = 0, alike = 0;
        if (place & FIB_ANSWER)
            continue;
        const struct fib_runs *r = &c->fib->runs[place >> FIB_RUNS_LOG], *first = r;
        for (unsigned q = 0; q < 4; q++, r += place & 3) {
            unsigned runs = popcount_portable(r->starts);
            most = runs > most ? runs : most;
            bool ask = r->values[0] == FIB_RUNS_ASK && r->node != FIB_NO_NODE;
            alike += runs == 1 && r->values[0] == first->values[0] && !ask;
        }
        c->wrong += (place & 3) != (most <= 26 ? 1 : most <= 58 ? 2 : 3);
        c->wrong += alike == 4;
        taken += 4 * (place & 3);
    }
    if (c->fib->places)
        c->wrong += taken != c->fib->trie->large->runs.lines.live;
}

// A /32 as the trie tells its blocks of /48, and what the hash table has for it.
struct fibcheck_key {
    uint32_t where;
    const uint32_t *runs;
    unsigned count;
    uint16_t last;
};

static inline void fibcheck_blocks(struct fibcheck *c, struct fibcheck_key *k, uint32_t at,
                                   unsigned base, unsigned first, unsigned slots, uint32_t block)
{
    const struct fib_node *n = &c->fib->nodes[at];
    unsigned below = base + FIB_STRIDE;
    for (unsigned slot = first; slot < first + slots; slot++, block += 1u << (48 - below)) {
        bool on = n->vector >> slot & 1;
        if (on && below < 48) {
            uint32_t child =
                n->children + popcount_portable(n->vector & (((uint64_t)1 << slot) - 1));
            fibcheck_blocks(c, k, child, below, 0, 64, block);
            continue;
        }
        uint16_t answer = on ? FIB_JUMP_ASK : fibcheck_answer(c->fib, n, slot);
        k->count += k->count == 0 || answer != k->last;
        k->last = answer;
        if (k->runs)
            c->wrong += fibjump_answer(k->runs, k->where, block) != answer;
    }
}

// Whether a quarter of a node below 30 bits holds a prefix of 32 bits or more.
static inline bool fibcheck_is_key(const struct fib_node *n, unsigned quarter)
{
    bool is = ((n->vector | n->full) >> quarter * 16 & UINT16_MAX) != 0;
    for (unsigned heap = 4; heap < 64; heap++) {
        unsigned len = 31u - (unsigned)__builtin_clz(heap);
        is |= (n->inner >> (63 - heap) & 1) && heap >> (len - 2) == 4 + quarter;
    }
    return is;
}

// What the hash table holds of a /32, a quarter of node `at`: all of its answers or nothing.
static inline void fibcheck_jump(struct fibcheck *c, uint32_t at, uint32_t key)
{
    const struct fib_jump *j = c->fib->jump;
    const struct fib_bucket *b = fibjump_bucket(j, key);
    const uint32_t none = FIB_JUMP_ONE | FIB_JUMP_ASK;
    struct fibcheck_key k = {.where = none};
    unsigned found = 0;
    for (unsigned way = 0; way < FIB_JUMP_WAYS; way++) {
        if (b->key[way] != key || b->where[way] == none)
            continue;
        k.where = b->where[way];
        found++;
    }
    if (found)
        k.runs = fibjump_runs(j, &k.where);
    fibcheck_blocks(c, &k, at, 30, key % 4 * 16, 16, 0);
    bool is_key = fibcheck_is_key(&c->fib->nodes[at], key % 4);
    unsigned lines = k.count == 1 ? 0 : (k.count + 15) / 16;
    c->wrong += found > is_key;
    c->wrong += found && fibjump_lines(k.where) != lines;
    for (unsigned i = k.count; found && i < 16 * lines; i++)
        c->wrong += k.runs[i] != k.runs[k.count - 1];
    bool none_fits = lines > FIBJUMP_LINES || (k.count == 1 && k.last == FIB_JUMP_ASK);
    c->wrong += found && none_fits;
    c->missing += !found && is_key && !none_fits; // no room in its bucket once
    c->keys += found;
}

// What a large table holds besides of node `at`.
static inline void fibcheck_shortcuts(struct fibcheck *c, uint32_t at, unsigned base, uint64_t path)
{
    if (c->fib->jump && base == 30)
        for (unsigned quarter = 0; quarter < 4; quarter++)
            fibcheck_jump(c, at, (uint32_t)(path << 2 | quarter));
    if (c->fib->direct && base == FIB_DIRECT_BITS)
        c->wrong += c->fib->direct[path] != at;
    if (c->fib->places && base == FIB_DIRECT_BITS)
        fibcheck_runs(c, at, (uint32_t)path);
}

// Node `at` below `base` bits, whose own bits are `path`, inherits `above`.
static inline void fibcheck_node(struct fibcheck *c, uint32_t at, unsigned base, uint64_t path,
                                 uint16_t above)
{
    const struct fib_node *n = &c->fib->nodes[at];
    unsigned values = popcount_portable(n->full) + popcount_portable(n->inner), child = 0;
    c->wrong += !(n->inner & FIBCHECK_INHERITED) || n->inner >> 63;
    c->wrong += base && !n->vector && !n->full && n->inner == FIBCHECK_INHERITED;
    c->wrong += base && c->fib->values[n->values + values - 1] != above;
    c->prefixes += values - 1 + (base == 0 && c->fib->values[n->values + values - 1]);
    for (unsigned i = 0; i + 1 < values; i++)
        c->wrong += c->fib->values[n->values + i] == 0;
    fibcheck_shortcuts(c, at, base, path);
    for (unsigned slot = 0; slot < 1u << FIB_STRIDE; slot++) {
        uint64_t here = path << FIB_STRIDE | slot;
        uint16_t answer = fibcheck_answer(c->fib, n, slot);
        c->wrong += c->fib->values[fib_answer_at(n, slot, c->fib->skill)] != answer;
        if (!(n->vector >> slot & 1)) {
            fibcheck_direct(c, FIB_ANSWER | answer, base, here);
            if (base < FIB_DIRECT_BITS) {
                uint32_t span = 1u << (FIB_DIRECT_BITS - base - FIB_STRIDE);
                fibcheck_alike(c, (uint32_t)here * span, span, answer);
            }
            continue;
        }
        fibcheck_node(c, n->children + child++, base + FIB_STRIDE, here, answer);
    }
}

// Keys of the hash table.
static inline uint32_t fibcheck_keys(const struct fib *f)
{
    uint32_t n = 0;
    for (uint64_t b = 0; f->jump && b < (uint64_t)1 << f->jump->log; b++)
        for (unsigned i = 0; i < FIB_JUMP_WAYS; i++)
            n += f->jump->buckets[b].where[i] != (FIB_JUMP_ONE | FIB_JUMP_ASK);
    return n + (f->jump && n != f->trie->large->jump.count);
}

// How much is wrong: 0.
static inline uint32_t fibcheck(const struct fib *f)
{
    struct fibcheck c = {.fib = f};
    fibcheck_node(&c, 0, 0, 0, 0);
    fibcheck_places(&c);
    c.wrong += c.missing > 4 + c.keys / 16;
    return c.wrong + (c.prefixes != fib_count(f)) + (c.keys != fibcheck_keys(f));
}

// Whether two tables have the same nodes with the same values, wherever they lie.
static inline bool fibcheck_same(const struct fib *f, uint32_t i, const struct fib *g, uint32_t k)
{
    const struct fib_node *a = &f->nodes[i], *b = &g->nodes[k];
    if (a->vector != b->vector || a->full != b->full || a->inner != b->inner)
        return false;
    unsigned values = popcount_portable(a->full) + popcount_portable(a->inner);
    for (unsigned v = 0; v < values; v++)
        if (f->values[a->values + v] != g->values[b->values + v])
            return false;
    for (unsigned c = 0; c < popcount_portable(a->vector); c++)
        if (!fibcheck_same(f, a->children + c, g, b->children + c))
            return false;
    return true;
}

#endif
