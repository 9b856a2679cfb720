// SPDX-License-Identifier: GPL-3.0-or-later
// topology: networks, cities, links, interconnects, POPs and clients, as passive data.
//
// Filled by the readers, checked by topology_check, translated by run/world. Everything lives in
// the arena of the scenario that it belongs to and never changes afterwards. Every element keeps
// the place it came from (`at`), so that later checks can point at it. Cross-references are
// resolved pointers or indices, never names.
#ifndef ANYSIM_SCENARIO_TOPOLOGY_H
#define ANYSIM_SCENARIO_TOPOLOGY_H

#include "base/diag.h"
#include "base/ip.h"
#include "scenario/burst.h"
#include "scenario/gateway.h"
#include "scenario/line.h"
#include "scenario/routing.h"
#include <stdbool.h>
#include <stdint.h>

struct city {
    const char *name;     // "shijiazhuang"
    const char *province; // "hebei": the region that expectations and selectors name
    double lat, lon;      // degrees, WGS 84
    int64_t population;
    int64_t utc_offset_ps; // of its clocks; by longitude unless given
    struct srcpos at;
};

enum igp_start { IGP_START_COLD, IGP_START_CONVERGED };
enum fast_reroute { FAST_REROUTE_NONE, FAST_REROUTE_LFA, FAST_REROUTE_TILFA };
enum protect { PROTECT_LINK, PROTECT_NODE };

// A network's IGP. Defaults in parentheses.
struct igp_config {
    int64_t detect_ps;           // interface down seen, `detected` failures (50 ms)
    int64_t hello_ps;            // hello interval (10 s, ISO 10589)
    int64_t hold_ps;             // adjacency holding time, `silent` failures (30 s)
    int64_t bfd_ps;              // BFD transmit interval; 0: no BFD (0)
    int64_t bfd_multiplier;      // (3)
    bool bfd_handshake;          // BFD comes up and is jittered as RFC 5880 has it (no)
    int64_t flood_ps;            // processing before an LSA is passed on (5 ms)
    int64_t spf_initial_ps;      // SPF throttle: first wait (50 ms) …
    int64_t spf_hold_ps;         // … then doubling from here (200 ms) …
    int64_t spf_max_ps;          // … to here (5 s)
    int64_t spf_run_ps;          // time that one SPF takes (10 ms)
    int start;                   // enum igp_start: before the warm-up it … (cold)
    int64_t overload_startup_ps; // a router that comes back carries no transit for so long (0)
    int fast_reroute;            // enum fast_reroute (none)
    int protect;                 // enum protect: what backups avoid (link)
    bool downstream;             // alternates only downstream: RFC 5286 inequality 2 (no)
    int64_t microloop_ps;        // RFC 8333: own routes wait after the loss of an own link (0)
};

enum mrai_withdrawals { MRAI_NO, MRAI_YES, MRAI_BEHIND }; // see bgp/options.h
#define MRAI_WITHDRAWALS 3

struct bgp_config {
    int64_t mrai_ebgp_ps;                   // (30 s, RFC 4271 §10)
    int64_t mrai_ibgp_ps;                   // (5 s)
    enum mrai_withdrawals mrai_withdrawals; // which of them wait for MRAI (no)
    bool jitter;             // MRAI, keepalives and connect retry are 75 to 100 % of that (yes)
    int64_t hold_ps;         // (90 s); keepalive is a third of it
    int64_t gather_ps;       // changes are gathered before peers are told (0 s)
    int64_t processing_ps;   // per UPDATE message (2 ms)
    int64_t bfd_ps;          // on eBGP sessions; 0: none (0)
    int64_t bfd_multiplier;  // (3)
    bool bfd_handshake;      // as of the IGP (no)
    int64_t bfd_ibgp_ps;     // multihop BFD on iBGP sessions; 0: none (0)
    bool always_compare_med; // (no)
    // Whose decision process (rfc), and where it is not to be as that profile has it.
    int profile;                                                 // enum bgp_config_profile
    int deterministic_med, prefer_oldest, aigp, multipath_relax; // enum bgp_config_switch (profile)
    bool med_missing_as_worst, as_path_ignore;                   // (no)
    int64_t multipath_ebgp, multipath_ibgp, multipath_eibgp;     // paths that share traffic (1)
    int64_t add_path;   // paths to a prefix that iBGP peers tell each other (1)
    bool best_external; // the best external path is told while an internal one is best (no)
    int timers; // enum bgp_config_timers: what other keys are unless they are given (default)
    int64_t connect_retry_ps;   // (5 s)
    int64_t idle_hold_ps;       // 0: as connect_retry_ps
    int64_t error_wait_ps;      // 0: as after any other end
    int64_t processing_each_ps; // per prefix in an UPDATE (0 s)
    int64_t graceful_ps;        // graceful restart: Restart Time; 0: none (0)
    bool graceful_notification; // RFC 8538 (no)
    int64_t long_lived_ps;      // RFC 9494: Long-Lived Stale Time; 0: none (0)
    int64_t send_hold_ps;       // RFC 9687; 0: none (0)
    int64_t delay_open_ps;      // 0: none (0)
    bool damp_oscillations;     // (no)
    bool extended_messages;     // RFC 8654 (no)
    int opening;                // enum bgp_config_opening (elected)
};

enum bgp_config_timers {
    TIMERS_DEFAULT,
    TIMERS_RFC,
    TIMERS_BIRD,
    TIMERS_FRR,
    TIMERS_CISCO,
    TIMERS_JUNOS,
    TIMERS_PROFILES
};
enum bgp_config_opening { OPENING_ELECTED, OPENING_ACTIVE, OPENING_PASSIVE };

enum bgp_config_profile { PROFILE_RFC, PROFILE_BIRD, PROFILE_FRR, PROFILE_CISCO, PROFILE_JUNOS };
enum bgp_config_switch { SWITCH_PROFILE, SWITCH_NO, SWITCH_YES }; // SWITCH_PROFILE: as that has it

struct fib_config {
    int64_t delay_ps;      // RIB change → first prefix in the FIB (50 ms)
    int64_t per_prefix_ps; // each further prefix of the same download (100 us)
    bool pic;              // prefix-independent convergence (no)
};

enum network_kind { NETWORK_CARRIER, NETWORK_CLOUD, NETWORK_STUB, NETWORK_KINDS };
extern const char *const network_kind_names[NETWORK_KINDS]; // as the file writes them

struct network_city { // a city of a network, with its routers ROUTER-1..ROUTER-n
    const struct city *city;
    int routers;    // 1 or 2
    bool reflector; // its first router is a route reflector
    struct srcpos at;
};

struct backbone_link { // city to city; runs between the routers of both ends (run/world.h)
    int a, b;          // indices into network.cities
    int64_t rate_bps;
    int64_t delay_ps; // one way; from geography unless given
    int64_t metric;   // IGP metric, both directions; from delay unless given (1 per 10 us, least 1)
    int64_t background_ppm; // load by traffic outside the scenario, share of the rate
    int64_t burst_bytes;    // mean burst of that background, 0: smooth
    struct burst_shape burst;
    const char *srlg; // shared-risk group or NULL
    struct line_traits line;
    struct srcpos at;
};

struct client_group {     // the people of one province on one carrier
    int city;             // index into network.cities
    const char *region;   // province
    int64_t population;   // people
    struct prefix prefix; // given, or assigned by the builder when len is 0
    int64_t access_delay_ps;
    struct srcpos at;
};

struct network {
    const char *name;
    uint32_t asn;
    enum network_kind kind;
    struct igp_config igp;
    struct bgp_config bgp;
    struct fib_config fib;
    struct network_routing routing;
    struct network_city *cities;
    int ncities;
    struct backbone_link *links;
    int nlinks;
    struct client_group *clients;
    int nclients;
    const struct queue *queue; // of links that have none of their own; or NULL
    int64_t mtu_bytes;         // the same; 0: none
    struct srcpos at;
};

enum relation { RELATION_PEER, RELATION_CUSTOMER }; // customer: `a` is a customer of `b`

struct interconnect {   // one eBGP link between two networks in one city
    int a, b;           // network indices
    int a_city, b_city; // indices into each network's cities (the same city)
    enum relation relation;
    int row; // in the file, from 0
    // Of a's and of b's side, instead of what their networks say; NULL: as those say.
    const struct policy *import[2], *export_[2];
    int64_t rate_bps;
    int64_t delay_ps; // one way (default 100 us: the same building)
    int64_t background_ppm;
    int64_t burst_bytes;
    struct burst_shape burst;
    struct line_traits line;
    struct srcpos at;
};

struct pop { // a place where a service can be published: a city of a cloud or stub network
    const char *name;
    int network;
    int city; // index into network.cities
    struct gateways gateways;
    struct srcpos at;
};

struct raw_topology;

struct topology {
    const char *name;
    const char *file;
    const struct raw_topology *raw; // what it was read from; for the scenario's reader
    struct policies policies;       // of this file and of the scenario
    struct vrp *vrps;
    int nvrps;
    struct city *cities;
    int ncities;
    struct network *networks;
    int nnetworks;
    struct interconnect *interconnects; // one element a city
    int ninterconnects;
    struct pop *pops;
    int npops;
    struct queue *queues; // a scenario's own behind them, as below
    int nqueues;
    struct impairment *impairments;
    int nimpairments;
    int64_t delay_per_km_ps; // 4.9 us
    int64_t stretch_ppm;     // 2.1 → 2100000
    int64_t queue_ps;        // buffer of every port, as time at its rate (default 50 ms)
};

// One-way delay between two cities: great circle (haversine, R = 6371.0088 km) × delay × stretch.
int64_t topology_delay_ps(const struct topology *t, const struct city *a, const struct city *b);
double city_distance_km(const struct city *a, const struct city *b);

#endif
