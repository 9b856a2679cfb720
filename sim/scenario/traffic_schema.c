// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/traffic_schema.h"

#include <string.h>

#define MAX_TIME (INT64_C(24) * 3600 * PS_PER_S)
#define FREQ(n)  (INT64_C(1000000) * (n)) // n/s

// An IP datagram needs room for its headers and for what a probe carries; larger than Ethernet's
// payload would have to be fragmented.
#define MIN_DATAGRAM 64
#define MAX_DATAGRAM 1400

#define NAME(k, st, m, text, ex)                                                                   \
    {                                                                                              \
        .key = (k), .type = SCHEMA_NAME, .offset = offsetof(st, m), .doc = (text), .example = (ex) \
    }
#define NAMES(k, st, m, text, ex)                                                                  \
    {                                                                                              \
        .key = (k), .type = SCHEMA_NAMES, .offset = offsetof(st, m), .doc = (text),                \
        .example = (ex)                                                                            \
    }
// A key that some kinds take: member `m` of struct raw_traffic, its place in the member `p`.
#define OWNED(k, t, m, p)                                                                          \
    .key = (k), .type = (t), .offset = offsetof(struct raw_traffic, m),                            \
    .place = offsetof(struct raw_traffic, p)
#define QUANTITY(k, m, p, u, least, most, text, ex)                                                \
    {                                                                                              \
        OWNED(k, SCHEMA_UNIT, m, p), .unit = (u), .min = (least), .max = (most), .doc = (text),    \
                                     .example = (ex)                                               \
    }

const char *const traffic_kind_names[TRAFFIC_KINDS] = {
    "game", "ping", "cbr",    "poisson",  "onoff",      "voip",   "download", "web",
    "rpc",  "dns",  "replay", "synflood", "reflection", "carpet", "video"};
static const char *const no_yes[] = {"no", "yes"};
static const char *const protocols[REFLECT_PROTOCOLS] = {"dns", "ntp"};
static const char *const codecs[VOIP_CODECS] = {"g711", "g729"};

static const struct schema_field from_fields[] = {
    NAMES("networks", struct raw_from, networks, "networks of the clients; all when absent",
          "[telecom, unicom]"),
    NAMES("regions", struct raw_from, regions, "regions of the clients; all when absent",
          "[hebei, beijing]"),
    NAME("network", struct raw_from, network, "one network", "telecom"),
    NAME("region", struct raw_from, region, "one region", "hebei")};

const struct schema_table from_table = {.name = "from",
                                        .doc = "client groups by network and region",
                                        SCHEMA_FIELDS(from_fields),
                                        .size = sizeof(struct raw_from),
                                        .place = offsetof(struct raw_from, at)};

static const struct schema_field traffic_fields[] = {
    {.key = "kind",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_traffic, kind),
     .names = traffic_kind_names,
     .nnames = TRAFFIC_KINDS,
     .required = true,
     .doc = "what is sent (docs/traffic.md)",
     .example = "game"},
    {.key = "from",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_traffic, from),
     .sub = &from_table,
     .doc = "client groups that take part; all when absent"},
    {.key = "to",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_traffic, to),
     .required = true,
     .doc = "services that are used",
     .example = "[eip, plain]"},
    QUANTITY(
        "rate", rate_uhz, rate_at, UNIT_FREQ, 10000, FREQ(100000),
        "requests, or datagrams, of one client group's sampled flow; game 5/s, ping, dns and rpc "
        "1/s, attacks, cbr and poisson 50/s, onoff 50/s of a source while it sends when absent; "
        "download and web: how often one begins, unless the one before is under way; 0.1/s when "
        "absent",
        "5/s"),
    QUANTITY("up", up_bytes, up_at, UNIT_SIZE, MIN_DATAGRAM, MAX_DATAGRAM,
             "IP datagram to the server; game 100B, ping 84B, cbr, poisson, onoff and carpet "
             "1000B when absent",
             "100B"),
    QUANTITY("down", down_bytes, down_at, UNIT_SIZE, MIN_DATAGRAM, MAX_DATAGRAM,
             "IP datagram back; game 240B when absent, ping always as up; cbr: nothing comes back "
             "when absent; reflection: of the answers, 1000B for dns and 468B for ntp when absent",
             "240B"),
    QUANTITY("server", server_ps, server_at, UNIT_TIME, 0, MAX_TIME,
             "game, dns, download, web, rpc: time that the server takes to answer; 1ms when absent",
             "1ms"),
    {.key = "users",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_traffic, users_ppm),
     .place = offsetof(struct raw_traffic, users_at),
     .unit = UNIT_RATIO,
     .max = 1000000,
     .fallback = "0%",
     .doc = "share of a group's population that its flow stands for; 0%: itself only",
     .example = "0.1%"},
    {.key = "timeout",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_traffic, timeout_ps),
     .place = offsetof(struct raw_traffic, timeout_at),
     .unit = UNIT_TIME,
     .min = PS_PER_MS,
     .max = MAX_TIME,
     .fallback = "2s",
     .doc = "what arrives later than this counts as lost (RFC 7679); whoever hears nothing for so "
            "long gives up",
     .example = "2s"},
    {.key = "dscp",
     .type = SCHEMA_TEXT,
     .offset = offsetof(struct raw_traffic, dscp),
     .doc = "code point of its packets, both ways, for queues with classes: 0 to 63, ef, cs0 to "
            "cs7, af11 to af43, va, le; 0 when absent",
     .example = "ef"},
    QUANTITY("tick", tick_uhz, tick_at, UNIT_FREQ, FREQ(1), FREQ(1000),
             "game: the server sends states at this rate of its own; it answers each input when "
             "absent",
             "20/s"),
    {OWNED("shape", SCHEMA_DECIMAL, shape, shape_at), .min = 1010000, .max = 1990000,
     .doc = "onoff: of the Pareto distribution of both times, from 1.01 to 1.99; 1.4 when absent",
     .example = "1.4"},
    QUANTITY("on", on_ps, on_at, UNIT_TIME, PS_PER_MS, MAX_TIME,
             "onoff: mean time for which a source sends; 500ms when absent", "500ms"),
    QUANTITY("off", off_ps, off_at, UNIT_TIME, PS_PER_MS, MAX_TIME,
             "onoff: mean time for which it is silent; 1s when absent", "1s"),
    {OWNED("sources", SCHEMA_INT, sources, sources_at), .min = 1, .max = 10000,
     .doc = "onoff: sources that are added up in a flow; 10 when absent", .example = "10"},
    {OWNED("codec", SCHEMA_ENUM, codec, codec_at), .names = codecs, .nnames = VOIP_CODECS,
     .doc = "voip: g711 (64kbps) or g729 (8kbps), a frame each 20ms; g711 when absent",
     .example = "g729"},
    QUANTITY("call", call_ps, call_at, UNIT_TIME, PS_PER_S, MAX_TIME,
             "voip: length of a call; the next one begins when it ends; 60s when absent", "60s"),
    QUANTITY("jitter_buffer", jitter_buffer_ps, jitter_buffer_at, UNIT_TIME, 0, 2 * PS_PER_S,
             "voip: how long the first frame is held back at the listener's; 60ms when absent",
             "60ms"),
    {OWNED("name", SCHEMA_TEXT, lookup, lookup_at),
     .doc = "dns: what is looked up; www.example.com when absent", .example = "www.example.com"},
    QUANTITY("wait", wait_ps, wait_at, UNIT_TIME, PS_PER_MS, MAX_TIME,
             "dns: for an answer, before the next question; 5s when absent", "5s"),
    {OWNED("attempts", SCHEMA_INT, attempts, attempts_at), .min = 1, .max = 10,
     .doc = "dns: how often each resolver is asked; 2 when absent", .example = "2"},
    {OWNED("fallback", SCHEMA_NAME, fallback, fallback_at),
     .doc = "dns: service of the second resolver; the first one alone is asked when absent",
     .example = "backup"},
    {OWNED("capture", SCHEMA_PATH, capture, capture_at),
     .doc =
         "replay: pcap or pcapng file, relative to this file; its IPv4 datagrams go to the server",
     .example = "captures/login.pcap"},
    {OWNED("source", SCHEMA_ADDRESS, source, source_at),
     .doc = "replay: only datagrams from this address; all when absent", .example = "192.0.2.7"},
    {OWNED("speed", SCHEMA_FACTOR, speed_ppm, speed_at), .min = 1000, .max = INT64_C(1000000000),
     .doc = "replay: how many times as fast as captured; 1 when absent", .example = "2.5"},
    {OWNED("repeat", SCHEMA_ENUM, repeat, repeat_at), .names = no_yes, .nnames = 2,
     .doc = "replay: from the beginning when it is over; no when absent", .example = "yes"},
    {OWNED("ladder", SCHEMA_NAMES, ladder, ladder_at),
     .doc = "video: rates at which each segment is to be had, ascending; 145kbps to 7.8Mbps in 9 "
            "steps when absent",
     .example = "[500kbps, 2Mbps, 6Mbps]"},
    QUANTITY("segment", segment_ps, segment_at, UNIT_TIME, PS_PER_S / 10, 60 * PS_PER_S,
             "video: time of a segment; 4s when absent", "4s"),
    QUANTITY("length", length_ps, length_at, UNIT_TIME, PS_PER_S, MAX_TIME,
             "video: of a video; the next one begins when it was seen; 60s when absent", "10min"),
    QUANTITY("buffer", buffer_ps, buffer_at, UNIT_TIME, PS_PER_S / 10, MAX_TIME,
             "video: as much is loaded in advance; 30s when absent", "30s"),
    QUANTITY("start", start_ps, start_at, UNIT_TIME, PS_PER_MS, MAX_TIME,
             "video: as much has to be there before it plays, and after it stood still; a segment "
             "when absent",
             "8s"),
    QUANTITY("total", total_bps, total_at, UNIT_RATE, 1000, INT64_C(1000000000000000),
             "attacks, required: volume of IP datagrams at each service, from the whole botnet",
             "40Gbps"),
    QUANTITY("begin", begin_ps, begin_at, UNIT_TIME, 0, MAX_TIME,
             "attacks: when it begins; 0s when absent", "60s"),
    QUANTITY("end", end_ps, end_at, UNIT_TIME, PS_PER_MS, MAX_TIME,
             "attacks: when it is over; with the run when absent", "120s"),
    QUANTITY("ramp", ramp_ps, ramp_at, UNIT_TIME, 0, MAX_TIME,
             "attacks: it grows for so long from its begin and falls for so long to its end; 0s "
             "when absent",
             "10s"),
    {OWNED("spoof", SCHEMA_ENUM, spoof, spoof_at), .names = no_yes, .nnames = 2,
     .doc =
         "synflood, carpet: sources are anybody's addresses, not the bots'; yes for synflood and "
         "no for carpet when absent",
     .example = "yes"},
    {OWNED("protocol", SCHEMA_ENUM, protocol, protocol_at), .names = protocols,
     .nnames = REFLECT_PROTOCOLS,
     .doc = "reflection: what the reflectors speak, dns or ntp; dns when absent", .example = "ntp"},
    {OWNED("amplification", SCHEMA_FACTOR, amplification_ppm, amplification_at), .min = 1000000,
     .max = INT64_C(100000000000),
     .doc = "reflection: octets of UDP payload that come back for one; dns 54 and ntp 556.9 when "
            "absent",
     .example = "30"},
    {OWNED("reflectors", SCHEMA_OPTIONAL, reflectors, reflectors_at), .sub = &from_table,
     .doc = "reflection: client groups where open servers stand; all when absent"},
    STREAM_FIELDS(struct raw_traffic, stream)};

#define KIND(k)  (1u << TRAFFIC_##k)
#define ATTACKS  (KIND(SYNFLOOD) | KIND(REFLECTION) | KIND(CARPET))
#define PLACE(m) offsetof(struct raw_traffic, m)
#define STREAMS  (KIND(DOWNLOAD) | KIND(WEB) | KIND(RPC))

static const struct {
    const char *key;
    size_t place;
    unsigned kinds;
} owners[] = {
    {"users", PLACE(users_at), ~ATTACKS},
    {"timeout", PLACE(timeout_at), ~ATTACKS},
    {"rate", PLACE(rate_at),
     KIND(GAME) | KIND(PING) | KIND(CBR) | KIND(POISSON) | KIND(ONOFF) | KIND(DNS) | ATTACKS |
         STREAMS},
    {"up", PLACE(up_at),
     KIND(GAME) | KIND(PING) | KIND(CBR) | KIND(POISSON) | KIND(ONOFF) | KIND(CARPET)},
    {"down", PLACE(down_at), KIND(GAME) | KIND(PING) | KIND(CBR) | KIND(REFLECTION)},
    {"server", PLACE(server_at), KIND(GAME) | KIND(DNS) | KIND(VIDEO) | STREAMS},
    {"tick", PLACE(tick_at), KIND(GAME)},
    {"shape", PLACE(shape_at), KIND(ONOFF)},
    {"on", PLACE(on_at), KIND(ONOFF)},
    {"off", PLACE(off_at), KIND(ONOFF)},
    {"sources", PLACE(sources_at), KIND(ONOFF)},
    {"codec", PLACE(codec_at), KIND(VOIP)},
    {"call", PLACE(call_at), KIND(VOIP)},
    {"jitter_buffer", PLACE(jitter_buffer_at), KIND(VOIP)},
    {"name", PLACE(lookup_at), KIND(DNS)},
    {"wait", PLACE(wait_at), KIND(DNS)},
    {"attempts", PLACE(attempts_at), KIND(DNS)},
    {"fallback", PLACE(fallback_at), KIND(DNS)},
    {"capture", PLACE(capture_at), KIND(REPLAY)},
    {"source", PLACE(source_at), KIND(REPLAY)},
    {"speed", PLACE(speed_at), KIND(REPLAY)},
    {"repeat", PLACE(repeat_at), KIND(REPLAY)},
    {"ladder", PLACE(ladder_at), KIND(VIDEO)},
    {"segment", PLACE(segment_at), KIND(VIDEO)},
    {"length", PLACE(length_at), KIND(VIDEO)},
    {"buffer", PLACE(buffer_at), KIND(VIDEO)},
    {"start", PLACE(start_at), KIND(VIDEO)},
    {"total", PLACE(total_at), ATTACKS},
    {"begin", PLACE(begin_at), ATTACKS},
    {"end", PLACE(end_at), ATTACKS},
    {"ramp", PLACE(ramp_at), ATTACKS},
    {"spoof", PLACE(spoof_at), KIND(SYNFLOOD) | KIND(CARPET)},
    {"protocol", PLACE(protocol_at), KIND(REFLECTION)},
    {"amplification", PLACE(amplification_at), KIND(REFLECTION)},
    {"reflectors", PLACE(reflectors_at), KIND(REFLECTION)},
    {"request", PLACE(stream.request_at), STREAMS | KIND(VIDEO)},
    {"size", PLACE(stream.size_at), STREAMS},
    {"transport", PLACE(stream.transport_at), STREAMS | KIND(VIDEO)},
    {"page", PLACE(stream.page_at), KIND(WEB)},
    {"objects", PLACE(stream.objects_at), KIND(WEB)},
    {"connections", PLACE(stream.connections_at), KIND(WEB)},
};
#define OWNERS (sizeof owners / sizeof owners[0])

static const char *keys_of(struct input *in, int kind)
{
    const char *list = "it takes: from, to, dscp";
    for (size_t i = 0; i < OWNERS; i++)
        if (owners[i].kinds >> kind & 1)
            list = arena_printf(in->a, "%s, %s", list, owners[i].key);
    return list;
}

void traffic_check_keys(struct input *in, const struct raw_traffic *raw)
{
    for (size_t i = 0; i < OWNERS && raw->kind >= 0; i++) {
        struct srcpos at;
        memcpy(&at, (const char *)raw + owners[i].place, sizeof at);
        if (at.line && !(owners[i].kinds >> raw->kind & 1))
            diag_error(in->d, at, keys_of(in, raw->kind), "traffic '%s': kind %s has no '%s'",
                       raw->name.s, traffic_kind_names[raw->kind], owners[i].key);
    }
}

static void traffic_absent(void *out)
{
    struct raw_traffic *t = out;
    t->kind = t->codec = -1;
    t->rate_uhz = t->up_bytes = t->down_bytes = t->server_ps = -1;
    t->tick_uhz = t->on_ps = t->off_ps = t->sources = t->call_ps = t->jitter_buffer_ps = -1;
    t->shape = -1;
    stream_absent(&t->stream);
    t->wait_ps = t->attempts = t->speed_ppm = t->total_bps = t->begin_ps = t->end_ps = -1;
    t->ramp_ps = t->amplification_ppm = -1;
    t->segment_ps = t->length_ps = t->buffer_ps = t->start_ps = -1;
    t->repeat = t->spoof = t->protocol = -1;
}

const struct schema_table traffic_table = {.name = "traffic",
                                           .doc = "who sends what to which services",
                                           SCHEMA_FIELDS(traffic_fields),
                                           .size = sizeof(struct raw_traffic),
                                           .place = offsetof(struct raw_traffic, at),
                                           .name_offset = offsetof(struct raw_traffic, name),
                                           .prepare = traffic_absent};
