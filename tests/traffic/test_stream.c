// SPDX-License-Identifier: GPL-3.0-or-later
// Downloads, pages and requests over reliable streams, between a client and two hosts of a service.
#include "line.h"
#include "traffic/exchange.h"
#include "traffic/kinds.h"
#include "unit.h"

#define MS PS_PER_MS
#define S  PS_PER_S

static struct line l;
static union traffic_options options;

// 100 ms between beginnings, from 10 s to 20 s; 10 ms of round trip; a server that takes 1 ms.
static struct flow_options usual(const struct traffic_kind_ops *ops)
{
    options.stream = (struct stream_traffic_options){.transport = {.mss_bytes = 1400,
                                                                   .initial_segments = 10,
                                                                   .sack = true,
                                                                   .timestamps = true,
                                                                   .delayed_ack_ps = 40 * MS,
                                                                   .min_rto_ps = 200 * MS,
                                                                   .syn_retries = 6,
                                                                   .retries = 15,
                                                                   .give_up_ps = 3 * S},
                                                     .request_bytes = 300,
                                                     .size_bytes = 5000,
                                                     .page_bytes = 5000,
                                                     .objects = 12,
                                                     .connections = 6};
    struct flow_options o = line_options(ops, &options);
    o.server_ps = MS;
    return o;
}

static void begin(const struct flow_options *o)
{
    line_begin(&l);
    traffic_add_flow(l.traffic, "flow", o);
}

static bool near(int64_t a_ps, int64_t b_ps)
{
    return a_ps >= b_ps && a_ps < b_ps + MS / 10;
}

// Handshake 10 ms, request and first octet 11 ms more; five thousand octets are one flight.
static void downloads(void)
{
    struct flow_options o = usual(&traffic_download);
    begin(&o);
    line_run(&l, 30 * S);
    line_stop(&l);
    CU_ASSERT(l.objects.n >= 99 && l.objects.n <= 100);
    CU_ASSERT_EQUAL(l.counts[LINE_ANSWERED], (int)l.objects.n);
    for (size_t i = 0; i < l.objects.n; i++) {
        const struct traffic_object *d = &l.objects.v[i];
        CU_ASSERT_EQUAL(d->end, TRAFFIC_END_OK);
        CU_ASSERT_EQUAL(d->octets, 5000);
        CU_ASSERT(near(d->ended_ps - d->begun_ps, 21 * MS));
        CU_ASSERT_EQUAL(l.units.v[i].entry, LINE_ENTRY);
    }
    CU_ASSERT_EQUAL(l.breaks.n, 0);
    line_end(&l);
}

// A file of which ten segments and ten more are not enough takes longer, and the next one waits for it.
static void one_at_a_time(void)
{
    struct flow_options o = usual(&traffic_download);
    options.stream.size_bytes = 1 << 20;
    begin(&o);
    line_run(&l, 11 * S);
    CU_ASSERT_EQUAL(l.begun, (int)l.objects.n + 1); // one under way, or between two
    int64_t took_ps = l.objects.v[0].ended_ps - l.objects.v[0].begun_ps;
    CU_ASSERT(took_ps > 60 * MS && took_ps < 200 * MS);
    for (size_t i = 1; i < l.objects.n; i++)
        CU_ASSERT(l.objects.v[i].begun_ps >= l.objects.v[i - 1].ended_ps);
    line_run(&l, 30 * S);
    line_stop(&l);
    line_end(&l);
}

// Six connections: the page, then objects in two rounds, the first of which opens five connections:
// 21 (page) + 21 (opening) + 11 on those; on the first connection 11 each. One connection: below.
static void pages(void)
{
    struct flow_options o = usual(&traffic_web);
    begin(&o);
    line_run(&l, 30 * S);
    line_stop(&l);
    CU_ASSERT(l.objects.n >= 99);
    CU_ASSERT_EQUAL(l.objects.v[0].octets, 13 * 5000);
    CU_ASSERT(near(l.objects.v[0].ended_ps - l.objects.v[0].begun_ps, 53 * MS));
    CU_ASSERT_EQUAL(l.counts[LINE_ANSWERED], 13 * (int)l.objects.n);
    line_end(&l);

    options.stream.connections = 1;
    begin(&o);
    line_run(&l, 30 * S);
    line_stop(&l);
    int64_t took_ps = l.objects.v[0].ended_ps - l.objects.v[0].begun_ps;
    CU_ASSERT(near(took_ps, 52 * MS)); // 21 and 11, and two rounds more for sixty thousand octets
    CU_ASSERT_EQUAL(l.objects.v[0].octets, 13 * 5000);
    line_end(&l);
}

static void calls(void)
{
    struct flow_options o = usual(&traffic_rpc);
    begin(&o);
    line_run(&l, 30 * S);
    line_stop(&l);
    CU_ASSERT(l.units.n >= 99);
    CU_ASSERT(near(l.units.v[0].ended_ps - l.units.v[0].sent_ps, 21 * MS));
    for (size_t i = 1; i < l.units.n; i++)
        CU_ASSERT(near(l.units.v[i].ended_ps - l.units.v[i].sent_ps, 11 * MS));
    const struct exchange *x = traffic_flow(l.traffic, 0)->state;
    CU_ASSERT_EQUAL(x->opened, 1);
    line_end(&l);
}

// VALIDATION row 40: the flow comes to another host, which does not know the connection and says so;
// the next request opens another there.
static void shift_resets(void)
{
    struct flow_options o = usual(&traffic_rpc);
    begin(&o);
    line_run(&l, 15 * S);
    line_to(&l, 1);
    line_run(&l, 30 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL(l.breaks.n, 1);
    CU_ASSERT_EQUAL(l.breaks.v[0].why, TRAFFIC_BREAK_RESET);
    CU_ASSERT(l.breaks.v[0].at_ps > 15 * S && l.breaks.v[0].at_ps < 15 * S + 200 * MS);
    CU_ASSERT_EQUAL(l.counts[LINE_LOST], 1);
    CU_ASSERT_EQUAL(l.units.v[l.units.n - 1].end, LINE_ANSWERED);
    CU_ASSERT_EQUAL(l.units.v[l.units.n - 1].entry, LINE_ENTRY + 1);
    line_end(&l);
}

// The line to the server is cut: retransmissions, then the client gives up after 3 s, tries again, and
// finds it back.
static void cut_times_out(void)
{
    struct flow_options o = usual(&traffic_rpc);
    begin(&o);
    line_run(&l, 12 * S);
    net_link_cut(l.net, l.links[0]);
    line_run(&l, 16 * S);
    CU_ASSERT_EQUAL(l.breaks.n, 1);
    CU_ASSERT_EQUAL(l.breaks.v[0].why, TRAFFIC_BREAK_TIMEOUT);
    CU_ASSERT(l.breaks.v[0].at_ps >= 15 * S && l.breaks.v[0].at_ps < 15 * S + 200 * MS);
    net_link_restore(l.net, l.links[0]);
    line_run(&l, 40 * S);
    line_stop(&l);
    CU_ASSERT(l.counts[LINE_LOST] >= 29 && l.counts[LINE_LOST] <= 33);
    CU_ASSERT_EQUAL(l.units.v[l.units.n - 1].end, LINE_ANSWERED);
    line_end(&l);
}

// A short cut is bridged: nothing is lost but time.
static void short_cut_is_bridged(void)
{
    struct flow_options o = usual(&traffic_rpc);
    begin(&o);
    line_run(&l, 12 * S);
    net_link_cut(l.net, l.links[0]);
    line_run(&l, 12 * S + 500 * MS);
    net_link_restore(l.net, l.links[0]);
    line_run(&l, 40 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL(l.breaks.n, 0);
    CU_ASSERT_EQUAL(l.counts[LINE_LOST], 0);
    CU_ASSERT_EQUAL(l.counts[LINE_ANSWERED], (int)l.units.n);
    line_end(&l);
}

// Three requests a second on one connection to a server that serves two: none is refused, two a second
// are answered, each later than the one before. Who comes anew finds it full.
static void overload_waits(enum stream_kind kind)
{
    struct flow_options o = usual(&traffic_rpc), late;
    o.interval_ps = S / 3;
    options.stream.transport.protocol = (int)kind;
    begin(&o);
    traffic_limit_server(
        l.traffic, 1,
        &(struct traffic_capacity){
            .name = "server", .requests_uhz = 2 * INT64_C(1000000), .service_ps = MS, .queue = 1});
    late = o;
    late.start_ps = 19 * S;
    traffic_add_flow(l.traffic, "late", &late);
    line_run(&l, 40 * S);
    line_stop(&l);
    int mine = 0, in_time = 0, refused = 0;
    for (size_t i = 0; i < l.units.n; i++) {
        const struct line_unit *u = &l.units.v[i];
        mine += u->flow == 0 && u->end == LINE_ANSWERED;
        in_time += u->flow == 0 && u->ended_ps >= 12 * S && u->ended_ps < 20 * S;
        refused += u->flow == 1 && u->end == LINE_LOST;
    }
    CU_ASSERT(mine >= 29 && mine <= 31);
    CU_ASSERT_EQUAL(in_time, 16);
    CU_ASSERT_EQUAL(refused, 3);
    CU_ASSERT(l.breaks.n >= 1);
    for (size_t i = 0; i < l.breaks.n; i++)
        CU_ASSERT(l.breaks.v[i].at_ps >= 19 * S);
    line_end(&l);
}

static void overload_waits_tcp(void)
{
    overload_waits(STREAM_TCP);
}

static void overload_waits_quic(void)
{
    overload_waits(STREAM_QUIC);
}

// --- QUIC: a round trip for the handshake, as TCP here, and the first request behind it.

static struct flow_options quic(const struct traffic_kind_ops *ops)
{
    struct flow_options o = usual(ops);
    options.stream.transport.protocol = TRANSPORT_QUIC;
    options.stream.transport.delayed_ack_ps = 25 * MS;
    return o;
}

static void quic_downloads(void)
{
    struct flow_options o = quic(&traffic_download);
    begin(&o);
    line_run(&l, 60 * S);
    line_stop(&l);
    CU_ASSERT(l.objects.n >= 99 && l.objects.n <= 100);
    for (size_t i = 0; i < l.objects.n; i++) {
        CU_ASSERT_EQUAL(l.objects.v[i].end, TRAFFIC_END_OK);
        CU_ASSERT_EQUAL(l.objects.v[i].octets, 5000);
        CU_ASSERT(near(l.objects.v[i].ended_ps - l.objects.v[i].begun_ps, 21 * MS));
    }
    CU_ASSERT_EQUAL(l.breaks.n, 0);
    const struct exchange *x = traffic_flow(l.traffic, 0)->state;
    CU_ASSERT_EQUAL(x->counters.retransmitted, 0);
    CU_ASSERT_EQUAL(x->counters.timeouts, 0);
    line_end(&l);
}

// The other host does not know the connection id.
static void quic_shift_resets(void)
{
    struct flow_options o = quic(&traffic_rpc);
    begin(&o);
    line_run(&l, 15 * S);
    line_to(&l, 1);
    line_run(&l, 60 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL(l.breaks.n, 1);
    CU_ASSERT_EQUAL(l.breaks.v[0].why, TRAFFIC_BREAK_RESET);
    CU_ASSERT_EQUAL(l.counts[LINE_LOST], 1);
    CU_ASSERT_EQUAL(l.units.v[l.units.n - 1].end, LINE_ANSWERED);
    line_end(&l);
}

// The client's port changes each second, in the middle of whatever: nothing breaks, nothing is lost, and
// the server knows the new one.
static void quic_migrates(void)
{
    struct flow_options o = quic(&traffic_rpc);
    options.stream.transport.migrate_ps = S;
    begin(&o);
    line_run(&l, 60 * S);
    const struct flow *f = traffic_flow(l.traffic, 0);
    const struct exchange *x = f->state;
    CU_ASSERT_EQUAL(x->opened, 1);
    CU_ASSERT_EQUAL(l.breaks.n, 0);
    line_stop(&l);
    CU_ASSERT_EQUAL(l.counts[LINE_LOST], 0);
    CU_ASSERT_EQUAL(l.counts[LINE_ANSWERED], (int)l.units.n);
    line_end(&l);

    o = quic(&traffic_download);
    options.stream.transport.migrate_ps = S;
    options.stream.size_bytes = 20000000;
    options.stream.transport.window_bytes = 100000; // 10 MB/s or so
    begin(&o);
    line_run(&l, 60 * S);
    line_stop(&l);
    CU_ASSERT(l.objects.n >= 3); // a round trip and what was under way is lost each time
    for (size_t i = 0; i < l.objects.n; i++)
        CU_ASSERT_EQUAL(l.objects.v[i].end, TRAFFIC_END_OK);
    CU_ASSERT_EQUAL(l.breaks.n, 0);
    line_end(&l);
}

// A line that loses a twentieth: what arrives is what was sent.
static void quic_over_loss(void)
{
    for (int newreno = 0; newreno < 2; newreno++) {
        struct flow_options o = quic(&traffic_download);
        options.stream.size_bytes = 300000;
        options.stream.transport.control = newreno ? TRANSPORT_NEWRENO : TRANSPORT_CUBIC;
        begin(&o);
        net_link_loss(l.net, l.links[0], 50000);
        line_run(&l, 90 * S);
        line_stop(&l);
        CU_ASSERT(l.objects.n > 5);
        for (size_t i = 0; i < l.objects.n; i++) {
            CU_ASSERT_EQUAL(l.objects.v[i].end, TRAFFIC_END_OK);
            CU_ASSERT_EQUAL(l.objects.v[i].octets, 300000);
        }
        const struct exchange *x = traffic_flow(l.traffic, 0)->state;
        CU_ASSERT(x->counters.retransmitted > 20);
        line_end(&l);
    }
}

static void quic_cut_times_out(void)
{
    struct flow_options o = quic(&traffic_rpc);
    begin(&o);
    line_run(&l, 12 * S);
    net_link_cut(l.net, l.links[0]);
    line_run(&l, 16 * S);
    CU_ASSERT_EQUAL(l.breaks.n, 1);
    CU_ASSERT_EQUAL(l.breaks.v[0].why, TRAFFIC_BREAK_TIMEOUT);
    net_link_restore(l.net, l.links[0]);
    line_run(&l, 60 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL(l.units.v[l.units.n - 1].end, LINE_ANSWERED);
    line_end(&l);
}

// At the end of the run what is under way is told, and everything given back.
static void stops_in_the_middle(void)
{
    struct flow_options o = usual(&traffic_download);
    options.stream.size_bytes = INT64_C(1) << 30;
    options.stream.transport.window_bytes = 65536;
    begin(&o);
    line_run(&l, 12 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL(l.objects.n, 1);
    CU_ASSERT_EQUAL(l.objects.v[0].end, TRAFFIC_END_UNFINISHED);
    CU_ASSERT(l.objects.v[0].octets > 1000000);
    line_run(&l, 13 * S); // what is on the lines arrives
    line_end(&l);
}

UNIT_MAIN("stream", {"downloads", downloads}, {"one_at_a_time", one_at_a_time}, {"pages", pages},
          {"calls", calls}, {"shift_resets", shift_resets}, {"cut_times_out", cut_times_out},
          {"short_cut_is_bridged", short_cut_is_bridged}, {"overload_waits", overload_waits_tcp},
          {"quic_overload_waits", overload_waits_quic},
          {"stops_in_the_middle", stops_in_the_middle}, {"quic_downloads", quic_downloads},
          {"quic_shift_resets", quic_shift_resets}, {"quic_migrates", quic_migrates},
          {"quic_over_loss", quic_over_loss}, {"quic_cut_times_out", quic_cut_times_out})
