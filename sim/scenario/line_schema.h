// SPDX-License-Identifier: GPL-3.0-or-later
// line_schema: the keys of queue disciplines and impairments, in topologies and in scenarios, and
// the raw values they fill.
#ifndef ANYSIM_SCENARIO_LINE_SCHEMA_H
#define ANYSIM_SCENARIO_LINE_SCHEMA_H

#include "scenario/line.h"
#include "scenario/schema.h"

struct raw_queue_class {
    struct text name;
    struct texts dscp;
    int64_t limit_bytes, quantum_bytes;
    struct srcpos quantum_at, at;
};

// Keys that are not for every kind have a place, to tell when they are given for nothing.
enum queue_key {
    QUEUE_KEY_LIMIT,
    QUEUE_KEY_PACKETS,
    QUEUE_KEY_TIME,
    QUEUE_KEY_ECN,
    QUEUE_KEY_MIN,
    QUEUE_KEY_MAX,
    QUEUE_KEY_PROBABILITY,
    QUEUE_KEY_WEIGHT,
    QUEUE_KEY_GENTLE,
    QUEUE_KEY_MEAN_PACKET,
    QUEUE_KEY_TARGET,
    QUEUE_KEY_INTERVAL,
    QUEUE_KEY_FLOWS,
    QUEUE_KEY_QUANTUM,
    QUEUE_KEY_RATE,
    QUEUE_KEY_BURST,
    QUEUE_KEYS
};

struct raw_queue {
    struct text name;
    struct queue is; // what the schema reads in place; name and classes come later
    struct srcpos given[QUEUE_KEYS];
    struct rows classes;
    struct text fluid;
    struct srcpos at;
};

struct raw_bursts {
    int64_t p_ppm, r_ppm, h_ppm, k_ppm;
    struct srcpos at;
};

enum noise_key { NOISE_MEAN, NOISE_SD, NOISE_SCALE, NOISE_SHAPE, NOISE_KEYS };

struct raw_noise {
    int law;
    int64_t mean_ps, sd_ps, scale_ps;
    double shape;
    struct srcpos given[NOISE_KEYS];
    struct rows samples;
    int64_t correlation_ppm;
    bool reorder;
    struct srcpos at;
};

#define LINE_UNREAD (-1)

struct raw_sample { // LINE_UNREAD: after a diagnostic, as below
    int64_t delay_ps;
    double probability;
    struct srcpos delay_at, probability_at, at;
};

struct raw_curve_point {
    int64_t at_ps, factor_ppm;
    struct srcpos time_at, at;
};

struct raw_flap {
    int64_t up_ps, down_ps;
    bool random, silent;
    struct srcpos at;
};

struct raw_impairment {
    struct text name;
    int64_t loss_ppm, duplicate_ppm, corrupt_ppm;
    struct raw_bursts *bursts; // or NULL, as those below
    struct raw_noise *delay;
    struct raw_flap *flap;
    struct rows curve;
    struct srcpos at;
};

struct raw_line { // what a row of a link says besides capacity and delay
    int64_t rate_back_bps, delay_back_ps, mtu_bytes; // 0: absent
    struct text queue, impair, impair_back;
};

extern const struct schema_table queue_table, impairment_table, curve_point_table;

#define LINE_MTU_FIELD(st, m, text)                                                                \
    {                                                                                              \
        .key = "mtu", .type = SCHEMA_UNIT, .offset = offsetof(st, m), .unit = UNIT_SIZE,           \
        .min = 68, .max = 65535, .doc = (text), .example = "1500B"                                 \
    }
#define LINE_NAME_FIELD(k, st, m, text, ex)                                                        \
    {                                                                                              \
        .key = (k), .type = SCHEMA_NAME, .offset = offsetof(st, m), .doc = (text), .example = (ex) \
    }
// The keys of struct raw_line, which is member `m` of `st`.
#define LINE_FIELDS(st, m)                                                                         \
    {.key = "capacity_back",                                                                       \
     .type = SCHEMA_UNIT,                                                                          \
     .offset = offsetof(st, m.rate_back_bps),                                                      \
     .unit = UNIT_RATE,                                                                            \
     .min = 1000,                                                                                  \
     .max = INT64_C(1000) * 1000000000000,                                                         \
     .doc = "rate from b to a; as from a to b when absent",                                        \
     .example = "40Gbps"},                                                                         \
        {.key = "delay_back",                                                                      \
         .type = SCHEMA_UNIT,                                                                      \
         .offset = offsetof(st, m.delay_back_ps),                                                  \
         .unit = UNIT_TIME,                                                                        \
         .min = 1,                                                                                 \
         .max = 10 * PS_PER_S,                                                                     \
         .doc = "one-way delay from b to a; as from a to b when absent",                           \
         .example = "9ms"},                                                                        \
        LINE_MTU_FIELD(st, m.mtu_bytes, "largest IP datagram; no limit when absent"),              \
        LINE_NAME_FIELD("queue", st, m.queue,                                                      \
                        "queue discipline of both ends' ports, by its name in `queues`", "aqm"),   \
        LINE_NAME_FIELD("impairment", st, m.impair,                                                \
                        "what the line does from a to b, by its name in `impairments`; and from "  \
                        "b to a unless that has its own",                                          \
                        "noisy"),                                                                  \
        LINE_NAME_FIELD("impairment_back", st, m.impair_back, "the same from b to a, or none",     \
                        "none")

#endif
