// SPDX-License-Identifier: GPL-3.0-or-later
// audience: which address each of many users holds, for one client group and one name. Pure.
//
// A sampled flow stands for many users who looked the name up at different times. A user is a number
// u in [0, 1); from it follow his resolver (by the shares of the parts), whether he ignores times to
// live, and when his answer ends. Users who behave alike are a *class*:
//   followers   those behind one of the resolver's caches: their answers end with the cache's;
//   holders     those who keep an answer for `hold`, whatever its time to live: AUDIENCE_HOLDERS
//               classes a part, which begin one after the other.
// The ends are spread evenly over the time to live (or the hold) at the beginning. So after a change
// of what DNS says the share of users with the old answer falls linearly, in one time to live, to the
// share of those who ignore it, and then linearly to nothing in one hold.
//
// The owner asks for a class when its time has come and tells it what DNS said.
#ifndef ANYSIM_ANYCAST_AUDIENCE_H
#define ANYSIM_ANYCAST_AUDIENCE_H

#include "anycast/namecache.h"

#define AUDIENCE_HOLDERS 32

struct audience_part { // the users of one resolver
    double share;      // of the group; those of the parts add up to 1
    int caches;        // that the resolver has, each with a share of its users
    double offset;     // in [0, 1): where the first cache stands in its time to live
};

struct audience_options {
    const struct audience_part *parts;
    int nparts;
    double ignoring; // share of users who ignore times to live
    int64_t hold_ps; // and for how long
};

struct audience_class {
    int part, cache;
    bool holds;       // ignores the time to live
    double share;     // of the group
    int site;         // whose address they hold; NAMECACHE_NOBODY: none
    int64_t until_ps; // when they ask again
};

struct audience;

// Everybody was told something for `ttl_ps` before `now_ps`: of each class audience_assume says what.
struct audience *audience_new(const struct audience_options *o, int64_t ttl_ps, int64_t now_ps);
void audience_assume(struct audience *a, int i, int site);
void audience_free(struct audience *a); // may be NULL

int audience_classes(const struct audience *a);
const struct audience_class *audience_class(const struct audience *a, int i);
// The class of a user.
int audience_of(const struct audience *a, double user);
// The class is told; `until_ps` is when it asks again. When there is no answer, followers are left
// without an address, and holders keep what they have.
void audience_told(struct audience *a, int i, const struct namecache_says *says, int64_t now_ps);
// Share of the users who hold the site's address; of NAMECACHE_NOBODY: none.
double audience_share(const struct audience *a, int site);

#endif
