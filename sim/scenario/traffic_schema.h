// SPDX-License-Identifier: GPL-3.0-or-later
// traffic_schema: the keys of `traffic` entries, and which kind takes which of them.
#ifndef ANYSIM_SCENARIO_TRAFFIC_SCHEMA_H
#define ANYSIM_SCENARIO_TRAFFIC_SCHEMA_H

#include "scenario/schema.h"
#include "scenario/stream_schema.h"
#include "scenario/traffic_options.h"

struct raw_from { // client groups by network and region; absent lists mean all
    struct text network, region;
    struct texts networks, regions;
    struct srcpos at;
};

// Numbers are -1 when absent: then the kind's usual value holds.
struct raw_traffic {
    struct text name;
    int kind;
    struct raw_from *from; // or NULL
    struct texts to;
    int64_t users_ppm, timeout_ps;
    struct text dscp;
    int64_t rate_uhz, up_bytes, down_bytes, server_ps;
    struct srcpos rate_at, up_at, down_at, server_at;
    int64_t tick_uhz; // game
    struct srcpos tick_at;
    double shape; // onoff
    int64_t on_ps, off_ps, sources;
    struct srcpos shape_at, on_at, off_at, sources_at;
    int codec; // voip
    int64_t call_ps, jitter_buffer_ps;
    struct srcpos codec_at, call_at, jitter_buffer_at;
    struct raw_stream stream;     // download, web, rpc
    struct text lookup, fallback; // dns
    int64_t wait_ps, attempts;
    struct srcpos lookup_at, fallback_at, wait_at, attempts_at;
    struct text capture; // replay
    struct raw_address source;
    int64_t speed_ppm;
    int repeat; // 0: no, 1: yes
    struct srcpos capture_at, source_at, speed_at, repeat_at;
    struct texts ladder; // video
    int64_t segment_ps, length_ps, buffer_ps, start_ps;
    struct srcpos ladder_at, segment_at, length_at, buffer_at, start_at;
    int64_t total_bps, begin_ps, end_ps, ramp_ps; // attacks
    int spoof;                                    // 0: no, 1: yes
    int protocol;                                 // reflection
    int64_t amplification_ppm;
    struct raw_from *reflectors; // or NULL
    struct srcpos total_at, begin_at, end_at, ramp_at, spoof_at, protocol_at, amplification_at,
        reflectors_at;
    struct srcpos users_at, timeout_at;
    struct srcpos at;
};

extern const struct schema_table from_table, traffic_table;
extern const char *const traffic_kind_names[TRAFFIC_KINDS];

// Tells about every key that is given and that the entry's kind does not take.
void traffic_check_keys(struct input *in, const struct raw_traffic *raw);

#endif
