// SPDX-License-Identifier: GPL-3.0-or-later
// slab: arrays of routes of few lengths, cut from large pieces of memory. What is given back serves
// the next array of its length; memory returns to the system when the slab is freed.
#ifndef ANYSIM_BGP_SLAB_H
#define ANYSIM_BGP_SLAB_H

#include "base/vec.h"
#include "bgp/route.h"

#define BGP_SLAB_CLASSES 12 // of lengths: 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64

#define BGP_SLAB_LONGEST                                                                           \
    64 // longer arrays are objects of their own: to be put before the slab ends

struct bgp_slab { // zero: empty
    VEC(void *) pieces;
    struct bgp_route *next; // unused part of the last piece
    uint32_t left, piece;   // routes in it, and in the whole
    void *unused[BGP_SLAB_CLASSES];
    size_t bytes;
};

void bgp_slab_free(struct bgp_slab *s);
// An array for at least `want` routes; how many, in *cap. Uninitialised.
struct bgp_route *bgp_slab_get(struct bgp_slab *s, uint32_t want, uint32_t *cap);
void bgp_slab_put(struct bgp_slab *s, struct bgp_route *array, uint32_t cap); // NULL is allowed

#endif
