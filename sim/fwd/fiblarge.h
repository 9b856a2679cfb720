// SPDX-License-Identifier: GPL-3.0-or-later
// fiblarge: what a large fib has beside its trie to be faster: direct level and hash
// table (see fib.h).
#ifndef ANYSIM_FWD_FIBLARGE_H
#define ANYSIM_FWD_FIBLARGE_H

#include "fwd/fibtrie.h"

struct fiblarge {
    uint32_t *direct;
    struct fib_jump jump; // none for IPv4
};

// Comes, goes, and is brought in line after prefix `p` has changed.
void fiblarge_follow(struct fibtrie *t, struct prefix6 p);
void fiblarge_free(struct fiblarge *l);
size_t fiblarge_bytes(const struct fiblarge *l); // 0 for NULL

#endif
