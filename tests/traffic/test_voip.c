// SPDX-License-Identifier: GPL-3.0-or-later
// Calls: frames, the jitter buffer, and the E-model's verdict.
#include "line.h"
#include "traffic/emodel.h"
#include "traffic/kinds.h"
#include "traffic/listener.h"
#include "unit.h"

#define MS PS_PER_MS
#define S  PS_PER_S

static const union traffic_options g711 = {.voip = {VOIP_G711, 3 * S, 60 * MS}},
                                   g729 = {.voip = {VOIP_G729, 3 * S, 60 * MS}};

static double r_of(double delay_ms, double ie, double bpl, double loss)
{
    struct emodel e = {delay_ms, ie, bpl, loss, 1};
    return emodel_r(&e);
}

// G.107: all defaults give R = 93.2 and MOS 4.41.
static void known_ratings(void)
{
    CU_ASSERT_DOUBLE_EQUAL(r_of(0, 0, 4.3, 0), 93.2, 0.05);
    CU_ASSERT_DOUBLE_EQUAL(emodel_mos(93.2), 4.41, 0.005);
    CU_ASSERT_DOUBLE_EQUAL(emodel_mos(50), 2.58, 0.01); // table B.1
    CU_ASSERT_DOUBLE_EQUAL(emodel_mos(60), 3.10, 0.01);
    CU_ASSERT_DOUBLE_EQUAL(emodel_mos(70), 3.60, 0.01);
    CU_ASSERT_DOUBLE_EQUAL(emodel_mos(80), 4.03, 0.01);
    CU_ASSERT_DOUBLE_EQUAL(emodel_mos(90), 4.34, 0.01);
    CU_ASSERT_EQUAL(emodel_mos(-5), 1);
    CU_ASSERT_EQUAL(emodel_mos(120), 4.5);
    // Ie,eff = (95 − Ie) · Ppl / (Ppl + Bpl): 5 % on G.711 without concealment.
    CU_ASSERT_DOUBLE_EQUAL(r_of(0, 0, 4.3, 0) - r_of(0, 0, 4.3, 0.05), 95 * 5 / 9.3, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(r_of(0, 0, 19, 0) - r_of(0, 11, 19, 0), 11, 1e-9);
}

static void delay_costs(void)
{
    double last = r_of(0, 0, 4.3, 0);
    for (int ms = 10; ms <= 500; ms += 10) {
        double r = r_of(ms, 0, 4.3, 0);
        CU_ASSERT(r < last);
        last = r;
    }
    // G.114: good below 150 ms, many dissatisfied at 400 ms.
    CU_ASSERT(r_of(150, 0, 4.3, 0) > 88);
    CU_ASSERT(r_of(400, 0, 4.3, 0) > 58 && r_of(400, 0, 4.3, 0) < 72);
}

static void frames_in_time_and_late(void)
{
    struct listener l = {0};
    listener_begin(&l, 20 * MS, 50 * MS);
    listener_spoken(&l, 0);
    listener_heard(&l, 0, 10 * MS);  // due at 60 ms
    listener_heard(&l, 1, 80 * MS);  // due at 80 ms
    listener_heard(&l, 2, 101 * MS); // too late
    listener_heard(&l, 4, 90 * MS);  // before its turn; 3 never comes
    struct listener_score s = listener_score(&l, 140 * MS);
    CU_ASSERT_EQUAL(s.due, 5);
    CU_ASSERT_EQUAL(s.lost, 2);
    CU_ASSERT_EQUAL(s.delay_ps, 60 * MS);
    CU_ASSERT_DOUBLE_EQUAL(s.burst, 2 * (1 - 0.4), 1e-9); // one run of two
    s = listener_score(&l, 139 * MS);
    CU_ASSERT_EQUAL(s.due, 4); // 4 is not due yet
    s = listener_score(&l, 59 * MS);
    CU_ASSERT_EQUAL(s.due, 0);
    listener_free(&l);
}

static void calls_on_a_good_line(void)
{
    struct line l;
    line_begin(&l);
    struct flow_options o = line_options(&traffic_voip, &g711);
    o.interval_ps = 20 * MS;
    traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 30 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL(l.begun, 4);
    CU_ASSERT_EQUAL_FATAL(l.objects.n, 4);
    // 5 ms of line, 60 ms of buffer, 20 ms of frame.
    double want = emodel_mos(r_of(85, 0, 25.1, 0));
    for (size_t i = 0; i < 4; i++) {
        const struct traffic_object *c = &l.objects.v[i];
        CU_ASSERT_DOUBLE_EQUAL(c->score, want, 1e-4);
        CU_ASSERT_EQUAL(c->end, i < 3 ? TRAFFIC_END_OK : TRAFFIC_END_UNFINISHED);
        CU_ASSERT_EQUAL(c->number, i);
    }
    CU_ASSERT_EQUAL(l.objects.v[0].ended_ps - l.objects.v[0].begun_ps, 3 * S);
    CU_ASSERT_EQUAL(l.counts[LINE_DELIVERED], (int)l.units.n);
    CU_ASSERT_EQUAL(l.packets.v[0].length, 200); // G.711
    CU_ASSERT_EQUAL(l.breaks.n, 0);
    line_end(&l);
}

// 10 % each way at random: what G.113's figures say of it.
static void calls_on_a_bad_line(void)
{
    struct line l;
    line_begin(&l);
    union traffic_options long_call = g729;
    long_call.voip.call_ps = 60 * S;
    struct flow_options o = line_options(&traffic_voip, &long_call);
    o.interval_ps = 20 * MS;
    o.stop_ps = 75 * S;
    traffic_add_flow(l.traffic, "a", &o);
    net_link_loss(l.net, l.links[0], 100000);
    line_run(&l, 80 * S);
    line_stop(&l);
    double want = emodel_mos(r_of(90, 11, 19, 0.1));
    CU_ASSERT_DOUBLE_EQUAL(l.objects.v[0].score, want, 0.15);
    CU_ASSERT_EQUAL(l.packets.v[0].length, 60);
    CU_ASSERT_EQUAL(l.breaks.n, 0);
    line_end(&l);
}

// A server that does not know the call says nothing: the caller gives up and dials again.
static void a_shift_ends_the_call(void)
{
    struct line l;
    line_begin(&l);
    union traffic_options long_call = g711;
    long_call.voip.call_ps = 60 * S;
    struct flow_options o = line_options(&traffic_voip, &long_call);
    o.interval_ps = 20 * MS;
    traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 13 * S);
    line_to(&l, 1);
    line_run(&l, 30 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL_FATAL(l.breaks.n, 1);
    CU_ASSERT_EQUAL(l.breaks.v[0].why, TRAFFIC_BREAK_TIMEOUT);
    CU_ASSERT_EQUAL_FATAL(l.objects.n, 2);
    CU_ASSERT_EQUAL(l.objects.v[0].end, TRAFFIC_END_TIMEOUT);
    CU_ASSERT_EQUAL(l.objects.v[1].end, TRAFFIC_END_UNFINISHED);
    CU_ASSERT(l.objects.v[0].score < 2);
    CU_ASSERT(l.objects.v[1].score > 4);
    line_end(&l);
}

UNIT_MAIN("voip", {"known ratings", known_ratings}, {"delay costs", delay_costs},
          {"frames in time and late", frames_in_time_and_late},
          {"calls on a good line", calls_on_a_good_line},
          {"calls on a bad line", calls_on_a_bad_line},
          {"a shift ends the call", a_shift_ends_the_call})
