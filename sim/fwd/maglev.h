// SPDX-License-Identifier: GPL-3.0-or-later
// maglev: a consistent hashing table (Eisenbud et al., "Maglev: A Fast and Reliable Software
// Network Load Balancer", NSDI 2016, §3.4) with weights.
//
// Each backend goes through all slots of the table in an order of its own, which follows from its
// id alone. Backends take turns, in proportion to their weights, and at each turn take the next
// slot in their order that is still free. So the table depends on the set of (id, weight) alone:
// every gateway that knows the same backends builds the same table, in whatever order it learned
// of them; and when one goes, most slots of the others stay. Of n backends with weights that sum
// up to W, one of weight w holds at least MAGLEV_SIZE·w/W − 1 slots, and at most
// (MAGLEV_SIZE + n)·w/W.
#ifndef ANYSIM_FWD_MAGLEV_H
#define ANYSIM_FWD_MAGLEV_H

#include "fwd/memory.h"
#include <stddef.h>
#include <stdint.h>

#define MAGLEV_SIZE  65537u     // prime, so that every step leads through all slots
#define MAGLEV_EMPTY UINT32_MAX // no backend has any weight

struct maglev_backend {
    uint64_t id;     // stable and the same at every gateway; no two alike
    uint32_t value;  // what maglev_select() answers; not MAGLEV_EMPTY
    uint16_t weight; // 0: takes no slot
};

struct maglev {
    uint32_t *slots; // of MAGLEV_SIZE values, owned; NULL before the first build
};

// (Re)builds the table: MAGLEV_SIZE turns of O(log n) and about MAGLEV_SIZE · ln(MAGLEV_SIZE)
// probes, a few milliseconds. n <= MAGLEV_SIZE. `m` is zeroed before the first time.
void maglev_build(struct maglev *m, const struct maglev_backend *backends, size_t n);
void maglev_free(struct maglev *m);

// The backend's value for a flow's hash, of which the upper bits count most: it must be seeded
// otherwise than the hash that chose the path to this gateway, or part of the table lies idle.
static inline uint32_t maglev_select(const struct maglev *m, uint32_t hash)
{
    return m->slots[(uint64_t)hash * MAGLEV_SIZE >> 32];
}

#endif
