// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/player.h"

#include "base/units.h"

#include <math.h>

#define SAFETY 0.8

void player_begin(struct player *p, const struct player_options *o, int64_t now_ps)
{
    *p = (struct player){.is = *o, .begun_ps = now_ps, .seen_ps = now_ps};
}

void player_pass(struct player *p, int64_t now_ps)
{
    int64_t passed_ps = now_ps - p->seen_ps;
    p->seen_ps = now_ps;
    if (p->playing && passed_ps < p->buffered_ps) {
        p->buffered_ps -= passed_ps;
        return;
    }
    if (p->playing) {
        passed_ps -= p->buffered_ps;
        p->buffered_ps = 0;
        if (p->arrived == p->is.segments)
            return; // the end of the video
        if (passed_ps == 0)
            return;
        p->playing = false;
        p->stalls++;
    }
    if (p->started)
        p->stalled_ps += passed_ps;
}

static double expected_bps(const struct player *p)
{
    uint32_t n = p->arrived < PLAYER_MEMORY ? p->arrived : PLAYER_MEMORY;
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += 1 / p->past_bps[i];
    return n ? n / sum : 0;
}

int player_next(struct player *p, int64_t now_ps, int64_t *ask_ps)
{
    int rung = 0;
    player_pass(p, now_ps);
    if (p->arrived == p->is.segments)
        return -1;
    int64_t over_ps = p->buffered_ps + p->is.segment_ps - p->is.buffer_ps;
    *ask_ps =
        over_ps > 0 && p->playing ? now_ps + over_ps : now_ps; // it drains only while it plays
    while (rung + 1 < p->is.rungs && (double)p->is.ladder_bps[rung + 1] < SAFETY * expected_bps(p))
        rung++;
    return rung;
}

uint64_t player_octets(const struct player *p, int rung)
{
    double octets = (double)p->is.ladder_bps[rung] / 8 * ps_to_s(p->is.segment_ps);
    return octets < 1 ? 1 : (uint64_t)(octets + 0.5);
}

void player_arrived(struct player *p, int rung, int64_t asked_ps, int64_t now_ps)
{
    player_pass(p, now_ps);
    int64_t took_ps = now_ps > asked_ps ? now_ps - asked_ps : 1;
    double bits = 8 * (double)player_octets(p, rung);
    p->past_bps[p->arrived++ % PLAYER_MEMORY] = bits / ps_to_s(took_ps);
    p->bits += bits;
    p->buffered_ps += p->is.segment_ps;
    if (p->playing || (p->buffered_ps < p->is.start_ps && p->arrived < p->is.segments))
        return;
    p->playing = true;
    if (!p->started)
        p->started_ps = now_ps;
    p->started = true;
}

int64_t player_end_ps(const struct player *p)
{
    return p->seen_ps + p->buffered_ps;
}

double player_mean_bps(const struct player *p)
{
    return p->arrived ? p->bits / (p->arrived * ps_to_s(p->is.segment_ps)) : NAN;
}
