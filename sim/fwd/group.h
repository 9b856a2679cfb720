// SPDX-License-Identifier: GPL-3.0-or-later
// group: next hops with weights, and how a flow's hash chooses among them. (Equal shares by hash
// threshold, the common case, are a plain list in the adjacency itself.)
//
//   THRESHOLD   the 32-bit hash space is cut into one interval for each member, as long as its
//               weight asks for (RFC 2992), exactly: to one value of the hash
//   RENDEZVOUS  every member draws a number from the hash and its id, the best draw wins: see
//               rendezvous.h
//   RESILIENT   the hash space is cut into buckets, each of which belongs to a member: resilient.h
//   MAGLEV      a table of 65537 that depends on the members' ids and weights alone: maglev.h
#ifndef ANYSIM_FWD_GROUP_H
#define ANYSIM_FWD_GROUP_H

#include "fwd/maglev.h"
#include "fwd/resilient.h"
#include "fwd/route.h"
#include <stddef.h>

struct group_member {
    uint32_t nexthop;
    uint32_t weight; // at least 1
    uint64_t id;     // RENDEZVOUS, MAGLEV (both); else 0
};

// What is in a group, in a form that is the same for equal groups: members ascending by id, then by
// next hop, none twice, weights without a common divisor; THRESHOLD, if not RESILIENT, when there
// is only one.
struct group_shape {
    enum fwd_select how;
    int count;
    uint32_t total; // of the weights
    struct group_member members[FWD_MAX_ECMP];
};

struct group {
    enum fwd_select how;
    int count;
    uint32_t total;
    union {
        struct resilient resilient;
        struct maglev maglev;
    };
    struct group_member *members;
};

// From 1..FWD_MAX_ECMP members as the caller lists them (fwd_group_weighted()).
void group_shape_of(struct group_shape *s, enum fwd_select how, const struct fwd_member *members,
                    int count);
bool group_is(const struct group *g, const struct group_shape *s);

// Release with group_free(). `buckets` is for RESILIENT alone.
struct group *group_new(const struct group_shape *s, uint32_t buckets);
void group_free(struct group *g); // NULL is allowed
// New members of a resilient group.
void group_update(struct group *g, const struct group_shape *s);

uint32_t group_select(const struct group *g, uint32_t hash);
// Each member as often as its weight says, or, when `seats` are fewer, in about that proportion.
void group_list(const struct group_member *members, int count, uint32_t seats, uint32_t *out);
// Next hops ascending, each as often as its share of at most FWD_MAX_ECMP places asks for.
int group_nexthops(const struct group *g, uint32_t out[FWD_MAX_ECMP]);
size_t group_bytes(const struct group *g);

#endif
