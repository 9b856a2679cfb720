// SPDX-License-Identifier: GPL-3.0-or-later
// entrance: which gateways of a POP one of its routers gives flows to. Knows no network: whoever sees
// gateways go and come tells, and is told whether the group has changed.
//
// A gateway leaves the group as soon as the router notices that it is dead (in its own time: until
// then its share falls into a black hole). One that is back joins the group `join_ps` after it was
// seen: so long the rest of the network may take to learn the way back to its address.
#ifndef ANYSIM_ANYCAST_ENTRANCE_H
#define ANYSIM_ANYCAST_ENTRANCE_H

#include <stdbool.h>
#include <stdint.h>

#define ENTRANCE_MAX 32

struct entrance {
    int count; // gateways, all members at the start
    int64_t join_ps;
    int members;
    int64_t joins_ps[ENTRANCE_MAX]; // when one that was seen again joins
    enum { ENTRANCE_OUT, ENTRANCE_WAITS, ENTRANCE_IN } state[ENTRANCE_MAX];
};

void entrance_init(struct entrance *e, int count, int64_t join_ps);

static inline bool entrance_is_in(const struct entrance *e, int k)
{
    return e->state[k] == ENTRANCE_IN;
}

// Gateway k is dead, or seen again. True: the group is another one now.
bool entrance_lost(struct entrance *e, int k);
bool entrance_seen(struct entrance *e, int k, int64_t now_ps);
// Those whose time has come join. True: the group is another one now.
bool entrance_due(struct entrance *e, int64_t now_ps);
// When the next one joins; INT64_MAX: none waits.
int64_t entrance_next_ps(const struct entrance *e);

#endif
