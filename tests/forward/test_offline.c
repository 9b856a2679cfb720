// SPDX-License-Identifier: GPL-3.0-or-later
// A capture through a node: what comes out, when, with which addresses; what is dropped and
// counted.
#include "base/units.h"
#include "forward/offline.h"
#include "forward/parcel.h"
#include "fwd/headers.h"
#include "scenario/scratch.h"
#include "unit.h"
#include "wire/capture.h"
#include "wire/frame.h"

#define START_NS INT64_C(1700000000000000000)
#define MS       INT64_C(1000000)

static const char node[] =
    "version: 1\n"
    "node: {address: 10.0.0.1}\n"
    "interfaces:\n"
    "  lan: {address: 192.0.2.1/24, neighbours: [{address: 192.0.2.9, mac: 02:00:00:00:00:99}]}\n"
    "  wan: {address: 198.51.100.1/24, mtu: 600, mac: 02:00:00:00:00:77}\n"
    "nexthops: {up: {interface: wan, via: 198.51.100.254}}\n"
    "routes:\n"
    "  - {prefix: 0.0.0.0/0, via: up}\n"
    "  - {prefix: 10.9.0.0/16, action: blackhole}\n"
    "shapers: {slow: {rate: 8kbps, burst: 128B, queue: 1kB}}\n"
    "eips: [{prefix: 203.0.113.0/24, in: {shaper: slow}}]\n";

struct world {
    struct config config;
    struct build build;
    struct totals totals;
    enum offline_status status;
    char error[512], in[256], out[256], local[256], drops[256];
    struct capture_writer *writer;
};

static void begin(struct world *w, const char *text)
{
    struct diag *d = diag_new();
    struct capture_error e;
    memset(w, 0, sizeof *w);
    snprintf(w->in, sizeof w->in, "%s/in.pcap", scratch_dir());
    snprintf(w->out, sizeof w->out, "%s/out.pcap", scratch_dir());
    snprintf(w->local, sizeof w->local, "%s/local.pcap", scratch_dir());
    snprintf(w->drops, sizeof w->drops, "%s/drops.csv", scratch_dir());
    config_load(scratch_file("node.yaml", text), d, &w->config);
    CU_ASSERT_EQUAL_FATAL(diag_errors(d), 0);
    diag_free(d);
    build_node(&w->config, &w->build);
    w->writer = capture_create(w->in, FRAME_LINK_ETHERNET, &e);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w->writer);
}

static void put_frame(struct world *w, int64_t at_ns, const uint8_t *bytes, uint32_t size)
{
    struct capture_frame f = {at_ns, bytes, size, size};
    CU_ASSERT_TRUE(capture_write(w->writer, &f));
}

static void put(struct world *w, int64_t at_ns, const char *dst, uint8_t ttl, uint32_t length)
{
    struct packet *p = malloc(packet_bytes(2048));
    uint8_t frame[2048];
    ip4_addr to = 0;
    CU_ASSERT_TRUE(ip4_parse(dst, &to));
    packet_init(p, 2048);
    packet_build_udp(p, IP4(192, 0, 2, 9), to, 1000, 2000, ttl, length, NULL);
    memset(frame, 0, sizeof frame);
    frame_write_ethernet(frame, (const uint8_t *)"\2\0\0\0\0\1", (const uint8_t *)"\2\0\0\0\0\x99",
                         FRAME_TYPE_IP4);
    memcpy(frame + FRAME_ETHERNET, packet_view(p), p->captured);
    uint32_t size = FRAME_ETHERNET + length;
    put_frame(w, at_ns, frame, size < 60 ? 60 : size);
    free(p);
}

static void run(struct world *w, bool raw)
{
    struct capture_error e;
    struct offline_options o = {w->in, w->out, w->local, w->drops, 0, raw};
    CU_ASSERT_TRUE(capture_finish(w->writer, &e));
    w->status = offline_run(&w->config, &w->build, &o, &w->totals, w->error);
}

static void end(struct world *w)
{
    build_free(&w->build);
    config_free(&w->config);
}

static uint64_t dropped(const struct world *w, enum fwd_drop reason)
{
    return fwd_counters(w->build.node)->dropped[reason] + w->totals.refused[reason];
}

static void conserves(const struct world *w)
{
    char why[256];
    CU_ASSERT_TRUE(totals_conserve(&w->build, &w->totals, why, sizeof why));
}

static int count_of(const char *path, enum frame_link link)
{
    struct capture_error e;
    struct capture_frame f;
    int n = 0;
    struct capture *c = capture_open(path, &e);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    CU_ASSERT_EQUAL(capture_link(c), link);
    while (capture_next(c, &f) == 1)
        n++;
    capture_close(c);
    return n;
}

static void a_frame_goes_out_to_its_next_hop(void)
{
    struct world w;
    struct capture_error e;
    struct capture_frame f;
    begin(&w, node);
    put(&w, START_NS, "8.8.8.8", 64, 28);
    run(&w, false);
    CU_ASSERT_EQUAL_FATAL(w.status, OFFLINE_GOOD);
    struct capture *c = capture_open(w.out, &e);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    CU_ASSERT_EQUAL_FATAL(capture_next(c, &f), 1);
    CU_ASSERT_EQUAL(f.at_ns, START_NS);
    CU_ASSERT_EQUAL(f.length, FRAME_ETHERNET + 28); // the padding stayed behind
    CU_ASSERT_EQUAL(memcmp(f.bytes, "\2\0\xc6\x33\x64\xfe\2\0\0\0\0\x77\x08\0", 14), 0);
    CU_ASSERT_EQUAL(f.bytes[FRAME_ETHERNET + 8], 63); // TTL
    CU_ASSERT_EQUAL(capture_next(c, &f), 0);
    capture_close(c);
    CU_ASSERT_EQUAL(fwd_nexthop_counters(w.build.node, 2).packets, 1);
    conserves(&w);
    end(&w);
}

static void errors_go_back_to_the_sender(void)
{
    struct world w;
    struct capture_error e;
    struct capture_frame f;
    begin(&w, node);
    put(&w, START_NS, "8.8.8.8", 1, 100);
    run(&w, false);
    struct capture *c = capture_open(w.out, &e);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    CU_ASSERT_EQUAL_FATAL(capture_next(c, &f), 1);
    CU_ASSERT_EQUAL(memcmp(f.bytes, "\2\0\0\0\0\x99", 6), 0); // as `neighbours` says
    CU_ASSERT_EQUAL(f.bytes[FRAME_ETHERNET + 9], 1);          // ICMP
    CU_ASSERT_EQUAL(f.bytes[FRAME_ETHERNET + 20], 11);        // time exceeded
    capture_close(c);
    CU_ASSERT_EQUAL(dropped(&w, FWD_DROP_TTL), 1);
    CU_ASSERT_EQUAL(fwd_counters(w.build.node)->icmp_sent, 1);
    conserves(&w);
    end(&w);
}

static void too_long_is_cut(void)
{
    struct world w;
    uint8_t fragile[FRAME_ETHERNET + 1000];
    begin(&w, node);
    put(&w, START_NS, "8.8.8.8", 64, 1000); // DF is set: refused, with an error
    struct packet *p = malloc(packet_bytes(2048));
    packet_init(p, 2048);
    packet_build_udp(p, IP4(192, 0, 2, 9), IP4(8, 8, 8, 8), 1, 2, 64, 1000, NULL);
    memset(fragile, 0, sizeof fragile);
    frame_write_ethernet(fragile, (const uint8_t *)"\2\0\0\0\0\1",
                         (const uint8_t *)"\2\0\0\0\0\x99", FRAME_TYPE_IP4);
    uint8_t *h = packet_data(p);
    h[IP4_TTL] = 64;
    uint32_t sum = (uint32_t)be16_get(h + 10) + 0x4000; // without DF (RFC 1624)
    h[6] = 0;
    be16_put(h + 10, (sum & 0xffff) + (sum >> 16));
    memcpy(fragile + FRAME_ETHERNET, h, p->captured);
    put_frame(&w, START_NS + 1, fragile, sizeof fragile);
    free(p);
    run(&w, true);
    CU_ASSERT_EQUAL_FATAL(w.status, OFFLINE_GOOD);
    CU_ASSERT_EQUAL(dropped(&w, FWD_DROP_MTU), 1);
    CU_ASSERT_EQUAL(fwd_counters(w.build.node)->cut, 1);
    CU_ASSERT_EQUAL(fwd_counters(w.build.node)->pieces, 2);
    CU_ASSERT_EQUAL(count_of(w.out, FRAME_LINK_IP), 3); // an error and two pieces
    conserves(&w);
    end(&w);
}

// 8 kbit/s: a packet of 128 bytes lasts 128 ms. The bucket lets the first go at once.
static void shaped_frames_go_when_they_may(void)
{
    static const int64_t wanted_ms[] = {0, 128, 150, 256};
    struct world w;
    struct capture_error e;
    struct capture_frame f;
    begin(&w, node);
    put(&w, START_NS, "203.0.113.5", 64, 128);
    put(&w, START_NS, "203.0.113.5", 64, 128);
    put(&w, START_NS, "203.0.113.5", 64, 128);
    put(&w, START_NS + 150 * MS, "8.8.8.8", 64, 100); // not shaped, between the others
    run(&w, false);
    CU_ASSERT_EQUAL_FATAL(w.status, OFFLINE_GOOD);
    CU_ASSERT_EQUAL(w.totals.shaped, 2);
    struct capture *c = capture_open(w.out, &e);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL_FATAL(capture_next(c, &f), 1);
        CU_ASSERT_EQUAL(f.at_ns, START_NS + wanted_ms[i] * MS);
    }
    CU_ASSERT_EQUAL(capture_next(c, &f), 0);
    capture_close(c);
    conserves(&w);
    end(&w);
}

// What waits takes the memory that it needs, and comes out as it went in.
static void shaped_frames_are_small(void)
{
    struct parcels s;
    parcels_init(&s, PARCEL_DATAGRAM);
    struct parcel *big = parcel_take(&s), *small;
    uint8_t bytes[2000];
    memset(bytes, 7, sizeof bytes);
    big->r.release_ps = 5;
    big->packet.seq = 9;
    packet_load(&big->packet, bytes, sizeof bytes, 3000);
    small = parcel_settle(&s, big);
    CU_ASSERT(small != big && small->packet.room == PACKET_HEADROOM + sizeof bytes);
    // A live port puts its link's header there.
    CU_ASSERT(packet_make_room(&small->packet, FRAME_ETHERNET));
    CU_ASSERT(small->r.release_ps == 5 && small->packet.seq == 9 && small->packet.length == 3000);
    CU_ASSERT_EQUAL(memcmp(packet_view(&small->packet), bytes, sizeof bytes), 0);
    CU_ASSERT_PTR_EQUAL(parcel_take(&s), big); // it was given back
    CU_ASSERT_EQUAL(s.taken, 2);
    CU_ASSERT_PTR_EQUAL(parcel_settle(&s, small), small);
    packet_load(&big->packet, bytes, 40, 40);
    parcel_give(&s, small);
    small = parcel_settle(&s, big);
    CU_ASSERT_EQUAL(small->packet.room, PACKET_BYTES);
    CU_ASSERT_EQUAL(memcmp(packet_view(&small->packet), bytes, 40), 0);
    parcel_give(&s, small);
    CU_ASSERT(s.taken == 0 && s.made == 1);
    parcels_free(&s);
}

static void time_never_runs_back(void)
{
    struct world w;
    struct capture_error e;
    struct capture_frame f;
    int64_t last_ns = 0;
    begin(&w, node);
    put(&w, START_NS + 5 * MS, "8.8.8.8", 64, 100);
    put(&w, START_NS, "8.8.8.8", 64, 100);
    put(&w, START_NS + 3 * MS, "203.0.113.5", 64, 100);
    put(&w, START_NS + 6 * MS, "8.8.8.8", 64, 100);
    run(&w, false);
    struct capture *c = capture_open(w.out, &e);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    while (capture_next(c, &f) == 1) {
        CU_ASSERT(f.at_ns >= last_ns);
        last_ns = f.at_ns;
    }
    CU_ASSERT_EQUAL(last_ns, START_NS + 6 * MS);
    capture_close(c);
    end(&w);
}

// A clock that was not set yet, and one that is set to nonsense: time stays between the first frame
// and 106 days later.
static void time_has_two_ends(void)
{
    const int64_t end_ns = START_NS + INT64_MAX / 1000;
    struct world w;
    struct capture_error e;
    struct capture_frame f;
    begin(&w, node);
    put(&w, START_NS, "8.8.8.8", 64, 100);
    put(&w, 0, "8.8.8.8", 64, 100); // 1970
    put(&w, 0, "203.0.113.5", 64, 128);
    put(&w, INT64_C(4000000000) * 1000 * MS, "8.8.8.8", 64, 100); // 2096
    put(&w, INT64_C(4000000001) * 1000 * MS, "203.0.113.5", 64, 128);
    put(&w, INT64_C(4000000002) * 1000 * MS, "203.0.113.5", 64, 128);
    put(&w, START_NS + MS, "8.8.8.8", 64, 100);
    run(&w, false);
    CU_ASSERT_EQUAL_FATAL(w.status, OFFLINE_GOOD);
    struct capture *c = capture_open(w.out, &e);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    for (int i = 0; i < 6; i++) {
        CU_ASSERT_EQUAL_FATAL(capture_next(c, &f), 1);
        CU_ASSERT_EQUAL(f.at_ns, i < 3 ? START_NS : end_ns);
    }
    CU_ASSERT_EQUAL(capture_next(c, &f), 0);
    capture_close(c);
    CU_ASSERT_EQUAL(dropped(&w, FWD_DROP_SHAPER_FULL), 1); // it would leave after the end
    conserves(&w);
    end(&w);
}

static char *text_of(const char *path)
{
    static char text[4096];
    FILE *f = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    return text;
}

static void drops_are_listed(void)
{
    struct world w;
    uint8_t arp[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x08, 0x06};
    begin(&w, node);
    put(&w, START_NS, "8.8.8.8", 64, 100);
    put(&w, START_NS + 1, "10.9.0.1", 64, 100);
    put_frame(&w, START_NS + 2, arp, sizeof arp);
    put_frame(&w, START_NS + 3, arp, 5);
    put(&w, START_NS + 4, "192.0.2.1", 64, 100); // for this host
    run(&w, false);
    CU_ASSERT_EQUAL_FATAL(w.status, OFFLINE_GOOD);
    CU_ASSERT_STRING_EQUAL(text_of(w.drops),
                           "packet,time_s,reason,source,destination,protocol,length\n"
                           "2,1700000000.000000001,blackhole,192.0.2.9,10.9.0.1,17,100\n"
                           "3,1700000000.000000002,not-ip,,,,60\n"
                           "4,1700000000.000000003,truncated,,,,5\n");
    CU_ASSERT_EQUAL(dropped(&w, FWD_DROP_NOT_IP), 1);
    CU_ASSERT_EQUAL(dropped(&w, FWD_DROP_TRUNCATED), 1);
    CU_ASSERT_EQUAL(w.totals.host, 1);
    CU_ASSERT_EQUAL(count_of(w.local, FRAME_LINK_IP), 1);
    conserves(&w);
    end(&w);
}

static void a_damaged_capture_replaces_nothing(void)
{
    struct world w;
    begin(&w, node);
    for (int i = 0; i < 50; i++)
        put(&w, START_NS + i, "8.8.8.8", 64, 100);
    FILE *old = fopen(w.out, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(old);
    fputs("old", old);
    fclose(old);
    remove(w.drops);
    struct capture_error e;
    struct offline_options o = {w.in, w.out, NULL, w.drops, 0, false};
    CU_ASSERT_TRUE(capture_finish(w.writer, &e));
    CU_ASSERT_EQUAL(truncate(w.in, 24 + 20 * (16 + 114) + 7), 0);
    w.status = offline_run(&w.config, &w.build, &o, &w.totals, w.error);
    CU_ASSERT_EQUAL(w.status, OFFLINE_DAMAGED);
    CU_ASSERT_PTR_NOT_NULL(strstr(w.error, "in.pcap"));
    CU_ASSERT_STRING_EQUAL(text_of(w.out), "old");
    CU_ASSERT_NOT_EQUAL(access(w.drops, F_OK), 0);
    o.in = "/dev/null/in.pcap";
    CU_ASSERT_EQUAL(offline_run(&w.config, &w.build, &o, &w.totals, w.error), OFFLINE_MISSING);
    o.in = w.in;
    o.drops = "/dev/null/drops.csv";
    CU_ASSERT_EQUAL(offline_run(&w.config, &w.build, &o, &w.totals, w.error), OFFLINE_OUTPUT);
    CU_ASSERT_STRING_EQUAL(text_of(w.out), "old");
    end(&w);
}

// Whatever output fails, and however late, none of the others is replaced.
static void a_full_disk_replaces_nothing(void)
{
    struct world w;
    begin(&w, node);
    put(&w, START_NS, "8.8.8.8", 64, 100);
    put(&w, START_NS, "10.9.0.1", 64, 100);
    FILE *old = fopen(w.out, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(old);
    fputs("old", old);
    fclose(old);
    struct capture_error e;
    struct offline_options o = {w.in, w.out, NULL, "/dev/full", 0, false};
    CU_ASSERT_TRUE(capture_finish(w.writer, &e));
    CU_ASSERT_EQUAL(offline_run(&w.config, &w.build, &o, &w.totals, w.error), OFFLINE_OUTPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(w.error, "/dev/full"));
    CU_ASSERT_STRING_EQUAL(text_of(w.out), "old");
    o.drops = w.drops;
    o.local = "/dev/full";
    CU_ASSERT_EQUAL(offline_run(&w.config, &w.build, &o, &w.totals, w.error), OFFLINE_OUTPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(w.error, "/dev/full"));
    CU_ASSERT_STRING_EQUAL(text_of(w.out), "old");
    CU_ASSERT_NOT_EQUAL(access(w.drops, F_OK), 0);
    end(&w);
    scratch_remove();
}

UNIT_MAIN("offline", {"a_frame_goes_out_to_its_next_hop", a_frame_goes_out_to_its_next_hop},
          {"errors_go_back_to_the_sender", errors_go_back_to_the_sender},
          {"too_long_is_cut", too_long_is_cut},
          {"shaped_frames_go_when_they_may", shaped_frames_go_when_they_may},
          {"shaped_frames_are_small", shaped_frames_are_small},
          {"time_never_runs_back", time_never_runs_back}, {"time_has_two_ends", time_has_two_ends},
          {"drops_are_listed", drops_are_listed},
          {"a_damaged_capture_replaces_nothing", a_damaged_capture_replaces_nothing},
          {"a_full_disk_replaces_nothing", a_full_disk_replaces_nothing})
