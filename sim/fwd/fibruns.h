// SPDX-License-Identifier: GPL-3.0-or-later
// fibruns: what a large IPv4 fib has beside its trie (see fib.h): for each /16 its answer or, where it
// has several, those of the blocks of /24 in each of its /18s. A run whose /24s hold longer prefixes
// sends who looks up to the trie, and so does one whose value is the very number that says so.
#ifndef ANYSIM_FWD_FIBRUNS_H
#define ANYSIM_FWD_FIBRUNS_H

#include "fwd/fibtrie.h"

struct fibruns {
    uint32_t *places; // NULL: none
    struct blocks lines;
};

void fibruns_make(struct fibruns *r, const struct fibtrie *t); // `r` is empty
void fibruns_free(struct fibruns *r);
// Brings it in line after prefix `p` has changed.
void fibruns_follow(struct fibruns *r, const struct fibtrie *t, struct prefix6 p);
bool fibruns_wasteful(const struct fibruns *r); // too many holes: time to make it anew
size_t fibruns_bytes(const struct fibruns *r);

#endif
