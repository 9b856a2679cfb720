// SPDX-License-Identifier: GPL-3.0-or-later
// A network of about the size of the flagship scenario: converges, repeats to the last event, and
// costs what it may.
#include "unit.h"
#include "world.h"
#include <stdio.h>
#include <time.h>

enum { CARRIERS = 3, ROUTERS = 50, REFLECTORS = 8, CLOUD = 20, PREFIXES = 150 };

static const uint32_t asns[] = {4134, 4837, 9808, 64500};

static uint32_t carrier_router(int carrier, int i)
{
    return (uint32_t)(carrier * ROUTERS + i);
}

static uint32_t cloud_router(int i)
{
    return (uint32_t)(CARRIERS * ROUTERS + i);
}

static struct prefix nth(uint32_t i)
{
    return (struct prefix){IP4(20, 0, 0, 0) + (i << 8), 24};
}

static void add_carrier(struct world *w, int carrier)
{
    for (int i = 0; i < ROUTERS; i++) {
        if (i < REFLECTORS)
            world_add_reflector(w, asns[carrier], world_id(carrier_router(carrier, i)));
        else
            world_add(w, asns[carrier]);
        for (int j = 0; j < i && j < REFLECTORS; j++)
            world_link(w, carrier_router(carrier, j), carrier_router(carrier, i),
                       i < REFLECTORS ? BGP_REL_IBGP : BGP_REL_IBGP_CLIENT);
    }
}

// Three carriers with reflectors, peering in three places, and a cloud that buys from all of them
// in each of its places.
static struct world *flagship(uint64_t seed)
{
    struct world *w = world_new(seed);
    w->timers.mrai_ebgp_ps = 30 * SECOND;
    w->timers.mrai_ibgp_ps = 5 * SECOND;
    w->timers.processing_ps = 2 * MILLI;
    for (int c = 0; c < CARRIERS; c++)
        add_carrier(w, c);
    for (int i = 0; i < CLOUD; i++) {
        world_add(w, asns[CARRIERS]);
        for (int j = 0; j < i; j++)
            world_link(w, cloud_router(j), cloud_router(i), BGP_REL_IBGP);
        for (int c = 0; c < CARRIERS; c++)
            world_link(w, cloud_router(i), carrier_router(c, 2 * i), BGP_REL_PROVIDER);
    }
    for (int c = 0; c < CARRIERS; c++) {
        for (int d = 0; d < c; d++) {
            for (int k = 0; k < 3; k++)
                world_link(w, carrier_router(c, 10 * k), carrier_router(d, 10 * k), BGP_REL_PEER);
        }
    }
    for (uint32_t i = 0; i < PREFIXES; i++) {
        if (i % 2) // a customer network behind a carrier's router
            bgp_originate(w->bgp, i, nth(i));
        else // an anycast prefix, published in three places
            for (uint32_t k = 0; k < 3; k++)
                bgp_originate(w->bgp, cloud_router((int)((i + 7 * k) % CLOUD)), nth(i));
    }
    return w;
}

struct figures {
    uint64_t digest, events, updates, prefixes, sessions;
    double cpu_s, settled_s;
};

static struct figures measure(uint64_t seed, bool upset)
{
    struct figures f;
    clock_t start = clock();
    struct world *w = flagship(seed);
    world_run(w, 400 * SECOND);
    f.cpu_s = (double)(clock() - start) / CLOCKS_PER_SEC;
    f.sessions = bgp_stats(w->bgp)->sessions_up;
    f.settled_s = world_settled_s(w, 0);
    CU_ASSERT_EQUAL(f.sessions, w->links.n);
    for (uint32_t r = 0; r < (uint32_t)w->speakers.n; r++) {
        for (uint32_t i = 0; i < PREFIXES; i++)
            CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, r, nth(i)));
    }
    f.updates = bgp_stats(w->bgp)->updates_sent;
    f.prefixes = bgp_stats(w->bgp)->announces_sent + bgp_stats(w->bgp)->withdraws_sent;
    if (upset) {
        for (int32_t link = 0; link < 300; link += 7)
            world_down(w, link);
        bgp_speaker_down(w->bgp, cloud_router(0));
        world_run(w, 600 * SECOND);
    }
    f.events = sim_events(w->sim);
    f.digest = w->digest;
    world_free(w);
    return f;
}

static void twice_is_the_same(void)
{
    struct figures one = measure(5, true), two = measure(5, true), other = measure(6, true);
    CU_ASSERT_EQUAL(one.digest, two.digest);
    CU_ASSERT_EQUAL(one.events, two.events);
    CU_ASSERT_EQUAL(one.updates, two.updates);
    CU_ASSERT_NOT_EQUAL(one.digest, other.digest);
    CU_ASSERT_EQUAL(one.sessions, other.sessions);
}

static void flagship_size_is_quick(void)
{
    struct figures f = measure(1, false);
    printf("%u sessions, %u UPDATEs with %u prefixes, %u events; settled after %.1f s, %.2f s of "
           "CPU\n",
           (unsigned)f.sessions, (unsigned)f.updates, (unsigned)f.prefixes, (unsigned)f.events,
           f.settled_s, f.cpu_s);
    CU_ASSERT_TRUE(f.sessions > 1000);
    // Far above what it takes (see the line printed), so that sanitizers and a busy machine pass.
    CU_ASSERT_TRUE(f.cpu_s < 20);
}

UNIT_MAIN("bgp-repeat", {"twice_is_the_same", twice_is_the_same},
          {"flagship_size_is_quick", flagship_size_is_quick})
