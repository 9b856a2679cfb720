// SPDX-License-Identifier: GPL-3.0-or-later
// The routing protocols of a network: timers and options of IGP and BGP, FIB delays.
#include "scenario/schema_fields.h"
#include "scenario/topology_schema.h"

#define TIME_FIELD SCHEMA_TIME_FIELD
#define MAX_PATHS  64
#define BFD_FIELD(st, text)                                                                        \
    {                                                                                              \
        .key = "bfd", .type = SCHEMA_UNIT_OFF, .offset = offsetof(st, bfd_ps), .unit = UNIT_TIME,  \
        .min = PS_PER_MS, .max = SCHEMA_MAX_TIME, .fallback = "off", .doc = (text),                \
        .example = "50ms"                                                                          \
    }
#define MULTIPLIER_FIELD(st)                                                                       \
    {                                                                                              \
        .key = "bfd_multiplier", .type = SCHEMA_INT, .offset = offsetof(st, bfd_multiplier),       \
        .min = 1, .max = 255, .fallback = "3",                                                     \
        .doc = "BFD intervals without an answer before the session is down (RFC 5880)",            \
        .example = "3"                                                                             \
    }
#define HANDSHAKE_FIELD(st)                                                                        \
    {                                                                                              \
        .key = "bfd_handshake", .type = SCHEMA_BOOL, .offset = offsetof(st, bfd_handshake),        \
        .fallback = "no",                                                                          \
        .doc = "BFD comes up by its handshake at a packet a second, and its packets are jittered " \
               "(RFC 5880); else a link is back with the next packet",                             \
        .example = "yes"                                                                           \
    }
#define ENUM_FIELD(k, st, m, words, def, text)                                                     \
    {                                                                                              \
        .key = (k), .type = SCHEMA_ENUM, .offset = offsetof(st, m), .names = (words),              \
        .nnames = (int)(sizeof(words) / sizeof((words)[0])), .fallback = (def), .doc = (text),     \
        .example = (def)                                                                           \
    }
#define OFF_FIELD(k, st, m, text, ex)                                                              \
    {                                                                                              \
        .key = (k), .type = SCHEMA_UNIT_OFF, .offset = offsetof(st, m), .unit = UNIT_TIME,         \
        .min = PS_PER_MS, .max = SCHEMA_MAX_TIME, .fallback = "off", .doc = (text),                \
        .example = (ex)                                                                            \
    }

static const char *const starts[] = {"cold", "converged"};
static const char *const reroutes[] = {"none", "lfa", "ti-lfa"};
static const char *const protections[] = {"link", "node"};

static const struct schema_field igp_fields[] = {
    TIME_FIELD("detect", struct igp_config, detect_ps, 0, "50ms",
               "time until a router sees its interface go down"),
    TIME_FIELD("hello", struct igp_config, hello_ps, PS_PER_MS, "10s", "hello interval"),
    TIME_FIELD("hold", struct igp_config, hold_ps, PS_PER_MS, "30s",
               "adjacency holding time: a silent failure is seen after it"),
    BFD_FIELD(struct igp_config, "BFD transmit interval on backbone links, or off"),
    MULTIPLIER_FIELD(struct igp_config),
    HANDSHAKE_FIELD(struct igp_config),
    TIME_FIELD("flood", struct igp_config, flood_ps, 0, "5ms",
               "processing time before a link-state update is passed on"),
    TIME_FIELD("spf_initial", struct igp_config, spf_initial_ps, 0, "50ms",
               "SPF throttle: first wait"),
    TIME_FIELD("spf_hold", struct igp_config, spf_hold_ps, 0, "200ms",
               "SPF throttle: second wait, doubled from run to run"),
    TIME_FIELD("spf_max", struct igp_config, spf_max_ps, 0, "5s", "SPF throttle: longest wait"),
    TIME_FIELD("spf_run", struct igp_config, spf_run_ps, 0, "10ms", "time that one SPF takes"),
    ENUM_FIELD(
        "start", struct igp_config, start, starts, "cold",
        "cold: adjacencies come up and databases are flooded in the warm-up; converged: as if "
        "it had been running (for thousands of routers)"),
    OFF_FIELD("overload_startup", struct igp_config, overload_startup_ps,
              "a router that comes back after a failure sets its overload bit for so long", "300s"),
    ENUM_FIELD(
        "fast_reroute", struct igp_config, fast_reroute, reroutes, "none",
        "what a router does with packets for a link that it finds down until it has new routes: "
        "none; lfa: loop-free alternates (RFC 5286); ti-lfa: repair paths (RFC 9855)"),
    ENUM_FIELD(
        "protect", struct igp_config, protect, protections, "link",
        "fast_reroute: what backups avoid; node: the neighbour as well, where that is possible"),
    {.key = "downstream",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct igp_config, downstream),
     .fallback = "no",
     .doc =
         "fast_reroute lfa: only alternates that are nearer to the target (RFC 5286 inequality 2)",
     .example = "yes"},
    OFF_FIELD(
        "microloop_delay", struct igp_config, microloop_ps,
        "a router that has lost a link takes over its new routes so much later than the others "
        "(RFC 8333), so that no loop forms with them",
        "1s")};

const struct schema_table igp_table = {
    .name = "igp", .doc = "timers and options of the IGP", SCHEMA_FIELDS(igp_fields)};

static const char *const profiles[] = {"rfc", "bird", "frr", "cisco", "junos"};
static const char *const switches[] = {"profile", "no", "yes"};

#define SWITCH_FIELD(k, m, text)                                                                   \
    {                                                                                              \
        .key = (k), .type = SCHEMA_ENUM, .offset = offsetof(struct bgp_config, m),                 \
        .names = switches, .nnames = sizeof switches / sizeof switches[0], .fallback = "profile",  \
        .doc = text "; profile: as the profile has it", .example = "yes"                           \
    }
#define PATHS_FIELD(k, m, text)                                                                    \
    {                                                                                              \
        .key = (k), .type = SCHEMA_INT, .offset = offsetof(struct bgp_config, m), .min = 1,        \
        .max = MAX_PATHS, .fallback = "1", .doc = (text), .example = "4"                           \
    }

static const char *const mrai_withdrawals[] = {"no", "yes", "behind"};

static const char *const timer_profiles[TIMERS_PROFILES] = {"default", "rfc",   "bird",
                                                            "frr",     "cisco", "junos"};
static const char *const openings[] = {"elected", "active", "passive"};

static const struct schema_field bgp_fields[] = {
    {.key = "timers",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct bgp_config, timers),
     .names = timer_profiles,
     .nnames = TIMERS_PROFILES,
     .fallback = "default",
     .doc = "whose MRAI, hold, gather, connect retry and waiting times to take for those that are "
            "not given",
     .example = "frr"},
    TIME_FIELD("mrai_ebgp", struct bgp_config, mrai_ebgp_ps, 0, "30s",
               "least time between UPDATEs for a prefix on eBGP (RFC 4271 section 10)"),
    TIME_FIELD("mrai_ibgp", struct bgp_config, mrai_ibgp_ps, 0, "5s", "the same on iBGP"),
    {.key = "mrai_withdrawals",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct bgp_config, mrai_withdrawals),
     .names = mrai_withdrawals,
     .nnames = MRAI_WITHDRAWALS,
     .fallback = "no",
     .doc = "withdrawals wait for MRAI: no, yes, or behind an announcement that waits (as in FRR)",
     .example = "no"},
    {.key = "jitter",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct bgp_config, jitter),
     .fallback = "yes",
     .doc = "MRAI, keepalive and connect retry times are drawn from 75 to 100 % of theirs",
     .example = "yes"},
    TIME_FIELD("hold", struct bgp_config, hold_ps, 3 * PS_PER_S, "90s",
               "hold time; keepalives are sent three times as often"),
    TIME_FIELD("gather", struct bgp_config, gather_ps, 0, "0s",
               "how long changes are gathered before neighbours are told; FRR 50ms"),
    TIME_FIELD("processing", struct bgp_config, processing_ps, 0, "2ms",
               "time that one UPDATE message takes"),
    BFD_FIELD(struct bgp_config, "BFD transmit interval on eBGP sessions, or off"),
    MULTIPLIER_FIELD(struct bgp_config),
    HANDSHAKE_FIELD(struct bgp_config),
    OFF_FIELD("bfd_ibgp", struct bgp_config, bfd_ibgp_ps,
              "multihop BFD transmit interval on iBGP sessions (RFC 5883), or off", "300ms"),
    {.key = "always_compare_med",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct bgp_config, always_compare_med),
     .fallback = "no",
     .doc = "compare MED between routes from different neighbour networks",
     .example = "no"},
    {.key = "profile",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct bgp_config, profile),
     .names = profiles,
     .nnames = sizeof profiles / sizeof profiles[0],
     .fallback = "rfc",
     .doc = "whose BGP decision process the network's routers run",
     .example = "cisco"},
    SWITCH_FIELD("deterministic_med", deterministic_med,
                 "routes are compared as a set, not two by two as they came"),
    SWITCH_FIELD("prefer_oldest", prefer_oldest,
                 "among equal external routes the oldest or present best stays"),
    SWITCH_FIELD("aigp", aigp, "the accumulated IGP metric counts (RFC 7311)"),
    SWITCH_FIELD("multipath_relax", multipath_relax,
                 "paths that share traffic need AS paths of equal length only"),
    {.key = "med_missing_as_worst",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct bgp_config, med_missing_as_worst),
     .fallback = "no",
     .doc = "a route without MED counts as the worst instead of the best",
     .example = "no"},
    {.key = "as_path_ignore",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct bgp_config, as_path_ignore),
     .fallback = "no",
     .doc = "the length of AS paths does not count",
     .example = "no"},
    PATHS_FIELD("multipath_ebgp", multipath_ebgp, "external paths that share traffic at most"),
    PATHS_FIELD("multipath_ibgp", multipath_ibgp, "internal paths that share traffic at most"),
    PATHS_FIELD("multipath_eibgp", multipath_eibgp,
                "paths of both kinds together that share traffic at most"),
    PATHS_FIELD("add_path", add_path,
                "paths to a prefix that iBGP peers tell each other at most (RFC 7911)"),
    {.key = "best_external",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct bgp_config, best_external),
     .fallback = "no",
     .doc = "iBGP peers hear of the best external path while an internal one is best",
     .example = "no"},
    TIME_FIELD("connect_retry", struct bgp_config, connect_retry_ps, PS_PER_MS, "5s",
               "wait before a connection that was refused is tried again"),
    OFF_FIELD("idle_hold", struct bgp_config, idle_hold_ps,
              "wait before a session that was lost is set up again, or off: as connect_retry",
              "1s"),
    OFF_FIELD("error_wait", struct bgp_config, error_wait_ps,
              "wait after an error (as an expired hold time) instead, or off", "60s"),
    TIME_FIELD("processing_each", struct bgp_config, processing_each_ps, 0, "0s",
               "time that each prefix in an UPDATE message takes besides"),
    OFF_FIELD("graceful_restart", struct bgp_config, graceful_ps,
              "graceful restart (RFC 4724): how long neighbours keep this network's routes, or off",
              "120s"),
    {.key = "graceful_notification",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct bgp_config, graceful_notification),
     .fallback = "no",
     .doc = "after NOTIFICATIONs and expired hold times as well (RFC 8538)",
     .example = "yes"},
    OFF_FIELD("long_lived", struct bgp_config, long_lived_ps,
              "and how long after that, least preferred (RFC 9494), or off", "3600s"),
    OFF_FIELD("send_hold", struct bgp_config, send_hold_ps,
              "send hold time (RFC 9687): a session whose receiver reads nothing ends, or off",
              "480s"),
    OFF_FIELD("delay_open", struct bgp_config, delay_open_ps,
              "wait with OPEN for the other side's (DelayOpen, RFC 4271), or off", "5s"),
    {.key = "damp_oscillations",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct bgp_config, damp_oscillations),
     .fallback = "no",
     .doc = "wait twice as long after every failure of a session (DampPeerOscillations, RFC 4271)",
     .example = "yes"},
    {.key = "extended_messages",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct bgp_config, extended_messages),
     .fallback = "no",
     .doc = "messages of up to 65535 octets (RFC 8654)",
     .example = "yes"},
    {.key = "opening",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct bgp_config, opening),
     .names = openings,
     .nnames = 3,
     .fallback = "elected",
     .doc = "who opens connections: the side with the higher identifier, this network's routers in "
            "any case (two may collide, RFC 4271 section 6.8), or never",
     .example = "active"}};

const struct schema_table bgp_table = {.name = "bgp",
                                       .doc = "timers and options of BGP",
                                       SCHEMA_FIELDS(bgp_fields),
                                       .preset_key = "timers",
                                       .preset = bgp_config_preset};

static const struct schema_field fib_fields[] = {
    TIME_FIELD("delay", struct fib_config, delay_ps, 0, "50ms",
               "time from a change in the RIB to the first prefix in the FIB"),
    TIME_FIELD("per_prefix", struct fib_config, per_prefix_ps, 0, "100us",
               "each further prefix of the same download"),
    {.key = "pic",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct fib_config, pic),
     .fallback = "no",
     .doc =
         "prefix-independent convergence: BGP prefixes with the same paths change together, to a "
         "backup path at once",
     .example = "yes"}};

const struct schema_table fib_table = {
    .name = "fib", .doc = "how fast routes reach the data plane", SCHEMA_FIELDS(fib_fields)};
