// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/ptree.h"

#include "fwd/memory.h"
#include <stdlib.h>

void ptree_init(struct ptree *t)
{
    *t = (struct ptree){.root = PTREE_NONE, .free = PTREE_NONE};
}

void ptree_free(struct ptree *t)
{
    free(t->nodes);
    ptree_init(t);
}

size_t ptree_bytes(const struct ptree *t)
{
    return t->capacity * sizeof *t->nodes;
}

// Bit number `at` from the left; at < 32.
static unsigned bit(ip4_addr a, unsigned at)
{
    return a >> (31 - at) & 1;
}

static struct prefix prefix_of(const struct ptree_node *n)
{
    return (struct prefix){n->addr, n->len};
}

static bool within(struct prefix inner, struct prefix outer)
{
    return inner.len >= outer.len && prefix_has(outer, inner.addr);
}

static uint32_t take(struct ptree *t, struct prefix p, uint16_t value)
{
    uint32_t i = t->free;
    if (i != PTREE_NONE) {
        t->free = t->nodes[i].child[0];
    } else {
        if (t->used == t->capacity) {
            t->capacity = t->capacity ? t->capacity + t->capacity / 2 + 1 : 2;
            t->nodes = fwd_memory_resize(t->nodes, t->capacity, sizeof *t->nodes);
        }
        i = t->used++;
    }
    t->nodes[i] = (struct ptree_node){
        .addr = p.addr, .len = p.len, .value = value, .child = {PTREE_NONE, PTREE_NONE}};
    return i;
}

static void give(struct ptree *t, uint32_t i)
{
    t->nodes[i].child[0] = t->free;
    t->free = i;
}

// Where the link to `i` is kept: the root or a child of `parent`.
static void link_to(struct ptree *t, uint32_t parent, unsigned side, uint32_t i)
{
    if (parent == PTREE_NONE)
        t->root = i;
    else
        t->nodes[parent].child[side] = i;
}

static uint8_t common_bits(struct prefix a, struct prefix b)
{
    uint8_t max = a.len < b.len ? a.len : b.len;
    ip4_addr differ = a.addr ^ b.addr;
    uint8_t same = differ ? (uint8_t)__builtin_clz(differ) : 32;
    return same < max ? same : max;
}

uint16_t ptree_set(struct ptree *t, struct prefix p, uint16_t value)
{
    uint32_t parent = PTREE_NONE, i = t->root;
    unsigned side = 0;
    while (i != PTREE_NONE && t->nodes[i].len < p.len && within(p, prefix_of(&t->nodes[i]))) {
        parent = i;
        side = bit(p.addr, t->nodes[i].len);
        i = t->nodes[i].child[side];
    }
    if (i != PTREE_NONE && prefix_equal(prefix_of(&t->nodes[i]), p)) {
        uint16_t old = t->nodes[i].value;
        t->nodes[i].value = value;
        t->count += old == 0;
        return old;
    }
    t->count++;
    uint32_t leaf = take(t, p, value);
    if (i == PTREE_NONE) {
        link_to(t, parent, side, leaf);
        return 0;
    }
    struct prefix other = prefix_of(&t->nodes[i]);
    uint8_t same = common_bits(p, other);
    uint32_t top = leaf;
    if (same < p.len) {
        top = take(t, (struct prefix){p.addr & prefix_mask(same), same}, 0);
        t->nodes[top].child[bit(p.addr, same)] = leaf;
    }
    t->nodes[top].child[bit(other.addr, same)] = i;
    link_to(t, parent, side, top);
    return 0;
}

// Takes out a node that neither holds a value nor branches.
static void prune(struct ptree *t, uint32_t i, uint32_t parent, unsigned side)
{
    const struct ptree_node *n = &t->nodes[i];
    if (n->value || (n->child[0] != PTREE_NONE && n->child[1] != PTREE_NONE))
        return;
    link_to(t, parent, side, n->child[0] != PTREE_NONE ? n->child[0] : n->child[1]);
    give(t, i);
}

uint16_t ptree_del(struct ptree *t, struct prefix p)
{
    uint32_t grand = PTREE_NONE, parent = PTREE_NONE, i = t->root;
    unsigned grand_side = 0, side = 0;
    while (i != PTREE_NONE && t->nodes[i].len < p.len && within(p, prefix_of(&t->nodes[i]))) {
        grand = parent;
        grand_side = side;
        parent = i;
        side = bit(p.addr, t->nodes[i].len);
        i = t->nodes[i].child[side];
    }
    if (i == PTREE_NONE || !prefix_equal(prefix_of(&t->nodes[i]), p) || !t->nodes[i].value)
        return 0;
    uint16_t old = t->nodes[i].value;
    if (--t->count == 0) {
        ptree_free(t); // the memory too, and it may be used again
        return old;
    }
    t->nodes[i].value = 0;
    prune(t, i, parent, side);
    if (parent != PTREE_NONE)
        prune(t, parent, grand, grand_side);
    return old;
}

uint16_t ptree_get(const struct ptree *t, struct prefix p)
{
    uint32_t i = ptree_within(t, p);
    return i != PTREE_NONE && t->nodes[i].len == p.len ? t->nodes[i].value : 0;
}

uint16_t ptree_match(const struct ptree *t, ip4_addr a, int max_len)
{
    uint16_t best = 0;
    uint32_t i = t->root;
    while (i != PTREE_NONE) {
        const struct ptree_node *n = &t->nodes[i];
        if (n->len > max_len || !prefix_has(prefix_of(n), a))
            break;
        if (n->value)
            best = n->value;
        i = n->len < 32 ? n->child[bit(a, n->len)] : PTREE_NONE;
    }
    return best;
}

uint32_t ptree_within(const struct ptree *t, struct prefix p)
{
    uint32_t i = t->root;
    while (i != PTREE_NONE && t->nodes[i].len < p.len) {
        if (!within(p, prefix_of(&t->nodes[i])))
            return PTREE_NONE;
        i = t->nodes[i].child[bit(p.addr, t->nodes[i].len)];
    }
    return i != PTREE_NONE && within(prefix_of(&t->nodes[i]), p) ? i : PTREE_NONE;
}
