// SPDX-License-Identifier: GPL-3.0-or-later
// prefixes: every prefix that was ever originated, numbered in order of origination.
//
// Messages and RIBs name a prefix by its index: a RIB is then an array, and walking it follows the
// order of origination, never a hash.
#ifndef ANYSIM_BGP_PREFIXES_H
#define ANYSIM_BGP_PREFIXES_H

#include "base/ip.h"
#include "base/vec.h"

#define BGP_NO_PREFIX UINT32_MAX

struct bgp_prefixes {
    VEC(struct prefix) v;
    uint32_t *slots; // index + 1 by hash, open addressing; 0: free
    uint32_t nslots; // power of two, or 0
};

void bgp_prefixes_init(struct bgp_prefixes *t);
void bgp_prefixes_free(struct bgp_prefixes *t);
uint32_t bgp_prefixes_add(struct bgp_prefixes *t, struct prefix p); // finds or adds
uint32_t bgp_prefixes_find(const struct bgp_prefixes *t, struct prefix p);
size_t bgp_prefixes_bytes(const struct bgp_prefixes *t); // of memory

#endif
