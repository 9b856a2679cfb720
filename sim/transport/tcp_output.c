// SPDX-License-Identifier: GPL-3.0-or-later
// tcp_output: segments as they leave.
#include "transport/tcp_parts.h"

// What every segment after the SYN says; an acknowledgement is on board.
static void begin(struct tcp *t, int64_t now_ps, struct segment *out)
{
    *out = (struct segment){.sport = t->sport,
                            .dport = t->dport,
                            .seq = t->iss + (uint32_t)t->nxt,
                            .ack = t->irs + (uint32_t)t->rcv_nxt,
                            .flags = TCP_ACK,
                            .scale = SEGMENT_NO_SCALE};
    if (t->stamps) {
        out->stamped = true;
        out->stamp = tcp_stamp(now_ps);
        out->echo = t->stamp_recent;
    }
    t->counters.segments++;
}

static void finish(struct tcp *t, struct segment *out)
{
    out->window = (uint16_t)tcp_window(t);
    if (t->sack && t->ahead.n)
        tcp_report_sacks(t, out, t->stamps ? SEGMENT_SACKS - 1 : SEGMENT_SACKS);
    if (t->ecn && t->echo_ce)
        out->flags |= TCP_ECE;
    t->ack_due = false;
    t->ack_at_ps = TIME_NEVER;
    t->unacked = 0;
    t->last_ack_sent = t->rcv_nxt;
}

static void arm(struct tcp *t, int64_t now_ps)
{
    if (t->rto_at_ps == TIME_NEVER)
        t->rto_at_ps = now_ps + rtt_timeout(&t->rtt);
}

static void write_syn(struct tcp *t, int64_t now_ps, struct segment *out)
{
    bool answer = t->state == TCP_SYN_RECEIVED;
    begin(t, now_ps, out);
    out->seq = t->iss;
    out->flags = answer ? TCP_SYN | TCP_ACK : TCP_SYN;
    if (!answer)
        out->ack = 0;
    out->mss = t->is.mss;
    out->scale = !answer || t->scaled ? t->our_scale : SEGMENT_NO_SCALE;
    out->sack_permitted = t->sack;
    if (t->ecn)
        out->flags |= answer ? TCP_ECE : TCP_ECE | TCP_CWR;
    out->window = (uint16_t)(t->buffer_octets < UINT16_MAX ? t->buffer_octets : UINT16_MAX);
    if (t->rcv_edge < t->rcv_nxt + out->window)
        t->rcv_edge = t->rcv_nxt + out->window;
    if (answer)
        t->last_ack_sent = t->rcv_nxt;
    t->counters.retransmitted += t->max > 0;
    if (t->max == 0) {
        t->nxt = t->max = 1;
        t->timing = true;
        t->timed_to = 1;
        t->timed_ps = now_ps;
    }
    t->syn_due = t->ack_due = false;
    t->rto_at_ps = TIME_NEVER;
    arm(t, now_ps);
}

static void fill(struct tcp *t, uint64_t from, uint64_t to, struct segment *out)
{
    uint64_t last = to < t->data_end ? to : t->data_end;
    out->seq = t->iss + (uint32_t)from;
    out->octets = last > from ? (uint32_t)(last - from) : 0;
    if (to > t->data_end)
        out->flags |= TCP_FIN;
    if (out->octets && to >= t->data_end)
        out->flags |= TCP_PSH;
}

// Karn: what is sent again cannot be timed.
static void time_segment(struct tcp *t, uint64_t from, uint64_t to, int64_t now_ps)
{
    if (from < t->max) {
        t->timing = t->timing && from >= t->timed_to;
    } else if (!t->timing) {
        t->timing = true;
        t->timed_to = to;
        t->timed_ps = now_ps;
    }
}

static void write_octets(struct tcp *t, uint64_t from, uint64_t to, int64_t now_ps,
                         struct segment *out)
{
    begin(t, now_ps, out);
    finish(t, out);
    // Blocks in the options take their room from the octets.
    uint32_t extra = out->nsacks ? 4u + 8u * out->nsacks : 0;
    if (extra >= t->mss)
        out->nsacks = 0;
    else if (to - from > t->mss - extra && t->data_end - from > t->mss - extra)
        to = from + t->mss - extra;
    fill(t, from, to, out);
    time_segment(t, from, to, now_ps);
    if (from < t->max) {
        t->counters.retransmitted++;
    } else if (t->ecn) {
        out->ecn = SEGMENT_ECT0;
        if (t->cwr_due)
            out->flags |= TCP_CWR;
        t->cwr_due = false;
    }
    if (t->recovering) {
        t->pipe += to - from;
        if (from < t->max && !t->rescuing && to > t->high_rxt)
            t->high_rxt = to;
        t->rescuing = false;
    }
    t->retransmit = false;
    if (from == t->nxt)
        t->nxt = to;
    if (t->max < to)
        t->max = to;
    t->last_sent_ps = now_ps;
    arm(t, now_ps);
}

static void write_probe(struct tcp *t, int64_t now_ps, struct segment *out)
{
    begin(t, now_ps, out);
    fill(t, t->una, t->una + 1, out);
    if (t->max <= t->una)
        t->max = t->una + 1;
    t->probe_due = t->timing = false;
    t->counters.probes++;
    finish(t, out);
}

// Something to send, nothing out, and the window is shut: ask now and then (RFC 9293 §3.8.6.1).
static void watch_window(struct tcp *t, int64_t now_ps)
{
    bool waiting = t->data_end + t->closing > t->una;
    if (!waiting || t->nxt > t->una || t->edge > t->una) {
        t->persist_at_ps = TIME_NEVER;
        t->probe_due = false;
    } else if (t->persist_at_ps == TIME_NEVER && !t->probe_due) {
        t->persist_at_ps = now_ps + rtt_timeout(&t->rtt);
        t->rto_at_ps = TIME_NEVER;
    }
}

bool tcp_output(struct tcp *t, int64_t now_ps, struct segment *out)
{
    uint64_t from, to;
    if (t->rst_due) {
        begin(t, now_ps, out);
        out->flags |= TCP_RST;
        out->seq = t->rst_seq;
        t->rst_due = false;
        return true;
    }
    if (t->syn_due) {
        write_syn(t, now_ps, out);
        return true;
    }
    if (t->state <= TCP_SYN_SENT)
        return false;
    if (t->state != TCP_SYN_RECEIVED && t->state != TCP_TIME_WAIT) {
        watch_window(t, now_ps);
        if (t->una == t->max && now_ps - t->last_sent_ps > rtt_timeout(&t->rtt))
            congestion_idle(&t->congestion);
        if (t->probe_due) {
            write_probe(t, now_ps, out);
            return true;
        }
        if (tcp_next(t, &from, &to)) {
            write_octets(t, from, to, now_ps, out);
            return true;
        }
    }
    if (!t->ack_due)
        return false;
    begin(t, now_ps, out);
    out->seq = t->iss + (uint32_t)t->max;
    finish(t, out);
    return true;
}
