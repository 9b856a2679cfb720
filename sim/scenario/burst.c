// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/burst.h"

#include <stdbool.h>
#include <stddef.h>

#define USUAL_SPREAD   4
#define USUAL_TAIL     1.5
#define USUAL_SOURCES  50
#define USUAL_ACTIVITY 250000

const char *const burst_kind_names[BURST_KINDS] = {"exponential", "deterministic",
                                                   "hyperexponential", "pareto", "on-off"};

static void only_of(struct input *in, struct srcpos at, const struct burst_shape *s,
                    enum burst_kind kind, bool given, const char *key)
{
    if (given && s->kind != (int)kind)
        diag_error(in->d, at, NULL, "'%s' is for 'burst_law: %s' only", key,
                   burst_kind_names[kind]);
}

void burst_read(struct input *in, struct srcpos at, int64_t mean_bytes, struct burst_shape *s)
{
    if (s->kind < 0)
        return; // a wrong word, which has been reported
    only_of(in, at, s, BURST_HYPEREXPONENTIAL, s->spread > 0, "burst_spread");
    only_of(in, at, s, BURST_PARETO, s->tail > 0, "burst_tail");
    only_of(in, at, s, BURST_PARETO, s->longest_bytes > 0, "burst_longest");
    only_of(in, at, s, BURST_ON_OFF, s->sources > 0, "burst_sources");
    only_of(in, at, s, BURST_ON_OFF, s->activity_ppm > 0, "burst_activity");
    if (s->kind != BURST_EXPONENTIAL && mean_bytes == 0)
        diag_error(in->d, at, "give the mean burst as 'burst: 64KiB'",
                   "'burst_law: %s' without bursts: the background is smooth",
                   burst_kind_names[s->kind]);
    else if (s->longest_bytes > 0 && s->longest_bytes <= mean_bytes)
        diag_error(in->d, at, NULL, "'burst_longest' is not longer than the mean burst");
    if (s->kind == BURST_HYPEREXPONENTIAL && s->spread <= 0)
        s->spread = USUAL_SPREAD;
    if (s->kind == BURST_PARETO && s->tail <= 0)
        s->tail = USUAL_TAIL;
    if (s->kind == BURST_ON_OFF && s->sources <= 0)
        s->sources = USUAL_SOURCES;
    if (s->kind == BURST_ON_OFF && s->activity_ppm <= 0)
        s->activity_ppm = USUAL_ACTIVITY;
}
