// SPDX-License-Identifier: GPL-3.0-or-later
// stream_schema: the keys of traffic over reliable streams (download, web, rpc), and of the transport
// that carries them.
#ifndef ANYSIM_SCENARIO_STREAM_SCHEMA_H
#define ANYSIM_SCENARIO_STREAM_SCHEMA_H

#include "scenario/schema.h"
#include "scenario/traffic_options.h"

struct raw_transport {
    int protocol, control;
    int64_t mss_bytes, initial_segments, window_bytes, delayed_ack_ps, min_rto_ps, syn_retries,
        retries, give_up_ps, migrate_ps;
    bool sack, timestamps, ecn;
    struct srcpos mss_at, migrate_at, at;
    struct srcpos sack_at, timestamps_at, ecn_at, min_rto_at;
};

// Numbers are -1 when absent: then the kind's usual value holds.
struct raw_stream {
    int64_t request_bytes, size_bytes, page_bytes, objects, connections;
    struct raw_transport transport; // its defaults when absent
    struct srcpos request_at, size_at, page_at, objects_at, connections_at, transport_at;
};

extern const struct schema_table transport_table;

#define STREAM_OCTETS_MAX INT64_C(1000000000000)

#define STREAM_KEY(k, t, st, m, p)                                                                 \
    .key = (k), .type = (t), .offset = offsetof(st, m), .place = offsetof(st, p)
// The fields for a table of struct `st` that holds a struct raw_stream as member `m`.
#define STREAM_FIELDS(st, m)                                                                       \
    {STREAM_KEY("size", SCHEMA_UNIT, st, m.size_bytes, m.size_at),                                 \
     .unit = UNIT_SIZE,                                                                            \
     .min = 1,                                                                                     \
     .max = STREAM_OCTETS_MAX,                                                                     \
     .doc = "octets that come back: download, of the file, 1MB when absent; web, of an object of " \
            "the page, 30kB; rpc, of an answer, 1kB",                                              \
     .example = "1MB"},                                                                            \
        {STREAM_KEY("request", SCHEMA_UNIT, st, m.request_bytes, m.request_at),                    \
         .unit = UNIT_SIZE,                                                                        \
         .min = 1,                                                                                 \
         .max = STREAM_OCTETS_MAX,                                                                 \
         .doc = "download, web, rpc, video: octets of each request; 300B when absent",             \
         .example = "300B"},                                                                       \
        {STREAM_KEY("page", SCHEMA_UNIT, st, m.page_bytes, m.page_at),                             \
         .unit = UNIT_SIZE,                                                                        \
         .min = 1,                                                                                 \
         .max = STREAM_OCTETS_MAX,                                                                 \
         .doc = "web: octets of the page itself, which names its objects; 50kB when absent",       \
         .example = "50kB"},                                                                       \
        {STREAM_KEY("objects", SCHEMA_INT, st, m.objects, m.objects_at), .max = 10000,             \
         .doc = "web: objects that the page shows; 20 when absent", .example = "20"},              \
        {STREAM_KEY("connections", SCHEMA_INT, st, m.connections, m.connections_at), .min = 1,     \
         .max = 100,                                                                               \
         .doc = "web: connections at a time, a request on each (HTTP/1.1); 1: one for all "        \
                "requests at once (HTTP/2); 6 when absent",                                        \
         .example = "6"},                                                                          \
    {                                                                                              \
        STREAM_KEY("transport", SCHEMA_SECTION, st, m.transport, m.transport_at),                  \
            .sub = &transport_table,                                                               \
            .doc = "download, web, rpc, video: what carries them (docs/tcp.md)"                    \
    }

void stream_absent(struct raw_stream *s);
// With the usual values of `kind` where the file says nothing.
void stream_fill(struct input *in, const struct raw_stream *raw, enum traffic_kind kind,
                 struct stream_traffic_options *out);

#endif
