// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/stream_schema.h"

#define QUIC_MSS_MIN 1200
#define MAX_TIME     (INT64_C(3600) * PS_PER_S)

#define FIELD(k, t, m) .key = (k), .type = (t), .offset = offsetof(struct raw_transport, m)
#define PLACE(m)       .place = offsetof(struct raw_transport, m)

static const char *const protocols[TRANSPORT_PROTOCOLS] = {"tcp", "quic"};
static const char *const controls[TRANSPORT_CONTROLS] = {"cubic", "newreno"};

static const struct schema_field transport_fields[] = {
    {FIELD("protocol", SCHEMA_ENUM, protocol), .names = protocols, .nnames = TRANSPORT_PROTOCOLS,
     .fallback = "tcp",
     .doc = "tcp (RFC 9293), or quic: datagrams over UDP in the manner of RFC 9000 and 9002",
     .example = "quic"},
    {FIELD("congestion_control", SCHEMA_ENUM, control), .names = controls,
     .nnames = TRANSPORT_CONTROLS, .fallback = "cubic",
     .doc = "cubic (RFC 9438) or newreno (RFC 5681, 6582)", .example = "newreno"},
    {FIELD("mss", SCHEMA_UNIT, mss_bytes), .place = offsetof(struct raw_transport, mss_at),
     .unit = UNIT_SIZE, .min = 88, .max = 8960, .fallback = "1400B",
     .doc = "largest segment of tcp, options included, with 40B of headers on top; largest UDP "
            "payload "
            "of quic. The default fits through the tunnels of an accelerated service",
     .example = "1400B"},
    {FIELD("initial_window", SCHEMA_INT, initial_segments), .min = 1, .max = 1000, .fallback = "10",
     .doc = "segments of the first flight (RFC 6928)", .example = "10"},
    {FIELD("sack", SCHEMA_BOOL, sack), PLACE(sack_at), .fallback = "yes",
     .doc = "tcp: selective acknowledgements (RFC 2018, 6675)", .example = "no"},
    {FIELD("timestamps", SCHEMA_BOOL, timestamps), PLACE(timestamps_at), .fallback = "yes",
     .doc = "tcp: RFC 7323", .example = "no"},
    {FIELD("ecn", SCHEMA_BOOL, ecn), PLACE(ecn_at), .fallback = "no",
     .doc = "tcp: explicit congestion notification (RFC 3168)", .example = "yes"},
    {FIELD("window", SCHEMA_UNIT_OFF, window_bytes), .unit = UNIT_SIZE, .min = 1000,
     .max = INT64_C(1) << 30, .fallback = "off",
     .doc = "fixed receive window; off: it grows with what the connection carries, up to 6 MiB",
     .example = "64KiB"},
    {FIELD("delayed_ack", SCHEMA_UNIT_OFF, delayed_ack_ps), .unit = UNIT_TIME, .max = PS_PER_S / 2,
     .fallback = "40ms", .doc = "longest wait of an acknowledgement (RFC 5681); off: none",
     .example = "off"},
    {FIELD("min_rto", SCHEMA_UNIT, min_rto_ps), PLACE(min_rto_at), .unit = UNIT_TIME,
     .min = PS_PER_MS, .max = 60 * PS_PER_S, .fallback = "200ms",
     .doc = "tcp: shortest retransmission time-out; hosts use 200ms, RFC 6298 says 1s",
     .example = "1s"},
    {FIELD("syn_retries", SCHEMA_INT, syn_retries), .max = 20, .fallback = "6",
     .doc = "how often an opening is repeated", .example = "3"},
    {FIELD("retries", SCHEMA_INT, retries), .max = 50, .fallback = "15",
     .doc = "time-outs in a row before a connection is dropped", .example = "8"},
    {FIELD("give_up", SCHEMA_UNIT, give_up_ps), .unit = UNIT_TIME, .min = PS_PER_MS,
     .max = MAX_TIME, .fallback = "30s",
     .doc = "the client drops a connection on which it waits and nothing came for so long",
     .example = "10s"},
    {FIELD("migrate", SCHEMA_UNIT_OFF, migrate_ps),
     .place = offsetof(struct raw_transport, migrate_at), .unit = UNIT_TIME, .min = 100 * PS_PER_MS,
     .max = MAX_TIME, .fallback = "off",
     .doc =
         "quic: the client's port changes this often, as when it goes from one access network to "
         "another; off: never",
     .example = "10s"}};

const struct schema_table transport_table = {.name = "transport",
                                             .doc = "what carries streams of octets",
                                             SCHEMA_FIELDS(transport_fields),
                                             .size = sizeof(struct raw_transport),
                                             .place = offsetof(struct raw_transport, at)};

void stream_absent(struct raw_stream *s)
{
    s->request_bytes = s->size_bytes = s->page_bytes = s->objects = s->connections = -1;
}

static int64_t given(int64_t value, int64_t otherwise)
{
    return value < 0 ? otherwise : value;
}

// What TCP alone has must not be given with quic: nothing would come of it.
static void check_tcp_keys(struct input *in, const struct raw_transport *t)
{
    const struct {
        const char *key;
        struct srcpos at;
    } keys[] = {{"sack", t->sack_at},
                {"timestamps", t->timestamps_at},
                {"ecn", t->ecn_at},
                {"min_rto", t->min_rto_at}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i].at.line)
            diag_error(in->d, keys[i].at, "leave it out", "'%s' is for tcp, not for quic",
                       keys[i].key);
}

void stream_fill(struct input *in, const struct raw_stream *raw, enum traffic_kind kind,
                 struct stream_traffic_options *out)
{
    const struct raw_transport *t = &raw->transport;
    if (t->migrate_at.line && t->migrate_ps && t->protocol != TRANSPORT_QUIC)
        diag_error(in->d, t->migrate_at, "give 'protocol: quic'",
                   "a connection of TCP cannot change its port");
    if (t->protocol == TRANSPORT_QUIC && t->mss_bytes < QUIC_MSS_MIN)
        diag_error(in->d, t->mss_at, "at least 1200B (RFC 9000 section 14)",
                   "'mss' is too small for quic");
    if (t->protocol == TRANSPORT_QUIC)
        check_tcp_keys(in, t);
    int64_t size = kind == TRAFFIC_DOWNLOAD ? 1000000 : kind == TRAFFIC_WEB ? 30000 : 1000;
    *out = (struct stream_traffic_options){
        .transport = {.protocol = (enum transport_protocol)t->protocol,
                      .control = (enum transport_control)t->control,
                      .mss_bytes = t->mss_bytes,
                      .initial_segments = t->initial_segments,
                      .sack = t->sack,
                      .timestamps = t->timestamps,
                      .ecn = t->ecn,
                      .window_bytes = t->window_bytes,
                      .delayed_ack_ps = t->delayed_ack_ps,
                      .min_rto_ps = t->min_rto_ps,
                      .syn_retries = t->syn_retries,
                      .retries = t->retries,
                      .give_up_ps = t->give_up_ps,
                      .migrate_ps = t->migrate_ps},
        .request_bytes = given(raw->request_bytes, 300),
        .size_bytes = given(raw->size_bytes, size),
        .page_bytes = given(raw->page_bytes, 50000),
        .objects = given(raw->objects, 20),
        .connections = given(raw->connections, 6)};
}
