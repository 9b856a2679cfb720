// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/fibjump.h"

#include "fwd/pages.h"
#include <stdlib.h>
#include <string.h>

#define SLOTS     (1u << FIB_STRIDE)
#define BASE      30 // the last node of the trie above the keys' end: it covers four of them
#define ANSWERING 48 // bits
#define FREE      (FIB_JUMP_ONE | FIB_JUMP_ASK)
#define LOG_LEAST 10
#define RUNS      (FIBJUMP_LINES * FIB_JUMP_RUNS)

static uint32_t ways(const struct fibjump *j)
{
    return (uint32_t)FIB_JUMP_WAYS << j->seen.log;
}

static void publish(struct fibjump *j)
{
    j->seen.buckets = j->buckets;
    j->seen.lines = j->lines.elements;
}

static struct fib_bucket *bucket_of(struct fibjump *j, uint32_t key)
{
    return &j->buckets[fibjump_bucket(&j->seen, key) - j->seen.buckets];
}

// The way of a key, or of a free one for it, or NULL.
static uint32_t *find(struct fibjump *j, uint32_t key, bool or_free)
{
    struct fib_bucket *b = bucket_of(j, key);
    for (unsigned way = 0; way < FIB_JUMP_WAYS; way++)
        if (b->key[way] == key && b->where[way] != FREE)
            return &b->where[way];
    for (unsigned way = 0; way < FIB_JUMP_WAYS && or_free; way++)
        if (b->where[way] == FREE) {
            b->key[way] = key;
            return &b->where[way];
        }
    return NULL;
}

static void give(struct fibjump *j, uint32_t where)
{
    if (fibjump_lines(where))
        blocks_give(&j->lines, where >> FIB_JUMP_LOG, fibjump_lines(where));
}

static void del(struct fibjump *j, uint32_t key)
{
    uint32_t *where = find(j, key, false);
    if (!where)
        return;
    give(j, *where);
    *where = FREE;
    j->count--;
}

// What a /32 answers.
struct answers {
    unsigned count; // of runs; RUNS + 1: too many
    uint32_t runs[RUNS + 1];
};

static void add(struct answers *a, uint32_t start, uint16_t answer)
{
    if (a->count && (uint16_t)a->runs[a->count - 1] == answer)
        return;
    if (a->count <= RUNS)
        a->runs[a->count++] = start << 16 | answer;
}

// The answers of `slots` slots of a node from `first` on, which start at block `start`.
static void gather(struct answers *a, const struct fibtrie *t, uint32_t node, unsigned base,
                   unsigned first, unsigned slots, uint32_t start)
{
    const struct fib_node *n = &fibtrie_nodes(t)[node];
    unsigned below = base + FIB_STRIDE;
    uint16_t answer[SLOTS];
    fibtrie_answers(t, n, answer);
    for (unsigned slot = first; slot < first + slots && a->count <= RUNS; slot++) {
        bool on = n->vector >> slot & 1;
        if (!on)
            add(a, start, answer[slot]);
        else if (below == ANSWERING)
            add(a, start, FIB_JUMP_ASK);
        else
            gather(a, t, fib_child_at(n, slot, t->skill), below, 0, SLOTS, start);
        start += 1u << (ANSWERING - below);
    }
}

static void set(struct fibjump *j, uint32_t key, struct answers *a)
{
    uint32_t *where = a->count > RUNS ? NULL : find(j, key, true);
    if (!where || (a->count == 1 && (uint16_t)a->runs[0] == FIB_JUMP_ASK)) {
        del(j, key);
        return;
    }
    j->count += *where == FREE;
    unsigned had = fibjump_lines(*where);
    unsigned lines = a->count == 1 ? 0 : (a->count + FIB_JUMP_RUNS - 1) / FIB_JUMP_RUNS;
    if (lines != had) {
        give(j, *where);
        *where = FIB_JUMP_ONE | (a->runs[0] & UINT16_MAX);
        if (lines)
            *where = blocks_take(&j->lines, lines) << FIB_JUMP_LOG | lines;
    } else if (!lines) {
        *where = FIB_JUMP_ONE | (a->runs[0] & UINT16_MAX);
    }
    struct fib_line *line = (struct fib_line *)j->lines.elements + (*where >> FIB_JUMP_LOG);
    for (unsigned i = 0; i < lines * FIB_JUMP_RUNS; i++)
        line[i / FIB_JUMP_RUNS].runs[i % FIB_JUMP_RUNS] = a->runs[i < a->count ? i : a->count - 1];
}

// Whether one of the /32s of a node, `quarter`, holds a prefix of its own length or longer.
static bool is_key(const struct fib_node *n, unsigned quarter)
{
    const uint64_t slots = (uint64_t)UINT16_MAX << (quarter * (SLOTS / 4));
    uint64_t inner = (uint64_t)1 << (63 - 4 - quarter); // heap numbers, as struct fib_node says
    inner |= (uint64_t)3 << (63 - 8 - 2 * quarter - 1);
    inner |= (uint64_t)15 << (63 - 16 - 4 * quarter - 3);
    inner |= (uint64_t)255 << (63 - 32 - 8 * quarter - 7);
    return ((n->vector | n->full) & slots) != 0 || (n->inner & inner) != 0;
}

// Makes anew what stands for a /32 of a node of the trie.
static void renew(struct fibjump *j, const struct fibtrie *t, uint32_t node, uint32_t key)
{
    unsigned quarter = key % 4, slots = SLOTS / 4;
    struct answers a = {.count = 0};
    if (!is_key(&fibtrie_nodes(t)[node], quarter)) {
        del(j, key);
        return;
    }
    gather(&a, t, node, BASE, quarter * slots, slots, 0);
    set(j, key, &a);
}

// As far as a change of `p`, which is shorter than a key, concerns them; of all for NULL.
static void follow(struct fibjump *j, const struct fibtrie *t, uint32_t node, unsigned base,
                   uint64_t path, const struct prefix6 *p)
{
    const struct fib_node *n = &fibtrie_nodes(t)[node];
    uint64_t slots = fibtrie_concerned(n, base, p);
    if (base == BASE) {
        for (unsigned quarter = 0; quarter < 4; quarter++)
            if (slots >> quarter * (SLOTS / 4) & UINT16_MAX)
                renew(j, t, node, (uint32_t)(path << 2 | quarter));
        return;
    }
    for (uint64_t rest = slots & n->vector; rest; rest &= rest - 1) {
        unsigned slot = (unsigned)__builtin_ctzll(rest);
        follow(j, t, fib_child_at(n, slot, t->skill), base + FIB_STRIDE, path << FIB_STRIDE | slot,
               p);
    }
}

static uint32_t count_keys(const struct fibtrie *t, uint32_t node, unsigned base)
{
    const struct fib_node *n = &fibtrie_nodes(t)[node];
    unsigned children = popcount64(n->vector, t->skill);
    uint32_t keys = 0;
    for (unsigned quarter = 0; quarter < 4 && base == BASE; quarter++)
        keys += is_key(n, quarter);
    for (unsigned c = 0; c < children && base < BASE; c++)
        keys += count_keys(t, n->children + c, base + FIB_STRIDE);
    return keys;
}

void fibjump_make(struct fibjump *j, const struct fibtrie *t)
{
    uint32_t keys = count_keys(t, 0, 0);
    j->seen.log = LOG_LEAST;
    while (keys > ways(j) / 3)
        j->seen.log++;
    j->buckets = pages_new(sizeof *j->buckets << j->seen.log);
    for (size_t i = 0; i < (size_t)1 << j->seen.log; i++)
        for (unsigned way = 0; way < FIB_JUMP_WAYS; way++)
            j->buckets[i].where[way] = FREE;
    blocks_init(&j->lines, sizeof(struct fib_line));
    blocks_reserve(&j->lines, 1);
    publish(j);
    follow(j, t, 0, 0, 0, NULL);
    publish(j);
}

void fibjump_free(struct fibjump *j)
{
    if (!j->buckets)
        return;
    free(j->buckets);
    blocks_free(&j->lines);
    *j = (struct fibjump){0};
}

void fibjump_follow(struct fibjump *j, const struct fibtrie *t, struct prefix6 p)
{
    if (p.len < FIB_JUMP_BITS) {
        follow(j, t, 0, 0, 0, &p);
    } else {
        uint32_t key = (uint32_t)(p.addr.hi >> 32), node = 0;
        unsigned base = 0;
        for (; base < BASE; base += FIB_STRIDE) {
            const struct fib_node *n = &fibtrie_nodes(t)[node];
            unsigned slot = fibtrie_slot(p.addr, base);
            if (!(n->vector >> slot & 1))
                break;
            node = fib_child_at(n, slot, t->skill);
        }
        if (base == BASE)
            renew(j, t, node, key);
        else
            del(j, key);
    }
    publish(j);
}

bool fibjump_unfit(const struct fibjump *j)
{
    return j->buckets && (j->count > ways(j) / 2 ||
                          (j->lines.used > 4096 && j->lines.live < j->lines.used / 4 * 3));
}

size_t fibjump_bytes(const struct fibjump *j)
{
    return j->buckets ? (sizeof *j->buckets << j->seen.log) + blocks_bytes(&j->lines) : 0;
}

uint16_t fib_lookup6_large(const struct fib *f, struct ip6_addr a)
{
    uint32_t key = (uint32_t)(a.hi >> 32);
    uint32_t where = fibjump_where(fibjump_bucket(f->jump, key), key);
    uint16_t answer = fibjump_answer(fibjump_runs(f->jump, &where), where, fibjump_block(a.hi));
    if (__builtin_expect(answer != FIB_JUMP_ASK, 1))
        return answer;
    uint32_t entry = f->direct[a.hi >> (64 - FIB_DIRECT_BITS)];
    if (entry & FIB_ANSWER)
        return (uint16_t)entry;
    return fib_descend(f, &f->nodes[entry],
                       a.hi << FIB_DIRECT_BITS | a.lo >> (64 - FIB_DIRECT_BITS),
                       a.lo << FIB_DIRECT_BITS);
}
