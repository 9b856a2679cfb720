// SPDX-License-Identifier: GPL-3.0-or-later
// fiblarge: what a large fib has beside its trie to be faster (see fib.h): for IPv4 runs, for IPv6
// a direct level and a hash table.
#ifndef ANYSIM_FWD_FIBLARGE_H
#define ANYSIM_FWD_FIBLARGE_H

#include "fwd/fibjump.h"
#include "fwd/fibruns.h"

struct fiblarge {
    struct fibruns runs; // IPv4
    uint32_t *direct;    // IPv6
    struct fibjump jump; // IPv6
};

// Comes, goes, and is brought in line after prefix `p` has changed.
void fiblarge_follow(struct fibtrie *t, struct prefix6 p);
void fiblarge_free(struct fiblarge *l);
size_t fiblarge_bytes(const struct fiblarge *l); // 0 for NULL

#endif
