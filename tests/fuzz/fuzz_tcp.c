// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzz target of a TCP end: the first octet chooses its options, then come segments as a mutated peer
// would send them, half of them near what the end expects; between them time passes, and the
// application writes, reads, stops reading and closes. Nothing may be read or written out of bounds,
// and what the end says must add up.
#include "transport/tcp_parts.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEP       20   // octets of input a segment
#define OUTPUT_MAX 4096 // segments at one instant: an end that cannot stop is wrong

static void require(bool good)
{
    if (!good)
        abort();
}

static void check(const struct tcp *t)
{
    require(t->una <= t->nxt && t->nxt <= t->max && t->max <= t->data_end + 1);
    require(t->sacked.n == 0 ||
            (t->sacked.v[0].from >= t->una && t->sacked.v[t->sacked.n - 1].to <= t->max));
    require(t->ahead.n == 0 || t->ahead.v[0].from > t->rcv_nxt);
    require(t->state == TCP_CLOSED || t->state <= TCP_SYN_SENT ||
            t->congestion.window >= t->congestion.mss);
    require(t->received + t->unread <= t->rcv_nxt);
    require((t->ended == TCP_END_NONE) == (t->state != TCP_CLOSED));
}

static void drain(struct tcp *t, int64_t now_ps)
{
    struct segment out, back;
    struct packet p;
    unsigned n = 0;
    packet_init(&p, PACKET_BYTES);
    while (tcp_output(t, now_ps, &out)) {
        require(++n < OUTPUT_MAX);
        segment_write(&out, IP4(192, 0, 2, 1), IP4(198, 51, 100, 1), 64, &p);
        require(segment_read(&p, &back) && back.seq == out.seq && back.octets == out.octets);
    }
    require(tcp_deadline(t) > now_ps || t->rto_at_ps <= now_ps || t->ack_at_ps <= now_ps ||
            t->persist_at_ps <= now_ps || t->linger_at_ps <= now_ps);
}

static void act(struct tcp *t, unsigned what)
{
    if (what & 1 && !t->closing && t->data_end < 1u << 20)
        tcp_write(t, (what >> 4) * 1000);
    if (what & 2)
        tcp_hold(t, what & 4);
    if (what == 0xf8)
        tcp_close(t);
    if (what == 0xff)
        tcp_abort(t);
}

static struct segment segment_of(const struct tcp *t, const uint8_t *d)
{
    struct segment s = {.sport = 1, .dport = 2, .scale = SEGMENT_NO_SCALE};
    uint32_t near = d[1] & 1 ? t->irs + (uint32_t)t->rcv_nxt : 0;
    uint32_t ours = d[1] & 2 ? t->iss + (uint32_t)t->una : 0;
    s.flags = d[0];
    s.seq = near + (d[1] & 4 ? be32_get(d + 2) : (uint32_t)d[2] - 128u);
    s.ack = ours + (d[1] & 8 ? be32_get(d + 6) : (uint32_t)d[6] * 100);
    s.window = be16_get(d + 10);
    s.octets = d[1] & 16 ? be16_get(d + 12) : 0;
    s.ecn = d[1] >> 6;
    s.stamped = d[1] & 32;
    s.stamp = d[14];
    s.echo = d[15];
    if (s.flags & TCP_SYN) {
        s.mss = be16_get(d + 12);
        s.scale = d[14];
        s.sack_permitted = d[15] & 1;
    } else {
        s.nsacks = d[16] % (SEGMENT_SACKS + 1);
        for (unsigned i = 0; i < s.nsacks; i++) {
            uint32_t from = ours + (uint32_t)d[17] * 50 * (i + 1);
            s.sacks[i] = (struct segment_range){from, from + (uint32_t)d[18] * 40};
        }
    }
    if (s.scale != SEGMENT_NO_SCALE && s.scale > SEGMENT_SCALE_MAX)
        s.scale = SEGMENT_SCALE_MAX;
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct tcp_options o = tcp_usual;
    o.sack = data[0] & 1;
    o.timestamps = data[0] & 2;
    o.ecn = data[0] & 4;
    o.congestion = congestion_at(data[0] & 8 ? CONGESTION_CUBIC : CONGESTION_NEWRENO);
    o.window_octets = data[0] & 16 ? 3000 : 65535;
    bool passive = data[0] & 32;
    struct tcp t;
    int64_t now_ps = PS_PER_S;
    tcp_init(&t, &o, 2, 1, 0xffffff00u);
    if (passive) {
        struct segment syn = {.flags = TCP_SYN,
                              .window = 1000,
                              .scale = 2,
                              .mss = 1000,
                              .sack_permitted = true,
                              .stamped = true,
                              .seq = 0xfffffff0u};
        tcp_accept(&t, &syn, now_ps);
    } else {
        tcp_connect(&t, now_ps);
    }
    drain(&t, now_ps);
    for (size_t at = 1; at + STEP <= size && t.state != TCP_CLOSED; at += STEP) {
        struct segment s = segment_of(&t, data + at);
        now_ps += (int64_t)data[at + 19] * data[at + 19] * PS_PER_MS;
        if (now_ps >= tcp_deadline(&t))
            tcp_tick(&t, now_ps);
        drain(&t, now_ps);
        if (t.state == TCP_CLOSED)
            break;
        act(&t, data[at + 3]);
        if (t.state != TCP_CLOSED)
            tcp_input(&t, &s, now_ps);
        drain(&t, now_ps);
        check(&t);
    }
    tcp_free(&t);
    return 0;
}
