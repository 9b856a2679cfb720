// SPDX-License-Identifier: GPL-3.0-or-later
// resilient: the hash space in equal buckets, each of which belongs to a next hop. When members
// come and go, buckets change hands only where they must: a flow whose bucket stays, stays.
#ifndef ANYSIM_FWD_RESILIENT_H
#define ANYSIM_FWD_RESILIENT_H

#include <stdint.h>

#define RESILIENT_BUCKETS_MIN 16
#define RESILIENT_BUCKETS_MAX 32768
#define RESILIENT_PER_MEMBER  4 // buckets at least for each member

struct resilient {
    uint32_t *owners; // next hop of each bucket
    uint32_t buckets;
    uint32_t shift; // of a hash, to the number of its bucket
};

struct group_member;

// `buckets`: a power of two from RESILIENT_BUCKETS_MIN to _MAX. Members: ascending by next hop, each
// once; every one owns a bucket at least, and as many as shares_divide() gives it.
void resilient_init(struct resilient *r, uint32_t buckets, const struct group_member *members,
                    int count);
void resilient_free(struct resilient *r);
// New members, in the same form. Buckets whose owner is gone move, and of a member that owns more
// than its new share the last ones; they go to the members that lack some, by turns.
void resilient_update(struct resilient *r, const struct group_member *members, int count);

static inline uint32_t resilient_select(const struct resilient *r, uint32_t hash)
{
    return r->owners[hash >> r->shift];
}

#endif
