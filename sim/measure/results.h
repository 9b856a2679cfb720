// SPDX-License-Identifier: GPL-3.0-or-later
// results: everything that a run found out, as passive data for the reports.
//
// Owned by the run that made it; report/ only reads. All times are scenario time (0 = end of the
// warm-up). RTTs and jitter are kept in nanoseconds in histograms and in picoseconds elsewhere.
#ifndef ANYSIM_MEASURE_RESULTS_H
#define ANYSIM_MEASURE_RESULTS_H

#include "base/hist.h"
#include "bgp/oscillation.h"
#include "demand/demand.h"
#include "fwd/drop.h"
#include "measure/health.h"
#include "measure/answers.h"
#include "measure/interval.h"
#include "measure/monitor.h"
#include "scenario/scenario.h"
#include "traffic/traffic.h"

struct availability_result {         // buckets of one phase, see availability.h
    int64_t seconds, outage_seconds; // buckets of 1 s: all, and those without service
    int64_t longest_seconds;         // the longest row of those, with what precedes the phase
    int64_t tens, outage_tens;       // buckets of 10 s
};

struct stretch_result { // see stretch.h
    int64_t best_ps;    // least round-trip delay to an announced site; −1: none can be reached
    int best_site;      // that site; −1
    double circle_km;   // great circle to the server that answered most; NaN: none answered
    int64_t circle_ps; // there and back in a straight fibre; −1: the same place, or none answered
};

// One client group × service × phase. A request is counted in the phase in which it was sent.
struct client_result {
    int group, service;
    enum phase phase;
    uint64_t sent;                    // requests
    uint64_t received;                // answered within the timeout
    uint64_t late;                    // answered, but too late (counted as lost)
    uint64_t lost_one_way;            // of those lost, the ones that wanted no answer
    uint64_t lost_by[FWD_DROP_COUNT]; // requests or answers dropped, by the core's reason
    struct hist rtt_ns;
    struct hist ipdv_ns;  // |difference of successive RTTs| (RFC 3393, round trip)
    double jitter_ps;     // RFC 3550 §6.4.1 J at the end of the phase, over round trips; NaN: none
    int site;             // POP by which most delivered requests entered; -1: none
    uint64_t *site_count; // per POP: delivered requests that entered there
    struct availability_result available;
    struct stretch_result stretch;
    // Set in PHASE_OUTAGE only, see meter.h; −1: nothing was cut off (or, of the parts, not known);
    // TIME_NEVER: not restored before the outage ended. The parts add up to failover_ps.
    int64_t failover_ps; // longest of the outage's events
    int64_t detect_ps;   // event → the failure is found
    int64_t converge_ps; // → last FIB change on the path that then worked
    int64_t restore_ps;  // → sending of the first answered request
};

// Round trips that last for ever: what the percentiles of rtt_ns have to count.
static inline uint64_t client_endless(const struct client_result *c)
{
    return c->sent - c->received - c->lost_one_way;
}

struct way_result {                // packets of one direction, see way.h
    uint64_t sent, received, late; // received: in time
    uint64_t copies, duplicated;   // copies beyond the first; packets that had some
    uint64_t reordered;
    struct hist delay_ns, ipdv_ns, pdv_ns; // of those received; IPDV without its sign
    struct hist extent;                    // of the reordered ones, in packets
    double jitter_ps;                      // RFC 3550's J at the end of the phase; NaN: none
};

struct object_result {                  // downloads, pages, look-ups, calls: see quality.h
    uint64_t begun, ok, reset, timeout; // the rest is unfinished
    uint64_t octets;
    struct hist duration_ns, goodput_bps; // of those that ended well
    uint64_t scored;                      // that have a score of their kind (traffic/traffic.h)
    double score_sum, score_min;          // NaN: none
    uint64_t stalls;
    int64_t stalled_ps;
};

struct quality_result { // one flow in one phase
    int traffic, service, group;
    enum phase phase;
    int64_t threshold_ps;         // of one-way loss
    struct way_result way[2];     // enum traffic_direction
    struct object_result objects; // of the kind's sort
    uint64_t broken[2];           // enum traffic_break
};

// One time bucket of a client group × service.
struct bucket_result {
    uint32_t sent, received, lost;
    uint32_t answered;  // of those received: with a round trip
    int64_t rtt_sum_ns; // of the answered ones
    int64_t rtt_max_ns;
    int16_t site;       // POP by which most answered requests of the bucket entered; -1: none
    int16_t site_votes; // of the majority vote for it
};

struct link_phase {                    // one direction of one link in one phase
    int32_t p95_ppm, p99_ppm, max_ppm; // utilisation over the phase's buckets; −1: it has none
    uint64_t packets;                  // simulated packets sent
    struct hist waited_ns;             // what each of them waited in the queue, those with 0 too
};

struct link_result {     // one direction of one link
    const char *name;    // "telecom/beijing-1>telecom/shanghai-1"
    const char *a, *b;   // owned; nodes
    const char *network; // or "interconnect", "access", "site"
    double a_lat, a_lon, b_lat, b_lon;
    int64_t rate_bps;
    uint64_t packets, bytes; // simulated packets sent
    uint64_t drops;          // at this link's queue or while it was down
    // Utilisation in ppm of the rate, demand and background together, per bucket and summed up
    // per phase (mean) and over the run (max).
    int32_t *util_ppm; // [nbuckets]
    int32_t mean_ppm[PHASE_COUNT];
    int32_t max_ppm;
    int64_t max_queue_ps;
    struct link_phase in[PHASE_COUNT];
};

struct gateway_way {           // what comes to a gateway for services, or the answers
    uint64_t packets;          // times the users that they stand for
    double bits;               // of those, and of demands
    double peak_pps, peak_bps; // of a bucket
};

struct gateway_result { // of a POP
    int pop, number;
    struct gateway_way way[2]; // in, out
    uint64_t flows;            // that began, from before time 0 on
    int64_t flows_peak;        // known at once
    int64_t flow_limit;        // 0: none
    // Packets, times the users that they stand for, that met a limit.
    uint64_t refused_bit_rate, refused_packet_rate, refused_flow_rate, refused_flow_table;
};

struct control_result {
    int64_t converged_ps; // last FIB change before time 0, as scenario time (negative)
    bool warm;            // quiet for the last tenth of the warm-up
    uint64_t bgp_updates, bgp_withdraws, spf_runs, lsa_floods, fib_changes;
    uint64_t reroutes; // FIB entries that fast reroute switched; among fib_changes
    uint64_t sessions, routers;
    struct bgp_cycle *cycles; // prefixes whose best paths never settle, as of the end
    int ncycles;
};

// A stretch of an EIP's life in which nothing about it changed, and the simulated packets in it.
struct eip_result {
    int service;
    int64_t from_ps, to_ps;
    const char *what; // began it: "bind", …, or NULL: time passed
    enum life_state state;
    bool blocked;
    struct life_backend backend;                            // that it forwarded to; pop −1: none
    uint64_t in_packets, in_bytes, out_packets, out_bytes;  // passed on
    uint64_t unbound, blocked_drops, policed, untranslated; // dropped at the POPs
};

// What a cap did to one direction of an EIP at one of its entries: sums over time.
struct cap_figures {
    double seconds;
    double offered_bit, passed_bit; // of all kinds of load
    double share_bit;               // of the cap
};
struct cap_result {
    int service, pop;
    bool outward; // to clients
    struct cap_figures in[PHASE_COUNT];
};

struct check_result { // one condition of an expectation for one client group or link
    int expectation, condition;
    int group, link; // −1: it is about the other; both: about a demand as a whole
    bool ok, exists;
    int64_t value; // in the metric's base unit, when it exists
    char expected[64], obtained[96];
};

// A figure over replicas, see report/replicas.h.
struct replica_figure {
    enum metric metric;
    int service, group; // group −1: all of them; service −1: it is of a link
    int link;           // or −1
    enum phase phase;
    int infinite;           // replicas in which it is longer than any time
    struct interval finite; // of those in which it exists and is finite, in the base unit
};

struct replicas_result {
    int n;
    uint64_t *seeds;                // of each; the first is the scenario's own
    struct replica_figure *figures; // ordered by service, group, phase, metric; then those of links
    size_t nfigures;
};

#define ATTACK_NOWHERE UINT32_MAX

struct attack_row { // see attackmeter.h
    int traffic, service;
    enum phase phase;
    enum traffic_strike_end end;
    enum fwd_drop reason; // DROPPED
    int pop;              // that it came in by; -1: it did not, or is not known
    uint32_t node, port;  // where it ended, or ATTACK_NOWHERE
    uint64_t packets;
    double bits;
    char *place; // in words, owned; NULL: nowhere
};

enum defence { DEFENCE_SCRUB, DEFENCE_BACKLOG, DEFENCE_KINDS };
extern const char *const defence_names[DEFENCE_KINDS]; // "scrub", "backlog"

struct defence_row {  // packets, each as many as it stands for
    int service, pop; // pop: -1: not known
    enum defence defence;
    enum phase phase;
    uint64_t hostile, hostile_stopped, good, good_stopped;
};

struct results {
    const struct scenario *scenario;
    struct demand_results demands;
    struct monitor_result monitor;
    struct client_result *clients; // ordered by service, group, phase
    int nclients;
    struct quality_result *quality; // ordered by traffic, group, service, phase
    int nquality;
    struct answers_result *names; // of services of mode gslb, in their order
    int nnames;
    int nbuckets;
    struct bucket_result *buckets; // [(service * ngroups + group) * nbuckets + bucket]
    struct attack_row *attacks;    // ordered by attack, service, phase, POP, end
    size_t nattacks;
    struct defence_row *defences; // ordered by service, POP, defence, phase
    size_t ndefences;
    struct link_result *links; // in order of building
    int nlinks;
    struct eip_result *eips; // ordered by service, time
    int neips;
    struct gateway_result *gateways; // ordered by POP and number
    int ngateways;
    struct cap_result *caps; // ordered by service, entry
    int ncaps;
    struct health_log *health; // of services with health checks
    struct control_result control;
    // Conservation, in packets: sent = delivered + dropped + in_flight, checked at the end.
    uint64_t sent, delivered, dropped, in_flight;
    uint64_t dropped_by[FWD_DROP_COUNT];
    uint64_t packet_hops, events;
    bool *expected_links; // [expectation * nlinks + link]: it is about that link
    struct check_result *checks;
    int nchecks, nfailed;
    struct replicas_result *replicas; // or NULL: there was one run
};

// client_result of (service, group, phase), or NULL when no traffic kind joins them.
const struct client_result *results_client(const struct results *r, int service, int group,
                                           enum phase phase);

// The quality of (service, group, phase) over all traffics, or those of one kind (the scenario's; −1:
// any); group −1: over all of them; to be freed with quality_result_free (quality.h). False when there is none.
bool results_quality(const struct results *r, int service, int group, enum phase phase, int kind,
                     struct quality_result *out);

// What a name's users did; NULL: the service is none.
const struct answers_client *results_answers(const struct results *r, int service, int group,
                                             enum phase phase);

// The time buckets of (service, group): nbuckets of them.
const struct bucket_result *results_buckets(const struct results *r, int service, int group);

// A demand in a phase: one direction of what comes from a client group, or (−1) of all of it.
void results_demand(const struct results *r, int demand, int group, bool down, enum phase phase,
                    struct demand_figures *sum);

void results_free(struct results *r);

#endif
