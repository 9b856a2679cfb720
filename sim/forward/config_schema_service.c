// SPDX-License-Identifier: GPL-3.0-or-later
// Policers, shapers, EIPs and backends, as schema tables.
#include "forward/config_fields.h"

#define RATE_MAX  INT64_C(1000000000000)
#define BURST_MAX INT64_C(1000000000)

static const char *const policer_kinds[] = {"bucket", "srtcm", "trtcm"};
static const char *const colour_words[] = {"pass", "drop"};

#define COLOUR(k, i, def, text)                                                                    \
    {                                                                                              \
        .key = (k), .type = SCHEMA_INT_WORD, .offset = offsetof(struct raw_policer, rules[i].v),   \
        .place = offsetof(struct raw_policer, rules[i].at), .names = colour_words, .nnames = 2,    \
        .max = 63, .fallback = (def), .doc = (text), .example = (def)                              \
    }

static const struct schema_field policer_fields[] = {
    FIELD_ENUM("kind", struct raw_policer, kind, policer_kinds, COUNT(policer_kinds), "bucket",
               false, "one token bucket, or a marker of three colours (RFC 2697, RFC 2698)",
               "bucket"),
    FIELD_QUANTITY("rate", struct raw_policer, rate, UNIT_RATE, 1, RATE_MAX, NULL,
                   "committed rate (CIR)", "100Mbps"),
    FIELD_QUANTITY("burst", struct raw_policer, burst, UNIT_SIZE, 0, BURST_MAX, NULL,
                   "committed burst (CBS)", "1MB"),
    FIELD_QUANTITY("excess_burst", struct raw_policer, excess_burst, UNIT_SIZE, 0, BURST_MAX, NULL,
                   "srtcm: excess burst (EBS)", "1MB"),
    FIELD_QUANTITY("peak_rate", struct raw_policer, peak_rate, UNIT_RATE, 1, RATE_MAX, NULL,
                   "trtcm: peak rate (PIR)", "200Mbps"),
    FIELD_QUANTITY("peak_burst", struct raw_policer, peak_burst, UNIT_SIZE, 0, BURST_MAX, NULL,
                   "trtcm: peak burst (PBS)", "2MB"),
    FIELD_FLAG("colour_aware", struct raw_policer, colour_aware,
               "srtcm, trtcm: a packet never gets better than its DSCP says"),
    COLOUR("green", 0, "pass", "what becomes of green packets: pass, drop, or a DSCP to mark"),
    COLOUR("yellow", 1, "pass", "… of yellow ones"),
    COLOUR("red", 2, "drop", "… of red ones")};

const struct schema_table config_policer_table = {.name = "policer",
                                                  .doc = "a limit that drops or marks",
                                                  SCHEMA_FIELDS(policer_fields),
                                                  .size = sizeof(struct raw_policer),
                                                  .place = offsetof(struct raw_policer, at),
                                                  .name_offset =
                                                      offsetof(struct raw_policer, name)};

static const struct schema_field shaper_fields[] = {
    FIELD_UNIT("rate", struct raw_shaper, rate, UNIT_RATE, 1, RATE_MAX, NULL, true, "rate",
               "100Mbps"),
    FIELD_UNIT("burst", struct raw_shaper, burst, UNIT_SIZE, 1, BURST_MAX, NULL, true,
               "bytes that may leave at once; a longer packet never passes", "64KiB"),
    FIELD_QUANTITY("queue", struct raw_shaper, queue, UNIT_SIZE, 1, BURST_MAX, NULL,
                   "bytes that may wait; or give delay", "1MB"),
    FIELD_QUANTITY("delay", struct raw_shaper, delay, UNIT_TIME, 1, MAX_TIME_PS, NULL,
                   "longest time that a packet waits; or give queue", "50ms")};

const struct schema_table config_shaper_table = {.name = "shaper",
                                                 .doc = "a limit that delays",
                                                 SCHEMA_FIELDS(shaper_fields),
                                                 .size = sizeof(struct raw_shaper),
                                                 .place = offsetof(struct raw_shaper, at),
                                                 .name_offset = offsetof(struct raw_shaper, name)};

static const struct schema_field meter_fields[] = {
    FIELD_NAME("policer", struct raw_meters, policer, false, "a policer", "gold"),
    FIELD_NAME("shaper", struct raw_meters, shaper, false, "a shaper", "smooth")};
static const struct schema_table meters_table = {
    .name = "meters", .doc = "limits of one direction", SCHEMA_FIELDS(meter_fields)};

static const struct schema_field eip_fields[] = {
    FIELD_PREFIX("prefix", struct raw_eip, prefix, true, "the anycast addresses", "203.0.113.0/24"),
    FIELD_NAME("tunnel", struct raw_eip, tunnel, false,
               "to the gateway of the backend; when absent, the backend is here or behind a route",
               "to-bj"),
    {.key = "in",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct raw_eip, in),
     .sub = &meters_table,
     .doc = "limits of what comes from clients"},
    {.key = "out",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct raw_eip, out),
     .sub = &meters_table,
     .doc = "limits of what goes to clients"},
    FIELD_ADDRESS("snat", struct raw_eip, snat, false,
                  "address of this node that clients' addresses are replaced by (NAPT)",
                  "10.0.0.1")};

const struct schema_table config_eip_table = {.name = "eip",
                                              .doc = "an anycast service at a POP",
                                              SCHEMA_FIELDS(eip_fields),
                                              .size = sizeof(struct raw_eip),
                                              .place = offsetof(struct raw_eip, at)};

static const char *const returns[] = {"ingress", "direct", "nearest"};
static const char *const kinds[] = {"ipip", "gre", "vxlan", "geneve"};

static const struct schema_field backend_fields[] = {
    FIELD_PREFIX("prefix", struct raw_backend, prefix, true, "the anycast addresses",
                 "203.0.113.0/24"),
    FIELD_CHOICE("return", struct raw_backend, way, returns, COUNT(returns), true,
                 "how answers leave: through the POP of entry, a local exit, or as the FIB says",
                 "ingress"),
    FIELD_CHOICE("kind", struct raw_backend, kind, kinds, COUNT(kinds), false,
                 "ingress: kind of the tunnels to the POPs; gre when absent", "gre"),
    FIELD_NAME("tunnel", struct raw_backend, tunnel, false,
               "ingress: all but the far end is taken from this tunnel, instead of kind", "to-pop"),
    FIELD_NAMES("exit", struct raw_backend, exit, "direct: a group, or one or more next hops",
                "up")};

const struct schema_table config_backend_table = {.name = "backend",
                                                  .doc =
                                                      "an anycast service whose servers are here",
                                                  SCHEMA_FIELDS(backend_fields),
                                                  .size = sizeof(struct raw_backend),
                                                  .place = offsetof(struct raw_backend, at)};
