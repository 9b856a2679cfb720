// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/line_schema.h"

#define MAX_TIME (INT64_C(24) * 3600 * PS_PER_S)
#define MAX_SIZE (INT64_C(1) << 40)
#define MAX_RATE (INT64_C(1000) * 1000000000000)
#define MILLION  INT64_C(1000000)

const char *const queue_kind_names[QUEUE_KINDS] = {"drop-tail", "red", "codel", "fq-codel",
                                                   "priority",  "drr", "shaper"};

#define GIVEN(key) offsetof(struct raw_queue, given) + (key) * sizeof(struct srcpos)
#define QUEUE_FIELD(k, t, m, where)                                                                \
    .key = (k), .type = (t), .offset = offsetof(struct raw_queue, is.m), .place = GIVEN(where)
#define SIZE_FIELD(k, m, where, lo, text, ex)                                                      \
    {                                                                                              \
        QUEUE_FIELD(k, SCHEMA_UNIT, m, where), .unit = UNIT_SIZE, .min = (lo), .max = MAX_SIZE,    \
                                               .doc = (text), .example = (ex)                      \
    }

static const struct schema_field class_fields[] = {
    {.key = "name",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_queue_class, name),
     .required = true,
     .doc = "the class's name",
     .example = "voice"},
    {.key = "dscp",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_queue_class, dscp),
     .doc = "code points of the class: 0 to 63, or ef, cs0 to cs7, af11 to af43, va, le; the class "
            "without any takes the rest",
     .example = "[ef, cs5]"},
    {.key = "limit",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_queue_class, limit_bytes),
     .unit = UNIT_SIZE,
     .min = 64,
     .max = MAX_SIZE,
     .doc = "bytes that it may hold; no limit when absent",
     .example = "256KiB"},
    {.key = "quantum",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_queue_class, quantum_bytes),
     .place = offsetof(struct raw_queue_class, quantum_at),
     .unit = UNIT_SIZE,
     .min = 64,
     .max = MAX_SIZE,
     .fallback = "1500B",
     .doc = "drr: bytes that it may send in a round",
     .example = "3000B"}};

static const struct schema_table class_table = {.name = "queue_class",
                                                .doc = "packets of some DSCPs",
                                                SCHEMA_FIELDS(class_fields),
                                                .size = sizeof(struct raw_queue_class),
                                                .place = offsetof(struct raw_queue_class, at)};

static const struct schema_field queue_fields[] = {
    {.key = "kind",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_queue, is.kind),
     .names = queue_kind_names,
     .nnames = QUEUE_KINDS,
     .required = true,
     .doc = "drop-tail; red: random early detection; codel (RFC 8289); fq-codel (RFC 8290); "
            "priority, drr: classes by DSCP; shaper: a token bucket",
     .example = "codel"},
    SIZE_FIELD("limit", limit_bytes, QUEUE_KEY_LIMIT, 64,
               "drop-tail, red, codel, fq-codel, shaper: bytes that it may hold", "1MiB"),
    {QUEUE_FIELD("packets", SCHEMA_INT, limit_packets, QUEUE_KEY_PACKETS), .min = 1,
     .max = 100000000, .doc = "drop-tail, red, codel, fq-codel, shaper: packets that it may hold",
     .example = "1000"},
    {QUEUE_FIELD("time", SCHEMA_UNIT, limit_ps, QUEUE_KEY_TIME), .unit = UNIT_TIME,
     .min = PS_PER_NS, .max = MAX_TIME,
     .doc = "drop-tail: the longest wait instead, at the port's rate", .example = "20ms"},
    {QUEUE_FIELD("ecn", SCHEMA_BOOL, ecn, QUEUE_KEY_ECN), .fallback = "no",
     .doc = "red, codel, fq-codel: mark packets that are ECN-capable instead of dropping them "
            "(RFC 3168)",
     .example = "yes"},
    SIZE_FIELD("min", min_bytes, QUEUE_KEY_MIN, 1,
               "red: average backlog from which packets are dropped", "100KiB"),
    SIZE_FIELD("max", max_bytes, QUEUE_KEY_MAX, 1,
               "red: average backlog at which the probability is `probability`", "300KiB"),
    {QUEUE_FIELD("probability", SCHEMA_UNIT, probability_ppm, QUEUE_KEY_PROBABILITY),
     .unit = UNIT_RATIO, .min = 1, .max = MILLION, .fallback = "10%",
     .doc = "red: probability of a drop when the average is at `max`", .example = "10%"},
    {QUEUE_FIELD("weight", SCHEMA_UNIT, weight_ppm, QUEUE_KEY_WEIGHT), .unit = UNIT_RATIO, .min = 1,
     .max = MILLION, .fallback = "0.2%", .doc = "red: weight of one packet in the moving average",
     .example = "0.2%"},
    {QUEUE_FIELD("gentle", SCHEMA_BOOL, gentle, QUEUE_KEY_GENTLE), .fallback = "yes",
     .doc = "red: above `max` the probability rises to 1 at twice that, instead of at once",
     .example = "yes"},
    {QUEUE_FIELD("mean_packet", SCHEMA_UNIT, mean_packet_bytes, QUEUE_KEY_MEAN_PACKET),
     .unit = UNIT_SIZE, .min = 1, .max = 65535, .fallback = "500B",
     .doc = "red: packet by which the average decays while the queue is empty", .example = "500B"},
    {QUEUE_FIELD("target", SCHEMA_UNIT, target_ps, QUEUE_KEY_TARGET), .unit = UNIT_TIME, .min = 1,
     .max = MAX_TIME, .fallback = "5ms", .doc = "codel, fq-codel: sojourn that is fine for good",
     .example = "5ms"},
    {QUEUE_FIELD("interval", SCHEMA_UNIT, interval_ps, QUEUE_KEY_INTERVAL), .unit = UNIT_TIME,
     .min = 1, .max = MAX_TIME, .fallback = "100ms",
     .doc = "codel, fq-codel: how long it may be longer; about the longest round trip",
     .example = "100ms"},
    {QUEUE_FIELD("flows", SCHEMA_INT, flows, QUEUE_KEY_FLOWS), .min = 1, .max = 65536,
     .fallback = "1024", .doc = "fq-codel: queues that flows are hashed into", .example = "1024"},
    {QUEUE_FIELD("quantum", SCHEMA_UNIT, quantum_bytes, QUEUE_KEY_QUANTUM), .unit = UNIT_SIZE,
     .min = 64, .max = MAX_SIZE, .fallback = "1514B",
     .doc = "fq-codel: bytes that a flow may send in a round", .example = "1514B"},
    {.key = "classes",
     .type = SCHEMA_LIST,
     .offset = offsetof(struct raw_queue, classes),
     .sub = &class_table,
     .doc = "priority (the first one goes first) and drr: one of them without `dscp`"},
    {.key = "fluid",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_queue, fluid),
     .doc = "priority, drr: the class that demands and background load are in; the one without "
            "`dscp` when absent",
     .example = "bulk"},
    {QUEUE_FIELD("rate", SCHEMA_UNIT, rate_bps, QUEUE_KEY_RATE), .unit = UNIT_RATE, .min = 1000,
     .max = MAX_RATE, .doc = "shaper: rate of its token bucket", .example = "100Mbps"},
    {QUEUE_FIELD("burst", SCHEMA_UNIT, burst_bytes, QUEUE_KEY_BURST), .unit = UNIT_SIZE, .min = 64,
     .max = MAX_SIZE, .fallback = "15000B", .doc = "shaper: size of its token bucket",
     .example = "64KiB"}};

static void queue_absent(void *out)
{
    ((struct raw_queue *)out)->is.kind = -1;
}

static void noise_absent(void *out)
{
    ((struct raw_noise *)out)->law = -1;
}

const struct schema_table queue_table = {.name = "queue",
                                         .doc = "a queue discipline (docs/links.md)",
                                         SCHEMA_FIELDS(queue_fields),
                                         .size = sizeof(struct raw_queue),
                                         .place = offsetof(struct raw_queue, at),
                                         .name_offset = offsetof(struct raw_queue, name),
                                         .prepare = queue_absent};

#define SHARE_FIELD(k, st, m, must, def, text, ex)                                                 \
    {                                                                                              \
        .key = (k), .type = SCHEMA_UNIT, .offset = offsetof(st, m), .unit = UNIT_RATIO,            \
        .max = MILLION, .required = (must), .fallback = (def), .doc = (text), .example = (ex)      \
    }

static const struct schema_field burst_fields[] = {
    SHARE_FIELD("p", struct raw_bursts, p_ppm, true, NULL,
                "probability that the good state turns bad before a packet", "1%"),
    SHARE_FIELD("r", struct raw_bursts, r_ppm, true, NULL,
                "probability that the bad state turns good", "25%"),
    SHARE_FIELD("h", struct raw_bursts, h_ppm, false, "0%",
                "probability that a packet passes in the bad state", "0%"),
    SHARE_FIELD("k", struct raw_bursts, k_ppm, false, "100%",
                "probability that a packet passes in the good state", "100%")};

static const struct schema_table burst_table = {.name = "bursts",
                                                .doc = "Gilbert-Elliott loss",
                                                SCHEMA_FIELDS(burst_fields),
                                                .size = sizeof(struct raw_bursts),
                                                .place = offsetof(struct raw_bursts, at)};

static const struct schema_field sample_fields[] = {
    {.key = "delay",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_sample, delay_ps),
     .place = offsetof(struct raw_sample, delay_at),
     .unit = UNIT_TIME,
     .max = MAX_TIME,
     .required = true,
     .doc = "a delay; ascending",
     .example = "1.5ms"},
    {.key = "probability",
     .type = SCHEMA_DECIMAL,
     .offset = offsetof(struct raw_sample, probability),
     .place = offsetof(struct raw_sample, probability_at),
     .min = 0,
     .max = MILLION,
     .required = true,
     .doc = "share of packets with this delay or less; ascending, the last one is 1",
     .example = "0.95"}};

// What could not be read is told apart from what was.
static void sample_absent(void *out)
{
    struct raw_sample *s = out;
    s->delay_ps = LINE_UNREAD;
    s->probability = LINE_UNREAD;
}

static const struct schema_table sample_table = {.name = "delay_quantile",
                                                 .doc = "a point of a distribution function",
                                                 SCHEMA_FIELDS(sample_fields),
                                                 .size = sizeof(struct raw_sample),
                                                 .place = offsetof(struct raw_sample, at),
                                                 .prepare = sample_absent};

#define NOISE_FIELD(k, m, where, text, ex)                                                         \
    {                                                                                              \
        .key = (k), .type = SCHEMA_UNIT, .offset = offsetof(struct raw_noise, m),                  \
        .place = offsetof(struct raw_noise, given) + (where) * sizeof(struct srcpos),              \
        .unit = UNIT_TIME, .max = MAX_TIME, .doc = (text), .example = (ex)                         \
    }

static const struct schema_field noise_fields[] = {
    {.key = "law",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_noise, law),
     .names = variate_law_names,
     .nnames = VARIATE_LAWS,
     .required = true,
     .doc = "law of the delay that is added",
     .example = "gamma"},
    NOISE_FIELD("mean", mean_ps, NOISE_MEAN, "constant, uniform, normal, gamma, lognormal: mean",
                "5ms"),
    NOISE_FIELD("sd", sd_ps, NOISE_SD, "uniform, normal, gamma, lognormal: standard deviation",
                "3ms"),
    NOISE_FIELD("scale", scale_ps, NOISE_SCALE, "weibull, pareto: scale; pareto's least delay",
                "0.5ms"),
    {.key = "shape",
     .type = SCHEMA_DECIMAL,
     .offset = offsetof(struct raw_noise, shape),
     .place = offsetof(struct raw_noise, given) + NOISE_SHAPE * sizeof(struct srcpos),
     .min = MILLION / 10,
     .max = 100 * MILLION,
     .doc = "weibull, pareto: shape",
     .example = "0.58"},
    {.key = "samples",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_noise, samples),
     .sub = &sample_table,
     .doc = "empirical: the distribution function, a CSV file or a list",
     .example = "queueing-delay.csv"},
    {.key = "correlation",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_noise, correlation_ppm),
     .unit = UNIT_RATIO,
     .max = MILLION - 1,
     .fallback = "0%",
     .doc = "of a packet's delay with that of the one before",
     .example = "50%"},
    {.key = "reorder",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_noise, reorder),
     .fallback = "no",
     .doc = "packets may overtake each other",
     .example = "yes"}};

static const struct schema_table noise_table = {.name = "delay_noise",
                                                .doc = "a random delay on a line",
                                                SCHEMA_FIELDS(noise_fields),
                                                .size = sizeof(struct raw_noise),
                                                .place = offsetof(struct raw_noise, at),
                                                .prepare = noise_absent};

static const struct schema_field curve_fields[] = {
    {.key = "at",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_curve_point, at_ps),
     .place = offsetof(struct raw_curve_point, time_at),
     .unit = UNIT_TIME,
     .max = CURVE_DAY_PS - PS_PER_S,
     .required = true,
     .doc = "time of day, ascending",
     .example = "21h"},
    {.key = "factor",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_curve_point, factor_ppm),
     .unit = UNIT_RATIO,
     .max = 1000 * MILLION,
     .required = true,
     .doc = "factor at that time; straight lines between",
     .example = "40%"}};

static void curve_absent(void *out)
{
    ((struct raw_curve_point *)out)->at_ps = LINE_UNREAD;
}

const struct schema_table curve_point_table = {.name = "curve_point",
                                               .doc = "a point of a curve over the day",
                                               SCHEMA_FIELDS(curve_fields),
                                               .size = sizeof(struct raw_curve_point),
                                               .place = offsetof(struct raw_curve_point, at),
                                               .prepare = curve_absent};

static const struct schema_field flap_fields[] = {
    {.key = "up",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_flap, up_ps),
     .unit = UNIT_TIME,
     .min = PS_PER_MS,
     .max = MAX_TIME,
     .required = true,
     .doc = "how long the link is up",
     .example = "60s"},
    {.key = "down",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_flap, down_ps),
     .unit = UNIT_TIME,
     .min = PS_PER_MS,
     .max = MAX_TIME,
     .required = true,
     .doc = "and then down",
     .example = "5s"},
    {.key = "random",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_flap, random),
     .fallback = "no",
     .doc = "these are means of exponential times",
     .example = "yes"},
    {.key = "silent",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_flap, silent),
     .fallback = "no",
     .doc = "interfaces stay up: only hold times and BFD notice",
     .example = "yes"}};

static const struct schema_table flap_table = {.name = "link_flap",
                                               .doc = "a link that goes down and up",
                                               SCHEMA_FIELDS(flap_fields),
                                               .size = sizeof(struct raw_flap),
                                               .place = offsetof(struct raw_flap, at)};

static const struct schema_field impairment_fields[] = {
    SHARE_FIELD("loss", struct raw_impairment, loss_ppm, false, "0%",
                "share of packets lost, independently", "2%"),
    {.key = "bursts",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_impairment, bursts),
     .sub = &burst_table,
     .doc = "losses in bursts: Gilbert-Elliott"},
    {.key = "delay",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_impairment, delay),
     .sub = &noise_table,
     .doc = "a random delay besides the line's"},
    SHARE_FIELD("duplicate", struct raw_impairment, duplicate_ppm, false, "0%",
                "share of packets that arrive twice", "0.1%"),
    SHARE_FIELD("corrupt", struct raw_impairment, corrupt_ppm, false, "0%",
                "share of packets with one bit turned over, which checksums notice", "0.01%"),
    {.key = "curve",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_impairment, curve),
     .sub = &curve_point_table,
     .doc = "factor on losses and delay by time of day: a CSV file or a list",
     .example = "evening.csv"},
    {.key = "flap",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_impairment, flap),
     .sub = &flap_table,
     .doc = "the link goes down and up, both directions"}};

const struct schema_table impairment_table = {.name = "impairment",
                                              .doc = "what a line does to packets (docs/links.md)",
                                              SCHEMA_FIELDS(impairment_fields),
                                              .size = sizeof(struct raw_impairment),
                                              .place = offsetof(struct raw_impairment, at),
                                              .name_offset = offsetof(struct raw_impairment, name)};
