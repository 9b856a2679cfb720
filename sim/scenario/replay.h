// SPDX-License-Identifier: GPL-3.0-or-later
// replay: a capture that a scenario names, read into the datagrams that will be sent.
#ifndef ANYSIM_SCENARIO_REPLAY_H
#define ANYSIM_SCENARIO_REPLAY_H

#include "scenario/input.h"
#include "scenario/traffic_schema.h"

// Fills `out` from the entry's keys; `name` is the entry's. What is no IPv4, a fragment, or cut
// short before the end of its transport header is left out. Diagnostics stand at the `capture` key:
// a file that is missing, no capture, damaged, too large, or holds nothing to send.
void replay_read(struct input *in, const struct raw_traffic *raw, struct replay_options *out);

#endif
