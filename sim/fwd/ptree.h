// SPDX-License-Identifier: GPL-3.0-or-later
// ptree: a path-compressed binary trie of prefixes with a small value each.
//
// The shadow behind the fast FIB (see fib.h): it knows prefixes as they were set, which the FIB,
// being leaf-pushed, has forgotten. At most two nodes of 16 bytes per prefix. Value 0 means "none".
// Nodes are numbered, so that the array may move; PTREE_NONE is no node.
#ifndef ANYSIM_FWD_PTREE_H
#define ANYSIM_FWD_PTREE_H

#include "base/ip.h"
#include <stddef.h>
#include <stdint.h>

#define PTREE_NONE UINT32_MAX

struct ptree_node {
    ip4_addr addr;
    uint32_t child[2]; // by the bit after `len`; child[0] links free nodes
    uint16_t value;    // 0 where the trie only branches
    uint8_t len;
};

struct ptree {
    struct ptree_node *nodes;
    uint32_t root, free;
    uint32_t used, capacity; // nodes ever taken, nodes there is room for
    uint32_t count;          // prefixes with a value
};

void ptree_init(struct ptree *t);
void ptree_free(struct ptree *t);

// Sets or replaces; returns the value before (0: none). `value` is not 0.
uint16_t ptree_set(struct ptree *t, struct prefix p, uint16_t value);
uint16_t ptree_del(struct ptree *t, struct prefix p);
uint16_t ptree_get(const struct ptree *t, struct prefix p); // exactly this prefix
// Value of the longest prefix of at most `max_len` bits that holds `a`.
uint16_t ptree_match(const struct ptree *t, ip4_addr a, int max_len);
// The topmost node whose prefix lies within `p` (and may be `p`), or PTREE_NONE.
uint32_t ptree_within(const struct ptree *t, struct prefix p);
size_t ptree_bytes(const struct ptree *t);

#endif
