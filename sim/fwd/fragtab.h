// SPDX-License-Identifier: GPL-3.0-or-later
// fragtab: where the rest of a fragmented datagram goes. Only a first fragment has ports; who decides
// by them notes here what he decided, and the later fragments of the datagram follow.
//
// So a datagram's first fragment has to come first, as senders send them; RFC 4787 REQ-14 wants any
// order, for which packets would have to be held back. FRAGTAB_LIMIT datagrams at once, in buckets
// of FRAGTAB_PLACES: a new one takes the place of the one noted longest ago, which is counted when
// that was not out of date. A flood of fragments so costs other fragments their way and nothing
// else (RFC 4787 REQ-14 a).
#ifndef ANYSIM_FWD_FRAGTAB_H
#define ANYSIM_FWD_FRAGTAB_H

#include "fwd/flowkey.h"

#define FRAGTAB_LIMIT   1024
#define FRAGTAB_PLACES  4
#define FRAGTAB_LIFE_PS INT64_C(30000000000000) // as long as Linux waits for the rest

struct fragtab_note {
    struct ip6_addr address; // whatever the owner wants to know: a POP, the other end
    uint32_t id;             // identification that the datagram goes on with
};

struct fragtab_entry; // private

struct fragtab { // read the counters; the rest is private
    uint64_t followed, evicted;
    struct fragtab_entry *entries;
    uint32_t seed;
};

void fragtab_init(struct fragtab *t, uint32_t seed);
void fragtab_free(struct fragtab *t);
// `datagram` as flowkey_read() says it.
void fragtab_note(struct fragtab *t, const struct flowkey *datagram,
                  const struct fragtab_note *note, int64_t now_ps);
// What was noted, which counts as followed; NULL: nothing, or too long ago. Good until the next note.
const struct fragtab_note *fragtab_follow(struct fragtab *t, const struct flowkey *datagram,
                                          int64_t now_ps);

#endif
