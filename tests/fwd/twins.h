// SPDX-License-Identifier: GPL-3.0-or-later
// twins: two equal nodes that do everything, and packets through both: through the one in batches,
// through the other one by one and with other bytes where nothing is stored. What follows from a
// packet is followed: errors are sent, pieces go on, the caller refuses now and then. All that must
// hold is checked after every packet; what does not is said in `wrong`, and from then on nothing
// happens.
#ifndef ANYSIM_TESTS_FWD_TWINS_H
#define ANYSIM_TESTS_FWD_TWINS_H

#include "anypacket.h"
#include "everything.h"

enum { TWINS_BATCH = 16, TWINS_DEPTH = 6 };

// Two of the same packet.
struct twins_pair {
    struct packet *p[2];
    struct fwd_result r[2];
    bool was_sound;
};

struct twins {
    struct everything *e[2];
    struct anypacket packets;
    struct random random; // for what is done with packets
    int64_t now_ps;
    const char *wrong; // NULL: nothing
    uint64_t drops[FWD_DROP_COUNT];
    uint64_t came_in[EVERYTHING_INTERFACES + 1];
    struct twins_pair batch[TWINS_BATCH];
    struct twins_pair errors[TWINS_DEPTH], pieces[TWINS_DEPTH]; // that follow from packets
};

struct twins *twins_new(uint64_t seed);
void twins_free(struct twins *t);

// The packet to fill for place `i` of the next batch; sizes differ.
struct packet *twins_packet(struct twins *t, unsigned i);
// The first `count` packets come in, or are the node's own. `in_if` up to EVERYTHING_INTERFACES,
// which is not declared.
void twins_receive(struct twins *t, unsigned count, uint32_t in_if);
void twins_originate(struct twins *t, unsigned count);
// everything_change() at both.
void twins_change(struct twins *t);
// At the end: both have counted alike, and their parts what the whole has.
void twins_compare(struct twins *t);

#endif
