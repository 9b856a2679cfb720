// SPDX-License-Identifier: GPL-3.0-or-later
// Incidents of the timeline: what each does to sessions, FIBs and catchments, and that it ends.
#include "tiny.h"
#include "unit.h"

#include "bgp/neighbour.h"
#include "bgp/route.h"
#include "run/fault.h"

#include <string.h>

#define S PS_PER_S

struct bench {
    struct tiny tiny;
    struct world *world;
    struct timeline *timeline;
};

static void begin(struct bench *b, const char *timeline)
{
    tiny_load(&b->tiny, timeline);
    CU_ASSERT_PTR_NOT_NULL_FATAL(b->tiny.scenario);
    b->world = world_new(b->tiny.scenario);
    b->timeline = timeline_new(b->world);
}

static void run(struct bench *b, int64_t until_ps) // scenario time
{
    sim_run(b->world->sim, b->world->epoch_ps + until_ps);
}

static void end(struct bench *b)
{
    timeline_free(b->timeline);
    world_free(b->world);
    tiny_free(&b->tiny);
}

enum { CARRIER, CLOUD, EDGE };
enum { NORTH, MID, SOUTH };

static const struct prefix eip = {IP4(203, 0, 113, 0), 24};
static const struct prefix dns = {IP4(198, 51, 100, 0), 24};
static const struct prefix plain = {IP4(192, 88, 99, 4), 30};

// Does the FIB of the edge's router drop what is for a prefix?
static bool drops(const struct bench *b, struct prefix p)
{
    uint32_t router = world_router(b->world, EDGE, NORTH, 0), group;
    const struct fwd_node *fwd =
        b->world->net->nodes[control_router(b->world->control, router)->node].fwd;
    enum fwd_action action;
    return fwd_route_get(fwd, p, &action, &group) && action == FWD_ACT_BLACKHOLE;
}

static const struct bgp_route *best(const struct bench *b, int network, int city, struct prefix p)
{
    return control_best(b->world->control, world_router(b->world, network, city, 0), p);
}

static bool forwards(const struct bench *b, struct prefix p)
{
    uint32_t router = world_router(b->world, EDGE, NORTH, 0), group;
    const struct fwd_node *fwd =
        b->world->net->nodes[control_router(b->world->control, router)->node].fwd;
    enum fwd_action action;
    return fwd_route_get(fwd, p, &action, &group) && action == FWD_ACT_FORWARD;
}

// The AS that originates what a router holds best; 0: none.
static uint32_t origin(const struct bench *b, int network, int city, struct prefix p)
{
    const uint32_t *path;
    const struct bgp_route *r = best(b, network, city, p);
    uint32_t n = r ? bgp_route_path(r, &path) : 0;
    return n ? path[n - 1] : 0;
}

// The edge announces the cloud's prefix: the carrier's customer wins over its peer.
static void origin_hijack(void)
{
    struct bench b;
    begin(&b, "  - {at: 10s, hijack: {by: edge, service: eip}, for: 20s}\n");
    run(&b, 9 * S);
    CU_ASSERT_EQUAL(origin(&b, CARRIER, MID, eip), 200);
    run(&b, 20 * S);
    CU_ASSERT_EQUAL(origin(&b, CARRIER, MID, eip), 300);
    CU_ASSERT_TRUE(bgp_route_discards(best(&b, EDGE, NORTH, eip)));
    CU_ASSERT_TRUE(drops(&b, eip));
    CU_ASSERT_TRUE(b.world->net->dropped_by[FWD_DROP_BLACKHOLE] > 0);
    CU_ASSERT_EQUAL(origin(&b, CARRIER, MID, dns), 200);
    run(&b, 59 * S);
    CU_ASSERT_EQUAL(origin(&b, CARRIER, MID, eip), 200);
    CU_ASSERT_FALSE(drops(&b, eip));
    end(&b);
}

static void subprefix_and_forged_path(void)
{
    struct bench b;
    struct prefix half = {eip.addr, 25};
    begin(&b, "  - {at: 10s, hijack: {by: edge/north, service: eip, kind: subprefix}, for: 30s}\n"
              "  - {at: 12s, hijack: {by: edge, service: dns, kind: forged-path}}\n");
    run(&b, 25 * S);
    CU_ASSERT_EQUAL(origin(&b, CARRIER, SOUTH, half), 300);
    CU_ASSERT_EQUAL(origin(&b, CARRIER, SOUTH, eip), 200); // beside it, and beaten by length
    run(&b, 59 * S);
    CU_ASSERT_PTR_NULL(best(&b, CARRIER, SOUTH, half));
    // A customer's route, although longer: "300 200".
    const uint32_t *path;
    CU_ASSERT_EQUAL(bgp_route_path(best(&b, CARRIER, SOUTH, dns), &path), 2);
    CU_ASSERT_EQUAL(path[0], 300);
    CU_ASSERT_EQUAL(path[1], 200);
    end(&b);
}

static uint64_t sessions(const struct bench *b)
{
    return control_stats(b->world->control).sessions_up;
}

static void count_told(void *ctx, const struct bgp_neighbour *n)
{
    const struct bgp_notification *w = &n->received.what;
    *(unsigned *)ctx += w->error == BGP_ERROR_CEASE && w->subcode == BGP_CEASE_SHUTDOWN &&
                        w->text && strcmp(w->text, "north line is spliced") == 0;
}

static void sessions_are_reset(void)
{
    struct bench b;
    begin(&b, "  - {at: 10s, reset: {interconnect: [cloud, carrier], city: north}}\n"
              "  - {at: 30s, reset: {network: carrier, city: mid}}\n");
    run(&b, 9 * S);
    uint64_t all = sessions(&b);
    run(&b, 11 * S);
    CU_ASSERT_EQUAL(sessions(&b), all - 1);
    run(&b, 29 * S);
    CU_ASSERT_EQUAL(sessions(&b), all);
    run(&b, 30 * S + S / 2);
    CU_ASSERT_TRUE(sessions(&b) < all);
    run(&b, 59 * S);
    CU_ASSERT_EQUAL(sessions(&b), all);
    end(&b);
}

// Down for as long as the operator wants; the other end knows why.
static void sessions_are_shut_down(void)
{
    struct bench b;
    begin(&b, "  - {at: 10s, shutdown: {interconnect: [cloud, carrier], city: north}, for: 20s, "
              "text: north line is spliced}\n");
    run(&b, 9 * S);
    uint64_t all = sessions(&b);
    run(&b, 29 * S);
    CU_ASSERT_EQUAL(sessions(&b), all - 1);
    const struct bgp *bgp = control_bgp(b.world->control);
    unsigned told = 0;
    for (uint32_t r = 0; r < control_routers(b.world->control); r++)
        if (control_router(b.world->control, r)->bgp.asn)
            bgp_neighbours(bgp, r, count_told, &told);
    CU_ASSERT_EQUAL(told, 1);
    run(&b, 59 * S);
    CU_ASSERT_EQUAL(sessions(&b), all);
    end(&b);
}

// When the edge hears again of what the cloud withdraws: at once, or when its slow session lets it.
static void one_session_is_slow(void)
{
    for (int slow = 0; slow < 2; slow++) {
        struct bench b;
        begin(&b, slow ? "  - {at: 5s, slow: {interconnect: [edge, carrier]}, factor: 2000}\n"
                         "  - {at: 10s, withdraw: {service: dns}}\n"
                       : "  - {at: 10s, withdraw: {service: dns}}\n");
        run(&b, 12 * S);
        CU_ASSERT_PTR_NULL(best(&b, CARRIER, NORTH, dns));
        CU_ASSERT_EQUAL(best(&b, EDGE, NORTH, dns) != NULL, slow);
        run(&b, 50 * S);
        CU_ASSERT_PTR_NULL(best(&b, EDGE, NORTH, dns));
        end(&b);
    }
}

static void service_flaps(void)
{
    struct bench b;
    begin(&b, "  - {at: 10s, flap: {service: plain}, times: 3, every: 10s}\n"
              "  - {at: 12s, flap: {interconnect: [edge, carrier]}, times: 2, every: 20s}\n");
    for (int i = 0; i < 3; i++) {
        run(&b, (14 + 10 * i) * S);
        CU_ASSERT_PTR_NULL(best(&b, EDGE, NORTH, plain));
        run(&b, (19 + 10 * i) * S);
        CU_ASSERT_PTR_NOT_NULL(best(&b, EDGE, NORTH, plain));
    }
    CU_ASSERT_EQUAL(b.tiny.scenario->outage_to_ps, 52 * S);
    end(&b);
}

static void restart_without_grace(void)
{
    struct bench b;
    begin(&b, "  - {at: 10s, restart_bgp: {network: edge, city: north}, for: 5s}\n");
    run(&b, 12 * S);
    CU_ASSERT_EQUAL(origin(&b, CARRIER, NORTH, plain), 0);
    run(&b, 50 * S);
    CU_ASSERT_EQUAL(origin(&b, CARRIER, NORTH, plain), 300);
    end(&b);
}

// With graceful restart nobody notices: the carrier keeps the route, the edge its FIB.
static void graceful_restart(void)
{
    struct bench b;
    const struct prefix clients = {IP4(192, 0, 2, 0), 24};
    begin(&b, "  - {at: 10s, restart_bgp: {network: edge, city: north}, for: 5s}\n"
              "networks:\n"
              "  edge: {bgp: {graceful_restart: 60s}}\n"
              "  carrier: {bgp: {graceful_restart: 90s}}\n");
    for (int64_t at_s = 9; at_s < 50; at_s++) {
        run(&b, at_s * S);
        CU_ASSERT_EQUAL(origin(&b, CARRIER, NORTH, plain), 300);
        CU_ASSERT_TRUE(forwards(&b, clients));
    }
    CU_ASSERT_EQUAL(best(&b, CARRIER, NORTH, plain)->stale, 0);
    CU_ASSERT_PTR_NOT_NULL(best(&b, EDGE, NORTH, clients));
    end(&b);
}

// A router that is cut off silently: multihop BFD ends its iBGP sessions long before hold times do,
// and they come back with the path.
static void multihop_bfd(void)
{
    for (int on = 0; on < 2; on++) {
        struct bench b;
        begin(&b, on ? "  - {at: 10s, fail: {network: carrier, around: mid}, mode: silent}\n"
                       "  - {at: 20s, repair: {network: carrier, around: mid}}\n"
                       "networks:\n"
                       "  carrier: {bgp: {bfd_ibgp: 100ms}}\n"
                     : "  - {at: 10s, fail: {network: carrier, around: mid}, mode: silent}\n"
                       "  - {at: 20s, repair: {network: carrier, around: mid}}\n");
        run(&b, 9 * S);
        uint64_t all = sessions(&b);
        run(&b, 10 * S + S / 2);
        CU_ASSERT_EQUAL(sessions(&b), all - (on ? 3 : 0)); // mid, and the south behind it
        run(&b, 59 * S);
        CU_ASSERT_EQUAL(sessions(&b), all);
        end(&b);
    }
}

// The path to the middle loses two packets of three: multihop BFD gives up now and then, hold times do not.
static void multihop_bfd_on_lossy_paths(void)
{
    for (int on = 0; on < 2; on++) {
        struct bench b;
        char text[256];
        snprintf(text, sizeof text,
                 "  - {at: 10s, degrade: {network: carrier, around: mid}, loss: 65%%, for: 20s}\n"
                 "networks:\n"
                 "  carrier: {igp: {hold: 3000s}, bgp: {hold: 3000s, bfd_ibgp: %s}}\n",
                 on ? "100ms" : "off");
        begin(&b, text);
        run(&b, 9 * S);
        uint64_t all = sessions(&b),
                 losses = bgp_stats(control_bgp(b.world->control))->session_losses;
        run(&b, 29 * S);
        uint64_t lost = bgp_stats(control_bgp(b.world->control))->session_losses - losses;
        CU_ASSERT_TRUE(on ? lost > 1 : lost == 0);
        run(&b, 59 * S);
        CU_ASSERT_EQUAL(sessions(&b), all);
        end(&b);
    }
}

// A key of a profile counts unless it is given, in whatever order.
static void timer_profiles(void)
{
    struct tiny t;
    tiny_load(&t, "  - {at: 5s, reset: {network: carrier, city: mid}}\n"
                  "networks:\n"
                  "  edge: {bgp: {hold: 33s, timers: frr, mrai_ibgp: 7s}}\n"
                  "  carrier: {bgp: {timers: cisco}}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.scenario);
    const struct bgp_config *edge = &t.scenario->topology.networks[EDGE].bgp;
    const struct bgp_config *carrier = &t.scenario->topology.networks[CARRIER].bgp;
    const struct bgp_config *cloud = &t.scenario->topology.networks[CLOUD].bgp;
    CU_ASSERT_EQUAL(edge->hold_ps, 33 * S);
    CU_ASSERT_EQUAL(edge->mrai_ebgp_ps, 0);
    CU_ASSERT_EQUAL(edge->mrai_ibgp_ps, 7 * S);
    CU_ASSERT_EQUAL(edge->gather_ps, 50 * PS_PER_MS);
    CU_ASSERT_EQUAL(carrier->hold_ps, 180 * S);
    CU_ASSERT_EQUAL(carrier->connect_retry_ps, 120 * S);
    CU_ASSERT_EQUAL(cloud->hold_ps, 90 * S);
    CU_ASSERT_EQUAL(cloud->connect_retry_ps, 5 * S);
    CU_ASSERT_EQUAL(edge->idle_hold_ps, S);
    CU_ASSERT_EQUAL(edge->error_wait_ps, 0);
    CU_ASSERT_EQUAL(cloud->idle_hold_ps, 0);
    tiny_free(&t);
}

// How long a lost session stays away: BIRD waits longer after an error than after a reset.
static void waits_of_profiles(void)
{
    static const struct {
        const char *timers;
        int64_t after_reset_ps, after_error_ps; // to be back by then, but not a second before
    } cases[] = {{"frr", 2 * S, 2 * S}, {"bird", 6 * S, 61 * S}, {"default", 6 * S, 6 * S}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int error = 0; error < 2; error++) {
            struct bench b;
            char text[512];
            snprintf(text, sizeof text,
                     "  - {at: 1s, %s}\n"
                     "networks:\n"
                     "  edge: {bgp: {timers: %s, hold: 9s, jitter: no}}\n"
                     "  carrier: {bgp: {timers: %s, hold: 9s, jitter: no}}\n",
                     error ? "drop_keepalives: {interconnect: [edge, carrier]}, for: 9s"
                           : "reset: {interconnect: [edge, carrier]}",
                     cases[i].timers, cases[i].timers);
            begin(&b, text);
            uint64_t all = 0;
            run(&b, S / 2);
            all = sessions(&b);
            int64_t at_ps = S;
            while (sessions(&b) == all)
                run(&b, at_ps += S / 100);
            int64_t wait_ps = error ? cases[i].after_error_ps : cases[i].after_reset_ps;
            run(&b, at_ps + wait_ps - 2 * S);
            CU_ASSERT_EQUAL(sessions(&b), all - 1);
            run(&b, at_ps + wait_ps + 3 * S);
            CU_ASSERT_EQUAL(sessions(&b), all);
            end(&b);
        }
}

// MRAI of a neighbour: on the sides that face it, and nowhere else.
static void mrai_of_a_neighbour(void)
{
    struct tiny t;
    const struct control_session *sessions;
    tiny_load(&t, "  - {at: 5s, reset: {network: carrier, city: mid}}\n"
                  "networks:\n"
                  "  carrier: {neighbours: {edge: {mrai: 7s}}}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.scenario);
    struct world *w = world_new(t.scenario);
    unsigned own = 0;
    size_t n = control_sessions(w->control, &sessions);
    for (size_t i = 0; i < n; i++)
        for (int side = 0; side < 2; side++) {
            const struct bgp_peer_options *o =
                side ? &sessions[i].b_options : &sessions[i].a_options;
            uint32_t me = side ? sessions[i].b : sessions[i].a;
            uint32_t other = side ? sessions[i].a : sessions[i].b;
            bool meant = control_router(w->control, me)->network == CARRIER &&
                         control_router(w->control, other)->network == EDGE;
            CU_ASSERT_EQUAL(o->own_mrai, meant);
            CU_ASSERT_EQUAL(o->mrai_ps, meant ? 7 * S : 0);
            own += o->own_mrai;
        }
    CU_ASSERT_TRUE(own > 0);
    world_free(w);
    tiny_free(&t);
}

// MRAI of one session, wherever it stands in the file, and of iBGP sessions.
static void mrai_of_a_session(void)
{
    struct tiny t;
    const struct control_session *sessions;
    tiny_load(
        &t, "  - {at: 5s, reset: {network: carrier, city: mid}}\n"
            "networks:\n"
            "  carrier:\n"
            "    neighbours: {cloud/south: {mrai: 3s}, cloud: {mrai: 8s}, carrier: {mrai: 1s}}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.scenario);
    struct world *w = world_new(t.scenario);
    unsigned found[9] = {0};
    size_t n = control_sessions(w->control, &sessions);
    for (size_t i = 0; i < n; i++)
        for (int side = 0; side < 2; side++) {
            const struct bgp_peer_options *o =
                side ? &sessions[i].b_options : &sessions[i].a_options;
            uint32_t me = side ? sessions[i].b : sessions[i].a;
            const struct control_router *r = control_router(w->control, me);
            if (!o->own_mrai)
                continue;
            CU_ASSERT_EQUAL(r->network, CARRIER);
            found[o->mrai_ps / S]++;
            if (o->mrai_ps == 3 * S)
                CU_ASSERT_EQUAL(w->nodes[r->node].city, SOUTH);
            if (o->mrai_ps == S)
                CU_ASSERT_EQUAL(sessions[i].link, -1);
        }
    CU_ASSERT_EQUAL(found[3], 1);
    CU_ASSERT_EQUAL(found[8], 1); // north
    CU_ASSERT_TRUE(found[1] > 2);
    world_free(w);
    tiny_free(&t);
}

static void lines_lose_packets(void)
{
    struct bench b;
    begin(&b, "  - {at: 10s, degrade: {network: carrier, around: mid}, loss: 20%, for: 10s}\n");
    run(&b, 9 * S);
    CU_ASSERT_EQUAL(b.world->net->dropped_by[FWD_DROP_LINE_LOSS], 0);
    run(&b, 20 * S);
    uint64_t lost = b.world->net->dropped_by[FWD_DROP_LINE_LOSS];
    CU_ASSERT_TRUE(lost > 10);
    run(&b, 30 * S);
    CU_ASSERT_EQUAL(b.world->net->dropped_by[FWD_DROP_LINE_LOSS], lost);
    end(&b);
}

// A leak at work needs a third network: tests/bgp/test_transport.c has it.
static void refused(void)
{
    static const char *const bad[] = {
        "  - {at: 1s, leak: {by: edge, from: cloud, to: carrier}}\n",
        "  - {at: 1s, hijack: {by: nobody, service: eip}}\n",
        "  - {at: 1s, hijack: {by: edge/south, service: eip}}\n",
        "  - {at: 1s, hijack: {by: edge, service: eip, prefix: 192.0.2.0/24}}\n",
        "  - {at: 1s, hijack: {by: edge, prefix: 192.0.2.0/24, kind: forged-path}}\n",
        "  - {at: 1s, reset: {pop: pn}}\n",
        "  - {at: 1s, slow: {network: carrier, city: mid}}\n",
        "  - {at: 1s, reset: {network: carrier, city: mid}, factor: 3}\n",
        "  - {at: 1s, drop_keepalives: {interconnect: [cloud, carrier]}}\n",
        "  - {at: 1s, flap: {service: plain}, times: 3}\n",
        "  - {at: 1s, fail: {pop: pn}, for: 3s}\n",
        "  - {at: 1s, fail: {pop: pn}, text: no}\n",
        "  - {at: 1s, restart_bgp: {interconnect: [cloud, carrier]}, for: 3s}\n",
        "  - {at: 1s, degrade: {network: carrier, city: mid}, loss: 3%}\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tiny t;
        tiny_load(&t, bad[i]);
        CU_ASSERT_PTR_NULL(t.scenario);
        tiny_free(&t);
    }
}

static void phases_follow(void)
{
    struct tiny t;
    tiny_load(&t, "  - {at: 5s, hijack: {by: edge, service: eip}, for: 20s}\n"
                  "  - {at: 10s, slow: {network: carrier, city: mid}, factor: 9, for: 7s}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.scenario);
    CU_ASSERT_EQUAL(t.scenario->outage_from_ps, 5 * S);
    CU_ASSERT_EQUAL(t.scenario->outage_to_ps, 25 * S);
    tiny_free(&t);
    tiny_load(&t, "  - {at: 5s, hijack: {by: edge, service: eip}}\n");
    CU_ASSERT_EQUAL(t.scenario->outage_to_ps, 60 * S);
    tiny_free(&t);
}

UNIT_MAIN("incident", {"origin_hijack", origin_hijack},
          {"subprefix_and_forged_path", subprefix_and_forged_path},
          {"sessions_are_reset", sessions_are_reset},
          {"sessions_are_shut_down", sessions_are_shut_down},
          {"one_session_is_slow", one_session_is_slow}, {"service_flaps", service_flaps},
          {"restart_without_grace", restart_without_grace}, {"graceful_restart", graceful_restart},
          {"multihop_bfd", multihop_bfd},
          {"multihop_bfd_on_lossy_paths", multihop_bfd_on_lossy_paths},
          {"timer_profiles", timer_profiles}, {"waits_of_profiles", waits_of_profiles},
          {"mrai_of_a_neighbour", mrai_of_a_neighbour}, {"mrai_of_a_session", mrai_of_a_session},
          {"lines_lose_packets", lines_lose_packets}, {"refused", refused},
          {"phases_follow", phases_follow})
