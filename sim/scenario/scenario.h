// SPDX-License-Identifier: GPL-3.0-or-later
// scenario: what a scenario file says, as passive data.
//
// scenario_load reads the file, its topology and everything they name, checks it all, and
// reports every mistake through the collector. Loading uses igraph, so it is for one thread at a
// time. A file with `variants:` gives several scenarios, each the file with the variant's keys
// merged over it.
#ifndef ANYSIM_SCENARIO_SCENARIO_H
#define ANYSIM_SCENARIO_SCENARIO_H

#include "base/arena.h"
#include "base/diag.h"
#include "scenario/demand.h"
#include "scenario/metric.h"
#include "scenario/monitor.h"
#include "scenario/service.h"
#include "scenario/topology.h"
#include "scenario/traffic_options.h"
#include "scenario/zone.h"

struct traffic {
    const char *name;
    enum traffic_kind kind;
    bool *from; // [client group index, see scenario.groups]: takes part
    int *to;    // service indices
    int nto;
    int64_t rate_uhz;   // requests a second of one client, in micro-hertz (game 5/s, ping 1/s)
    int64_t up_bytes;   // IP datagram from client to server (game 100 B, ping 84 B)
    int64_t down_bytes; // and back (game 240 B; ping: always as up)
    int64_t server_ps;  // time that the server takes (1 ms for game)
    int64_t users_ppm;  // share of the population that the sampled flow stands for (0: only itself)
    int64_t thinned_ppm; // requests that each one sent stands for: 1, more when a sweep sends fewer
    int64_t timeout_ps;  // an answer later than this counts as lost (RFC 7679's threshold; 2 s)
    int64_t dscp;        // of its packets, both ways (0)
    union traffic_options options; // of its kind
    struct srcpos at;
};

enum event_kind {
    EVENT_FAIL,
    EVENT_REPAIR,
    EVENT_WITHDRAW,
    EVENT_ANNOUNCE,
    EVENT_METRIC,   // links of a network get another IGP metric
    EVENT_OVERLOAD, // routers of a network set or clear their overload bit
    EVENT_DRAIN,    // graceful shutdown of sessions or of a service (RFC 8326)
    // Incidents: each ends by itself, after struct incident.for_ps
    EVENT_RESET,           // sessions are reset
    EVENT_SHUTDOWN,        // sessions are shut down by an operator
    EVENT_DROP_KEEPALIVES, // nothing of sessions arrives, though the links work
    EVENT_STALL,           // receivers of sessions stop reading
    EVENT_SLOW,            // processors of routers are slow
    EVENT_RESTART_BGP,     // BGP processes of routers restart
    EVENT_DEGRADE,         // links lose packets (a grey failure)
    EVENT_IMPAIR,          // links get or lose an impairment
    EVENT_FLAP,            // sessions, or a service, go and come again and again
    EVENT_HIJACK,          // a network announces what belongs to somebody else
    EVENT_LEAK,            // a network passes on what it should keep to itself
    EVENT_ACTION,          // an operator does something: see scenario/action.h
    EVENT_KINDS
};
#define EVENT_FIRST_INCIDENT EVENT_RESET
enum outage_mode { OUTAGE_DETECTED, OUTAGE_SILENT };

// What an event hits. Several fields narrow each other; selector.c makes sure that something
// matches.
struct selector {
    int network;           // or -1
    int between[2];        // two cities of `network` (their links), or -1; ascending
    int first_city;        // of `between` as written, or that of `around`; or -1
    int around;            // a city of `network`: its links to other cities (metro cut off), or -1
    int city;              // all routers of `network` in this city, or -1
    bool all;              // every backbone link of `network` (expectations only)
    int pop;               // everything at a POP, or -1 …
    int gateway;           // … only this gateway of it, from 1 on; 0: everything
    int interconnect[2];   // two networks, ascending: their eBGP links …
    int first_network;     // of `interconnect` as written, or -1
    int interconnect_city; // … in this city (topology city index), or -1 for all
    const char *srlg;      // links of this group, in `network` or, when that is -1, in all; or NULL
    int service; // withdraw/announce: at `pop` (or at all of its POPs when pop is -1); else -1
    struct srcpos at;
    const char *text; // in words, for reports: "telecom around beijing"
};

enum hijack_kind { HIJACK_ORIGIN, HIJACK_SUBPREFIX, HIJACK_FORGED_PATH };

struct incident {
    int64_t for_ps;                // how long it lasts; 0: to the end of the run
    int64_t times, every_ps;       // EVENT_FLAP
    int64_t factor;                // EVENT_SLOW: everything takes so many times as long
    int64_t loss_ppm;              // EVENT_DEGRADE
    const char *text;              // EVENT_RESET, EVENT_SHUTDOWN: for the other side, or NULL
    const struct impairment *with; // EVENT_IMPAIR; NULL: none
    int by, city;         // EVENT_HIJACK, EVENT_LEAK: the network; in this city or, -1, everywhere
    int from, to;         // EVENT_LEAK: networks
    struct prefix prefix; // EVENT_HIJACK: what is announced …
    uint32_t origin;      // … and the AS that the forged path ends with; 0: it is no forged one
};

struct event {
    int64_t at_ps;
    enum event_kind kind;
    enum outage_mode mode;
    int64_t metric; // EVENT_METRIC; 0: what the topology says
    bool one_way;   // EVENT_METRIC, EVENT_IMPAIR: only from the selector's first city or network
    bool on;        // EVENT_OVERLOAD, EVENT_DRAIN, EVENT_ACTION
    struct incident incident;
    int action;       // EVENT_ACTION: enum action_kind …
    const void *data; // … what it is about (struct surge, …)
    const char *pair; // … and what an event that is not `on` ends; or NULL
    struct selector target;
    const char *label; // for plots: given, or made from kind and target
    struct srcpos at;
};

// The key in the file: "fail", …
const char *event_name(const struct event *e);
const char *event_kind_name(enum event_kind k); // not of EVENT_ACTION
// Does it break or change something (else it undoes that)?
bool event_begins(const struct event *e);
// When it is over by itself; its own time for events that others undo.
int64_t event_end_ps(const struct event *e);

// The run is cut into three phases: before the first event, the outage (first `fail`, `withdraw`,
// `metric`, `overload` or incident to the last event that undoes one and the end of the last incident,
// or to the end of the run), and after.
enum phase { PHASE_BEFORE, PHASE_OUTAGE, PHASE_AFTER, PHASE_COUNT };
extern const char *const phase_names[PHASE_COUNT]; // "before", "outage", "after"

enum compare { CMP_LT, CMP_LE, CMP_EQ, CMP_NE, CMP_GE, CMP_GT };
extern const char *const compare_names[]; // "<", "<=", "==", "!=", ">=", ">"

struct condition { // one `metric: "op value"` of an expectation
    enum metric metric;
    enum compare op;
    int64_t value;    // in the metric's base unit; METRIC_SITE: POP index
    const char *text; // the value as written
    struct srcpos at;
};

// With replicas of a run, what has to hold: every one of them, or their mean.
enum expect_over { OVER_WORST, OVER_MEAN, OVER_COUNT };
extern const char *const over_names[OVER_COUNT]; // "worst", "mean"

struct expectation {
    int service; // or −1: it is about links
    bool *from;  // client groups meant; each of them must hold; NULL of links
    const char *from_text;
    const struct selector *links; // of which both directions must hold; NULL: about clients
    const struct demand *demand;  // or NULL; `from` NULL: all of it together
    int pop;                      // whose share is looked at, or −1
    enum phase phase;
    enum expect_over over;
    const char *headline; // words for scenarios/README.md, or NULL
    struct condition *conditions;
    int nconditions;
    struct srcpos at;
};

struct group_ref { // every client group of the topology, in file order
    int network;
    int index; // into network.clients
};

struct scenario {
    const char *name;    // file's name key
    const char *variant; // or NULL
    const char *file;
    const char *description; // or NULL
    uint64_t seed;
    int64_t duration_ps;
    int64_t warmup_ps; // control plane converges before time 0 (default 120 s)
    int64_t clock_ps;  // time of day at time 0 (20 h)
    int64_t bucket_ps; // resolution of time series (default 1 s)
    struct topology topology;
    struct service *services;
    int nservices;
    struct zone *zones;
    int nzones;
    const struct resolver *resolvers;
    int nresolvers;
    struct traffic *traffic;
    int ntraffic;
    struct demand *demands;
    int ndemands;
    struct monitor_options monitor;
    struct billing_options billing;
    struct curve *curves;
    struct daytime daytime;
    struct event *events; // in order of time
    int nevents;
    struct expectation *expectations;
    int nexpectations;
    struct group_ref *groups;
    int ngroups;
    int64_t outage_from_ps, outage_to_ps; // phase borders; both duration_ps when nothing happens
    uint64_t input_hash;                  // of the bytes of every file read, in order
};

struct scenario_list {
    struct arena arena; // owns everything below
    struct scenario *v;
    int n;
};

// Reads scenario `path` with all its variants. Diagnostics go to `d`; check diag_errors(d) before
// use. Always free with scenario_list_free.
void scenario_load(const char *path, struct diag *d, struct scenario_list *out);
// The same for a topology file alone (`anysim check`, `anysim topology`): out->v[0].topology.
void topology_load(const char *path, struct diag *d, struct scenario_list *out);
void scenario_list_free(struct scenario_list *l);

// Applies `key.path=value` over a loaded file before it is read (the command line's --set).
struct override {
    const char *key;   // "duration", "networks.telecom.igp.bfd"
    const char *value; // YAML
};
void scenario_load_with(const char *path, const struct override *sets, size_t nsets, struct diag *d,
                        struct scenario_list *out);

// Has another action of the same pair happened before `e`, one of s->events, is over by itself? Then
// that one stands, and the end of `e` undoes nothing.
bool event_is_superseded(const struct scenario *s, const struct event *e);

// The phase of a time of the scenario.
enum phase scenario_phase(const struct scenario *s, int64_t t_ps);

// "telecom/hebei" → group index, or -1.
int scenario_group(const struct scenario *s, const char *name);
// Writes "telecom/hebei"; returns buf.
char *scenario_group_name(const struct scenario *s, int group, char *buf, size_t size);

// What a file is, from its top-level keys.
enum file_kind { FILE_SCENARIO, FILE_TOPOLOGY };
enum file_kind file_sniff(const char *path);
// Reads and checks a file of either kind, only for its diagnostics.
enum file_kind file_check(const char *path, struct diag *d);

// JSON Schema (draft 2020-12) of the scenario and topology formats, from the readers' own tables.
// `which`: "scenario" or "topology"; false and nothing printed on anything else.
bool schema_print_json(const char *which, FILE *out);
// The same tables as a reference in Markdown (docs/scenario.md, docs/topology.md).
bool schema_print_markdown(const char *which, FILE *out);

#endif
