// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/scenario_schema.h"

#include "scenario/topology_schema.h"
#include "scenario/traffic_schema.h"

#define MAX_TIME (INT64_C(24) * 3600 * PS_PER_S)

#define NAME(k, st, m, text, ex)                                                                   \
    {                                                                                              \
        .key = (k), .type = SCHEMA_NAME, .offset = offsetof(st, m), .doc = (text), .example = (ex) \
    }
#define NAMES(k, st, m, text, ex)                                                                  \
    {                                                                                              \
        .key = (k), .type = SCHEMA_NAMES, .offset = offsetof(st, m), .doc = (text),                \
        .example = (ex)                                                                            \
    }
#define CONDITION(name, k, unit, scope, ex, about)                                                 \
    {.key = (k),                                                                                   \
     .type = SCHEMA_TEXT,                                                                          \
     .offset = offsetof(struct raw_expectation, conditions) + METRIC_##name * sizeof(struct text), \
     .doc = (about),                                                                               \
     .example = (ex)},

static const char *const outages[] = {"detected", "silent"};

static const struct schema_field selector_fields[] = {
    NAME("network", struct raw_selector, network,
         "with between, around and city: the network meant; with srlg: only there", "telecom"),
    NAMES("between", struct raw_selector, between, "the links between two cities",
          "[beijing, shijiazhuang]"),
    NAME("around", struct raw_selector, around, "all links of a city to other cities", "beijing"),
    NAME("city", struct raw_selector, city,
         "all routers of the network in a city; with interconnect: only there", "beijing"),
    NAME("pop", struct raw_selector, pop, "everything at a POP", "shanghai"),
    NAMES("interconnect", struct raw_selector, interconnect, "eBGP links between two networks",
          "[telecom, unicom]"),
    NAME("srlg", struct raw_selector, srlg,
         "links of a shared-risk group, in every network unless one is named", "taihang-duct"),
    NAME("service", struct raw_selector, service,
         "withdraw and announce: the service, at `pop` or at all its POPs", "eip")};

static const struct schema_table selector_table = {.name = "selector",
                                                   .doc = "what an event hits",
                                                   SCHEMA_FIELDS(selector_fields),
                                                   .size = sizeof(struct raw_selector),
                                                   .place = offsetof(struct raw_selector, at)};

#define TARGET(k, kind, text)                                                                      \
    {                                                                                              \
        .key = (k), .type = SCHEMA_OPTIONAL,                                                       \
        .offset = offsetof(struct raw_event, target) + (kind) * sizeof(void *),                    \
        .sub = &selector_table, .doc = (text)                                                      \
    }

#define ACTION_FIELD(name, word, lasts, text)                                                      \
    {.key = #word,                                                                                 \
     .type = SCHEMA_OPTIONAL,                                                                      \
     .offset = offsetof(struct raw_event, action) + ACTION_##name * sizeof(void *),                \
     .sub = &word##_table,                                                                         \
     .doc = (text)},

static const char *const hijack_kinds[] = {"origin", "subprefix", "forged-path"};

static const struct schema_field hijack_fields[] = {
    {.key = "by",
     .type = SCHEMA_TEXT,
     .offset = offsetof(struct raw_hijack, by),
     .required = true,
     .doc = "the network that announces it, at all of its routers or, NETWORK/CITY, in one city",
     .example = "unicom/beijing"},
    NAME("service", struct raw_hijack, service, "the service whose prefix it is", "eip"),
    {.key = "prefix",
     .type = SCHEMA_PREFIX,
     .offset = offsetof(struct raw_hijack, prefix),
     .doc = "any prefix instead of a service's",
     .example = "203.0.113.0/24"},
    {.key = "kind",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_hijack, kind),
     .names = hijack_kinds,
     .nnames = 3,
     .fallback = "origin",
     .doc =
         "origin: the same prefix; subprefix: its lower half, which wins everywhere; forged-path: "
         "the same prefix, as if the service's network were behind",
     .example = "subprefix"}};

static const struct schema_table hijack_table = {.name = "hijack",
                                                 .doc = "an announcement of somebody else's prefix",
                                                 SCHEMA_FIELDS(hijack_fields),
                                                 .size = sizeof(struct raw_hijack),
                                                 .place = offsetof(struct raw_hijack, at)};

static const struct schema_field leak_fields[] = {{.key = "by",
                                                   .type = SCHEMA_NAME,
                                                   .offset = offsetof(struct raw_leak, by),
                                                   .required = true,
                                                   .doc = "the network that leaks",
                                                   .example = "cloud"},
                                                  {.key = "from",
                                                   .type = SCHEMA_NAME,
                                                   .offset = offsetof(struct raw_leak, from),
                                                   .required = true,
                                                   .doc = "the neighbour whose routes it passes on",
                                                   .example = "telecom"},
                                                  {.key = "to",
                                                   .type = SCHEMA_NAME,
                                                   .offset = offsetof(struct raw_leak, to),
                                                   .required = true,
                                                   .doc = "the neighbour that hears of them",
                                                   .example = "unicom"}};

static const struct schema_table leak_table = {.name = "leak",
                                               .doc = "routes passed on that should not be",
                                               SCHEMA_FIELDS(leak_fields),
                                               .size = sizeof(struct raw_leak),
                                               .place = offsetof(struct raw_leak, at)};

static const char *const metric_words[] = {"configured"};
static const char *const states[] = {"on", "off"};

static const struct schema_field event_fields[] = {
    {.key = "at",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_event, at_ps),
     .place = offsetof(struct raw_event, at_place),
     .unit = UNIT_TIME,
     .required = true,
     .doc = "when; inside the duration",
     .example = "60s"},
    TARGET("fail", EVENT_FAIL, "what breaks"),
    TARGET("repair", EVENT_REPAIR, "what works again; the same selector as an earlier fail"),
    TARGET("withdraw", EVENT_WITHDRAW, "a service that is no longer announced"),
    TARGET("announce", EVENT_ANNOUNCE, "a service that is announced again"),
    TARGET("metric", EVENT_METRIC, "links whose IGP metric becomes `value`"),
    TARGET("overload", EVENT_OVERLOAD,
           "routers that set their overload bit: reachable, but no way through (ISO 10589)"),
    TARGET("drain", EVENT_DRAIN,
           "sessions of a POP, of the routers of a city or of an interconnect, or a service, that "
           "are to be left without loss (RFC 8326)"),
    TARGET("reset", EVENT_RESET, "BGP sessions that an operator resets"),
    TARGET("shutdown", EVENT_SHUTDOWN, "BGP sessions that an operator shuts down"),
    TARGET("drop_keepalives", EVENT_DROP_KEEPALIVES,
           "BGP sessions whose packets are dropped, though the links work"),
    TARGET("stall", EVENT_STALL, "BGP sessions whose receivers stop reading"),
    TARGET(
        "slow", EVENT_SLOW,
        "routers whose processors take `factor` times as long, or the sessions of an interconnect "
        "whose receivers do"),
    TARGET("restart_bgp", EVENT_RESTART_BGP, "routers whose BGP is away `for` so long"),
    TARGET("degrade", EVENT_DEGRADE, "links that lose a share of the packets, unnoticed"),
    TARGET("impair", EVENT_IMPAIR, "links whose lines do to packets what `with` says"),
    TARGET("flap", EVENT_FLAP, "BGP sessions, or a service, that go and come `times` times"),
    {.key = "hijack",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_event, hijack),
     .sub = &hijack_table,
     .doc = "a network announces what belongs to somebody else"},
    {.key = "leak",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_event, leak),
     .sub = &leak_table,
     .doc = "a network passes routes on that it should keep to itself"},
    SCENARIO_ACTIONS(ACTION_FIELD){
        .key = "for",
        .type = SCHEMA_UNIT,
        .offset = offsetof(struct raw_event, for_ps),
        .place = offsetof(struct raw_event, for_at),
        .unit = UNIT_TIME,
        .min = PS_PER_MS,
        .max = MAX_TIME,
        .doc = "how long an incident lasts; to the end of the run when absent",
        .example = "60s"},
    {.key = "times",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_event, times),
     .place = offsetof(struct raw_event, times_at),
     .min = 1,
     .max = 10000,
     .doc = "flap: how often",
     .example = "5"},
    {.key = "every",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_event, every_ps),
     .place = offsetof(struct raw_event, every_at),
     .unit = UNIT_TIME,
     .min = PS_PER_MS,
     .max = MAX_TIME,
     .doc = "flap: from one to the next; a service is away for half of it",
     .example = "30s"},
    {.key = "factor",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_event, factor),
     .place = offsetof(struct raw_event, factor_at),
     .min = 1,
     .max = 1000000,
     .doc = "slow: how many times as long everything takes",
     .example = "50"},
    {.key = "loss",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_event, loss_ppm),
     .place = offsetof(struct raw_event, loss_at),
     .unit = UNIT_RATIO,
     .min = 1,
     .max = 1000000,
     .doc = "degrade: the share of packets that is lost, in each direction",
     .example = "5%"},
    {.key = "text",
     .type = SCHEMA_TEXT,
     .offset = offsetof(struct raw_event, text),
     .doc = "reset and shutdown: words for the operators at the other end (RFC 9003)",
     .example = "line maintenance until 04:00"},
    LINE_NAME_FIELD("with", struct raw_event, with, "impair: an impairment by its name, or none",
                    "noisy"),
    {.key = "value",
     .type = SCHEMA_INT_WORD,
     .offset = offsetof(struct raw_event, value),
     .place = offsetof(struct raw_event, value_at),
     .names = metric_words,
     .nnames = 1,
     .min = 1,
     .max = 16777214,
     .doc = "metric: the new one, or configured: what the topology says",
     .example = "5000"},
    {.key = "one_way",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_event, one_way),
     .place = offsetof(struct raw_event, one_way_at),
     .fallback = "no",
     .doc = "metric, impair: only in the direction that starts at the first city, or network",
     .example = "yes"},
    {.key = "state",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_event, state),
     .place = offsetof(struct raw_event, state_at),
     .names = states,
     .nnames = 2,
     .fallback = "on",
     .doc = "overload: whether the bit is set; drain: whether it begins",
     .example = "off"},
    {.key = "mode",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_event, mode),
     .place = offsetof(struct raw_event, mode_at),
     .names = outages,
     .nnames = 2,
     .fallback = "detected",
     .doc = "detected: interfaces go down; silent: packets vanish until hold time or BFD expires",
     .example = "silent"},
    {.key = "label",
     .type = SCHEMA_TEXT,
     .offset = offsetof(struct raw_event, label),
     .doc = "name of the event in plots and reports",
     .example = "fibre cut"}};

static void event_absent(void *out)
{
    ((struct raw_event *)out)->at_ps = -1;
    ((struct raw_event *)out)->value = EVENT_NO_VALUE;
}

static const struct schema_table event_table = {.name = "event",
                                                .doc = "something that happens during the run",
                                                SCHEMA_FIELDS(event_fields),
                                                .size = sizeof(struct raw_event),
                                                .place = offsetof(struct raw_event, at),
                                                .prepare = event_absent};

static const struct schema_field expectation_fields[] = {
    {.key = "service",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_expectation, service),
     .doc = "the service that is looked at",
     .example = "eip"},
    {.key = "links",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_expectation, links),
     .sub = &selector_table,
     .doc = "links that are looked at instead, both directions of each"},
    {.key = "demand",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_expectation, demand),
     .doc = "the demand that is looked at instead: all of it, or with `from` that of each group",
     .example = "video"},
    {.key = "from",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_expectation, from),
     .sub = &from_table,
     .doc = "client groups that are looked at, each by itself; all when absent"},
    {.key = "during",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_expectation, phase),
     .place = offsetof(struct raw_expectation, phase_at),
     .names = phase_names,
     .nnames = PHASE_COUNT,
     .required = true,
     .doc = "phase of the run",
     .example = "outage"},
    {.key = "replicas",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_expectation, over),
     .names = over_names,
     .nnames = OVER_COUNT,
     .fallback = "worst",
     .doc = "with --replicas: every one of them must hold (worst), or their mean",
     .example = "mean"},
    METRICS(CONDITION)};

static const struct schema_table expectation_table = {
    .name = "expectation",
    .doc = "what must hold for every client group meant",
    SCHEMA_FIELDS(expectation_fields),
    .size = sizeof(struct raw_expectation),
    .place = offsetof(struct raw_expectation, at)};

#define TIMERS(k, m, table, text)                                                                  \
    {                                                                                              \
        .key = (k), .type = SCHEMA_PATCH, .offset = offsetof(struct raw_timers, m),                \
        .sub = &(table), .doc = (text)                                                             \
    }

static const struct schema_field timers_fields[] = {
    TIMERS("igp", igp, igp_table, "timers of the IGP that differ from the topology's"),
    TIMERS("bgp", bgp, bgp_table, "timers and options of BGP that differ from the topology's"),
    TIMERS("fib", fib, fib_table, "FIB delays that differ from the topology's"),
    LINE_NAME_FIELD("queue", struct raw_timers, queue,
                    "queue discipline of its backbone links that name none", "aqm"),
    LINE_MTU_FIELD(struct raw_timers, mtu_bytes, "of its backbone links that have none"),
    ROUTING_FIELDS(struct raw_timers, routing)};

static const struct schema_table timers_table = {
    .name = "network_timers",
    .doc = "timers and policies of a network in this scenario",
    SCHEMA_FIELDS(timers_fields),
    .size = sizeof(struct raw_timers),
    .place = offsetof(struct raw_timers, at),
    .name_offset = offsetof(struct raw_timers, name)};

static const struct schema_field scenario_fields[] = {
    {.key = "version",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_scenario, version),
     .min = 1,
     .max = 1,
     .required = true,
     .doc = "version of the file format: 1",
     .example = "1"},
    {.key = "name",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_scenario, name),
     .required = true,
     .doc = "the scenario's name; results go to results/NAME",
     .example = "beijing-telecom-outage"},
    {.key = "description",
     .type = SCHEMA_TEXT,
     .offset = offsetof(struct raw_scenario, description),
     .doc = "a sentence for reports",
     .example = "Telecom's Beijing metro is cut off"},
    {.key = "topology",
     .type = SCHEMA_PATH,
     .offset = offsetof(struct raw_scenario, topology),
     .required = true,
     .doc = "topology file, relative to this file",
     .example = "../topologies/china.yaml"},
    {.key = "seed",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_scenario, seed),
     .max = INT64_MAX,
     .fallback = "1",
     .doc = "seed of all random streams",
     .example = "42"},
    {.key = "duration",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_scenario, duration_ps),
     .place = offsetof(struct raw_scenario, duration_at),
     .unit = UNIT_TIME,
     .min = PS_PER_MS,
     .max = MAX_TIME,
     .required = true,
     .doc = "length of the run",
     .example = "300s"},
    {.key = "warmup",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_scenario, warmup_ps),
     .unit = UNIT_TIME,
     .max = MAX_TIME,
     .fallback = "120s",
     .doc = "time before the run in which routing converges",
     .example = "120s"},
    {.key = "bucket",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_scenario, bucket_ps),
     .place = offsetof(struct raw_scenario, bucket_at),
     .unit = UNIT_TIME,
     .min = PS_PER_MS,
     .max = MAX_TIME,
     .fallback = "1s",
     .doc = "resolution of time series and of demand; from the time between requests that stand "
            "for users to the duration",
     .example = "1s"},
    {.key = "services",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_scenario, services),
     .sub = &service_table,
     .required = true,
     .doc = "services by name"},
    {.key = "traffic",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_scenario, traffic),
     .sub = &traffic_table,
     .required = true,
     .doc = "traffic by name"},
    {.key = "demands",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_scenario, demands),
     .sub = &demand_table,
     .doc = "traffic of many users at once, in bit/s, by name (docs/demands.md)"},
    {.key = "curves",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_scenario, curves),
     .sub = &curve_table,
     .doc = "how things go up and down over the day, by name"},
    {.key = "daytime",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_scenario, daytime),
     .sub = &daytime_table,
     .doc = "whose time of day `clock` is, and how fast it passes, for curves over the day"},
    {.key = "timeline",
     .type = SCHEMA_LIST,
     .offset = offsetof(struct raw_scenario, timeline),
     .sub = &event_table,
     .doc = "events; nothing happens when absent"},
    {.key = "expect",
     .type = SCHEMA_LIST,
     .offset = offsetof(struct raw_scenario, expect),
     .sub = &expectation_table,
     .doc = "what must hold, for anysim test"},
    {.key = "networks",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_scenario, networks),
     .sub = &timers_table,
     .doc = "timers and policies that differ from the topology's, by network"},
    {.key = "clock",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_scenario, clock_ps),
     .unit = UNIT_TIME,
     .max = CURVE_DAY_PS - PS_PER_S,
     .fallback = "20h",
     .doc = "time of day when the run begins, for curves over the day",
     .example = "21h"},
    {.key = "queues",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_scenario, queues),
     .sub = &queue_table,
     .doc = "queue disciplines by name, besides the topology's (docs/links.md)"},
    {.key = "impairments",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_scenario, impairments),
     .sub = &impairment_table,
     .doc = "what lines do to packets, by name, besides the topology's (docs/links.md)"},
    {.key = "congestion",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_scenario, congestion),
     .sub = &congestion_table,
     .alt = &congestion_table,
     .alt_offset = offsetof(struct raw_scenario, one_congestion),
     .doc = "crowded interconnects: one, a list, or a CSV file",
     .example = "congestion.csv"},
    {.key = "policies",
     .type = SCHEMA_BLOCKS,
     .offset = offsetof(struct raw_scenario, policies),
     .doc = "routing policies by name, besides the topology's (docs/policy.md)"},
    {.key = "vrps",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_scenario, vrps),
     .sub = &vrp_table,
     .doc = "validated origins of prefixes, besides the topology's: a CSV file or a list",
     .example = "rpki/vrps.csv"},
    {.key = "variants",
     .type = SCHEMA_PARTIAL,
     .doc = "scenarios by name: each is this file with these keys merged over it"}};

const struct schema_table scenario_table = {.name = "scenario",
                                            .doc = "a run: services, traffic, events, expectations",
                                            SCHEMA_FIELDS(scenario_fields),
                                            .size = sizeof(struct raw_scenario),
                                            .place = offsetof(struct raw_scenario, at)};
