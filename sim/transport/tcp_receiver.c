// SPDX-License-Identifier: GPL-3.0-or-later
#include "transport/tcp_parts.h"

#include <string.h>

#define TUNE_SLACK 16 // segments on top of two round trips' octets

// The window grows to twice what a round trip brought, so that it is never what limits a sender whose
// own window doubles.
static void tune(struct tcp *t, int64_t now_ps)
{
    int64_t rtt_ps = t->rcv_rtt_ps ? t->rcv_rtt_ps : t->rtt.smoothed_ps;
    if (t->buffer_octets >= t->is.window_max_octets || now_ps - t->tune_from_ps < rtt_ps)
        return;
    uint64_t want = 2 * (t->rcv_nxt - t->tune_from) + TUNE_SLACK * (uint64_t)t->mss;
    if (want > t->is.window_max_octets)
        want = t->is.window_max_octets;
    if (t->tune_from && want > t->buffer_octets)
        t->buffer_octets = (uint32_t)want;
    t->tune_from_ps = now_ps;
    t->tune_from = t->rcv_nxt;
}

// A segment that answers an acknowledgement of ours echoes its stamp: a round trip, in milliseconds,
// as a receiver can see it.
static void time_round(struct tcp *t, const struct segment *s, int64_t now_ps)
{
    if (!t->stamps || !s->stamped || !s->echo || s->octets < t->mss)
        return;
    int32_t ms = (int32_t)(tcp_stamp(now_ps) - s->echo);
    if (ms < 0)
        return;
    int64_t sample_ps = (ms ? ms : 1) * PS_PER_MS;
    t->rcv_rtt_ps = t->rcv_rtt_ps ? t->rcv_rtt_ps + (sample_ps - t->rcv_rtt_ps) / 8 : sample_ps;
}

static void remember(struct tcp *t, uint64_t from, uint64_t to)
{
    unsigned keep = t->nrecent < SEGMENT_SACKS ? t->nrecent : SEGMENT_SACKS - 1;
    memmove(&t->recent[1], &t->recent[0], keep * sizeof t->recent[0]);
    t->recent[0] = (struct range){from, to};
    t->nrecent = keep + 1;
}

void tcp_report_sacks(const struct tcp *t, struct segment *out, unsigned most)
{
    size_t told[SEGMENT_SACKS];
    for (unsigned i = 0; i < t->nrecent && out->nsacks < most; i++) {
        // The block that holds it now: it may have grown, or been delivered.
        size_t at = ranges_after(&t->ahead, t->recent[i].from);
        bool again = at == t->ahead.n || t->ahead.v[at].from > t->recent[i].from;
        for (unsigned k = 0; k < out->nsacks; k++)
            again = again || told[k] == at;
        if (again)
            continue;
        told[out->nsacks] = at;
        out->sacks[out->nsacks++] = (struct segment_range){t->irs + (uint32_t)t->ahead.v[at].from,
                                                           t->irs + (uint32_t)t->ahead.v[at].to};
    }
}

uint64_t tcp_window(struct tcp *t)
{
    uint64_t space = t->buffer_octets > t->unread ? t->buffer_octets - t->unread : 0;
    uint64_t offered = t->rcv_edge > t->rcv_nxt ? t->rcv_edge - t->rcv_nxt : 0;
    // Silly windows (RFC 9293 §3.8.6.2.2): the edge moves by a segment or half the buffer.
    uint64_t least = t->mss < t->buffer_octets / 2 ? t->mss : t->buffer_octets / 2;
    if (space < offered + least && offered)
        space = offered;
    else if (space < least)
        space = 0;
    // Rounded up to what the scaled field can say: a right edge never goes back.
    uint64_t unit = UINT64_C(1) << t->our_scale;
    uint64_t field = (space + unit - 1) / unit;
    if (field > UINT16_MAX)
        field = UINT16_MAX;
    if (t->rcv_nxt + field * unit > t->rcv_edge)
        t->rcv_edge = t->rcv_nxt + field * unit;
    return field;
}

// In order up to `to`: with what was waiting behind it. True when a gap was there.
static bool deliver(struct tcp *t, uint64_t to)
{
    uint64_t before = t->rcv_nxt;
    bool gap = t->ahead.n > 0;
    ranges_cut(&t->ahead, to);
    if (t->ahead.n && t->ahead.v[0].from == to)
        to = t->ahead.v[0].to;
    ranges_cut(&t->ahead, to);
    t->rcv_nxt = to;
    if (t->ahead.n == 0)
        t->nrecent = 0;
    if (t->held)
        t->unread += t->rcv_nxt - before;
    else
        t->received += t->rcv_nxt - before;
    return gap;
}

// RFC 5681 §4.2: at least every second segment, at once when something is missing.
static void acknowledge(struct tcp *t, bool at_once, int64_t now_ps)
{
    t->unacked++;
    if (at_once || t->unacked >= 2 || t->is.delayed_ack_ps == 0)
        t->ack_due = true;
    else if (t->ack_at_ps == TIME_NEVER)
        t->ack_at_ps = now_ps + t->is.delayed_ack_ps;
}

static void take_octets(struct tcp *t, uint64_t from, uint64_t to, int64_t now_ps)
{
    uint64_t low = from > t->rcv_nxt ? from : t->rcv_nxt,
             high = to < t->rcv_edge ? to : t->rcv_edge;
    if (low >= high) {
        t->counters.duplicates++;
        acknowledge(t, true, now_ps);
    } else if (low == t->rcv_nxt) {
        acknowledge(t, deliver(t, high), now_ps);
        tune(t, now_ps);
    } else {
        if (ranges_add(&t->ahead, low, high) == 0)
            t->counters.duplicates++;
        remember(t, low, high);
        acknowledge(t, true, now_ps);
    }
}

void tcp_receive(struct tcp *t, const struct segment *s, uint64_t at, int64_t now_ps)
{
    uint64_t to = at + s->octets;
    if (s->flags & TCP_CWR)
        t->echo_ce = false;
    if (t->ecn && s->ecn == SEGMENT_CE && s->octets)
        t->echo_ce = true;
    if (s->octets) {
        if (at <= t->rcv_nxt)
            time_round(t, s, now_ps);
        take_octets(t, at, to, now_ps);
    }
    if (s->flags & TCP_FIN) {
        if (to <= t->rcv_edge && to >= t->rcv_nxt)
            t->fin_at = to;
        t->ack_due = true;
    }
    if (!t->peer_done && t->fin_at == t->rcv_nxt) {
        t->rcv_nxt++;
        t->peer_done = true;
        ranges_free(&t->ahead); // of a peer that sent octets behind its FIN
        t->nrecent = 0;
        t->ack_due = true;
    }
}
