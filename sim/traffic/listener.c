// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/listener.h"

void listener_begin(struct listener *l, int64_t interval_ps, int64_t buffer_ps)
{
    l->interval_ps = interval_ps;
    l->buffer_ps = buffer_ps;
    l->playing = false;
    l->there.n = 0;
}

void listener_spoken(struct listener *l, int64_t now_ps)
{
    l->spoken_ps = now_ps;
}

void listener_heard(struct listener *l, uint32_t frame, int64_t now_ps)
{
    if (!l->playing) {
        l->play_ps = now_ps + l->buffer_ps - frame * l->interval_ps;
        l->playing = true;
    }
    if (now_ps > l->play_ps + frame * l->interval_ps)
        return; // too late
    while (l->there.n <= frame)
        vec_push(&l->there, false);
    l->there.v[frame] = true;
}

struct listener_score listener_score(const struct listener *l, int64_t now_ps)
{
    struct listener_score s = {.burst = 1};
    if (!l->playing || now_ps < l->play_ps)
        return s;
    uint32_t runs = 0;
    bool before = true;
    s.due = (uint32_t)((now_ps - l->play_ps) / l->interval_ps) + 1;
    s.delay_ps = l->play_ps - l->spoken_ps;
    for (uint32_t i = 0; i < s.due; i++) {
        bool there = i < l->there.n && l->there.v[i];
        s.lost += !there;
        runs += before && !there;
        before = there;
    }
    if (runs && s.lost < s.due) {
        double mean_run = (double)s.lost / runs, kept = 1 - (double)s.lost / s.due;
        s.burst = mean_run * kept > 1 ? mean_run * kept : 1; // independent: runs of 1 / kept
    }
    return s;
}

void listener_free(struct listener *l)
{
    vec_free(&l->there);
}
