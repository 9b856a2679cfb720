// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/video.h"

// Apple, HLS authoring specification: average rates for H.264 up to 1080p.
static const int64_t usual_bps[] = {145000,  365000,  730000,  1100000, 2000000,
                                    3000000, 4500000, 6000000, 7800000};

static int64_t given(int64_t value, int64_t otherwise)
{
    return value < 0 ? otherwise : value;
}

static void read_ladder(struct input *in, const struct raw_traffic *raw, struct video_options *out)
{
    static const struct schema_field rate = {
        .key = "ladder", .type = SCHEMA_UNIT, .unit = UNIT_RATE, .min = 1000, .max = 1000000000};
    int64_t *ladder = arena_array(in->a, int64_t, raw->ladder.n);
    out->ladder_bps = ladder;
    for (int i = 0; i < raw->ladder.n; i++) {
        if (!schema_quantity(in->d, &rate, "a rate of the ladder", &raw->ladder.v[i], &ladder[i]))
            return;
        if (i && ladder[i] <= ladder[i - 1]) {
            diag_error(in->d, raw->ladder.v[i].at, NULL,
                       "traffic '%s': the rates of the ladder must ascend", raw->name.s);
            return;
        }
    }
    out->rungs = raw->ladder.n;
}

void video_read(struct input *in, const struct raw_traffic *raw, struct video_options *out)
{
    *out = (struct video_options){.ladder_bps = usual_bps,
                                  .rungs = (int)(sizeof usual_bps / sizeof usual_bps[0]),
                                  .segment_ps = given(raw->segment_ps, 4 * PS_PER_S),
                                  .length_ps = given(raw->length_ps, 60 * PS_PER_S),
                                  .buffer_ps = given(raw->buffer_ps, 30 * PS_PER_S)};
    out->start_ps = given(raw->start_ps, out->segment_ps);
    stream_fill(in, &raw->stream, TRAFFIC_VIDEO, &out->stream);
    if (raw->ladder_at.line)
        read_ladder(in, raw, out);
    if (out->buffer_ps < out->segment_ps)
        diag_error(in->d, raw->buffer_at.line ? raw->buffer_at : raw->segment_at, NULL,
                   "traffic '%s': the buffer must hold a segment", raw->name.s);
    else if (out->start_ps > out->buffer_ps)
        diag_error(in->d, raw->start_at, NULL,
                   "traffic '%s': the buffer must hold what playing waits for", raw->name.s);
}
