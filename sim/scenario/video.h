// SPDX-License-Identifier: GPL-3.0-or-later
// video: what a scenario says about adaptive video, checked and filled up.
#ifndef ANYSIM_SCENARIO_VIDEO_H
#define ANYSIM_SCENARIO_VIDEO_H

#include "scenario/input.h"
#include "scenario/traffic_schema.h"

// Diagnostics: a ladder with something that is no rate, that does not ascend, or a buffer that
// holds less than a segment or less than playing waits for.
void video_read(struct input *in, const struct raw_traffic *raw, struct video_options *out);

#endif
