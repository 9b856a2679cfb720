// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/units.h"
#include "scenario/scenario.h"
#include "scratch.h"
#include "unit.h"

static const char *const topology =
    "version: 1\nname: small\n"
    "cities: {beijing: {province: beijing, lat: 39.9, lon: 116.4},\n"
    "  shanghai: {province: shanghai, lat: 31.2, lon: 121.5},\n"
    "  shijiazhuang: {province: hebei, lat: 38, lon: 114.5}}\n"
    "networks:\n"
    "  telecom:\n    asn: 4134\n    kind: carrier\n"
    "    nodes: [{city: beijing, reflector: yes}, shanghai, shijiazhuang]\n"
    "    links: [{a: beijing, b: shanghai, capacity: 1Gbps, srlg: east}, {a: beijing, b: "
    "shijiazhuang, capacity: 1Gbps}, {a: shanghai, b: shijiazhuang, capacity: 1Gbps}]\n"
    "    clients: [{province: beijing, city: beijing, population: 9}, {province: hebei, city: "
    "shijiazhuang, population: 7}]\n"
    "  cloud: {asn: 64500, kind: cloud, nodes: [{city: beijing, reflector: yes}, shanghai],\n"
    "    links: [{a: beijing, b: shanghai, capacity: 1Gbps}]}\n"
    "interconnects: [{a: cloud, b: telecom, relation: customer, city: beijing, capacity: 1Gbps},\n"
    "  {a: cloud, b: telecom, relation: customer, city: shanghai, capacity: 1Gbps}]\n"
    "pops: {bj: {network: cloud, city: beijing}, sh: {network: cloud, city: shanghai}}\n";

#define HEAD                                                                                       \
    "version: 1\nname: s\ntopology: small.yaml\nduration: 300s\n"                                  \
    "services:\n"                                                                                  \
    "  eip: {mode: accelerated, prefix: 203.0.113.0/24, publish: [bj, sh], backend: bj}\n"         \
    "  plain: {mode: unicast, prefix: 198.51.100.0/24, publish: [sh]}\n"

#define TRAFFIC "traffic: {players: {kind: game, to: [eip, plain]}}\n"
#define CUT                                                                                        \
    "timeline:\n"                                                                                  \
    "  - {at: 180s, repair: {network: telecom, between: [beijing, shanghai]}}\n"                   \
    "  - {at: 60s, fail: {network: telecom, between: [shanghai, beijing]}, mode: silent}\n"

static struct scenario_list list;
static struct diag *diag;

static void load_with(const char *text, const struct override *sets, size_t n)
{
    scenario_list_free(&list);
    diag_free(diag);
    diag = diag_new();
    scratch_file("small.yaml", topology);
    scenario_load_with(scratch_file("s.yaml", text), sets, n, diag, &list);
}

static const struct scenario *load_good(const char *text)
{
    load_with(text, NULL, 0);
    if (diag_errors(diag))
        printf("%s", scratch_messages(diag));
    CU_ASSERT_EQUAL_FATAL(diag_errors(diag), 0);
    return list.v;
}

static bool complains(const char *text, const char *part)
{
    load_with(text, NULL, 0);
    return diag_errors(diag) > 0 && scratch_says(diag, part);
}

static void reads_services_and_traffic(void)
{
    const struct scenario *s = load_good(
        HEAD "traffic:\n"
             "  players: {kind: game, from: {regions: [hebei]}, to: [eip], rate: 10/s, users: "
             "0.1%}\n"
             "  probe: {kind: ping, to: eip}\n");
    CU_ASSERT_EQUAL(list.n, 1);
    CU_ASSERT_EQUAL(s->seed, 1);
    CU_ASSERT_EQUAL(s->duration_ps, 300 * PS_PER_S);
    CU_ASSERT_EQUAL(s->warmup_ps, 120 * PS_PER_S);
    CU_ASSERT_EQUAL(s->bucket_ps, PS_PER_S);
    CU_ASSERT_EQUAL_FATAL(s->nservices, 2);
    CU_ASSERT_EQUAL(s->services[0].mode, MODE_ACCELERATED);
    CU_ASSERT_EQUAL(s->services[0].npublish, 2);
    CU_ASSERT_EQUAL(s->services[0].backend, 0);
    CU_ASSERT_EQUAL(s->services[0].tunnel, TUNNEL_GRE);
    CU_ASSERT_EQUAL(s->services[1].backend, -1);
    CU_ASSERT_EQUAL(s->services[1].prefix.addr, IP4(198, 51, 100, 0));
    CU_ASSERT_EQUAL_FATAL(s->ntraffic, 2);
    const struct traffic *game = &s->traffic[0], *ping = &s->traffic[1];
    CU_ASSERT_EQUAL(game->rate_uhz, 10000000);
    CU_ASSERT_EQUAL(game->up_bytes, 100);
    CU_ASSERT_EQUAL(game->down_bytes, 240);
    CU_ASSERT_EQUAL(game->server_ps, PS_PER_MS);
    CU_ASSERT_EQUAL(game->users_ppm, 1000);
    CU_ASSERT_EQUAL(game->timeout_ps, 2 * PS_PER_S);
    CU_ASSERT_EQUAL(game->nto, 1);
    CU_ASSERT_EQUAL(s->ngroups, 2);
    CU_ASSERT_FALSE(game->from[0]);
    CU_ASSERT_TRUE(game->from[1]);
    CU_ASSERT_TRUE(ping->from[0] && ping->from[1]);
    CU_ASSERT_EQUAL(ping->rate_uhz, 1000000);
    CU_ASSERT_EQUAL(ping->up_bytes, 84);
    CU_ASSERT_EQUAL(ping->down_bytes, 84);
    CU_ASSERT_EQUAL(ping->server_ps, 0);
    CU_ASSERT_EQUAL(s->outage_from_ps, s->duration_ps); // nothing happens
    CU_ASSERT_EQUAL(s->outage_to_ps, s->duration_ps);
}

// From the time between requests that stand for users to the duration.
static void bucket_in_its_bounds(void)
{
    load_good(HEAD "bucket: 300s\n" TRAFFIC);
    CU_ASSERT_TRUE(complains(HEAD "bucket: 301s\n" TRAFFIC, "is longer than the run"));
    load_good(HEAD "bucket: 2s\ntraffic: {a: {kind: game, to: eip, rate: 0.5/s, users: 1%}}\n");
    // Two thirds of a second are no whole number of picoseconds.
    load_good(HEAD "bucket: 667ms\ntraffic: {a: {kind: game, to: eip, rate: 1.5/s, users: 1%}}\n");
    load_good(HEAD "traffic: {a: {kind: game, to: eip, rate: 0.5/s}}\n"); // nobody behind it
    CU_ASSERT_TRUE(complains(
        HEAD "bucket: 199ms\ntraffic: {a: {kind: game, to: eip, users: 1%}}\n",
        "s.yaml:8:9: error: traffic 'a' at 5/s sends less than a request in each bucket"));
    CU_ASSERT_TRUE(
        complains(HEAD "traffic: {a: {kind: game, to: eip, rate: 0.5/s, users: 1%}}\n",
                  "s.yaml:8:42: error: traffic 'a' at 0.5/s sends less than a request in each"));
}

static void reads_metrics_and_overload(void)
{
    const struct scenario *s = load_good(
        HEAD TRAFFIC "timeline:\n"
                     "  - {at: 10s, metric: {network: telecom, between: [shanghai, beijing]}, "
                     "value: 77, one_way: "
                     "yes}\n"
                     "  - {at: 20s, metric: {network: telecom, between: [shanghai, beijing]}, "
                     "value: 78, one_way: "
                     "yes}\n"
                     "  - {at: 30s, overload: {network: telecom, city: beijing}}\n"
                     "  - {at: 40s, metric: {srlg: east}, value: 9}\n"
                     "  - {at: 50s, metric: {network: telecom, between: [shanghai, beijing]}, "
                     "value: configured, "
                     "one_way: yes}\n"
                     "  - {at: 60s, overload: {network: telecom, city: beijing}, state: off}\n"
                     "  - {at: 70s, metric: {srlg: east}, value: configured}\n");
    CU_ASSERT_EQUAL_FATAL(s->nevents, 7);
    const struct event *e = s->events;
    CU_ASSERT(e[0].kind == EVENT_METRIC && e[0].metric == 77 && e[0].one_way);
    CU_ASSERT_EQUAL(e[0].target.first_city, 1); // shanghai
    CU_ASSERT_STRING_EQUAL(e[0].label,
                           "metric telecom between beijing and shanghai from shanghai: 77");
    CU_ASSERT(e[2].kind == EVENT_OVERLOAD && e[2].on && !e[5].on);
    CU_ASSERT(!e[3].one_way && e[3].metric == 9 && e[4].metric == 0);
    CU_ASSERT_EQUAL(s->outage_from_ps, 10 * PS_PER_S);
    CU_ASSERT_EQUAL(s->outage_to_ps, 70 * PS_PER_S); // all is undone
}

static void reads_igp_options(void)
{
    const struct scenario *s =
        load_good(HEAD TRAFFIC
                  "networks: {telecom: {igp: {fast_reroute: lfa, protect: node, downstream: yes, "
                  "microloop_delay: 2s, start: converged, overload_startup: 60s}}}\n");
    const struct igp_config *g = &s->topology.networks[0].igp;
    CU_ASSERT(g->fast_reroute == FAST_REROUTE_LFA && g->protect == PROTECT_NODE && g->downstream);
    CU_ASSERT(g->microloop_ps == 2 * PS_PER_S && g->overload_startup_ps == 60 * PS_PER_S);
    CU_ASSERT_EQUAL(g->start, IGP_START_CONVERGED);
    g = &s->topology.networks[1].igp; // as it was
    CU_ASSERT(g->fast_reroute == FAST_REROUTE_NONE && g->protect == PROTECT_LINK && !g->downstream);
    CU_ASSERT(g->microloop_ps == 0 && g->overload_startup_ps == 0 && g->start == IGP_START_COLD);
}

static void sorts_events_and_cuts_phases(void)
{
    const struct scenario *s = load_good(HEAD TRAFFIC CUT);
    CU_ASSERT_EQUAL_FATAL(s->nevents, 2);
    CU_ASSERT_EQUAL(s->events[0].kind, EVENT_FAIL);
    CU_ASSERT_EQUAL(s->events[0].mode, OUTAGE_SILENT);
    CU_ASSERT_EQUAL(s->events[1].kind, EVENT_REPAIR); // the cities in another order: same link
    CU_ASSERT_STRING_EQUAL(s->events[0].target.text, "telecom between beijing and shanghai");
    CU_ASSERT_STRING_EQUAL(s->events[0].label,
                           "fail telecom between beijing and shanghai (silent)");
    CU_ASSERT_EQUAL(s->outage_from_ps, 60 * PS_PER_S);
    CU_ASSERT_EQUAL(s->outage_to_ps, 180 * PS_PER_S);
    s = load_good(HEAD TRAFFIC CUT "  - {at: 200s, withdraw: {service: eip, pop: sh}}\n");
    CU_ASSERT_EQUAL(s->outage_to_ps, s->duration_ps); // not announced again
}

static void resolves_every_selector(void)
{
    const struct scenario *s = load_good(
        HEAD TRAFFIC "timeline:\n"
                     "  - {at: 1s, fail: {network: telecom, around: beijing}}\n"
                     "  - {at: 1s, fail: {network: telecom, city: shijiazhuang}, label: gone}\n"
                     "  - {at: 1s, fail: {pop: sh}}\n"
                     "  - {at: 1s, fail: {interconnect: [telecom, cloud]}}\n"
                     "  - {at: 1s, fail: {interconnect: [cloud, telecom], city: shanghai}}\n"
                     "  - {at: 1s, fail: {network: telecom, srlg: east}}\n"
                     "  - {at: 1s, fail: {srlg: east}}\n"
                     "  - {at: 1s, withdraw: {service: eip}}\n"
                     "  - {at: 1s, withdraw: {service: eip, pop: bj}}\n");
    CU_ASSERT_EQUAL_FATAL(s->nevents, 9);
    const struct event *e = s->events;
    CU_ASSERT_EQUAL(e[0].target.network, 0);
    CU_ASSERT_EQUAL(e[0].target.around, 0);
    CU_ASSERT_EQUAL(e[0].target.city, -1);
    CU_ASSERT_EQUAL(e[1].target.city, 2);
    CU_ASSERT_STRING_EQUAL(e[1].label, "gone");
    CU_ASSERT_EQUAL(e[2].target.pop, 1);
    CU_ASSERT_EQUAL(e[2].target.network, -1);
    CU_ASSERT_EQUAL(e[3].target.interconnect[0], 0);
    CU_ASSERT_EQUAL(e[3].target.interconnect[1], 1);
    CU_ASSERT_EQUAL(e[3].target.interconnect_city, -1);
    CU_ASSERT_EQUAL(e[4].target.interconnect_city, 1);
    CU_ASSERT_STRING_EQUAL(e[5].target.srlg, "east");
    CU_ASSERT_EQUAL(e[5].target.network, 0);
    CU_ASSERT_STRING_EQUAL(e[6].target.srlg, "east");
    CU_ASSERT_EQUAL(e[6].target.network, -1); // wherever it has links
    CU_ASSERT_STRING_EQUAL(e[6].label, "fail srlg east");
    CU_ASSERT_EQUAL(e[7].target.service, 0);
    CU_ASSERT_EQUAL(e[7].target.pop, -1);
    CU_ASSERT_EQUAL(e[8].target.pop, 0);
}

static void reads_conditions(void)
{
    const struct scenario *s = load_good(
        HEAD TRAFFIC CUT "expect:\n"
                         "  - {service: eip, from: {network: telecom, region: hebei}, during: "
                         "outage, availability: \">= 99.5%\", failover: \"<3s\", site: \"!= sh\"}\n"
                         "  - {service: plain, during: after, rtt_p99: \"== 40ms\"}\n");
    CU_ASSERT_EQUAL_FATAL(s->nexpectations, 2);
    const struct expectation *e = &s->expectations[0];
    CU_ASSERT_EQUAL(e->service, 0);
    CU_ASSERT_EQUAL(e->phase, PHASE_OUTAGE);
    CU_ASSERT_FALSE(e->from[0]);
    CU_ASSERT_TRUE(e->from[1]);
    CU_ASSERT_STRING_EQUAL(e->from_text, "telecom/hebei");
    CU_ASSERT_EQUAL_FATAL(e->nconditions, 3);
    CU_ASSERT_EQUAL(e->conditions[0].metric, METRIC_AVAILABILITY);
    CU_ASSERT_EQUAL(e->conditions[0].op, CMP_GE);
    CU_ASSERT_EQUAL(e->conditions[0].value, 995000);
    CU_ASSERT_STRING_EQUAL(e->conditions[0].text, "99.5%");
    CU_ASSERT_EQUAL(e->conditions[1].op, CMP_LT);
    CU_ASSERT_EQUAL(e->conditions[1].value, 3 * PS_PER_S);
    CU_ASSERT_EQUAL(e->conditions[2].metric, METRIC_SITE);
    CU_ASSERT_EQUAL(e->conditions[2].op, CMP_NE);
    CU_ASSERT_EQUAL(e->conditions[2].value, 1);
    CU_ASSERT_EQUAL(s->expectations[1].conditions[0].metric, METRIC_RTT_P99);
    CU_ASSERT_STRING_EQUAL(s->expectations[1].from_text, "all clients");
}

static void variants_are_merged_over_the_file(void)
{
    const struct scenario *s =
        load_good(HEAD TRAFFIC "networks: {telecom: {bgp: {hold: 9s}}}\n"
                               "variants:\n"
                               "  hold: {}\n"
                               "  bfd: {networks: {telecom: {igp: {bfd: 50ms}}}, duration: 60s}\n");
    CU_ASSERT_EQUAL_FATAL(list.n, 2);
    CU_ASSERT_STRING_EQUAL(s[0].variant, "hold");
    CU_ASSERT_STRING_EQUAL(s[1].variant, "bfd");
    CU_ASSERT_EQUAL(s[0].topology.networks[0].igp.bfd_ps, 0);
    CU_ASSERT_EQUAL(s[1].topology.networks[0].igp.bfd_ps, 50 * PS_PER_MS);
    CU_ASSERT_EQUAL(s[0].topology.networks[0].bgp.hold_ps, 9 * PS_PER_S);
    CU_ASSERT_EQUAL(s[1].topology.networks[0].bgp.hold_ps, 9 * PS_PER_S);
    CU_ASSERT_EQUAL(s[1].topology.networks[1].igp.bfd_ps, 0); // the cloud is as it was
    CU_ASSERT_EQUAL(s[0].duration_ps, 300 * PS_PER_S);
    CU_ASSERT_EQUAL(s[1].duration_ps, 60 * PS_PER_S);
    CU_ASSERT_TRUE(complains(HEAD TRAFFIC CUT "variants: {a: {duration: 90s}, b: {}}\n",
                             "lies outside the run, which lasts from 0s to 90s (variant 'a')"));
}

static void overrides_win(void)
{
    static const struct override sets[] = {{"duration", "100s"},
                                           {"networks.cloud.igp.bfd", "20ms"},
                                           {"timeline.1.at", "5s"},
                                           {"services.plain", "{publish: [bj]}"},
                                           {"variants.a.seed", "7"}};
    load_with(HEAD TRAFFIC CUT "variants: {a: {duration: 200s}}\n", sets, 5);
    CU_ASSERT_TRUE(scratch_says(diag, "event at 3min lies outside the run")); // 180 s
    load_with(HEAD TRAFFIC CUT "variants: {a: {duration: 200s}}\n", sets + 1, 4);
    if (diag_errors(diag))
        printf("%s", scratch_messages(diag));
    CU_ASSERT_EQUAL_FATAL(diag_errors(diag), 0);
    const struct scenario *s = list.v;
    CU_ASSERT_EQUAL(s->duration_ps, 200 * PS_PER_S);
    CU_ASSERT_EQUAL(s->topology.networks[1].igp.bfd_ps, 20 * PS_PER_MS);
    CU_ASSERT_EQUAL(s->events[0].at_ps, 5 * PS_PER_S);
    CU_ASSERT_EQUAL(s->services[1].publish[0], 0);
    CU_ASSERT_EQUAL(s->services[1].mode, MODE_UNICAST); // merged, not replaced
    CU_ASSERT_EQUAL(s->seed, 7);
}

static void override_mistakes_are_shown(void)
{
    static const struct override sets[] = {{"seed", "5"},
                                           {"duration", "5"},
                                           {"durations", "5s"},
                                           {"seed", "[1"},
                                           {"timeline.9.at", "1s"}};
    load_with(HEAD TRAFFIC CUT, sets, 5);
    CU_ASSERT_TRUE(scratch_says(diag, "--set:2:10: error: 'duration' must be a time such as 300s, "
                                      "but '5' has no unit\n    2 | duration=5\n"));
    CU_ASSERT_TRUE(scratch_says(diag, "--set:3:1: error: unknown key 'durations'"));
    CU_ASSERT_TRUE(scratch_says(diag, "--set:4:6: error: this list […] is not closed"));
    CU_ASSERT_TRUE(scratch_says(diag, "--set:5:1: error: expected the number of a list item"));
}

static void the_hash_names_the_input(void)
{
    static const struct override set = {"seed", "2"};
    uint64_t a = load_good(HEAD TRAFFIC)->input_hash;
    CU_ASSERT_EQUAL(load_good(HEAD TRAFFIC)->input_hash, a);
    CU_ASSERT_NOT_EQUAL(load_good(HEAD TRAFFIC "# comment\n")->input_hash, a);
    load_with(HEAD TRAFFIC, &set, 1);
    CU_ASSERT_NOT_EQUAL(list.v->input_hash, a);
}

static void a_missing_file_is_told_apart(void)
{
    diag_free(diag);
    diag = diag_new();
    scenario_list_free(&list);
    scenario_load("/nonexistent/s.yaml", diag, &list);
    CU_ASSERT_TRUE(diag_is_missing_input(diag));
    CU_ASSERT_TRUE(complains("version: 1\nname: s\ntopology: nowhere.yaml\nduration: 1s\n",
                             "s.yaml:3:11: error: cannot read '"));
    CU_ASSERT_FALSE(diag_is_missing_input(diag));
}

static void sniffs_what_a_file_is(void)
{
    scratch_file("small.yaml", topology);
    struct diag *d = diag_new();
    CU_ASSERT_EQUAL(file_check(scratch_file("s.yaml", HEAD TRAFFIC), d), FILE_SCENARIO);
    CU_ASSERT_EQUAL(file_check(scratch_file("t.yaml", topology), d), FILE_TOPOLOGY);
    CU_ASSERT_EQUAL(diag_errors(d), 0);
    const char *few = "version: 1\nname: x\nnetworks: {a: {asn: 1, kind: cloud}}\n";
    CU_ASSERT_EQUAL(file_sniff(scratch_file("u.yaml", few)), FILE_TOPOLOGY);
    diag_free(d);
    scenario_list_free(&list);
    diag_free(diag);
    diag = NULL;
    scratch_remove();
}

UNIT_MAIN("scenario", {"reads_services_and_traffic", reads_services_and_traffic},
          {"bucket_in_its_bounds", bucket_in_its_bounds},
          {"sorts_events_and_cuts_phases", sorts_events_and_cuts_phases},
          {"reads_metrics_and_overload", reads_metrics_and_overload},
          {"reads_igp_options", reads_igp_options},
          {"resolves_every_selector", resolves_every_selector},
          {"reads_conditions", reads_conditions},
          {"variants_are_merged_over_the_file", variants_are_merged_over_the_file},
          {"overrides_win", overrides_win},
          {"override_mistakes_are_shown", override_mistakes_are_shown},
          {"the_hash_names_the_input", the_hash_names_the_input},
          {"a_missing_file_is_told_apart", a_missing_file_is_told_apart},
          {"sniffs_what_a_file_is", sniffs_what_a_file_is})
