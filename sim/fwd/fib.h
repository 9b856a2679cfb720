// SPDX-License-Identifier: GPL-3.0-or-later
// fib: longest-prefix match in a compressed multibit trie of the poptrie family (H. Asai, Y. Ohara,
// "Poptrie: a compressed trie with population count for fast and scalable software IP routing table
// lookup", SIGCOMM 2015).
//
// A node covers six bits of the address: 64 slots. A slot is an inner node (bit set in `vector`)
// or a leaf. The children of a node lie side by side, and so do its leaves; the place of one
// among them is the number of bits set before it. Runs of equal leaves are stored once
// (`leafvec` marks where a run begins). Leaves are pushed down: the leaf that a lookup ends in
// is the answer, always.
//
// Behind it a ptree holds the prefixes as they were set. An update changes it first and then
// rewrites only the slots that the prefix covers, and below them only what inherited the old
// value; blocks are patched in place when their size class stays. Invariant: a slot has a
// child if and only if a longer prefix lies under it; so the shape depends on the prefixes
// alone, not on history.
//
// A value is 1..65535; 0 is "no route". Room for later: keys are looked at as 64 bits from the
// left, which is an IPv6 address's routable half, and a direct-pointing first level would only
// replace the start of fib_lookup().
#ifndef ANYSIM_FWD_FIB_H
#define ANYSIM_FWD_FIB_H

#include "base/ip.h"
#include "fwd/popcount.h"
#include <stddef.h>
#include <stdint.h>

#define FIB_STRIDE 6

struct fib_node {
    uint64_t vector;  // which slots are inner nodes
    uint64_t leafvec; // at which leaf slots a run of equal leaves begins
    uint32_t leaves;  // index of the first leaf
    uint32_t children;
};

struct fib {
    const struct fib_node *nodes; // the root is number 0
    const uint16_t *leaves;
    struct fib_store *store; // what only updates touch
    bool popcnt;             // the CPU counts bits
};

void fib_init(struct fib *f);
void fib_free(struct fib *f);

// Inserts or replaces; returns the value before, 0 for none.
uint16_t fib_set(struct fib *f, struct prefix p, uint16_t value);
uint16_t fib_del(struct fib *f, struct prefix p);
uint16_t fib_get(const struct fib *f, struct prefix p); // exactly this prefix, not a lookup
// The longest match among prefixes of at most `max_len` bits; slow, for the odd question.
uint16_t fib_match_upto(const struct fib *f, ip4_addr a, int max_len);
uint32_t fib_count(const struct fib *f);
size_t fib_bytes(const struct fib *f); // all memory held, the prefixes behind included

static inline uint16_t fib_lookup(const struct fib *f, ip4_addr a)
{
    uint64_t key = (uint64_t)a << 32;
    const struct fib_node *node = f->nodes;
    for (;;) {
        uint64_t slot = (uint64_t)1 << (key >> (64 - FIB_STRIDE));
        uint64_t upto = slot | (slot - 1);
        if (!(node->vector & slot))
            return f->leaves[node->leaves + popcount64(node->leafvec & upto, f->popcnt) - 1];
        node = &f->nodes[node->children + popcount64(node->vector & upto, f->popcnt) - 1];
        key <<= FIB_STRIDE;
    }
}

#endif
