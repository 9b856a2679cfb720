// SPDX-License-Identifier: GPL-3.0-or-later
// fib: longest-prefix match for IPv4 and IPv6 in one compressed multibit trie, which is the table
// of prefixes as well.
//
// It joins two ideas: nodes whose children lie side by side and are found by counting bits (H.
// Asai, Y. Ohara, "Poptrie: a compressed trie with population count for fast and scalable software
// IP routing table lookup", SIGCOMM 2015), and prefixes kept as bitmaps within a node (W. Eatherton
// et al., "Tree bitmap: hardware/software IP lookups with incremental updates", CCR 2004).
//
// A node covers six bits of the address: 64 slots, below `base` bits that lead to it. It holds every
// prefix of base + 1 to base + 6 bits, as a bit in `full` (base + 6: exactly a slot) or `inner`
// (shorter ones), and their values packed in the order of these bits, longer ones first. One more
// bit stands for "the whole node": its value is what the node inherits, the answer of the
// prefixes above it (in the root: the default route; 0 where there is none). So the last node
// on the way always has the answer, a lookup needs no memory of the nodes before it, and nothing
// is kept twice but these inherited values, two bytes a node. A prefix is set or deleted in one
// node, and only nodes that inherited its value hear of it.
//
// Invariant: a node other than the root holds a prefix or has a child; so the shape depends on
// the prefixes alone, not on history.
//
// A table of 65,536 prefixes gets what only large ones are worth; it goes away below 32,768. What
// a lookup costs there is cache lines that are far away, so both families have few:
//
// - IPv4 has an array over the first 16 bits (256 kB) with the answer of the /16, or where its four /18s
//   are. Each of these has a line, or two or three, that says which blocks of /24 start a run of the same
//   answer, and each run's answer. Where longer prefixes lie, the trie goes on from the /18's node.
// - IPv6 has a hash table with every /32 that holds a prefix of 32 bits or more: its answer or, in
//   ordered lines, where each run of blocks of /48 starts and what it answers: mostly three lines in all,
//   for any address. The trie is asked where there are longer prefixes or more runs than 240, where
//   a bucket had no room, and for what is in no such /32. There it starts from an array over the
//   first 18 bits (1 MB).
//
// All this follows the trie: a change of a prefix makes the lines of its /18 or /32 anew; that of a
// shorter one those below it which answer by it.
//
// A value is 1..65535; 0 is "no route". A table is of one family; functions with a 6 are for IPv6.
// Not for use while another thread updates.
#ifndef ANYSIM_FWD_FIB_H
#define ANYSIM_FWD_FIB_H

#include "base/ip.h"
#include "base/ip6.h"
#include "fwd/popcount.h"
#include <stddef.h>
#include <stdint.h>

#define FIB_STRIDE      6
#define FIB_DIRECT_BITS 18 // a multiple of FIB_STRIDE

struct fib_node {
    uint64_t vector; // which slots have a child
    uint64_t full;   // in which slots a prefix of base + 6 bits ends
    // The other prefixes, numbered as in a heap (1 the node, 2 and 3 its halves, …): number h is bit
    // 63 - h, so the longest that holds a slot is the lowest bit. Bit 62 is always set.
    uint64_t inner;
    uint32_t children; // index of the first
    uint32_t values;   // those of `full`, then those of `inner`
};

#define FIB_ANSWER ((uint32_t)1 << 31) // direct entry: no node, the low half is the answer

// What the 64 blocks of /24 (slots) in one /18 answer, in runs of the same answer: as many cache lines
// as its values need, which go on over their end.
#define FIB_RUNS_VALUES 26
struct fib_runs {
    uint64_t starts; // slots that answer otherwise than the one before; the first does
    uint32_t node;   // the trie's for this /18, if it has children, or FIB_NO_NODE
    uint16_t values[FIB_RUNS_VALUES];
};

#define FIB_RUNS_BITS 16         // of an address, which say the /16
#define FIB_RUNS_LOG  2          // its entry, if no answer: the first line << 2 | lines of each /18
#define FIB_RUNS_ASK  UINT16_MAX // a value: only the trie knows
#define FIB_NO_NODE   UINT32_MAX // where there is none, the value is the answer even so

// The hash table, in buckets of half a cache line.
#define FIB_JUMP_BITS 32 // of an address: its key
#define FIB_JUMP_WAYS 4
#define FIB_JUMP_RUNS 16 // in a line

struct fib_bucket {
    uint32_t key[FIB_JUMP_WAYS];
    uint32_t where[FIB_JUMP_WAYS];
};

#define FIB_JUMP_ONE ((uint32_t)1 << 31) // of `where`: one run, the low half is its answer
#define FIB_JUMP_LOG 4                   // else: the number of the first line << 4 | lines
#define FIB_JUMP_ASK UINT16_MAX          // an answer: only the trie knows; so it is of free ways

struct fib_line { // the first /48 of each run << 16 | its answer; the last fills the line
    uint32_t runs[FIB_JUMP_RUNS];
};

struct fib_jump {
    const struct fib_bucket *buckets;
    const struct fib_line *lines;
    uint32_t log; // 2^log buckets
};

struct fib {
    const struct fib_node *nodes; // the root is number 0
    const uint16_t *values;
    const uint32_t *places;      // IPv4: the entries of the /16s; NULL while the table is small
    const struct fib_runs *runs; // likewise
    const uint32_t *direct;      // IPv6: likewise, an answer or a node for each /18
    const struct fib_jump *jump; // likewise
    struct fibtrie *trie;        // what only updates touch
    enum bitskill skill;         // how fast the CPU counts bits
};

void fib_init(struct fib *f);
void fib_init6(struct fib *f);
void fib_free(struct fib *f);

// Inserts or replaces; returns the value before, 0 for none.
uint16_t fib_set(struct fib *f, struct prefix p, uint16_t value);
uint16_t fib_set6(struct fib *f, struct prefix6 p, uint16_t value);
uint16_t fib_del(struct fib *f, struct prefix p);
uint16_t fib_del6(struct fib *f, struct prefix6 p);
// Exactly this prefix, not a lookup.
uint16_t fib_get(const struct fib *f, struct prefix p);
uint16_t fib_get6(const struct fib *f, struct prefix6 p);
// The longest match among prefixes of at most `max_len` bits.
uint16_t fib_match_upto(const struct fib *f, ip4_addr a, int max_len);
uint16_t fib_match_upto6(const struct fib *f, struct ip6_addr a, int max_len);
uint32_t fib_count(const struct fib *f);
size_t fib_bytes(const struct fib *f); // all memory held, everything included

// Calls `visit` for every prefix in order (by address, then the shorter first) until it returns
// false; returns whether it never did. `visit` must not change the table.
bool fib_walk(const struct fib *f, bool (*visit)(void *arg, struct prefix p, uint16_t value),
              void *arg);
bool fib_walk6(const struct fib *f, bool (*visit)(void *arg, struct prefix6 p, uint16_t value),
               void *arg);

// values[i] = lookup of dst[i], for i < n. From some ten addresses on much faster than one by one
// where the table is larger than the first-level caches.
void fib_lookup_bulk(const struct fib *f, const ip4_addr *dst, uint16_t *values, unsigned n);
void fib_lookup_bulk6(const struct fib *f, const struct ip6_addr *dst, uint16_t *values,
                      unsigned n);

// --- One lookup, inline

// The bits of `inner` that hold slot s: heap numbers (64 + s) >> 1 … >> 6.
extern const uint64_t fib_over[1 << FIB_STRIDE];

// Index in the values of what node `n` answers in `slot`. Free of branches: which length matches
// is anybody's guess.
static inline uint32_t fib_answer_at(const struct fib_node *n, unsigned slot, enum bitskill skill)
{
    uint64_t shorter = (n->full >> slot & 1) - 1; // all ones unless a prefix ends in the slot
    uint64_t match = n->inner & fib_over[slot];   // never 0: bit 62
    uint64_t before_full = (((uint64_t)1 << slot) - 1) | shorter;
    uint64_t before_inner = ~match & (match - 1) & shorter;
    return n->values + popcount64(n->full & before_full, skill) +
           popcount64(n->inner & before_inner, skill);
}

static inline uint32_t fib_child_at(const struct fib_node *n, unsigned slot, enum bitskill skill)
{
    return n->children + popcount64(n->vector & (((uint64_t)1 << slot) - 1), skill);
}

// Which run a slot is in.
static inline unsigned fib_run(uint64_t starts, unsigned slot, enum bitskill skill)
{
    return popcount64(starts << (63 - slot), skill) - 1;
}

// Goes on from a node; the address's bits from there on are at the top.
static inline uint16_t fib_descend(const struct fib *f, const struct fib_node *node, uint64_t hi,
                                   uint64_t lo)
{
    for (;;) {
        unsigned slot = (unsigned)(hi >> (64 - FIB_STRIDE));
        if (!(node->vector >> slot & 1))
            return f->values[fib_answer_at(node, slot, f->skill)];
        node = &f->nodes[fib_child_at(node, slot, f->skill)];
        hi = hi << FIB_STRIDE | lo >> (64 - FIB_STRIDE);
        lo <<= FIB_STRIDE;
    }
}

// The first line of an address's /18.
static inline uint32_t fib_runs_at(uint32_t place, ip4_addr a)
{
    return (place >> FIB_RUNS_LOG) + (place & 3) * (a >> (32 - FIB_DIRECT_BITS) & 3);
}

// The number of a run's value among all that lines have room for.
static inline size_t fib_runs_value(uint32_t line, unsigned run)
{
    return (line * sizeof(struct fib_runs) + offsetof(struct fib_runs, values)) / 2 + run;
}

static inline uint16_t fib_lookup(const struct fib *f, ip4_addr a)
{
    if (!f->places)
        return fib_descend(f, f->nodes, (uint64_t)a << 32, 0);
    uint32_t place = f->places[a >> (32 - FIB_RUNS_BITS)];
    if (place & FIB_ANSWER)
        return (uint16_t)place;
    uint32_t line = fib_runs_at(place, a);
    unsigned run = fib_run(f->runs[line].starts, a >> 8 & 63, f->skill);
    uint16_t value = ((const uint16_t *)f->runs)[fib_runs_value(line, run)];
    uint32_t node = f->runs[line].node;
    if (__builtin_expect(value != FIB_RUNS_ASK || node == FIB_NO_NODE, 1))
        return value;
    return fib_descend(f, &f->nodes[node], (uint64_t)a << (32 + FIB_DIRECT_BITS), 0);
}

uint16_t fib_lookup6_large(const struct fib *f, struct ip6_addr a); // where there is a hash table

static inline uint16_t fib_lookup6(const struct fib *f, struct ip6_addr a)
{
    return f->jump ? fib_lookup6_large(f, a) : fib_descend(f, f->nodes, a.hi, a.lo);
}

#endif
