// SPDX-License-Identifier: GPL-3.0-or-later
#include "transport/tcp_parts.h"

#include <string.h>

#define INITIAL_RTO_PS PS_PER_S         // RFC 6298 (2.1)
#define MAX_RTO_PS     (120 * PS_PER_S) // at least 60 s by (2.5)
#define USUAL_MSS      536              // RFC 9293 §3.7.1: of a peer that does not say

const struct tcp_options tcp_usual = {.congestion = &congestion_cubic,
                                      .mss = 1460,
                                      .initial_segments = 10,
                                      .sack = true,
                                      .timestamps = true,
                                      .window_octets = 65535,
                                      .window_max_octets = 6u << 20,
                                      .delayed_ack_ps = 40 * PS_PER_MS,
                                      .min_rto_ps = 200 * PS_PER_MS,
                                      .syn_retries = 6,
                                      .retries = 15,
                                      .time_wait_ps = 60 * PS_PER_S};

static uint8_t scale_for(uint32_t octets)
{
    uint8_t scale = 0;
    while (scale < SEGMENT_SCALE_MAX && octets >> scale > UINT16_MAX)
        scale++;
    return scale;
}

void tcp_init(struct tcp *t, const struct tcp_options *o, uint16_t sport, uint16_t dport,
              uint32_t iss)
{
    memset(t, 0, sizeof *t);
    t->is = *o;
    t->sport = sport;
    t->dport = dport;
    t->iss = iss;
    t->data_end = 1;
    t->buffer_octets = o->window_octets;
    t->our_scale = scale_for(o->window_max_octets);
    t->fin_at = UINT64_MAX;
    t->mss = o->mss;
    t->rto_at_ps = t->persist_at_ps = t->ack_at_ps = t->linger_at_ps = TIME_NEVER;
    t->challenge_ps = -PS_PER_S;
    rtt_init(&t->rtt, INITIAL_RTO_PS, o->min_rto_ps, MAX_RTO_PS);
}

void tcp_free(struct tcp *t)
{
    ranges_free(&t->sacked);
    ranges_free(&t->ahead);
}

void tcp_end(struct tcp *t, enum tcp_end why)
{
    t->state = TCP_CLOSED;
    t->ended = why;
    t->rto_at_ps = t->persist_at_ps = t->ack_at_ps = t->linger_at_ps = TIME_NEVER;
    t->ack_due = t->syn_due = t->probe_due = t->retransmit = false;
}

void tcp_connect(struct tcp *t, int64_t now_ps)
{
    (void)now_ps;
    t->state = TCP_SYN_SENT;
    t->syn_due = true;
    t->sack = t->is.sack;
    t->stamps = t->is.timestamps;
    t->ecn = t->is.ecn;
}

void tcp_agree(struct tcp *t, const struct segment *syn)
{
    uint32_t mss = syn->mss ? syn->mss : USUAL_MSS;
    if (mss > t->is.mss)
        mss = t->is.mss;
    t->sack = t->is.sack && syn->sack_permitted;
    t->stamps = t->is.timestamps && syn->stamped;
    t->stamp_recent = syn->stamp;
    // RFC 3168 §6.1.1: the SYN asks with both flags, the answer grants with ECE alone.
    uint8_t flags = syn->flags & (TCP_ECE | TCP_CWR);
    t->ecn = t->is.ecn && flags == (syn->flags & TCP_ACK ? TCP_ECE : TCP_ECE | TCP_CWR);
    t->scaled = syn->scale != SEGMENT_NO_SCALE; // where both SYNs have it, RFC 7323 §2.2
    t->peer_scale = t->scaled ? syn->scale : 0;
    t->our_scale = t->scaled ? t->our_scale : 0;
    uint32_t options = t->stamps ? 12 : 0;
    t->mss = mss > options + 8 ? mss - options : 8; // a peer may say anything
    t->irs = syn->seq;
    t->rcv_nxt = 1;
    t->rcv_edge = 1;
    t->edge = t->una + syn->window;
    t->peer_window = t->peer_window_max = syn->window;
    uint64_t segments = t->syn_again ? 1 : t->is.initial_segments; // RFC 5681 §3.1
    congestion_init(&t->congestion, t->is.congestion, t->mss, segments * t->mss);
}

void tcp_accept(struct tcp *t, const struct segment *syn, int64_t now_ps)
{
    (void)now_ps;
    tcp_agree(t, syn);
    t->state = TCP_SYN_RECEIVED;
    t->syn_due = true;
}

void tcp_linger(struct tcp *t, int64_t now_ps)
{
    t->state = TCP_TIME_WAIT;
    t->rto_at_ps = t->persist_at_ps = TIME_NEVER;
    t->linger_at_ps = now_ps + t->is.time_wait_ps;
}

void tcp_write(struct tcp *t, uint64_t octets)
{
    FWD_ASSERT(!t->closing);
    t->data_end += octets;
}

void tcp_close(struct tcp *t)
{
    t->closing = true;
    if (t->state == TCP_SYN_SENT)
        tcp_end(t, TCP_END_CLOSED);       // nothing was agreed on yet (RFC 9293 §3.10.4)
    else if (t->state == TCP_ESTABLISHED) // from SYN-RECEIVED when that is left
        t->state = TCP_FIN_WAIT_1;
    else if (t->state == TCP_CLOSE_WAIT)
        t->state = TCP_LAST_ACK;
}

void tcp_abort(struct tcp *t)
{
    bool tell = t->state > TCP_SYN_SENT && t->state < TCP_TIME_WAIT;
    tcp_end(t, TCP_END_ABORTED);
    t->rst_due = tell;
    t->rst_seq = t->iss + (uint32_t)t->max;
}

void tcp_hold(struct tcp *t, bool held)
{
    t->held = held;
    if (held || !t->unread)
        return;
    t->received += t->unread;
    t->unread = 0;
    // RFC 9293 §3.8.6.2.2: a window that opened by a segment or by half the buffer is told.
    uint64_t before = t->rcv_edge > t->rcv_nxt ? t->rcv_edge - t->rcv_nxt : 0;
    uint64_t least = t->mss < t->buffer_octets / 2 ? t->mss : t->buffer_octets / 2;
    if (t->buffer_octets >= before + least)
        t->ack_due = true;
}

int64_t tcp_deadline(const struct tcp *t)
{
    int64_t at = t->rto_at_ps;
    if (t->persist_at_ps < at)
        at = t->persist_at_ps;
    if (t->ack_at_ps < at)
        at = t->ack_at_ps;
    return t->linger_at_ps < at ? t->linger_at_ps : at;
}

void tcp_tick(struct tcp *t, int64_t now_ps)
{
    if (now_ps >= t->linger_at_ps) {
        tcp_end(t, TCP_END_CLOSED);
        return;
    }
    if (now_ps >= t->ack_at_ps) {
        t->ack_at_ps = TIME_NEVER;
        t->ack_due = true;
    }
    if (now_ps >= t->persist_at_ps) {
        t->persist_at_ps = TIME_NEVER;
        t->probe_due = true;
        rtt_backoff(&t->rtt);
    }
    if (now_ps >= t->rto_at_ps)
        tcp_timed_out(t, now_ps);
}

bool tcp_refuse(const struct segment *s, struct segment *out)
{
    if (s->flags & TCP_RST)
        return false;
    *out = (struct segment){
        .sport = s->dport, .dport = s->sport, .flags = TCP_RST, .scale = SEGMENT_NO_SCALE};
    if (s->flags & TCP_ACK) {
        out->seq = s->ack;
    } else {
        out->flags = TCP_RST | TCP_ACK;
        out->ack = s->seq + segment_length(s);
    }
    return true;
}
