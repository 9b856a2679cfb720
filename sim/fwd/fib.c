// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/fib.h"

#include "fwd/blocks.h"
#include "fwd/memory.h"
#include "fwd/ptree.h"
#include <stdlib.h>
#include <string.h>

#define SLOTS (1u << FIB_STRIDE)

struct fib_store {
    struct ptree prefixes;
    struct blocks nodes, leaves;
};

// One node while its slots [first, first + count) are being rewritten.
struct rewrite {
    unsigned base;         // address bits above the node
    unsigned origin;       // length of the prefix that changed
    uint16_t leaf[SLOTS];  // what each slot answers, or hands down to its child
    uint32_t below[SLOTS]; // ptree node under a slot that needs a child
    uint64_t needs;        // slots in range that need a child
    uint64_t changed;      // slots in range whose answer comes from the origin or above it
};

static struct fib_node *nodes(const struct fib_store *s)
{
    return s->nodes.elements;
}

static uint16_t *leaves(const struct fib_store *s)
{
    return s->leaves.elements;
}

static unsigned bits_set(uint64_t v)
{
    return popcount_portable(v);
}

static uint64_t slot_range(unsigned first, unsigned count)
{
    return (count == SLOTS ? ~(uint64_t)0 : ((uint64_t)1 << count) - 1) << first;
}

// The slot of `a` in a node that has `base` bits above it.
static unsigned slot_at(ip4_addr a, unsigned base)
{
    return (unsigned)((((uint64_t)a << 32) << base) >> (64 - FIB_STRIDE));
}

// The slots that `p` covers in a node with `base` bits above it; all when it is as short as that.
static void cover(struct prefix p, unsigned base, unsigned *first, unsigned *count)
{
    *first = p.len <= base ? 0 : slot_at(p.addr, base);
    *count = p.len <= base ? SLOTS : 1u << (base + FIB_STRIDE - p.len);
}

// Lays the prefixes from ptree node `i` down over the slots, shorter ones first.
static void paint(struct rewrite *w, const struct ptree *t, uint32_t i)
{
    if (i == PTREE_NONE)
        return;
    const struct ptree_node *n = &t->nodes[i];
    unsigned limit = w->base + FIB_STRIDE;
    bool branches = n->child[0] != PTREE_NONE || n->child[1] != PTREE_NONE;
    if (n->len > limit || (n->len == limit && branches)) {
        unsigned slot = slot_at(n->addr, w->base);
        w->needs |= (uint64_t)1 << slot;
        w->below[slot] = i;
    }
    if (n->len > limit)
        return;
    if (n->value) {
        unsigned first, count;
        cover((struct prefix){n->addr, n->len}, w->base, &first, &count);
        for (unsigned s = first; s < first + count; s++)
            w->leaf[s] = n->value;
        if (n->len > w->base && n->len > w->origin)
            w->changed &= ~slot_range(first, count);
    }
    if (n->len < limit) {
        paint(w, t, n->child[0]);
        paint(w, t, n->child[1]);
    }
}

static void read_leaves(const struct fib_store *s, const struct fib_node *n, uint16_t *leaf)
{
    if (n->leafvec == 0)
        return;
    const uint16_t *from = leaves(s) + n->leaves;
    unsigned run = 0;
    for (unsigned i = 0; i < SLOTS; i++) {
        run += (unsigned)(n->leafvec >> i & 1);
        if (!(n->vector >> i & 1))
            leaf[i] = from[run - 1];
    }
}

static void write_leaves(struct fib_store *s, uint32_t at, const uint16_t *leaf)
{
    uint64_t vector = nodes(s)[at].vector, leafvec = 0;
    uint16_t packed[SLOTS];
    unsigned runs = 0;
    for (unsigned i = 0; i < SLOTS; i++) {
        if (vector >> i & 1 || (runs && packed[runs - 1] == leaf[i]))
            continue;
        leafvec |= (uint64_t)1 << i;
        packed[runs++] = leaf[i];
    }
    struct fib_node *n = &nodes(s)[at];
    unsigned before = bits_set(n->leafvec);
    if (!before || !runs || !blocks_same_class(before, runs)) {
        if (before)
            blocks_give(&s->leaves, n->leaves, before);
        n->leaves = runs ? blocks_take(&s->leaves, runs) : 0;
    }
    n->leafvec = leafvec;
    if (runs)
        memcpy(leaves(s) + n->leaves, packed, runs * sizeof *packed);
}

// Frees what hangs under a node, not the node.
static void drop_below(struct fib_store *s, uint32_t at)
{
    struct fib_node n = nodes(s)[at];
    unsigned children = bits_set(n.vector);
    for (unsigned i = 0; i < children; i++)
        drop_below(s, n.children + i);
    if (children)
        blocks_give(&s->nodes, n.children, children);
    if (n.leafvec)
        blocks_give(&s->leaves, n.leaves, bits_set(n.leafvec));
}

// Gives node `at` the children that `vector` says; those it had already keep their content, new
// ones start empty.
static void set_children(struct fib_store *s, uint32_t at, uint64_t vector)
{
    struct fib_node old = nodes(s)[at];
    if (old.vector == vector)
        return;
    struct fib_node child[SLOTS] = {0};
    unsigned from = 0, to = 0;
    for (unsigned i = 0; i < SLOTS; i++) {
        bool had = old.vector >> i & 1, has = vector >> i & 1;
        if (had && has)
            child[to] = nodes(s)[old.children + from];
        else if (had)
            drop_below(s, old.children + from);
        from += had;
        to += has;
    }
    uint32_t children = old.children;
    if (!from || !to || !blocks_same_class(from, to)) {
        if (from)
            blocks_give(&s->nodes, children, from);
        children = to ? blocks_take(&s->nodes, to) : 0;
    }
    if (to)
        memcpy(nodes(s) + children, child, to * sizeof *child);
    nodes(s)[at].vector = vector;
    nodes(s)[at].children = children;
}

// Rewrites slots [first, first + count) of node `at`, which lies under `base` bits, from the ptree
// node `top` down; slots that nothing there covers get `inherited`.
static void rewrite(struct fib_store *s, uint32_t at, unsigned base, unsigned first, unsigned count,
                    uint32_t top, uint16_t inherited, unsigned origin)
{
    struct rewrite w = {.base = base, .origin = origin};
    uint64_t range = slot_range(first, count);
    uint64_t before = nodes(s)[at].vector;
    read_leaves(s, &nodes(s)[at], w.leaf);
    for (unsigned i = first; i < first + count; i++)
        w.leaf[i] = inherited;
    w.changed = range;
    paint(&w, &s->prefixes, top);
    set_children(s, at, (before & ~range) | w.needs);
    write_leaves(s, at, w.leaf);

    // Children that are new are filled; those that were there have to hear of an answer that
    // they inherit only.
    uint64_t todo = w.needs & (~before | w.changed);
    for (unsigned i = first; i < first + count && todo >> i; i++) {
        if (!(todo >> i & 1))
            continue;
        const struct fib_node *n = &nodes(s)[at];
        uint32_t child = n->children + bits_set(n->vector & (((uint64_t)1 << i) - 1));
        rewrite(s, child, base + FIB_STRIDE, 0, SLOTS, w.below[i], w.leaf[i], origin);
    }
}

// Whether a prefix longer than `p` lies under it; *top is where.
static bool longer_below(const struct ptree *t, struct prefix p, uint32_t *top)
{
    *top = ptree_within(t, p);
    if (*top == PTREE_NONE)
        return false;
    const struct ptree_node *n = &t->nodes[*top];
    return n->len > p.len || n->child[0] != PTREE_NONE || n->child[1] != PTREE_NONE;
}

// Brings the trie in line after the ptree's entry for `p` came, changed or went.
static void follow(struct fib_store *s, struct prefix p)
{
    uint32_t at = 0, top;
    unsigned base = 0;
    while (p.len > base + FIB_STRIDE) {
        uint8_t len = (uint8_t)(base + FIB_STRIDE);
        struct prefix above = {p.addr & prefix_mask(len), len};
        unsigned slot = slot_at(p.addr, base);
        uint64_t vector = nodes(s)[at].vector;
        bool needed = longer_below(&s->prefixes, above, &top);
        if (!needed || !(vector >> slot & 1)) {
            uint16_t inherited = ptree_match(&s->prefixes, p.addr, len);
            rewrite(s, at, base, slot, 1, top, inherited, p.len);
            return;
        }
        at = nodes(s)[at].children + bits_set(vector & (((uint64_t)1 << slot) - 1));
        base += FIB_STRIDE;
    }
    unsigned first, count;
    cover(p, base, &first, &count);
    uint16_t inherited = p.len ? ptree_match(&s->prefixes, p.addr, p.len - 1) : 0;
    rewrite(s, at, base, first, count, ptree_within(&s->prefixes, p), inherited, p.len);
}

static void build(struct fib_store *s)
{
    uint32_t root = blocks_take(&s->nodes, 1);
    FWD_ASSERT(root == 0);
    nodes(s)[0] = (struct fib_node){0};
    rewrite(s, 0, 0, 0, SLOTS, s->prefixes.root, 0, 0);
}

// Starts the arrays afresh when more than half of them is holes, so that a table that shrank gives
// its memory back. Holes have to grow to half again before the next time: the cost is spread out.
static void compact(struct fib_store *s)
{
    bool wasteful = s->nodes.used > 2 * SLOTS && s->nodes.live < s->nodes.used / 2;
    wasteful |= s->leaves.used > 8 * SLOTS && s->leaves.live < s->leaves.used / 2;
    if (!wasteful && s->prefixes.count)
        return;
    blocks_free(&s->nodes);
    blocks_free(&s->leaves);
    build(s);
}

static void publish(struct fib *f)
{
    f->nodes = nodes(f->store);
    f->leaves = leaves(f->store);
}

void fib_init(struct fib *f)
{
    struct fib_store *s = fwd_memory_zeroed(1, sizeof *s);
    ptree_init(&s->prefixes);
    blocks_init(&s->nodes, sizeof(struct fib_node));
    blocks_init(&s->leaves, sizeof(uint16_t));
    build(s);
    *f = (struct fib){.store = s, .popcnt = popcount_in_hardware()};
    publish(f);
}

void fib_free(struct fib *f)
{
    ptree_free(&f->store->prefixes);
    blocks_free(&f->store->nodes);
    blocks_free(&f->store->leaves);
    free(f->store);
    *f = (struct fib){0};
}

uint16_t fib_set(struct fib *f, struct prefix p, uint16_t value)
{
    FWD_ASSERT(value && p.len <= 32 && (p.addr & ~prefix_mask(p.len)) == 0);
    uint16_t old = ptree_set(&f->store->prefixes, p, value);
    if (old == value)
        return old;
    follow(f->store, p);
    compact(f->store);
    publish(f);
    return old;
}

uint16_t fib_del(struct fib *f, struct prefix p)
{
    uint16_t old = ptree_del(&f->store->prefixes, p);
    if (!old)
        return 0;
    follow(f->store, p);
    compact(f->store);
    publish(f);
    return old;
}

uint16_t fib_get(const struct fib *f, struct prefix p)
{
    return ptree_get(&f->store->prefixes, p);
}

uint16_t fib_match_upto(const struct fib *f, ip4_addr a, int max_len)
{
    return ptree_match(&f->store->prefixes, a, max_len);
}

uint32_t fib_count(const struct fib *f)
{
    return f->store->prefixes.count;
}

size_t fib_bytes(const struct fib *f)
{
    const struct fib_store *s = f->store;
    return sizeof *s + ptree_bytes(&s->prefixes) + blocks_bytes(&s->nodes) +
           blocks_bytes(&s->leaves);
}
