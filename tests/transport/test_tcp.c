// SPDX-License-Identifier: GPL-3.0-or-later
// Two ends of TCP over a pipe: handshake, transfer, closing, and hand traces of the time-out, of
// fast recovery by partial acknowledgements and by SACK, of windows and of ECN.
#include "pipe.h"

#include "base/units.h"
#include "transport/tcp_parts.h"
#include "unit.h"

#define MS PS_PER_MS

static struct pipe p;

// A connection from end 0 to end 1 over `delay_ms` one way, open, at 0 s + 1.5 round trips or so.
static void opened(int64_t delay_ms, const struct tcp_options *o)
{
    pipe_init(&p, delay_ms * MS);
    pipe_pair(&p, o, o);
    tcp_connect(&p.ends[0], 0);
    pipe_run(&p, 4 * delay_ms * MS);
    CU_ASSERT_EQUAL(p.ends[0].state, TCP_ESTABLISHED);
    CU_ASSERT_EQUAL(p.ends[1].state, TCP_ESTABLISHED);
}

static void handshake(void)
{
    opened(10, &tcp_usual);
    const struct tcp *a = &p.ends[0], *b = &p.ends[1];
    CU_ASSERT_EQUAL(a->mss, 1448); // 12 octets of timestamps
    CU_ASSERT_EQUAL(b->mss, 1448);
    CU_ASSERT(a->sack && b->sack && a->stamps && b->stamps && a->scaled && b->scaled);
    CU_ASSERT_EQUAL(a->our_scale, 7); // 6 MiB in 16 bits
    CU_ASSERT_EQUAL(a->congestion.window, 10 * 1448);
    CU_ASSERT_EQUAL(a->counters.segments, 2); // SYN, ACK
    CU_ASSERT_EQUAL(b->counters.segments, 1);
    CU_ASSERT(a->rtt.smoothed_ps >= 20 * MS && a->rtt.smoothed_ps < 21 * MS);
    pipe_free(&p);
}

static void options_are_agreed_on(void)
{
    struct tcp_options plain = tcp_usual;
    plain.sack = plain.timestamps = false;
    plain.mss = 500;
    pipe_init(&p, MS);
    pipe_pair(&p, &tcp_usual, &plain);
    tcp_connect(&p.ends[0], 0);
    pipe_run(&p, 10 * MS);
    CU_ASSERT(!p.ends[0].sack && !p.ends[1].sack && !p.ends[0].stamps && !p.ends[1].stamps);
    CU_ASSERT_EQUAL(p.ends[0].mss, 500);
    CU_ASSERT_EQUAL(p.ends[1].mss, 500);
    pipe_free(&p);
}

// Ten segments, then twenty, then forty: slow start over a line that is as good as infinite.
static void slow_start_doubles(void)
{
    opened(50, &tcp_usual);
    int64_t start_ps = p.now_ps;
    tcp_write(&p.ends[0], 1000 * 1448);
    pipe_run(&p, start_ps + 50 * MS);
    CU_ASSERT_EQUAL(p.sent[0], 10);
    pipe_run(&p, start_ps + 150 * MS);
    CU_ASSERT_EQUAL(p.sent[0], 30);
    pipe_run(&p, start_ps + 250 * MS);
    CU_ASSERT_EQUAL(p.sent[0], 70);
    pipe_run(&p, start_ps + 10 * PS_PER_S);
    CU_ASSERT_EQUAL(p.ends[1].received, 1000 * 1448);
    CU_ASSERT_EQUAL(p.ends[0].acknowledged, 1000 * 1448);
    CU_ASSERT_EQUAL(p.ends[0].counters.retransmitted, 0);
    pipe_free(&p);
}

static void both_close(void)
{
    opened(10, &tcp_usual);
    tcp_write(&p.ends[0], 5000);
    tcp_close(&p.ends[0]);
    pipe_run(&p, p.now_ps + 100 * MS);
    CU_ASSERT_EQUAL(p.ends[1].received, 5000);
    CU_ASSERT(p.ends[1].peer_done);
    CU_ASSERT_EQUAL(p.ends[0].state, TCP_FIN_WAIT_2);
    CU_ASSERT_EQUAL(p.ends[1].state, TCP_CLOSE_WAIT);
    tcp_write(&p.ends[1], 3000); // the other direction is still open
    tcp_close(&p.ends[1]);
    pipe_run(&p, p.now_ps + 100 * MS);
    CU_ASSERT_EQUAL(p.ends[0].received, 3000);
    CU_ASSERT_EQUAL(p.ends[0].state, TCP_TIME_WAIT);
    CU_ASSERT_EQUAL(p.ends[1].ended, TCP_END_CLOSED);
    pipe_run(&p, p.now_ps + 61 * PS_PER_S);
    CU_ASSERT_EQUAL(p.ends[0].ended, TCP_END_CLOSED);
    pipe_free(&p);
}

static void abort_resets(void)
{
    opened(10, &tcp_usual);
    tcp_abort(&p.ends[0]);
    pipe_run(&p, p.now_ps + 100 * MS);
    CU_ASSERT_EQUAL(p.ends[0].ended, TCP_END_ABORTED);
    CU_ASSERT_EQUAL(p.ends[1].ended, TCP_END_RESET);
    pipe_free(&p);
}

// RFC 9293 §3.10.7.1: what a host without the connection says.
static void unknown_is_refused(void)
{
    struct segment s = {
        .sport = 7, .dport = 8, .seq = 100, .ack = 555, .octets = 9, .flags = TCP_ACK};
    struct segment r;
    CU_ASSERT(tcp_refuse(&s, &r));
    CU_ASSERT(r.sport == 8 && r.dport == 7 && r.seq == 555 && r.flags == TCP_RST);
    s.flags = TCP_SYN;
    CU_ASSERT(tcp_refuse(&s, &r));
    CU_ASSERT(r.seq == 0 && r.ack == 110 && r.flags == (TCP_RST | TCP_ACK));
    s.flags = TCP_RST;
    CU_ASSERT(!tcp_refuse(&s, &r));
}

// --- losses by number

struct losses {
    uint64_t numbers[8];
    unsigned n, from;
    int64_t at_ps[64]; // when each segment with octets was sent
    uint32_t seqs[64];
};

static bool lose_some(void *ctx, unsigned from, uint64_t number, const struct segment *s,
                      struct packet *packet, int64_t now_ps)
{
    struct losses *l = ctx;
    (void)packet;
    if (from != l->from || number == UINT64_MAX)
        return false;
    if (number < 64) {
        l->at_ps[number] = now_ps;
        l->seqs[number] = s->seq;
    }
    for (unsigned i = 0; i < l->n; i++)
        if (l->numbers[i] == number)
            return true;
    return false;
}

// RFC 6298: the last of three segments and its repetitions are lost. SRTT = R, RTTVAR = R/2 after the
// first sample, so RTO = 3 R = 600 ms with R = 200 ms; after the second sample, of the same R, RTTVAR =
// 3/8 R; then 1, 2, 4 times that.
static void time_out_backs_off(void)
{
    struct losses l = {.numbers = {1, 2, 3}, .n = 3};
    struct tcp_options o = tcp_usual;
    o.delayed_ack_ps = 0;
    opened(100, &o);
    p.rate_bps = INT64_C(100000000000000); // no time on the wire to speak of
    p.lost = lose_some;
    p.ctx = &l;
    int64_t start_ps = p.now_ps;
    tcp_write(&p.ends[0], 1448);
    pipe_run(&p, start_ps + 500 * MS);
    CU_ASSERT_EQUAL(p.ends[0].una, p.ends[0].max);
    int64_t rto_ps = p.ends[0].rtt.rto_ps;
    CU_ASSERT(rto_ps > 499 * MS && rto_ps < 501 * MS); // 200 + 4 * 75
    start_ps = p.now_ps;
    tcp_write(&p.ends[0], 1448);
    pipe_run(&p, start_ps + 10 * PS_PER_S);
    CU_ASSERT_EQUAL(l.at_ps[1], start_ps);
    CU_ASSERT_EQUAL(l.at_ps[2], start_ps + rto_ps);
    CU_ASSERT_EQUAL(l.at_ps[3], start_ps + 3 * rto_ps);
    CU_ASSERT_EQUAL(l.at_ps[4], start_ps + 7 * rto_ps);
    CU_ASSERT_EQUAL(p.ends[1].received, 2 * 1448);
    CU_ASSERT_EQUAL(p.ends[0].counters.timeouts, 3);
    CU_ASSERT_EQUAL(p.ends[0].counters.retransmitted, 3);
    CU_ASSERT_EQUAL(p.ends[0].rtt.backoff, 0); // timed by its stamp
    pipe_free(&p);
}

// Without stamps what was sent twice is not timed, and the doubled time-out stays (Karn).
static void karn(void)
{
    struct losses l = {.numbers = {0}, .n = 1};
    struct tcp_options o = tcp_usual;
    o.timestamps = false;
    opened(100, &o);
    p.lost = lose_some;
    p.ctx = &l;
    int64_t srtt_ps = p.ends[0].rtt.smoothed_ps;
    tcp_write(&p.ends[0], 100);
    pipe_run(&p, p.now_ps + 5 * PS_PER_S);
    CU_ASSERT_EQUAL(p.ends[1].received, 100);
    CU_ASSERT_EQUAL(p.ends[0].rtt.backoff, 1);
    CU_ASSERT_EQUAL(p.ends[0].rtt.smoothed_ps, srtt_ps);
    tcp_write(&p.ends[0], 100);
    pipe_run(&p, p.now_ps + 5 * PS_PER_S);
    CU_ASSERT_EQUAL(p.ends[0].rtt.backoff, 0);
    pipe_free(&p);
}

static bool lose_all(void *ctx, unsigned from, uint64_t number, const struct segment *s,
                     struct packet *packet, int64_t now_ps)
{
    (void)from, (void)number, (void)s, (void)packet, (void)now_ps;
    ++*(unsigned *)ctx;
    return true;
}

// 1 + 2 + 4 + … + 64 s: seven SYNs, then no more.
static void syn_gives_up(void)
{
    unsigned sent = 0;
    pipe_init(&p, MS);
    p.lost = lose_all;
    p.ctx = &sent;
    pipe_pair(&p, &tcp_usual, &tcp_usual);
    tcp_connect(&p.ends[0], 0);
    pipe_run(&p, 127 * PS_PER_S - 1);
    CU_ASSERT_EQUAL(sent, 7);
    CU_ASSERT_EQUAL(p.ends[0].ended, TCP_END_NONE);
    pipe_run(&p, 127 * PS_PER_S);
    CU_ASSERT_EQUAL(p.ends[0].ended, TCP_END_TIMEOUT);
    CU_ASSERT_EQUAL(sent, 7);
    pipe_free(&p);
}

// Segments 10 and 12 of 20 in slow start are lost. NewReno: three duplicates, segment 10 again,
// its acknowledgement is a partial one, so segment 12 again a round trip later; no time-out.
static void fast_recovery(bool sack)
{
    struct losses l = {.numbers = {10, 12}, .n = 2};
    struct tcp_options o = tcp_usual;
    o.congestion = &congestion_newreno;
    o.sack = sack;
    o.delayed_ack_ps = 0;
    opened(50, &o);
    int64_t start_ps = p.now_ps;
    p.lost = lose_some;
    p.ctx = &l;
    tcp_write(&p.ends[0], 30 * 1448);
    uint32_t first = p.ends[0].iss + (uint32_t)p.ends[0].nxt;
    pipe_run(&p, start_ps + 5 * PS_PER_S);
    CU_ASSERT_EQUAL(p.ends[1].received, 30 * 1448);
    CU_ASSERT_EQUAL(p.ends[0].counters.timeouts, 0);
    CU_ASSERT_EQUAL(p.ends[0].counters.recoveries, 1);
    // With SACK and nothing else to send, the last segment too: rule (4) of RFC 6675's NextSeg().
    CU_ASSERT_EQUAL(p.ends[0].counters.retransmitted, sack ? 3 : 2);
    // Sent in rounds: 10, 20; when 10 and 12 are missed all thirty are out. Numbers 30 and 31 are they
    // again: together where SACK tells of both, a round trip apart where it does not.
    CU_ASSERT_EQUAL(l.seqs[30], first + 10 * 1448);
    CU_ASSERT_EQUAL(l.seqs[31], first + 12 * 1448);
    int64_t apart_ps = l.at_ps[31] - l.at_ps[30];
    if (sack)
        CU_ASSERT(apart_ps < MS)
    else
        CU_ASSERT(apart_ps > 99 * MS && apart_ps < 102 * MS);
    CU_ASSERT(l.at_ps[30] - start_ps > 200 * MS && l.at_ps[30] - start_ps < 205 * MS);
    // Twenty segments were out when the first was missed.
    CU_ASSERT_EQUAL(p.ends[0].congestion.threshold, 10 * 1448);
    pipe_free(&p);
}

static void newreno_recovers(void)
{
    fast_recovery(false);
}

static void sack_recovers(void)
{
    fast_recovery(true);
}

// What is sent for the first time in a recovery may be lost too, while the recovery lasts (here
// because the first repetition is lost): each hole is filled once (HighRxt of RFC 6675 §4), not at
// every acknowledgement.
static void losses_in_recovery(void)
{
    struct losses l = {.numbers = {10, 32, 34}, .n = 3};
    struct tcp_options o = tcp_usual;
    o.congestion = &congestion_newreno;
    o.delayed_ack_ps = 0;
    opened(50, &o);
    p.lost = lose_some;
    p.ctx = &l;
    tcp_write(&p.ends[0], 300 * 1448);
    uint32_t first = p.ends[0].iss + (uint32_t)p.ends[0].nxt;
    pipe_run(&p, p.now_ps + 5 * PS_PER_S);
    CU_ASSERT_EQUAL(p.ends[1].received, 300 * 1448);
    CU_ASSERT_EQUAL(l.seqs[32], first + 10 * 1448); // the repetition, lost in its turn
    CU_ASSERT(l.seqs[34] - first >= 32 * 1448);     // a new segment
    CU_ASSERT_EQUAL(p.ends[0].counters.recoveries, 1);
    CU_ASSERT_EQUAL(p.ends[0].counters.retransmitted, 3);
    pipe_free(&p);
}

// RFC 2018 §4: the first block is of the segment that came last. The trace of its first example: the
// first of five is lost, then the blocks grow from one block.
static void sack_blocks(void)
{
    struct losses l = {.numbers = {0, 2, 4}, .n = 3};
    opened(10, &tcp_usual);
    p.lost = lose_some;
    p.ctx = &l;
    tcp_write(&p.ends[0], 6 * 1448);
    pipe_run(&p, p.now_ps + 12 * MS);
    const struct tcp *b = &p.ends[1];
    CU_ASSERT_EQUAL(b->ahead.n, 3);
    struct segment s = {.octets = 0};
    tcp_report_sacks(b, &s, 3);
    CU_ASSERT_EQUAL(s.nsacks, 3);
    for (unsigned i = 0; i < 3; i++) { // the fifth, the third, the first
        uint32_t from = b->irs + 1 + (5 - 2 * i) * 1448;
        CU_ASSERT_EQUAL(s.sacks[i].from, from);
        CU_ASSERT_EQUAL(s.sacks[i].to, from + 1448);
    }
    pipe_run(&p, p.now_ps + 5 * PS_PER_S);
    CU_ASSERT_EQUAL(b->received, 6 * 1448);
    pipe_free(&p);
}

// RFC 3042: the first two duplicates let a new segment go each, so that even a window of four finds
// its loss without the timer.
static void limited_transmit(void)
{
    for (int sack = 0; sack < 2; sack++) {
        struct losses l = {.numbers = {0}, .n = 1};
        struct tcp_options o = tcp_usual;
        o.initial_segments = 3;
        o.sack = sack;
        opened(10, &o);
        p.lost = lose_some;
        p.ctx = &l;
        tcp_write(&p.ends[0], 20 * 1448);
        pipe_run(&p, p.now_ps + 5 * PS_PER_S);
        CU_ASSERT_EQUAL(p.ends[1].received, 20 * 1448);
        CU_ASSERT_EQUAL(p.ends[0].counters.timeouts, 0);
        CU_ASSERT_EQUAL(p.ends[0].counters.recoveries, 1);
        pipe_free(&p);
    }
}

static void delayed_acknowledgements(void)
{
    opened(10, &tcp_usual);
    int64_t start_ps = p.now_ps;
    uint64_t before = p.ends[1].counters.segments;
    tcp_write(&p.ends[0], 1448);
    pipe_run(&p, start_ps + 49 * MS); // 10 ms there, 40 ms
    CU_ASSERT_EQUAL(p.ends[1].counters.segments, before);
    pipe_run(&p, start_ps + 51 * MS);
    CU_ASSERT_EQUAL(p.ends[1].counters.segments, before + 1);
    start_ps = p.now_ps + 10 * MS;
    pipe_run(&p, start_ps);
    tcp_write(&p.ends[0], 8 * 1448);
    pipe_run(&p, start_ps + 15 * MS);
    CU_ASSERT_EQUAL(p.ends[1].counters.segments, before + 5); // every second one
    pipe_free(&p);
}

// The application stops reading: the window shuts, probes go out, further and further apart; it reads
// again, and the transfer goes on.
static void zero_window(void)
{
    struct tcp_options o = tcp_usual;
    o.window_octets = o.window_max_octets = 16384;
    opened(10, &o);
    tcp_hold(&p.ends[1], true);
    tcp_write(&p.ends[0], 100000);
    pipe_run(&p, p.now_ps + 2 * PS_PER_S);
    CU_ASSERT_EQUAL(p.ends[1].received, 0);
    CU_ASSERT(p.ends[1].unread <= 16384 + 128 && p.ends[1].unread > 15000);
    CU_ASSERT(p.ends[0].counters.probes >= 2);
    CU_ASSERT(p.ends[0].counters.probes <= 5);
    CU_ASSERT_EQUAL(p.ends[0].ended, TCP_END_NONE);
    pipe_run(&p, p.now_ps + 600 * PS_PER_S); // a receiver that answers is waited for
    CU_ASSERT_EQUAL(p.ends[0].ended, TCP_END_NONE);
    tcp_hold(&p.ends[1], false);
    pipe_run(&p, p.now_ps + 5 * PS_PER_S);
    CU_ASSERT_EQUAL(p.ends[1].received, 100000);
    pipe_free(&p);
}

// A fixed window of 64 KiB over 100 ms: a window each round trip.
static void fixed_window_limits(void)
{
    struct tcp_options o = tcp_usual;
    o.window_max_octets = o.window_octets = 65535;
    opened(50, &o);
    tcp_write(&p.ends[0], 1 << 30);
    pipe_run(&p, p.now_ps + 2 * PS_PER_S);
    uint64_t before = p.ends[1].received;
    pipe_run(&p, p.now_ps + 10 * PS_PER_S);
    double per_rtt = (double)(p.ends[1].received - before) / 100;
    CU_ASSERT(per_rtt > 0.95 * 65535 && per_rtt < 1.01 * 65535);
    pipe_free(&p);
}

static void window_grows(void)
{
    opened(50, &tcp_usual);
    p.rate_bps = 200000000; // 2.5 MB in a round trip
    tcp_write(&p.ends[0], 1 << 30);
    pipe_run(&p, p.now_ps + 5 * PS_PER_S);
    CU_ASSERT(p.ends[1].buffer_octets > 2500000);
    uint64_t before = p.ends[1].received;
    pipe_run(&p, p.now_ps + PS_PER_S);
    CU_ASSERT((double)(p.ends[1].received - before) > 0.95 * 25e6 * 1448 / 1500);
    pipe_free(&p);
}

// --- ECN: a router marks one segment.

static bool mark_one(void *ctx, unsigned from, uint64_t number, const struct segment *s,
                     struct packet *packet, int64_t now_ps)
{
    unsigned *flags = ctx;
    (void)now_ps;
    if (from == 0 && s->flags & TCP_CWR && s->octets)
        flags[0]++;
    if (from == 1 && s->flags & TCP_ECE && !(s->flags & TCP_SYN))
        flags[1]++;
    if (from == 0 && number == 15 && s->ecn == SEGMENT_ECT0)
        ip4_set_tos(packet_data(packet), SEGMENT_CE);
    return false;
}

static void ecn_halves(void)
{
    unsigned flags[2] = {0};
    struct tcp_options o = tcp_usual;
    o.ecn = true;
    o.congestion = &congestion_newreno;
    opened(50, &o);
    CU_ASSERT(p.ends[0].ecn && p.ends[1].ecn);
    p.lost = mark_one;
    p.ctx = flags;
    tcp_write(&p.ends[0], 200 * 1448);
    pipe_run(&p, p.now_ps + 5 * PS_PER_S);
    CU_ASSERT_EQUAL(p.ends[1].received, 200 * 1448);
    CU_ASSERT_EQUAL(p.ends[0].counters.reductions, 1);
    CU_ASSERT_EQUAL(p.ends[0].counters.retransmitted, 0);
    CU_ASSERT_EQUAL(flags[0], 1);
    CU_ASSERT(flags[1] > 0);
    CU_ASSERT(p.ends[0].congestion.threshold < 20 * 1448);
    pipe_free(&p);
}

// --- any losses at all, both ways, bits broken, packets twice: what arrives is what was sent.

struct chance {
    uint64_t state;
};

static bool lose_at_random(void *ctx, unsigned from, uint64_t number, const struct segment *s,
                           struct packet *packet, int64_t now_ps)
{
    struct chance *c = ctx;
    (void)from, (void)number, (void)s, (void)now_ps;
    c->state = c->state * 6364136223846793005u + 1442695040888963407u;
    uint32_t r = (uint32_t)(c->state >> 33);
    if (r % 100 == 0)
        packet_data(packet)[r / 100 % packet->captured] ^= 4;
    return r % 10 == 0;
}

static void everything_arrives(void)
{
    for (unsigned seed = 1; seed <= 24; seed++) {
        struct chance c = {seed};
        struct tcp_options o = tcp_usual;
        o.sack = seed & 1;
        o.timestamps = seed & 2;
        o.congestion = seed & 4 ? &congestion_newreno : &congestion_cubic;
        o.retries = 40;
        o.window_octets = seed & 8 ? 5000 : 65535;
        pipe_init(&p, 5 * MS);
        p.lost = lose_at_random;
        p.ctx = &c;
        pipe_pair(&p, &o, &o);
        tcp_connect(&p.ends[0], 0);
        tcp_write(&p.ends[0], 300000);
        tcp_write(&p.ends[1], 200000);
        pipe_run(&p, 3600 * PS_PER_S);
        CU_ASSERT_EQUAL(p.ends[1].received, 300000);
        CU_ASSERT_EQUAL(p.ends[0].received, 200000);
        CU_ASSERT(p.ends[0].counters.retransmitted > 0);
        tcp_close(&p.ends[0]);
        tcp_close(&p.ends[1]);
        pipe_run(&p, 7200 * PS_PER_S);
        CU_ASSERT_EQUAL(p.ends[0].ended, TCP_END_CLOSED);
        CU_ASSERT_EQUAL(p.ends[1].ended, TCP_END_CLOSED);
        pipe_free(&p);
    }
}

UNIT_MAIN("tcp", {"handshake", handshake}, {"options_are_agreed_on", options_are_agreed_on},
          {"slow_start_doubles", slow_start_doubles}, {"both_close", both_close},
          {"abort_resets", abort_resets}, {"unknown_is_refused", unknown_is_refused},
          {"time_out_backs_off", time_out_backs_off}, {"karn", karn},
          {"syn_gives_up", syn_gives_up}, {"newreno_recovers", newreno_recovers},
          {"sack_recovers", sack_recovers}, {"sack_blocks", sack_blocks},
          {"losses_in_recovery", losses_in_recovery}, {"limited_transmit", limited_transmit},
          {"delayed_acknowledgements", delayed_acknowledgements}, {"zero_window", zero_window},
          {"fixed_window_limits", fixed_window_limits}, {"window_grows", window_grows},
          {"ecn_halves", ecn_halves}, {"everything_arrives", everything_arrives})
