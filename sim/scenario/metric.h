// SPDX-License-Identifier: GPL-3.0-or-later
// metric: what expectations can be about, in one table. A new metric is a row here and its value in
// measure/reading.c.
//
// A row: enumerator, key of the file, unit, what it is measured of, example, explanation.
#ifndef ANYSIM_SCENARIO_METRIC_H
#define ANYSIM_SCENARIO_METRIC_H

#include <stdbool.h>

enum metric_unit { // and base unit of values
    METRIC_TIME,   // ps
    METRIC_SHARE,  // ppm, up to 100 %
    METRIC_LOAD,   // ppm, may be more
    METRIC_FACTOR, // millionths: a plain number
    METRIC_RATE,   // bit/s
    METRIC_POP     // index of a POP
};

enum metric_scope { METRIC_OF_CLIENTS, METRIC_OF_LINKS };

#define METRICS(X)                                                                                 \
    X(AVAILABILITY, "availability", SHARE, CLIENTS, ">= 99%",                                      \
      "share of requests answered in time")                                                        \
    X(LOSS, "loss", SHARE, CLIENTS, "<= 1%", "share of requests not answered in time")             \
    X(FAILOVER, "failover", TIME, CLIENTS, "<= 3s",                                                \
      "from an event to the first answered request after the last that was cut off")               \
    X(DETECT, "detect", TIME, CLIENTS, "<= 1s",                                                    \
      "the part of the failover until a router found the failure")                                 \
    X(RTT_MIN, "rtt_min", TIME, CLIENTS, ">= 5ms", "least round-trip time")                        \
    X(RTT_MEAN, "rtt_mean", TIME, CLIENTS, "<= 40ms", "mean round-trip time")                      \
    X(RTT_P50, "rtt_p50", TIME, CLIENTS, "<= 40ms", "median round-trip time, lost requests last")  \
    X(RTT_P95, "rtt_p95", TIME, CLIENTS, "<= 60ms", "95th percentile of round-trip time")          \
    X(RTT_P99, "rtt_p99", TIME, CLIENTS, "<= 80ms", "99th percentile of round-trip time")          \
    X(JITTER, "jitter", TIME, CLIENTS, "<= 5ms", "interarrival jitter (RFC 3550)")                 \
    X(SITE, "site", POP, CLIENTS, "== shanghai", "POP that most requests entered by")              \
    X(AVAILABLE_1S, "available_1s", SHARE, CLIENTS, ">= 99%",                                      \
      "share of buckets of 1 s in which at most a fifth of the requests were lost")                \
    X(AVAILABLE_10S, "available_10s", SHARE, CLIENTS, ">= 99%", "the same for buckets of 10 s")    \
    X(OUTAGE_SECONDS, "outage_seconds", TIME, CLIENTS, "<= 5s",                                    \
      "time in buckets of 1 s without service")                                                    \
    X(STRETCH, "stretch", FACTOR, CLIENTS, "<= 1.5",                                               \
      "median round-trip time over the least possible to any site of the service")                 \
    X(STRETCH_CIRCLE, "stretch_circle", FACTOR, CLIENTS, "<= 3",                                   \
      "median round-trip time over that of a straight fibre to the server")                        \
    X(UTILISATION_MEAN, "utilisation_mean", LOAD, LINKS, "<= 60%", "mean utilisation")             \
    X(UTILISATION_P95, "utilisation_p95", LOAD, LINKS, "<= 80%",                                   \
      "95th percentile of utilisation over the buckets")                                           \
    X(UTILISATION_P99, "utilisation_p99", LOAD, LINKS, "<= 90%",                                   \
      "99th percentile of utilisation over the buckets")                                           \
    X(UTILISATION_MAX, "utilisation_max", LOAD, LINKS, "<= 95%",                                   \
      "utilisation of the fullest bucket")                                                         \
    X(QUEUEING_MEAN, "queueing_mean", TIME, LINKS, "<= 1ms", "mean wait of packets in the queue")  \
    X(QUEUEING_P99, "queueing_p99", TIME, LINKS, "<= 10ms",                                        \
      "99th percentile of the wait of packets in the queue")

enum metric {
#define METRIC_ENUM(name, ...) METRIC_##name,
    METRICS(METRIC_ENUM)
#undef METRIC_ENUM
        METRIC_COUNT
};

struct metric_spec {
    const char *name; // key in an expectation
    enum metric_unit unit;
    enum metric_scope scope;
    const char *example; // operator and value
    const char *doc;
};

extern const struct metric_spec metric_specs[METRIC_COUNT];
extern const char *const metric_names[METRIC_COUNT]; // "availability", …, "rtt_p50", …, "site"

#endif
