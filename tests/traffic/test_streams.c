// SPDX-License-Identifier: GPL-3.0-or-later
// Streams both ways: constant rate, and a game server with a tick of its own.
#include "line.h"
#include "traffic/kinds.h"
#include "unit.h"

#define MS PS_PER_MS
#define S  PS_PER_S

static const union traffic_options ticking = {.game = {.tick_ps = 50 * MS}};

static int received(const struct line *l, enum traffic_direction d, int64_t from_ps, int64_t to_ps)
{
    int n = 0;
    for (size_t i = 0; i < l->packets.n; i++)
        n += l->packets.v[i].d == d && l->packets.v[i].sent_ps >= from_ps &&
             l->packets.v[i].sent_ps < to_ps;
    return n;
}

static void constant_rate_one_way(void)
{
    struct line l;
    line_begin(&l);
    struct flow_options o = line_options(&traffic_cbr, NULL);
    o.down_bytes = 0;
    const struct flow *f = traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 30 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL(l.counts[LINE_DELIVERED], 100);
    CU_ASSERT_EQUAL(l.units.n, 100);
    CU_ASSERT_EQUAL(received(&l, TRAFFIC_TO_CLIENT, 0, 30 * S), 0);
    for (uint32_t i = 0; i < 100; i++) {
        const struct line_unit *u = line_unit(&l, i);
        CU_ASSERT_EQUAL(u->sent_ps, f->first_ps + i * 100 * MS);
        CU_ASSERT_EQUAL(u->ended_ps - u->sent_ps, LINE_DELAY + 100);
        CU_ASSERT_EQUAL(u->entry, LINE_ENTRY);
    }
    line_end(&l);
}

static void constant_rate_both_ways(void)
{
    struct line l;
    line_begin(&l);
    struct flow_options o = line_options(&traffic_cbr, NULL);
    traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 30 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL(received(&l, TRAFFIC_TO_SERVER, 0, 30 * S), 100);
    CU_ASSERT_EQUAL(received(&l, TRAFFIC_TO_CLIENT, 0, 30 * S), 100);
    CU_ASSERT_EQUAL(l.counts[LINE_DELIVERED], 200);
    for (size_t i = 0; i < l.packets.n; i++)
        CU_ASSERT_EQUAL(l.packets.v[i].length, l.packets.v[i].d == TRAFFIC_TO_CLIENT ? 240 : 100);
    line_end(&l);
}

// The server's states come at its own rhythm, at whole multiples of it, whatever the inputs do.
static void a_tick_of_its_own(void)
{
    struct line l;
    line_begin(&l);
    struct flow_options o = line_options(&traffic_game, &ticking);
    traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 14 * S);
    line_run(&l, 30 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL(received(&l, TRAFFIC_TO_SERVER, 12 * S, 16 * S), 40);
    CU_ASSERT_EQUAL(received(&l, TRAFFIC_TO_CLIENT, 12 * S, 16 * S), 80);
    for (size_t i = 0; i < l.packets.n; i++)
        if (l.packets.v[i].d == TRAFFIC_TO_CLIENT)
            CU_ASSERT_EQUAL(l.packets.v[i].sent_ps % (50 * MS), 0);
    CU_ASSERT_EQUAL(l.counts[LINE_DELIVERED], (int)l.units.n);
    CU_ASSERT_EQUAL(l.breaks.n, 0);
    line_end(&l);
}

// Another site does not know the player: reset, and a new session there.
static void a_shift_breaks_the_session(void)
{
    struct line l;
    line_begin(&l);
    struct flow_options o = line_options(&traffic_game, &ticking);
    traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 15 * S);
    line_to(&l, 1);
    line_run(&l, 30 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL_FATAL(l.breaks.n, 1);
    CU_ASSERT_EQUAL(l.breaks.v[0].why, TRAFFIC_BREAK_RESET);
    CU_ASSERT(l.breaks.v[0].at_ps > 15 * S && l.breaks.v[0].at_ps < 15 * S + 150 * MS);
    CU_ASSERT_EQUAL(l.counts[LINE_LOST], 1); // the input that met the strange server
    const struct line_unit *last = &l.units.v[l.units.n - 1];
    CU_ASSERT_EQUAL(last->entry, LINE_ENTRY + 1);
    // The old server falls silent after the timeout.
    CU_ASSERT_EQUAL(received(&l, TRAFFIC_TO_CLIENT, 18 * S, 19 * S), 20);
    line_end(&l);
}

static void silence_breaks_the_session(void)
{
    struct line l;
    line_begin(&l);
    struct flow_options o = line_options(&traffic_game, &ticking);
    traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 14 * S);
    net_link_cut(l.net, l.links[0]);
    line_run(&l, 18 * S);
    net_link_restore(l.net, l.links[0]);
    line_run(&l, 30 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL_FATAL(l.breaks.n, 1);
    CU_ASSERT_EQUAL(l.breaks.v[0].why, TRAFFIC_BREAK_TIMEOUT);
    CU_ASSERT(l.breaks.v[0].at_ps > 16 * S && l.breaks.v[0].at_ps < 16 * S + 200 * MS);
    CU_ASSERT(received(&l, TRAFFIC_TO_CLIENT, 18 * S, 20 * S) >= 36);
    line_end(&l);
}

// A cut shorter than the timeout breaks nothing.
static void a_session_outlives_a_short_cut(void)
{
    struct line l;
    line_begin(&l);
    struct flow_options o = line_options(&traffic_game, &ticking);
    traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 14 * S);
    net_link_cut(l.net, l.links[0]);
    line_run(&l, 15 * S);
    net_link_restore(l.net, l.links[0]);
    line_run(&l, 30 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL(l.breaks.n, 0);
    CU_ASSERT(l.counts[LINE_LOST] >= 29 && l.counts[LINE_LOST] <= 31);
    line_end(&l);
}

UNIT_MAIN("streams", {"constant rate one way", constant_rate_one_way},
          {"constant rate both ways", constant_rate_both_ways},
          {"a tick of its own", a_tick_of_its_own},
          {"a shift breaks the session", a_shift_breaks_the_session},
          {"silence breaks the session", silence_breaks_the_session},
          {"a session outlives a short cut", a_session_outlives_a_short_cut})
