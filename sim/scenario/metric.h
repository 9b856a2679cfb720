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

enum metric_scope { METRIC_OF_CLIENTS, METRIC_OF_LINKS, METRIC_OF_DEMANDS, METRIC_OF_POPS };

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
    X(LOSS_UP, "loss_up", SHARE, CLIENTS, "<= 1%",                                                 \
      "share of packets to the server that did not arrive within the timeout (RFC 7680)")          \
    X(OWD_UP_P50, "owd_up_p50", TIME, CLIENTS, "<= 40ms",                                          \
      "median one-way delay to the server, lost packets last (RFC 7679)")                          \
    X(OWD_UP_P95, "owd_up_p95", TIME, CLIENTS, "<= 40ms",                                          \
      "95th percentile of one-way delay to the server, lost packets last (RFC 7679)")              \
    X(OWD_UP_P99, "owd_up_p99", TIME, CLIENTS, "<= 40ms",                                          \
      "99th percentile of one-way delay to the server, lost packets last (RFC 7679)")              \
    X(IPDV_UP_P95, "ipdv_up_p95", TIME, CLIENTS, "<= 5ms",                                         \
      "95th percentile of the difference between the delays of successive packets to the server "  \
      "(RFC 3393)")                                                                                \
    X(IPDV_UP_P99, "ipdv_up_p99", TIME, CLIENTS, "<= 5ms",                                         \
      "99th percentile of the difference between the delays of successive packets to the server "  \
      "(RFC 3393)")                                                                                \
    X(PDV_UP_P95, "pdv_up_p95", TIME, CLIENTS, "<= 20ms",                                          \
      "95th percentile of the delay above the least one to the server (RFC 5481)")                 \
    X(PDV_UP_P99, "pdv_up_p99", TIME, CLIENTS, "<= 20ms",                                          \
      "99th percentile of the delay above the least one to the server (RFC 5481)")                 \
    X(REORDERED_UP, "reordered_up", SHARE, CLIENTS, "<= 0.1%",                                     \
      "share of packets to the server that arrived after one sent later (RFC 4737)")               \
    X(DUPLICATED_UP, "duplicated_up", SHARE, CLIENTS, "<= 0.1%",                                   \
      "share of packets to the server that arrived more than once (RFC 5560)")                     \
    X(LOSS_DOWN, "loss_down", SHARE, CLIENTS, "<= 1%",                                             \
      "share of packets to the client that did not arrive within the timeout (RFC 7680)")          \
    X(OWD_DOWN_P50, "owd_down_p50", TIME, CLIENTS, "<= 40ms",                                      \
      "median one-way delay to the client, lost packets last (RFC 7679)")                          \
    X(OWD_DOWN_P95, "owd_down_p95", TIME, CLIENTS, "<= 40ms",                                      \
      "95th percentile of one-way delay to the client, lost packets last (RFC 7679)")              \
    X(OWD_DOWN_P99, "owd_down_p99", TIME, CLIENTS, "<= 40ms",                                      \
      "99th percentile of one-way delay to the client, lost packets last (RFC 7679)")              \
    X(IPDV_DOWN_P95, "ipdv_down_p95", TIME, CLIENTS, "<= 5ms",                                     \
      "95th percentile of the difference between the delays of successive packets to the client "  \
      "(RFC 3393)")                                                                                \
    X(IPDV_DOWN_P99, "ipdv_down_p99", TIME, CLIENTS, "<= 5ms",                                     \
      "99th percentile of the difference between the delays of successive packets to the client "  \
      "(RFC 3393)")                                                                                \
    X(PDV_DOWN_P95, "pdv_down_p95", TIME, CLIENTS, "<= 20ms",                                      \
      "95th percentile of the delay above the least one to the client (RFC 5481)")                 \
    X(PDV_DOWN_P99, "pdv_down_p99", TIME, CLIENTS, "<= 20ms",                                      \
      "99th percentile of the delay above the least one to the client (RFC 5481)")                 \
    X(REORDERED_DOWN, "reordered_down", SHARE, CLIENTS, "<= 0.1%",                                 \
      "share of packets to the client that arrived after one sent later (RFC 4737)")               \
    X(DUPLICATED_DOWN, "duplicated_down", SHARE, CLIENTS, "<= 0.1%",                               \
      "share of packets to the client that arrived more than once (RFC 5560)")                     \
    X(MOS, "mos", FACTOR, CLIENTS, ">= 4", "mean opinion score of calls")                          \
    X(OBJECT_P50, "object_p50", TIME, CLIENTS, "<= 1s",                                            \
      "median duration of objects (downloads, pages, look-ups, calls), failed ones last")          \
    X(OBJECT_P95, "object_p95", TIME, CLIENTS, "<= 3s",                                            \
      "95th percentile of the duration of objects, failed ones last")                              \
    X(OBJECT_FAILED, "object_failed", SHARE, CLIENTS, "<= 1%",                                     \
      "share of ended objects that were reset or timed out")                                       \
    X(PAGE_LOAD_P50, "page_load_p50", TIME, CLIENTS, "<= 2s",                                      \
      "median time of loading a web page, failed ones last")                                       \
    X(PAGE_LOAD_P95, "page_load_p95", TIME, CLIENTS, "<= 2s",                                      \
      "95th percentile of the time of loading a web page, failed ones last")                       \
    X(DOWNLOAD_P50, "download_p50", TIME, CLIENTS, "<= 2s",                                        \
      "median time of downloads, failed ones last")                                                \
    X(DOWNLOAD_P95, "download_p95", TIME, CLIENTS, "<= 2s",                                        \
      "95th percentile of the time of downloads, failed ones last")                                \
    X(LOOKUP_P50, "lookup_p50", TIME, CLIENTS, "<= 2s",                                            \
      "median time of DNS look-ups, failed ones last")                                             \
    X(LOOKUP_P95, "lookup_p95", TIME, CLIENTS, "<= 2s",                                            \
      "95th percentile of the time of DNS look-ups, failed ones last")                             \
    X(GOODPUT_MEAN, "goodput_mean", RATE, CLIENTS, ">= 5Mbps",                                     \
      "mean goodput of objects that ended well")                                                   \
    X(GOODPUT_P5, "goodput_p5", RATE, CLIENTS, ">= 1Mbps",                                         \
      "goodput that 95 % of the objects exceed")                                                   \
    X(BROKEN_FLOWS, "broken_flows", FACTOR, CLIENTS, "<= 0",                                       \
      "how often flows were reset or timed out")                                                   \
    X(STALE, "stale", SHARE, CLIENTS, "<= 5%",                                                     \
      "gslb: share of requests to an address that DNS would not answer any more, or that is dead") \
    X(MISPLACED, "misplaced", SHARE, CLIENTS, "<= 10%",                                            \
      "gslb: share of requests to an address that DNS would not answer if it knew where the user " \
      "is")                                                                                        \
    X(UNRESOLVED, "unresolved", SHARE, CLIENTS, "<= 1%",                                           \
      "gslb: share of requests of users for whom DNS has no address")                              \
    X(UTILISATION_MEAN, "utilisation_mean", LOAD, LINKS, "<= 60%", "mean utilisation")             \
    X(UTILISATION_P95, "utilisation_p95", LOAD, LINKS, "<= 80%",                                   \
      "95th percentile of utilisation over the buckets")                                           \
    X(UTILISATION_P99, "utilisation_p99", LOAD, LINKS, "<= 90%",                                   \
      "99th percentile of utilisation over the buckets")                                           \
    X(UTILISATION_MAX, "utilisation_max", LOAD, LINKS, "<= 95%",                                   \
      "utilisation of the fullest bucket")                                                         \
    X(QUEUEING_MEAN, "queueing_mean", TIME, LINKS, "<= 1ms", "mean wait of packets in the queue")  \
    X(QUEUEING_P99, "queueing_p99", TIME, LINKS, "<= 10ms",                                        \
      "99th percentile of the wait of packets in the queue")                                       \
    X(CARRIED, "carried", SHARE, DEMANDS, ">= 99%", "share of what is wanted that arrives")        \
    X(LOST, "lost", SHARE, DEMANDS, "<= 1%", "share of what is sent that is lost")                 \
    X(HELD_BACK, "held_back", SHARE, DEMANDS, "<= 20%",                                            \
      "share of what is wanted that an elastic demand does not send")                              \
    X(DELAY_MEAN, "delay_mean", TIME, DEMANDS, "<= 40ms", "mean one-way delay of what arrives")    \
    X(POP_SHARE, "share", SHARE, POPS, ">= 20%",                                                   \
      "share of the people in `from` who enter by `pop`; who gets no answer enters nowhere")

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
