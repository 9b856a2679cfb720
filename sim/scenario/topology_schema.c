// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/topology_schema.h"

#define MAX_TIME   (INT64_C(24) * 3600 * PS_PER_S)
#define MAX_RATE   (INT64_C(1000) * 1000000000000)
#define MAX_PEOPLE INT64_C(10000000000)
#define MAX_PATHS  64
#define MILLION    INT64_C(1000000)

#define TIME_FIELD(k, st, m, lo, def, text)                                                        \
    {                                                                                              \
        .key = (k), .type = SCHEMA_UNIT, .offset = offsetof(st, m), .unit = UNIT_TIME,             \
        .min = (lo), .max = MAX_TIME, .fallback = (def), .doc = (text), .example = (def)           \
    }
#define BFD_FIELD(st, text)                                                                        \
    {                                                                                              \
        .key = "bfd", .type = SCHEMA_UNIT_OFF, .offset = offsetof(st, bfd_ps), .unit = UNIT_TIME,  \
        .min = PS_PER_MS, .max = MAX_TIME, .fallback = "off", .doc = (text), .example = "50ms"     \
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
#define NAME_FIELD(k, st, m, must, text, ex)                                                       \
    {                                                                                              \
        .key = (k), .type = SCHEMA_NAME, .offset = offsetof(st, m), .required = (must),            \
        .doc = (text), .example = (ex)                                                             \
    }
#define SOURCE_FIELD                                                                               \
    {                                                                                              \
        .key = "source", .type = SCHEMA_NOTE, .doc = "where this figure comes from; not used"      \
    }
#define RATE_FIELD(k, st, must, text)                                                              \
    {                                                                                              \
        .key = (k), .type = SCHEMA_UNIT, .offset = offsetof(st, rate_bps), .unit = UNIT_RATE,      \
        .min = 1000, .max = MAX_RATE, .required = (must), .doc = (text), .example = "100Gbps"      \
    }
#define BACKGROUND_FIELD(st)                                                                       \
    {                                                                                              \
        .key = "background", .type = SCHEMA_UNIT, .offset = offsetof(st, background_ppm),          \
        .unit = UNIT_RATIO, .max = 2 * MILLION, .fallback = "0%",                                  \
        .doc = "load by traffic outside the scenario, share of the capacity", .example = "40%"     \
    }
#define BURST_FIELD(st)                                                                            \
    {                                                                                              \
        .key = "burst", .type = SCHEMA_UNIT, .offset = offsetof(st, burst_bytes),                  \
        .unit = UNIT_SIZE, .max = INT64_C(1) << 32, .fallback = "0B",                              \
        .doc = "mean burst of the background load; 0B: smooth", .example = "64KiB"                 \
    }
#define BURST_SHAPE_FIELDS(st)                                                                     \
    {.key = "burst_law",                                                                           \
     .type = SCHEMA_ENUM,                                                                          \
     .offset = offsetof(st, shape.kind),                                                           \
     .names = burst_kind_names,                                                                    \
     .nnames = BURST_KINDS,                                                                        \
     .fallback = "exponential",                                                                    \
     .doc = "how the background comes: in bursts of this law of sizes, or from on-off sources",    \
     .example = "pareto"},                                                                         \
        {.key = "burst_spread",                                                                    \
         .type = SCHEMA_DECIMAL,                                                                   \
         .offset = offsetof(st, shape.spread),                                                     \
         .min = MILLION + 1,                                                                       \
         .max = 1000 * MILLION,                                                                    \
         .doc = "hyperexponential: squared coefficient of variation of the sizes, above 1 (4)",    \
         .example = "8"},                                                                          \
        {.key = "burst_tail",                                                                      \
         .type = SCHEMA_DECIMAL,                                                                   \
         .offset = offsetof(st, shape.tail),                                                       \
         .min = MILLION + MILLION / 100,                                                           \
         .max = 10 * MILLION,                                                                      \
         .doc = "pareto: tail index of the sizes, above 1; the smaller, the heavier (1.5)",        \
         .example = "1.2"},                                                                        \
        {.key = "burst_longest",                                                                   \
         .type = SCHEMA_UNIT,                                                                      \
         .offset = offsetof(st, shape.longest_bytes),                                              \
         .unit = UNIT_SIZE,                                                                        \
         .min = 1,                                                                                 \
         .max = INT64_C(1) << 40,                                                                  \
         .doc = "pareto: the longest burst, more than the mean (a thousand times that)",           \
         .example = "64MiB"},                                                                      \
        {.key = "burst_sources",                                                                   \
         .type = SCHEMA_INT,                                                                       \
         .offset = offsetof(st, shape.sources),                                                    \
         .min = 1,                                                                                 \
         .max = 1000,                                                                              \
         .doc = "on-off: how many sources (50)",                                                   \
         .example = "10"},                                                                         \
    {                                                                                              \
        .key = "burst_activity", .type = SCHEMA_UNIT, .offset = offsetof(st, shape.activity_ppm),  \
        .unit = UNIT_RATIO, .min = 1000, .max = 950000,                                            \
        .doc = "on-off: the share of the time that a source sends (25%)", .example = "10%"         \
    }
#define ACCESS_FIELD(st)                                                                           \
    {                                                                                              \
        .key = "access_delay", .type = SCHEMA_UNIT, .offset = offsetof(st, access_delay_ps),       \
        .unit = UNIT_TIME, .max = MAX_TIME, .fallback = "0s",                                      \
        .doc = "one-way delay between the clients and their city's router", .example = "5ms"       \
    }
#define PEOPLE_FIELD(st, must)                                                                     \
    {                                                                                              \
        .key = "population", .type = SCHEMA_INT, .offset = offsetof(st, population),               \
        .max = MAX_PEOPLE, .required = (must), .doc = "people", .example = "1200000"               \
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
        .min = PS_PER_MS, .max = MAX_TIME, .fallback = "off", .doc = (text), .example = (ex)       \
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

static const struct schema_field city_fields[] = {
    NAME_FIELD("name", struct raw_city, name, true, "the city's name", "shijiazhuang"),
    NAME_FIELD("province", struct raw_city, province, false,
               "region that scenarios name; the city's own name when absent", "hebei"),
    {.key = "lat",
     .type = SCHEMA_DECIMAL,
     .offset = offsetof(struct raw_city, lat),
     .min = -90 * MILLION,
     .max = 90 * MILLION,
     .required = true,
     .doc = "latitude in degrees north, WGS 84",
     .example = "39.9"},
    {.key = "lon",
     .type = SCHEMA_DECIMAL,
     .offset = offsetof(struct raw_city, lon),
     .min = -180 * MILLION,
     .max = 180 * MILLION,
     .required = true,
     .doc = "longitude in degrees east, WGS 84",
     .example = "116.4"},
    {.key = "utc_offset",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_city, utc_offset_ps),
     .unit = UNIT_TIME,
     .min = -12 * 3600 * PS_PER_S,
     .max = 14 * 3600 * PS_PER_S,
     .doc = "what clocks there are ahead of UTC; an hour for 15 degrees of longitude when absent",
     .example = "8h"},
    PEOPLE_FIELD(struct raw_city, false),
    SOURCE_FIELD};

static void city_absent(void *out)
{
    ((struct raw_city *)out)->utc_offset_ps = CITY_NO_OFFSET;
}

static const struct schema_table city_table = {.name = "city",
                                               .doc = "a place on the map",
                                               SCHEMA_FIELDS(city_fields),
                                               .size = sizeof(struct raw_city),
                                               .place = offsetof(struct raw_city, at),
                                               .prepare = city_absent};

static const struct schema_field node_fields[] = {
    NAME_FIELD("city", struct raw_node, city, true, "city where the network has routers",
               "beijing"),
    {.key = "routers",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_node, routers),
     .min = 1,
     .max = 2,
     .fallback = "1",
     .doc = "number of routers in the city",
     .example = "2"},
    {.key = "reflector",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_node, reflector),
     .fallback = "no",
     .doc = "the first router is an iBGP route reflector",
     .example = "yes"},
    SOURCE_FIELD};

static const struct schema_table node_table = {.name = "node",
                                               .doc = "a city of a network",
                                               SCHEMA_FIELDS(node_fields),
                                               .size = sizeof(struct raw_node),
                                               .place = offsetof(struct raw_node, at)};

static const struct schema_field link_fields[] = {
    NAME_FIELD("a", struct raw_link, a, true, "city at one end", "beijing"),
    NAME_FIELD("b", struct raw_link, b, true, "city at the other end", "shanghai"),
    RATE_FIELD("capacity", struct raw_link, true, "rate in each direction"),
    {.key = "metric",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_link, metric),
     .min = 1,
     .max = 16777214,
     .doc = "IGP metric; from the delay when absent: 1 for each 10 us",
     .example = "10"},
    {.key = "delay",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_link, delay_ps),
     .unit = UNIT_TIME,
     .max = 10 * PS_PER_S,
     .doc = "one-way delay; from the distance when absent",
     .example = "6.6ms"},
    BACKGROUND_FIELD(struct raw_link),
    BURST_FIELD(struct raw_link),
    BURST_SHAPE_FIELDS(struct raw_link),
    NAME_FIELD("srlg", struct raw_link, srlg, false,
               "shared-risk group: links of one group can fail together", "taihang-duct"),
    LINE_FIELDS(struct raw_link, line),
    SOURCE_FIELD};

static void link_absent(void *out)
{
    struct raw_link *l = out;
    l->metric = l->delay_ps = -1;
}

static const struct schema_table link_table = {.name = "link",
                                               .doc = "a backbone link between two cities",
                                               SCHEMA_FIELDS(link_fields),
                                               .size = sizeof(struct raw_link),
                                               .place = offsetof(struct raw_link, at),
                                               .prepare = link_absent};

static const struct schema_field client_fields[] = {
    NAME_FIELD("province", struct raw_client, province, true,
               "the group's region, as scenarios name it", "hebei"),
    NAME_FIELD("city", struct raw_client, city, true, "city where the group is attached",
               "shijiazhuang"),
    PEOPLE_FIELD(struct raw_client, true),
    ACCESS_FIELD(struct raw_client),
    {.key = "prefix",
     .type = SCHEMA_PREFIX,
     .offset = offsetof(struct raw_client, prefix),
     .doc = "the group's addresses; out of 100.64.0.0/10 when absent",
     .example = "192.0.2.0/24"},
    SOURCE_FIELD};

static const struct schema_table client_table = {.name = "clients",
                                                 .doc = "the people of one province on one network",
                                                 SCHEMA_FIELDS(client_fields),
                                                 .size = sizeof(struct raw_client),
                                                 .place = offsetof(struct raw_client, at)};

static const struct schema_field city_clients_fields[] = {
    PEOPLE_FIELD(struct raw_city_clients, true), ACCESS_FIELD(struct raw_city_clients)};

static const struct schema_table city_clients_table = {.name = "clients_per_city",
                                                       .doc = "one group in every city of a graph",
                                                       SCHEMA_FIELDS(city_clients_fields),
                                                       .size = sizeof(struct raw_city_clients)};

const char *const network_kind_names[NETWORK_KINDS] = {"carrier", "cloud", "stub"};

static const struct schema_field network_fields[] = {
    {.key = "asn",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_network, asn),
     .min = 1,
     .max = 4294967294,
     .required = true,
     .doc = "number of the autonomous system",
     .example = "4134"},
    {.key = "kind",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_network, kind),
     .names = network_kind_names,
     .nnames = NETWORK_KINDS,
     .required = true,
     .doc = "carrier: has clients and transit; cloud: has POPs and a private backbone; or a "
            "network at the edge that carries nobody else's traffic",
     .example = "carrier"},
    {.key = "nodes",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_network, nodes),
     .sub = &node_table,
     .doc = "cities with routers: a CSV file or a list",
     .example = "china/telecom-nodes.csv"},
    {.key = "cities",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_network, cities),
     .doc = "short for nodes: cities with one router each",
     .example = "[beijing, shanghai]"},
    {.key = "links",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_network, links),
     .sub = &link_table,
     .doc = "backbone links: a CSV file or a list",
     .example = "china/telecom-links.csv"},
    {.key = "graph",
     .type = SCHEMA_PATH,
     .offset = offsetof(struct raw_network, graph),
     .doc = "GML or GraphML file with nodes (Latitude, Longitude, label) and edges (LinkSpeedRaw), "
            "instead of nodes and links; nodes with 'Internal 0' are left out",
     .example = "zoo/Chinanet.gml"},
    {.key = "capacity",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_network, capacity_bps),
     .unit = UNIT_RATE,
     .min = 1000,
     .max = MAX_RATE,
     .doc = "rate of the graph's links that have no LinkSpeedRaw",
     .example = "10Gbps"},
    {.key = "reflectors",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_network, reflectors),
     .doc = "cities whose first router is an iBGP route reflector",
     .example = "[beijing, shanghai]"},
    {.key = "clients",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_network, clients),
     .sub = &client_table,
     .alt = &city_clients_table,
     .alt_offset = offsetof(struct raw_network, city_clients),
     .doc =
         "client groups: a CSV file, a list, or one mapping for a group in every city of a graph",
     .example = "china/telecom-clients.csv"},
    {.key = "igp",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct raw_network, igp),
     .sub = &igp_table,
     .doc = "timers of the IGP"},
    {.key = "bgp",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct raw_network, bgp),
     .sub = &bgp_table,
     .doc = "timers and options of BGP"},
    {.key = "fib",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct raw_network, fib),
     .sub = &fib_table,
     .doc = "how fast routes reach the data plane"},
    LINE_NAME_FIELD("queue", struct raw_network, queue,
                    "queue discipline of its backbone links that name none", "aqm"),
    LINE_MTU_FIELD(struct raw_network, mtu_bytes, "of its backbone links that have none"),
    ROUTING_FIELDS(struct raw_network, routing),
    {.key = "no_client_to_client",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_network, routing.no_client_to_client),
     .fallback = "no",
     .doc = "reflectors do not reflect between their clients (RFC 4456 section 10)",
     .example = "yes"}};

static void network_absent(void *out)
{
    ((struct raw_network *)out)->kind = -1;
}

static const struct schema_table network_table = {.name = "network",
                                                  .doc =
                                                      "an autonomous system with routers in cities",
                                                  SCHEMA_FIELDS(network_fields),
                                                  .size = sizeof(struct raw_network),
                                                  .place = offsetof(struct raw_network, at),
                                                  .name_offset = offsetof(struct raw_network, name),
                                                  .prepare = network_absent};

static const char *const relations[] = {"peer", "customer"};

static const struct schema_field interconnect_fields[] = {
    NAME_FIELD("a", struct raw_interconnect, a, true, "one network", "cloud"),
    NAME_FIELD("b", struct raw_interconnect, b, true, "the other network", "telecom"),
    {.key = "relation",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_interconnect, relation),
     .names = relations,
     .nnames = 2,
     .required = true,
     .doc = "peer, or customer: a is a customer of b",
     .example = "peer"},
    NAME_FIELD("city", struct raw_interconnect, city, true, "city where both have routers",
               "beijing"),
    RATE_FIELD("capacity", struct raw_interconnect, true, "rate in each direction"),
    BACKGROUND_FIELD(struct raw_interconnect),
    BURST_FIELD(struct raw_interconnect),
    BURST_SHAPE_FIELDS(struct raw_interconnect),
    TIME_FIELD("delay", struct raw_interconnect, delay_ps, 0, "100us", "one-way delay"),
    NAME_FIELD("a_import", struct raw_interconnect, import[0], false,
               "policy of a for what comes in here", "edge-in"),
    NAME_FIELD("a_export", struct raw_interconnect, export_[0], false,
               "policy of a for what goes out here", "edge-out"),
    NAME_FIELD("b_import", struct raw_interconnect, import[1], false,
               "policy of b for what comes in here", "edge-in"),
    NAME_FIELD("b_export", struct raw_interconnect, export_[1], false,
               "policy of b for what goes out here", "edge-out"),
    LINE_FIELDS(struct raw_interconnect, line),
    SOURCE_FIELD};

static const struct schema_table interconnect_table = {
    .name = "interconnect",
    .doc = "an eBGP link between two networks in one city",
    SCHEMA_FIELDS(interconnect_fields),
    .size = sizeof(struct raw_interconnect),
    .place = offsetof(struct raw_interconnect, at)};

static const struct schema_field pop_fields[] = {
    NAME_FIELD("network", struct raw_pop, network, true, "the cloud or stub network it stands in",
               "cloud"),
    NAME_FIELD("city", struct raw_pop, city, true, "city of that network", "beijing")};

static const struct schema_table pop_table = {.name = "pop",
                                              .doc = "a place where services can be published",
                                              SCHEMA_FIELDS(pop_fields),
                                              .size = sizeof(struct raw_pop),
                                              .place = offsetof(struct raw_pop, at),
                                              .name_offset = offsetof(struct raw_pop, name)};

static const struct schema_field geography_fields[] = {
    TIME_FIELD("delay_per_km", struct raw_geography, delay_per_km_ps, 0, "4.9us",
               "time that light in fibre takes for a kilometre"),
    {.key = "stretch",
     .type = SCHEMA_FACTOR,
     .offset = offsetof(struct raw_geography, stretch_ppm),
     .min = MILLION,
     .max = 100 * MILLION,
     .fallback = "2.1",
     .doc = "fibre length over great-circle distance",
     .example = "2.1"}};

static const struct schema_table geography_table = {.name = "geography",
                                                    .doc = "how delays follow from distances",
                                                    SCHEMA_FIELDS(geography_fields)};

static const struct schema_field topology_fields[] = {
    {.key = "version",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_topology, version),
     .min = 1,
     .max = 1,
     .required = true,
     .doc = "version of the file format: 1",
     .example = "1"},
    NAME_FIELD("name", struct raw_topology, name, true, "the topology's name", "china"),
    {.key = "cities",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_topology, cities),
     .sub = &city_table,
     .doc = "cities: a CSV file, a list, or a mapping from names; graphs add theirs",
     .example = "china/cities.csv"},
    {.key = "geography",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct raw_topology, geography),
     .sub = &geography_table,
     .doc = "how delays follow from distances"},
    TIME_FIELD("queue", struct raw_topology, queue_ps, 0, "50ms",
               "buffer of every port, as time at its rate"),
    {.key = "networks",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_topology, networks),
     .sub = &network_table,
     .required = true,
     .doc = "networks by name"},
    {.key = "interconnects",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_topology, interconnects),
     .sub = &interconnect_table,
     .doc = "eBGP links between networks: a CSV file or a list",
     .example = "china/interconnects.csv"},
    {.key = "pops",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_topology, pops),
     .sub = &pop_table,
     .doc = "places where services can be published, by name"},
    {.key = "queues",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_topology, queues),
     .sub = &queue_table,
     .doc = "queue disciplines by name (docs/links.md)"},
    {.key = "impairments",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_topology, impairments),
     .sub = &impairment_table,
     .doc = "what lines do to packets, by name (docs/links.md)"},
    {.key = "policies",
     .type = SCHEMA_BLOCKS,
     .offset = offsetof(struct raw_topology, policies),
     .doc = "routing policies by name (docs/policy.md)"},
    {.key = "vrps",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_topology, vrps),
     .sub = &vrp_table,
     .doc = "validated origins of prefixes: a CSV file or a list",
     .example = "rpki/vrps.csv"}};

const struct schema_table topology_table = {.name = "topology",
                                            .doc = "networks, links, clients and POPs",
                                            SCHEMA_FIELDS(topology_fields),
                                            .size = sizeof(struct raw_topology),
                                            .place = offsetof(struct raw_topology, at)};
