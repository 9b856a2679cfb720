// SPDX-License-Identifier: GPL-3.0-or-later
// A capture's datagrams with their times and sizes, and addresses of ours.
#include "line.h"
#include "traffic/kinds.h"
#include "unit.h"

#include "fwd/headers.h"

#define MS PS_PER_MS
#define S  PS_PER_S

// A UDP datagram of `length`, of which as much is kept as a capture's reader keeps.
static struct replay_packet datagram(int64_t at_ps, uint32_t length)
{
    struct packet p;
    struct packet_payload payload = {1, 2, 3};
    packet_init(&p, PACKET_BYTES);
    packet_build_udp(&p, IP4(192, 0, 2, 7), IP4(198, 51, 100, 9), 40000, 5555, 17, length,
                     &payload);
    struct replay_packet r = {.at_ps = at_ps, .length = length, .stored = p.captured};
    memcpy(r.bytes, packet_view(&p), p.captured);
    return r;
}

static void times_and_sizes(double speed)
{
    struct replay_packet packets[3] = {datagram(0, 100), datagram(30 * MS, 1400),
                                       datagram(90 * MS, 60)};
    union traffic_options options = {.replay = {packets, 3, speed, false}};
    struct line l;
    line_begin(&l);
    struct flow_options o = line_options(&traffic_replay, &options);
    const struct flow *f = traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 30 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL(l.counts[LINE_DELIVERED], 3);
    CU_ASSERT_EQUAL_FATAL(l.packets.n, 3);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(l.packets.v[i].length, packets[i].length);
        CU_ASSERT_EQUAL(l.packets.v[i].sent_ps,
                        f->first_ps + (int64_t)((double)packets[i].at_ps / speed));
    }
    line_end(&l);
}

static void as_fast_as_captured(void)
{
    times_and_sizes(1);
}

static void twice_as_fast(void)
{
    times_and_sizes(2);
}

static void again_and_again(void)
{
    struct replay_packet packets[2] = {datagram(0, 100), datagram(400 * MS, 100)};
    union traffic_options options = {.replay = {packets, 2, 1, true}};
    struct line l;
    line_begin(&l);
    struct flow_options o = line_options(&traffic_replay, &options);
    traffic_add_flow(l.traffic, "a", &o); // a round takes 400 ms and the interval of 100 ms
    line_run(&l, 30 * S);
    line_stop(&l);
    CU_ASSERT(l.units.n >= 39 && l.units.n <= 40);
    line_end(&l);
}

// A net tap sees the bytes: addresses are rewritten, and checksums are right for that.
static void look(void *ctx, uint32_t node, uint32_t port, const struct packet *p)
{
    const uint8_t *h = packet_view(p);
    int *good = ctx;
    (void)node, (void)port;
    uint8_t pseudo[4] = {0, PROTOCOL_UDP, h[IP4_HEADER + UDP_LENGTH],
                         h[IP4_HEADER + UDP_LENGTH + 1]};
    uint64_t sum = checksum_add(checksum_add(0, h + IP4_SRC, 8), pseudo, 4);
    *good += packet_src(p) == LINE_CLIENT && packet_dst(p) == LINE_SERVER &&
             checksum_ok(checksum_add(0, h, IP4_HEADER)) &&
             checksum_ok(checksum_add(sum, h + IP4_HEADER, p->captured - IP4_HEADER));
}

static void rewritten_with_right_checksums(void)
{
    struct replay_packet packets[2] = {datagram(0, 100), datagram(MS, 1400)};
    union traffic_options options = {.replay = {packets, 2, 1, false}};
    struct line l;
    int good = 0;
    line_begin(&l);
    l.net->tap = (struct net_tap){&good, look};
    l.net->nodes[1].tapped = true;
    struct flow_options o = line_options(&traffic_replay, &options);
    traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 30 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL(good, 2);
    line_end(&l);
}

UNIT_MAIN("replay", {"as fast as captured", as_fast_as_captured}, {"twice as fast", twice_as_fast},
          {"again and again", again_and_again},
          {"rewritten with right checksums", rewritten_with_right_checksums})
