// SPDX-License-Identifier: GPL-3.0-or-later
// The player by hand, and videos over TCP.
#include "line.h"
#include "traffic/kinds.h"
#include "traffic/player.h"
#include "unit.h"

#include <math.h>

#define MS   PS_PER_MS
#define S    PS_PER_S
#define MBPS INT64_C(1000000)

static const int64_t ladder[] = {MBPS, 2 * MBPS, 4 * MBPS, 8 * MBPS};

// Ten segments of 2 s, 8 s of buffer, playing waits for 4 s.
static const struct player_options ten = {.ladder_bps = ladder,
                                          .rungs = 4,
                                          .segment_ps = 2 * S,
                                          .segments = 10,
                                          .buffer_ps = 8 * S,
                                          .start_ps = 4 * S};

// Segments come at a constant rate from `from_ps` on; gives when the last one is there.
static int64_t load(struct player *p, int64_t now_ps, int64_t bps, uint32_t segments, int *rung)
{
    while (segments--) {
        int64_t ask_ps;
        *rung = player_next(p, now_ps, &ask_ps);
        int64_t took_ps = (int64_t)((double)player_octets(p, *rung) * 8e12 / (double)bps);
        now_ps = ask_ps + took_ps;
        player_arrived(p, *rung, ask_ps, now_ps);
    }
    return now_ps;
}

static void rates_follow_the_throughput(void)
{
    struct player p;
    int rung;
    player_begin(&p, &ten, 0);
    CU_ASSERT_EQUAL(player_octets(&p, 0), 250000);
    int64_t now_ps = load(&p, 0, 6 * MBPS, 1, &rung);
    CU_ASSERT_EQUAL(rung, 0); // nothing is known
    CU_ASSERT(!p.started);
    now_ps = load(&p, now_ps, 6 * MBPS, 4, &rung);
    CU_ASSERT_EQUAL(rung, 2); // 4 of 4.8 Mb/s
    CU_ASSERT(p.started);
    load(&p, now_ps, MBPS, 5, &rung);
    CU_ASSERT_EQUAL(rung, 0);
    int64_t ask_ps;
    CU_ASSERT_EQUAL(player_next(&p, p.seen_ps, &ask_ps), -1);
    // One of 1, four of 4, and what the last five took.
    CU_ASSERT(player_mean_bps(&p) > 1.7e6 && player_mean_bps(&p) < 3.5e6);
}

static void buffer_is_filled_and_no_more(void)
{
    struct player p;
    int64_t ask_ps;
    int rung;
    player_begin(&p, &ten, 0);
    int64_t now_ps = load(&p, 0, 100 * MBPS, 4, &rung);
    rung = player_next(&p, now_ps, &ask_ps);
    CU_ASSERT_EQUAL(rung, 3);
    CU_ASSERT_EQUAL(ask_ps - now_ps, p.buffered_ps + 2 * S - 8 * S);
    CU_ASSERT(ask_ps > now_ps);
}

// 4 s are played from the second segment on; the third one comes 3 s too late.
static void stalls_are_counted(void)
{
    struct player p;
    player_begin(&p, &ten, 0);
    player_arrived(&p, 0, 0, 1 * S);
    player_arrived(&p, 0, 1 * S, 2 * S);
    CU_ASSERT_EQUAL(p.started_ps, 2 * S);
    player_arrived(&p, 0, 2 * S, 9 * S);
    CU_ASSERT_EQUAL(p.stalls, 1);
    CU_ASSERT_EQUAL(p.stalled_ps, 3 * S);
    CU_ASSERT(!p.playing); // 2 of 4 s
    player_arrived(&p, 0, 9 * S, 10 * S);
    CU_ASSERT(p.playing);
    CU_ASSERT_EQUAL(p.stalled_ps, 4 * S);
    player_pass(&p, 13 * S);
    CU_ASSERT_EQUAL(p.stalls, 1);
    CU_ASSERT_EQUAL(p.buffered_ps, S);
}

// Waiting for more than the buffer takes in whole segments must not wait for ever.
static void start_over_a_small_buffer(void)
{
    struct player p;
    struct player_options o = ten;
    int64_t ask_ps;
    o.buffer_ps = 3 * S;
    o.start_ps = 3 * S;
    player_begin(&p, &o, 0);
    player_arrived(&p, 0, 0, S);
    player_next(&p, S, &ask_ps);
    CU_ASSERT_EQUAL(ask_ps, S);
}

static union traffic_options video(void)
{
    union traffic_options o = {.video = {.stream = {.transport = {.mss_bytes = 1400,
                                                                  .initial_segments = 10,
                                                                  .sack = true,
                                                                  .timestamps = true,
                                                                  .delayed_ack_ps = 40 * MS,
                                                                  .min_rto_ps = 200 * MS,
                                                                  .syn_retries = 6,
                                                                  .retries = 15,
                                                                  .give_up_ps = 3 * S},
                                                    .request_bytes = 300},
                                         .ladder_bps = ladder,
                                         .rungs = 4,
                                         .segment_ps = 2 * S,
                                         .length_ps = 20 * S,
                                         .buffer_ps = 8 * S,
                                         .start_ps = 4 * S}};
    return o;
}

static void a_good_line_shows_the_best(void)
{
    struct line l;
    line_begin(&l);
    union traffic_options options = video();
    struct flow_options o = line_options(&traffic_video, &options);
    o.stop_ps = 70 * S;
    traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 70 * S);
    line_stop(&l);
    line_run(&l, 75 * S);
    CU_ASSERT_EQUAL_FATAL(l.objects.n, 3);
    const struct traffic_object *v = &l.objects.v[1];
    CU_ASSERT_EQUAL(v->end, TRAFFIC_END_OK);
    CU_ASSERT_EQUAL(v->stalls, 0);
    CU_ASSERT_DOUBLE_EQUAL(v->score, (1 + 9 * 8) * 1e5, 1); // the first segment at 1 Mb/s
    CU_ASSERT_DOUBLE_EQUAL((double)v->octets, (1 + 9 * 8) * 1e6 * 2 / 8, 1);
    // Twenty seconds to see, and the time before the first picture.
    int64_t took_ps = v->ended_ps - v->begun_ps;
    CU_ASSERT(took_ps > 20 * S && took_ps < 20 * S + 500 * MS);
    CU_ASSERT_EQUAL(l.counts[LINE_ANSWERED], (int)l.units.n);
    CU_ASSERT_EQUAL(l.breaks.n, 0);
    line_end(&l);
}

// Cut for longer than the buffer lasts and the client waits: it breaks, is opened again, and goes on.
static void a_long_cut_stalls_and_breaks(void)
{
    struct line l;
    line_begin(&l);
    union traffic_options options = video();
    struct flow_options o = line_options(&traffic_video, &options);
    o.stop_ps = 60 * S;
    traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 15 * S);
    net_link_cut(l.net, l.links[0]);
    line_run(&l, 30 * S);
    net_link_restore(l.net, l.links[0]);
    line_run(&l, 60 * S);
    line_stop(&l);
    line_run(&l, 70 * S);
    CU_ASSERT(l.breaks.n >= 1);
    CU_ASSERT_EQUAL(l.breaks.v[0].why, TRAFFIC_BREAK_TIMEOUT);
    const struct traffic_object *v = &l.objects.v[0];
    CU_ASSERT_EQUAL(v->end, TRAFFIC_END_OK);
    CU_ASSERT_EQUAL(v->stalls, 1);
    CU_ASSERT(v->stalled_ps > 5 * S && v->stalled_ps < 15 * S);
    line_end(&l);
}

UNIT_MAIN("video", {"rates follow the throughput", rates_follow_the_throughput},
          {"buffer is filled and no more", buffer_is_filled_and_no_more},
          {"stalls are counted", stalls_are_counted},
          {"start over a small buffer", start_over_a_small_buffer},
          {"a good line shows the best", a_good_line_shows_the_best},
          {"a long cut stalls and breaks", a_long_cut_stalls_and_breaks})
