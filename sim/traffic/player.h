// SPDX-License-Identifier: GPL-3.0-or-later
// player: a player of adaptive video: which segment it asks for and when, and what its viewer sees.
//
// A video is cut into segments of equal time, each to be had at several rates (the ladder). Playing
// begins when `start` of it is there, stands still when nothing is left (a stall), and goes on when
// `start` is there again. A segment is asked for when it fits the buffer. Its rate is the highest of
// the ladder under 80 % of the throughput that is expected, the harmonic mean of the last five
// segments' (after FESTIVE: Jiang, Sekar and Zhang 2012); the first one's is the lowest.
//
// Time is told from outside, never backwards; nothing is sent from here.
#ifndef ANYSIM_TRAFFIC_PLAYER_H
#define ANYSIM_TRAFFIC_PLAYER_H

#include <stdbool.h>
#include <stdint.h>

#define PLAYER_MEMORY 5 // segments whose throughput is remembered

struct player_options {
    const int64_t *ladder_bps; // ascending
    int rungs;
    int64_t segment_ps;
    uint32_t segments; // of the video
    int64_t buffer_ps; // at least a segment
    int64_t start_ps;  // at most the buffer
};

struct player {
    struct player_options is;
    int64_t begun_ps, seen_ps; // the state below holds at seen_ps
    int64_t buffered_ps;       // video that is there and not played
    uint32_t arrived;          // segments
    bool playing, started;
    int64_t started_ps; // when the first picture was seen
    int64_t stalled_ps; // in all, up to seen_ps; not before it started
    uint32_t stalls;
    double bits; // of the segments that arrived, by their rungs
    double past_bps[PLAYER_MEMORY];
};

void player_begin(struct player *p, const struct player_options *o, int64_t now_ps);

// The rung of the next segment, and when it may be asked for: now or later. -1: all are there.
int player_next(struct player *p, int64_t now_ps, int64_t *ask_ps);
// Octets of a segment at a rung.
uint64_t player_octets(const struct player *p, int rung);
// The segment asked for at `asked_ps` is there.
void player_arrived(struct player *p, int rung, int64_t asked_ps, int64_t now_ps);
// Lets time pass; the figures above hold for `now_ps` then.
void player_pass(struct player *p, int64_t now_ps);
// When the last picture will have been seen, if all are there and nothing else happens.
int64_t player_end_ps(const struct player *p);
double player_mean_bps(const struct player *p); // of what arrived; NaN: nothing did

#endif
