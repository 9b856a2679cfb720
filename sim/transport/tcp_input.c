// SPDX-License-Identifier: GPL-3.0-or-later
// tcp_input: a segment arrives (RFC 9293 §3.10.7.3 and .4).
#include "transport/tcp_parts.h"

#define CHALLENGE_PS (100 * PS_PER_MS)

// An acknowledgement to a segment that cannot be: so seldom that two ends that disagree do not talk
// each other to death (RFC 5961 §5 and §7).
static void challenge(struct tcp *t, int64_t now_ps)
{
    if (now_ps - t->challenge_ps < CHALLENGE_PS)
        return;
    t->challenge_ps = now_ps;
    t->ack_due = true;
}

static void established(struct tcp *t)
{
    t->state = t->closing ? TCP_FIN_WAIT_1 : TCP_ESTABLISHED;
}

static void in_syn_sent(struct tcp *t, const struct segment *s, int64_t now_ps)
{
    uint64_t ack = tcp_our_offset(t, s->ack);
    bool acks = s->flags & TCP_ACK;
    if (acks && (ack == 0 || ack > t->max)) {
        t->rst_due = !(s->flags & TCP_RST); // RFC 9293 §3.10.7.3, first
        t->rst_seq = s->ack;
        return;
    }
    if (s->flags & TCP_RST) {
        if (acks)
            tcp_end(t, TCP_END_RESET);
        return;
    }
    if (!(s->flags & TCP_SYN))
        return;
    tcp_agree(t, s);
    if (!acks) { // both opened at once
        t->state = TCP_SYN_RECEIVED;
        t->syn_due = true;
        return;
    }
    established(t);
    tcp_acked(t, s, 0, ack, now_ps);
    t->wl_ack = ack;
    t->ack_due = true;
}

// The window test, PAWS, RST and SYN: false when the segment is done with.
static bool acceptable(struct tcp *t, const struct segment *s, uint64_t at, int64_t now_ps)
{
    uint32_t length = segment_length(s);
    bool inside = at <= t->rcv_edge && at + length >= t->last_ack_sent && at + length >= at;
    bool old = t->stamps && s->stamped && (int32_t)(s->stamp - t->stamp_recent) < 0;
    if (t->stamps && !s->stamped && !(s->flags & TCP_RST))
        return false; // RFC 7323 §3.2
    if (!inside || (old && !(s->flags & TCP_RST))) {
        if (s->octets && !(s->flags & TCP_RST))
            t->ack_due = true;
        else if (!(s->flags & TCP_RST))
            challenge(t, now_ps);
        return false;
    }
    if (s->flags & TCP_RST) {
        if (at == t->rcv_nxt)
            tcp_end(t, TCP_END_RESET);
        else
            challenge(t, now_ps);
        return false;
    }
    if (s->flags & TCP_SYN) {
        if (t->state == TCP_SYN_RECEIVED && at == 0)
            t->syn_due = true; // our answer was lost
        else
            challenge(t, now_ps);
        return false;
    }
    return s->flags & TCP_ACK;
}

// Our FIN has arrived.
static void after_ack(struct tcp *t, int64_t now_ps)
{
    if (!t->closing || t->una <= t->data_end)
        return;
    if (t->state == TCP_FIN_WAIT_1)
        t->state = TCP_FIN_WAIT_2;
    else if (t->state == TCP_CLOSING)
        tcp_linger(t, now_ps);
    else if (t->state == TCP_LAST_ACK)
        tcp_end(t, TCP_END_CLOSED);
}

static void after_fin(struct tcp *t, int64_t now_ps)
{
    if (t->state == TCP_ESTABLISHED)
        t->state = TCP_CLOSE_WAIT;
    else if (t->state == TCP_FIN_WAIT_1)
        t->state = TCP_CLOSING;
    else if (t->state == TCP_FIN_WAIT_2)
        tcp_linger(t, now_ps);
}

static void in_order(struct tcp *t, const struct segment *s, uint64_t at, int64_t now_ps)
{
    if (t->state == TCP_TIME_WAIT) {
        if (s->flags & TCP_FIN) {
            t->ack_due = true;
            tcp_linger(t, now_ps);
        }
        return;
    }
    if (t->peer_done) {
        if (segment_length(s))
            challenge(t, now_ps);
        return;
    }
    tcp_receive(t, s, at, now_ps);
    if (t->peer_done)
        after_fin(t, now_ps);
}

void tcp_input(struct tcp *t, const struct segment *s, int64_t now_ps)
{
    if (t->state == TCP_CLOSED)
        return;
    if (t->state == TCP_SYN_SENT) {
        in_syn_sent(t, s, now_ps);
        return;
    }
    uint64_t at = tcp_their_offset(t, s->seq), ack = tcp_our_offset(t, s->ack);
    if (!acceptable(t, s, at, now_ps))
        return;
    if (t->stamps && at <= t->last_ack_sent && at + segment_length(s) >= t->last_ack_sent)
        t->stamp_recent = s->stamp; // RFC 7323 §4.3
    if (t->state == TCP_SYN_RECEIVED) {
        if (ack == 0 || ack > t->max) {
            t->rst_due = true;
            t->rst_seq = s->ack;
            return;
        }
        established(t);
    }
    if (ack > t->max && (int32_t)(s->ack - (t->iss + (uint32_t)t->max)) > 0) {
        challenge(t, now_ps); // of what was never sent
        return;
    }
    if (ack <= t->max)
        tcp_acked(t, s, at, ack, now_ps);
    after_ack(t, now_ps);
    if (t->state != TCP_CLOSED)
        in_order(t, s, at, now_ps);
}
