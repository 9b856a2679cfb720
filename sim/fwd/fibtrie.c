// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/fibtrie.h"

#include "fwd/fiblarge.h"
#include "fwd/memory.h"
#include <string.h>

#define SLOTS     (1u << FIB_STRIDE)
#define INHERITED ((uint64_t)1 << 62) // the bit of `inner` that stands for the whole node
#define APPEARS   65536
#define DEPTH     (128 / FIB_STRIDE + 1)

// Heap numbers to bits, as struct fib_node says.
#define OVER(s)                                                                                    \
    ((uint64_t)1 << (63 - ((64 + (s)) >> 1)) | (uint64_t)1 << (63 - ((64 + (s)) >> 2)) |           \
     (uint64_t)1 << (63 - ((64 + (s)) >> 3)) | (uint64_t)1 << (63 - ((64 + (s)) >> 4)) |           \
     (uint64_t)1 << (63 - ((64 + (s)) >> 5)) | INHERITED)
#define OVER4(s)  OVER(s), OVER((s) + 1), OVER((s) + 2), OVER((s) + 3)
#define OVER16(s) OVER4(s), OVER4((s) + 4), OVER4((s) + 8), OVER4((s) + 12)

const uint64_t fib_over[SLOTS] = {OVER16(0), OVER16(16), OVER16(32), OVER16(48)};

// Where a prefix stands in its node.
struct place {
    unsigned slot;   // the first that it covers
    unsigned length; // beyond the node's base: 1..6, or 0 for the default route in the root
    uint64_t bit;    // in `full` when length is 6, else in `inner`
};

static unsigned count(const struct fibtrie *t, uint64_t bits)
{
    return popcount64(bits, t->skill);
}

static unsigned values_of(const struct fibtrie *t, const struct fib_node *n)
{
    return count(t, n->full) + count(t, n->inner);
}

// The base of the node that holds prefixes of `len` bits.
static unsigned base_of(unsigned len)
{
    return len ? (len - 1) / FIB_STRIDE * FIB_STRIDE : 0;
}

static struct place place_of(struct prefix6 p)
{
    unsigned base = base_of(p.len);
    struct place at = {fibtrie_slot(p.addr, base), p.len - base, 0};
    unsigned heap = 1u << at.length | at.slot >> (FIB_STRIDE - at.length);
    at.bit = (uint64_t)1 << (at.length == FIB_STRIDE ? at.slot : 63 - heap);
    return at;
}

static bool holds(const struct fib_node *n, struct place at)
{
    return ((at.length == FIB_STRIDE ? n->full : n->inner) & at.bit) != 0;
}

// The index of the place's value, whether it is there or would go there.
static uint32_t value_at(const struct fibtrie *t, const struct fib_node *n, struct place at)
{
    uint64_t before = at.bit - 1;
    if (at.length == FIB_STRIDE)
        return n->values + count(t, n->full & before);
    return n->values + count(t, n->full) + count(t, n->inner & before);
}

static uint32_t inherited_at(const struct fibtrie *t, const struct fib_node *n)
{
    return n->values + values_of(t, n) - 1; // the highest bit of all
}

static void insert_value(struct fibtrie *t, uint32_t node, uint32_t at, uint16_t value)
{
    struct fib_node *n = &fibtrie_nodes(t)[node];
    unsigned have = values_of(t, n), before = at - n->values;
    uint32_t from = n->values, to = from;
    if (!blocks_same_class(have, have + 1))
        to = blocks_take(&t->values, have + 1);
    uint16_t *v = fibtrie_values(t);
    memmove(v + to + before + 1, v + from + before, (have - before) * sizeof *v);
    v[to + before] = value;
    if (to == from)
        return;
    memcpy(v + to, v + from, before * sizeof *v);
    blocks_give(&t->values, from, have);
    n->values = to;
}

static void remove_value(struct fibtrie *t, uint32_t node, uint32_t at)
{
    struct fib_node *n = &fibtrie_nodes(t)[node];
    unsigned have = values_of(t, n), before = at - n->values;
    uint32_t from = n->values, to = from;
    if (!blocks_same_class(have, have - 1))
        to = blocks_take(&t->values, have - 1);
    uint16_t *v = fibtrie_values(t);
    memmove(v + to + before, v + from + before + 1, (have - before - 1) * sizeof *v);
    if (to == from)
        return;
    memcpy(v + to, v + from, before * sizeof *v);
    blocks_give(&t->values, from, have);
    n->values = to;
}

static void insert_child(struct fibtrie *t, uint32_t node, unsigned slot)
{
    struct fib_node *n = &fibtrie_nodes(t)[node];
    unsigned have = count(t, n->vector), before = fib_child_at(n, slot, t->skill) - n->children;
    uint16_t answer = fibtrie_values(t)[fib_answer_at(n, slot, t->skill)];
    uint32_t from = n->children, to = from;
    if (!have || !blocks_same_class(have, have + 1))
        to = blocks_take(&t->nodes, have + 1);
    n = fibtrie_nodes(t);
    memmove(n + to + before + 1, n + from + before, (have - before) * sizeof *n);
    if (have && to != from) {
        memcpy(n + to, n + from, before * sizeof *n);
        blocks_give(&t->nodes, from, have);
    }
    n[node].children = to;
    n[node].vector |= (uint64_t)1 << slot;
    uint32_t values = blocks_take(&t->values, 1);
    n[to + before] = (struct fib_node){.inner = INHERITED, .values = values};
    fibtrie_values(t)[values] = answer;
    t->moved = true;
}

static void remove_child(struct fibtrie *t, uint32_t node, unsigned slot)
{
    struct fib_node *n = &fibtrie_nodes(t)[node];
    unsigned have = count(t, n->vector), before = fib_child_at(n, slot, t->skill) - n->children;
    uint32_t from = n->children, to = from;
    blocks_give(&t->values, fibtrie_nodes(t)[from + before].values, 1);
    if (have > 1 && !blocks_same_class(have, have - 1))
        to = blocks_take(&t->nodes, have - 1);
    n = fibtrie_nodes(t);
    memmove(n + to + before, n + from + before + 1, (have - before - 1) * sizeof *n);
    if (to != from)
        memcpy(n + to, n + from, before * sizeof *n);
    if (to != from || have == 1)
        blocks_give(&t->nodes, from, have);
    n[node].children = have > 1 ? to : 0;
    n[node].vector &= ~((uint64_t)1 << slot);
    t->moved = true;
}

// Tells the children in `slots` of node `node` what they inherit now, and whoever below them
// inherits it too.
static void inherit(struct fibtrie *t, uint32_t node, uint64_t slots, uint16_t value)
{
    struct fib_node n = fibtrie_nodes(t)[node];
    for (slots &= n.vector; slots; slots &= slots - 1) {
        uint32_t child = fib_child_at(&n, (unsigned)__builtin_ctzll(slots), t->skill);
        const struct fib_node *c = &fibtrie_nodes(t)[child];
        uint16_t *v = &fibtrie_values(t)[inherited_at(t, c)];
        if (*v == value)
            continue;
        *v = value;
        if (c->vector)
            inherit(t, child, ~fibtrie_answered_longer(c, 0), value);
    }
}

static bool has_child(const struct fib_node *n, unsigned slot)
{
    return n->vector >> slot & 1;
}

// The node that would hold prefixes of p's length under p, or false.
static bool find(const struct fibtrie *t, struct prefix6 p, uint32_t path[DEPTH], unsigned *depth)
{
    uint32_t node = 0;
    *depth = 0;
    for (unsigned base = 0, last = base_of(p.len); base < last; base += FIB_STRIDE) {
        const struct fib_node *n = &fibtrie_nodes(t)[node];
        unsigned slot = fibtrie_slot(p.addr, base);
        if (!has_child(n, slot))
            return false;
        path[(*depth)++] = node;
        node = fib_child_at(n, slot, t->skill);
    }
    path[*depth] = node;
    return true;
}

static void start(struct fibtrie *t)
{
    uint32_t root = blocks_take(&t->nodes, 1), value = blocks_take(&t->values, 1);
    FWD_ASSERT(root == 0 && value == 0);
    fibtrie_nodes(t)[0] = (struct fib_node){.inner = INHERITED};
    fibtrie_values(t)[0] = 0;
}

// Copies the tree below node `i` of `from` into node `to` of `t`, every node's family in one piece.
static void copy(struct fibtrie *t, uint32_t to, const struct fibtrie *from, uint32_t i)
{
    struct fib_node n = fibtrie_nodes(from)[i];
    unsigned values = values_of(t, &n), children = count(t, n.vector);
    uint32_t old_values = n.values, old_children = n.children;
    n.values = blocks_take(&t->values, values);
    memcpy(fibtrie_values(t) + n.values, fibtrie_values(from) + old_values,
           values * sizeof(uint16_t));
    n.children = children ? blocks_take(&t->nodes, children) : 0;
    fibtrie_nodes(t)[to] = n;
    for (unsigned c = 0; c < children; c++)
        copy(t, n.children + c, from, old_children + c);
}

// Starts the arrays afresh when more than a quarter of one is holes, so that a table that shrank
// gives its memory back. Holes have to grow so far again before the next time: the cost is
// spread out.
static void compact(struct fibtrie *t)
{
    bool wasteful = t->nodes.used > 2 * SLOTS && t->nodes.live < t->nodes.used / 4 * 3;
    wasteful |= t->values.used > 8 * SLOTS && t->values.live < t->values.used / 4 * 3;
    bool empty = t->count == 0;
    if (!wasteful && !empty)
        return;
    struct fibtrie old = *t;
    blocks_init(&t->nodes, sizeof(struct fib_node));
    blocks_init(&t->values, sizeof(uint16_t));
    if (!empty) {
        blocks_reserve(&t->nodes, old.nodes.live);
        blocks_reserve(&t->values, old.values.live);
    }
    uint32_t root = blocks_take(&t->nodes, 1);
    FWD_ASSERT(root == 0);
    copy(t, root, &old, 0);
    blocks_free(&old.nodes);
    blocks_free(&old.values);
    t->renewed = true;
}

void fibtrie_init(struct fibtrie *t, uint8_t bits)
{
    *t = (struct fibtrie){.bits = bits, .skill = bitskill_of_cpu(), .appears = APPEARS};
    blocks_init(&t->nodes, sizeof(struct fib_node));
    blocks_init(&t->values, sizeof(uint16_t));
    start(t);
}

void fibtrie_free(struct fibtrie *t)
{
    blocks_free(&t->nodes);
    blocks_free(&t->values);
    fiblarge_free(t->large);
}

uint16_t fibtrie_set(struct fibtrie *t, struct prefix6 p, uint16_t value)
{
    uint32_t node = 0;
    for (unsigned base = 0, last = base_of(p.len); base < last; base += FIB_STRIDE) {
        unsigned slot = fibtrie_slot(p.addr, base);
        if (!has_child(&fibtrie_nodes(t)[node], slot)) {
            insert_child(t, node, slot);
        }
        node = fib_child_at(&fibtrie_nodes(t)[node], slot, t->skill);
    }
    struct fib_node *n = &fibtrie_nodes(t)[node];
    struct place at = place_of(p);
    uint32_t i = value_at(t, n, at);
    uint16_t old = 0;
    if (holds(n, at)) {
        old = fibtrie_values(t)[i];
        fibtrie_values(t)[i] = value;
    } else {
        insert_value(t, node, i, value);
        *(at.length == FIB_STRIDE ? &n->full : &n->inner) |= at.bit;
    }
    t->count += old == 0;
    if (old == value)
        return old;
    inherit(t, node, fibtrie_slots(at.slot, at.length) & ~fibtrie_answered_longer(n, at.length),
            value);
    compact(t);
    fiblarge_follow(t, p);
    return old;
}

// Takes away nodes that hold nothing any more, from the end of the path upwards.
static void prune(struct fibtrie *t, struct ip6_addr key, const uint32_t *path, unsigned depth)
{
    for (; depth; depth--) {
        const struct fib_node *n = &fibtrie_nodes(t)[path[depth]];
        if (n->vector || n->full || n->inner != INHERITED)
            return;
        unsigned base = (depth - 1) * FIB_STRIDE;
        remove_child(t, path[depth - 1], fibtrie_slot(key, base));
    }
}

uint16_t fibtrie_del(struct fibtrie *t, struct prefix6 p)
{
    uint32_t path[DEPTH];
    unsigned depth;
    struct place at = place_of(p);
    if (!find(t, p, path, &depth) || !holds(&fibtrie_nodes(t)[path[depth]], at))
        return 0;
    uint32_t node = path[depth];
    struct fib_node *n = &fibtrie_nodes(t)[node];
    uint32_t i = value_at(t, n, at);
    uint16_t old = fibtrie_values(t)[i], instead = 0;
    if (p.len == 0) { // its place stays
        if (!old)
            return 0;
        fibtrie_values(t)[i] = 0;
    } else {
        remove_value(t, node, i);
        *(at.length == FIB_STRIDE ? &n->full : &n->inner) &= ~at.bit;
        instead = fibtrie_match_upto(t, p.addr, p.len);
    }
    t->count--;
    inherit(t, node, fibtrie_slots(at.slot, at.length) & ~fibtrie_answered_longer(n, at.length),
            instead);
    prune(t, p.addr, path, depth);
    compact(t);
    fiblarge_follow(t, p);
    return old;
}

uint16_t fibtrie_get(const struct fibtrie *t, struct prefix6 p)
{
    uint32_t path[DEPTH];
    unsigned depth;
    struct place at = place_of(p);
    if (!find(t, p, path, &depth) || !holds(&fibtrie_nodes(t)[path[depth]], at))
        return 0;
    return fibtrie_values(t)[value_at(t, &fibtrie_nodes(t)[path[depth]], at)];
}

uint16_t fibtrie_match_upto(const struct fibtrie *t, struct ip6_addr a, int max_len)
{
    if (max_len < 0)
        return 0;
    struct fib_node n = fibtrie_nodes(t)[0];
    unsigned base = 0, max = (unsigned)max_len;
    unsigned slot = fibtrie_slot(a, base);
    while (max > base + FIB_STRIDE && has_child(&n, slot)) {
        n = fibtrie_nodes(t)[fib_child_at(&n, slot, t->skill)];
        base += FIB_STRIDE;
        slot = fibtrie_slot(a, base);
    }
    uint32_t skipped = 0; // values of prefixes that are too long
    if (max < base + FIB_STRIDE) {
        uint64_t longer = n.inner & (((uint64_t)1 << (64 - (2u << (max - base)))) - 1);
        skipped = count(t, n.full) + count(t, longer);
        n.full = 0;
        n.inner &= ~longer;
    }
    return fibtrie_values(t)[skipped + fib_answer_at(&n, slot, t->skill)];
}
