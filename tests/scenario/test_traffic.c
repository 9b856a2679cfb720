// SPDX-License-Identifier: GPL-3.0-or-later
// What kinds of traffic can be told, and what they do when they are told nothing.
#include "base/units.h"
#include "scenario/scenario.h"
#include "scratch.h"
#include "unit.h"

#include <stdio.h>

static const char *const topology =
    "version: 1\nname: small\n"
    "cities: {beijing: {province: beijing, lat: 39.9, lon: 116.4},\n"
    "  shanghai: {province: shanghai, lat: 31.2, lon: 121.5}}\n"
    "networks:\n"
    "  telecom:\n    asn: 4134\n    kind: carrier\n"
    "    nodes: [{city: beijing, reflector: yes}, shanghai]\n"
    "    links: [{a: beijing, b: shanghai, capacity: 1Gbps}]\n"
    "    clients: [{province: beijing, city: beijing, population: 9}, {province: shanghai, city: "
    "shanghai, population: 7}]\n"
    "  cloud: {asn: 64500, kind: cloud, nodes: [{city: beijing, reflector: yes}]}\n"
    "interconnects: [{a: cloud, b: telecom, relation: customer, city: beijing, capacity: 1Gbps}]\n"
    "pops: {bj: {network: cloud, city: beijing}}\n";

static struct scenario_list list;
static struct diag *diag;

// One entry; NULL when it is wrong.
static const struct traffic *read_entry(const char *entry)
{
    char text[1024];
    snprintf(text, sizeof text,
             "version: 1\nname: s\ntopology: small.yaml\nduration: 300s\nservices:\n"
             "  plain: {mode: unicast, prefix: 198.51.100.0/24, publish: [bj]}\n"
             "  other: {mode: unicast, prefix: 203.0.113.0/24, publish: [bj]}\n"
             "traffic: {t: {to: plain, %s}}\n",
             entry);
    scenario_list_free(&list);
    diag_free(diag);
    diag = diag_new();
    scratch_file("small.yaml", topology);
    scenario_load_with(scratch_file("s.yaml", text), NULL, 0, diag, &list);
    return diag_errors(diag) ? NULL : &list.v[0].traffic[0];
}

static void done(void)
{
    scenario_list_free(&list);
    diag_free(diag);
    diag = NULL;
}

static void streams(void)
{
    const struct traffic *t = read_entry("kind: game, tick: 20/s");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT_EQUAL(t->options.game.tick_ps, 50 * PS_PER_MS);
    t = read_entry("kind: game");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT_EQUAL(t->options.game.tick_ps, 0);
    t = read_entry("kind: cbr");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT(t->rate_uhz == 50000000 && t->up_bytes == 1000 && t->down_bytes == 0);
    t = read_entry("kind: poisson, rate: 7/s, up: 99B");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT(t->kind == TRAFFIC_POISSON && t->rate_uhz == 7000000 && t->up_bytes == 99);
    t = read_entry("kind: onoff, shape: 1.7, on: 2s, off: 3s, sources: 4");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    const struct onoff_options *o = &t->options.onoff;
    CU_ASSERT(o->shape > 1.69 && o->shape < 1.71 && o->on_ps == 2 * PS_PER_S);
    CU_ASSERT(o->off_ps == 3 * PS_PER_S && o->sources == 4);
    t = read_entry("kind: voip, codec: g729, call: 3min, jitter_buffer: 40ms");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT(t->options.voip.codec == VOIP_G729 && t->options.voip.call_ps == 180 * PS_PER_S);
    CU_ASSERT_EQUAL(t->options.voip.jitter_buffer_ps, 40 * PS_PER_MS);
    done();
}

static void lookups(void)
{
    const struct traffic *t = read_entry("kind: dns");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT_STRING_EQUAL(t->options.dns.name, "www.example.com");
    CU_ASSERT(t->options.dns.wait_ps == 5 * PS_PER_S && t->options.dns.attempts == 2);
    CU_ASSERT_EQUAL(t->options.dns.fallback, -1);
    t = read_entry("kind: dns, name: a.b, wait: 1s, attempts: 3, fallback: other");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT_STRING_EQUAL(t->options.dns.name, "a.b");
    CU_ASSERT(t->options.dns.wait_ps == PS_PER_S && t->options.dns.attempts == 3);
    CU_ASSERT_EQUAL(t->options.dns.fallback, 1);
    CU_ASSERT_PTR_NULL(read_entry("kind: dns, name: a..b"));
    CU_ASSERT_PTR_NULL(read_entry("kind: dns, name: .a"));
    CU_ASSERT_PTR_NULL(read_entry("kind: dns, name: a."));
    CU_ASSERT_PTR_NULL(read_entry("kind: dns, name: \"a b\""));
    CU_ASSERT_PTR_NULL(read_entry("kind: dns, name: abcdefghijklmnopqrstuvwxyz.abcdefghijklmnopqr"
                                  "stuvwxyz.abcdefghijklmnopqrstuvwxyz"));
    done();
}

static void attacks(void)
{
    const struct traffic *t = read_entry("kind: synflood, total: 3Gbps");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    const struct attack_options *o = &t->options.attack;
    CU_ASSERT(o->total_bps == 3000000000 && o->begin_ps == 0 && o->end_ps == 300 * PS_PER_S);
    CU_ASSERT(o->ramp_ps == 0 && o->spoofed);
    t = read_entry("kind: carpet, total: 3Gbps, begin: 5s, end: 9s, ramp: 1s");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    o = &t->options.attack;
    CU_ASSERT(o->begin_ps == 5 * PS_PER_S && o->end_ps == 9 * PS_PER_S && o->ramp_ps == PS_PER_S);
    CU_ASSERT(!o->spoofed);
    t = read_entry("kind: reflection, total: 1Gbps, protocol: ntp, reflectors: {region: beijing}");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    o = &t->options.attack;
    CU_ASSERT_DOUBLE_EQUAL(o->amplification, 556.9, 1e-9);
    CU_ASSERT(t->down_bytes == 468 && o->reflectors[0] && !o->reflectors[1]);
    t = read_entry("kind: reflection, total: 1Gbps, amplification: 30, down: 700B");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    o = &t->options.attack;
    CU_ASSERT(o->amplification > 29.9 && o->amplification < 30.1 && t->down_bytes == 700);
    CU_ASSERT(o->protocol == REFLECT_DNS && o->reflectors[0] && o->reflectors[1]);
    CU_ASSERT_PTR_NULL(read_entry("kind: carpet, total: 1Gbps, begin: 300s"));
    done();
}

// Little-endian pcap with nanoseconds, raw IP: so many empty UDP datagrams, a millisecond apart.
static void write_capture(uint8_t packets, uint8_t last)
{
    uint8_t b[24 + 16 * 44] = {0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, [16] = 0, 0, 4, 0, [20] = 101};
    size_t n = 24;
    for (uint8_t i = 0; i < packets; i++, n += 44) {
        uint32_t at_ns = i * 1000000u;
        for (int k = 0; k < 4; k++)
            b[n + 4 + (size_t)k] = (uint8_t)(at_ns >> 8 * k);
        b[n + 8] = b[n + 12] = 28;
        uint8_t *ip = b + n + 16;
        ip[0] = 0x45;
        ip[3] = 28;
        ip[8] = 9;
        ip[9] = 17;
        ip[15] = i == packets - 1 ? last : 1; // source 0.0.0.x
        ip[25] = 8;
    }
    FILE *f = fopen(scratch_file("c.pcap", ""), "w");
    fwrite(b, 1, n, f);
    fclose(f);
}

static void videos(void)
{
    const struct traffic *t = read_entry("kind: video");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    const struct video_options *o = &t->options.video;
    CU_ASSERT(o->rungs == 9 && o->ladder_bps[8] == 7800000 && o->stream.request_bytes == 300);
    CU_ASSERT(o->segment_ps == 4 * PS_PER_S && o->start_ps == o->segment_ps);
    CU_ASSERT(o->length_ps == 60 * PS_PER_S && o->buffer_ps == 30 * PS_PER_S);
    t = read_entry("kind: video, ladder: [1Mbps, 2.5Mbps], segment: 2s, length: 5min, buffer: 20s, "
                   "start: 6s, request: 200B, transport: {mss: 1000B}");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    o = &t->options.video;
    CU_ASSERT(o->rungs == 2 && o->ladder_bps[1] == 2500000 && o->segment_ps == 2 * PS_PER_S);
    CU_ASSERT(o->length_ps == 300 * PS_PER_S && o->buffer_ps == 20 * PS_PER_S);
    CU_ASSERT(o->start_ps == 6 * PS_PER_S && o->stream.request_bytes == 200);
    CU_ASSERT_EQUAL(o->stream.transport.mss_bytes, 1000);
    CU_ASSERT_PTR_NULL(read_entry("kind: video, ladder: [2Mbps, 1Mbps]"));
    CU_ASSERT_PTR_NULL(read_entry("kind: video, ladder: [2Mbps, fast]"));
    CU_ASSERT_PTR_NULL(read_entry("kind: video, segment: 4s, buffer: 3s"));
    CU_ASSERT_PTR_NULL(read_entry("kind: video, start: 40s"));
    done();
}

static void replays(void)
{
    write_capture(3, 2);
    const struct traffic *t = read_entry("kind: replay, capture: c.pcap");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    const struct replay_options *o = &t->options.replay;
    CU_ASSERT_EQUAL_FATAL(o->n, 3);
    CU_ASSERT(o->speed > 0.999 && o->speed < 1.001 && !o->repeat);
    CU_ASSERT(o->packets[2].at_ps == 2 * PS_PER_MS && o->packets[2].length == 28);
    CU_ASSERT(o->packets[2].stored == 28 && o->packets[2].bytes[0] == 0x45);
    uint64_t before = list.v[0].input_hash;
    t = read_entry("kind: replay, capture: c.pcap, source: 0.0.0.2, speed: 2.5, repeat: yes");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    o = &t->options.replay;
    CU_ASSERT(o->n == 1 && o->packets[0].at_ps == 0 && o->repeat);
    CU_ASSERT_DOUBLE_EQUAL(o->speed, 2.5, 1e-9);
    write_capture(3, 4); // the capture's bytes count for the hash of the inputs
    CU_ASSERT_PTR_NOT_NULL(read_entry("kind: replay, capture: c.pcap"));
    CU_ASSERT_NOT_EQUAL(list.v[0].input_hash, before);
    CU_ASSERT_PTR_NULL(read_entry("kind: replay, capture: c.pcap, source: 0.0.0.9"));
    done();
}

UNIT_MAIN("scenario/traffic", {"streams", streams}, {"look-ups", lookups}, {"attacks", attacks},
          {"videos", videos}, {"replays", replays})
