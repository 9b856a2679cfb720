// SPDX-License-Identifier: GPL-3.0-or-later
// listener: one ear of a call: a jitter buffer of fixed length, and what came out of it in time.
//
// Playing begins `buffer` after the first frame that arrives; from then on one frame is due each
// interval, by its number. A frame that is not there when it is due is lost for the ear. Frames
// whose time has not come when the call ends are not counted.
#ifndef ANYSIM_TRAFFIC_LISTENER_H
#define ANYSIM_TRAFFIC_LISTENER_H

#include "base/vec.h"
#include <stdbool.h>
#include <stdint.h>

struct listener {
    int64_t interval_ps, buffer_ps;
    int64_t spoken_ps; // when frame 0 was sent
    int64_t play_ps;   // when frame 0 is due
    bool playing;
    VEC(bool) there; // by frame: in time
};

void listener_begin(struct listener *l, int64_t interval_ps, int64_t buffer_ps);
void listener_spoken(struct listener *l, int64_t now_ps); // frame 0 is sent
void listener_heard(struct listener *l, uint32_t frame, int64_t now_ps);

struct listener_score {
    uint32_t due, lost; // frames; 0 due: nothing was ever played
    double burst;       // mean run of lost frames over that of as many independent losses; ≥ 1
    int64_t delay_ps;   // from the sending of a frame to its playing
};

struct listener_score listener_score(const struct listener *l, int64_t now_ps);
void listener_free(struct listener *l);

#endif
