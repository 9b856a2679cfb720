// SPDX-License-Identifier: GPL-3.0-or-later
// tcp_sender: what acknowledgements say, what is lost, and what goes next.
#include "transport/tcp_parts.h"

#define LATE_RTO_PS (3 * PS_PER_S) // RFC 6298 (5.7): after a SYN that had to be sent again

static uint64_t stream_end(const struct tcp *t)
{
    return t->data_end + (t->closing ? 1 : 0);
}

// Out and not known to have arrived, when nothing is held to be lost (RFC 5681's FlightSize, less what
// SACK tells, so that each block lets a new segment go: limited transmit, RFC 3042).
static uint64_t flight(const struct tcp *t)
{
    return t->nxt - t->una - ranges_below(&t->sacked, t->nxt);
}

// IsLost() of RFC 6675 §4 holds for everything missing below one point: where enough is SACKed above.
static void find_lost(struct tcp *t)
{
    uint64_t octets = 0;
    t->lost_below = t->una;
    for (size_t i = t->sacked.n, above = 0; i-- > 0;) {
        octets += t->sacked.v[i].to - t->sacked.v[i].from;
        above++;
        if (above >= TCP_DUP_THRESHOLD || octets > (TCP_DUP_THRESHOLD - 1) * (uint64_t)t->mss) {
            t->lost_below = t->sacked.v[i].from;
            return;
        }
    }
}

// SetPipe() of RFC 6675 §4: what is missing and not lost, and what was sent again.
static void set_pipe(struct tcp *t)
{
    uint64_t low = t->lost_below > t->una ? t->lost_below : t->una;
    uint64_t rxt = t->high_rxt > t->una ? t->high_rxt : t->una;
    uint64_t missing = t->max - low - (t->sacked.total - ranges_below(&t->sacked, low));
    uint64_t again = rxt - t->una - ranges_below(&t->sacked, rxt);
    t->pipe = missing + again;
}

static void enter_recovery(struct tcp *t)
{
    uint64_t out = t->max - t->una;
    if (out > t->congestion.window)
        out = t->congestion.window; // limited transmit does not count, RFC 6675 §5 (4.2)
    if (t->una >= t->reduced_until) {
        congestion_lost(&t->congestion, out);
        t->cwr_due = t->ecn;
    }
    t->counters.recoveries++;
    t->recovering = t->retransmit = true;
    t->recover = t->max;
    t->high_rxt = t->una;
    t->rescued = t->rescuing = false;
    t->inflated = t->sack ? 0 : TCP_DUP_THRESHOLD * (uint64_t)t->mss; // RFC 6582 §3.2 (3)
}

static void leave_recovery(struct tcp *t)
{
    t->recovering = t->retransmit = false;
    t->dupacks = 0;
    t->inflated = 0;
    if (t->sack)
        return;
    // RFC 6582 §3.2 (3), full acknowledgement, option 1: no burst.
    uint64_t out = t->max - t->una;
    uint64_t most = (out > t->mss ? out : t->mss) + t->mss;
    t->congestion.window = t->congestion.threshold < most ? t->congestion.threshold : most;
}

// RFC 6582 §3.2 (3), partial acknowledgement: the next hole, and a window that is less by what came.
static void partial(struct tcp *t, uint64_t octets)
{
    t->retransmit = true;
    uint64_t total = t->congestion.window + t->inflated;
    total = total > octets ? total - octets : 0;
    if (octets >= t->mss)
        total += t->mss;
    if (total < t->mss)
        total = t->mss;
    if (t->congestion.window > total)
        t->congestion.window = total;
    t->inflated = total - t->congestion.window;
}

static void measure(struct tcp *t, const struct segment *s, int64_t now_ps)
{
    if (t->timing) {
        if (t->una < t->timed_to)
            return;
        t->timing = false;
        rtt_sample(&t->rtt, now_ps - t->timed_ps);
    } else if (t->stamps && s->stamped && s->echo) {
        // What was sent twice can be timed only by the stamp that comes back (RFC 7323 §4.1).
        int32_t ms = (int32_t)(tcp_stamp(now_ps) - s->echo);
        if (ms >= 0 && ms < 1000000)
            rtt_sample(&t->rtt, (ms ? ms : 1) * PS_PER_MS);
    }
}

// Octets up to `ack` have arrived.
static void advance(struct tcp *t, const struct segment *s, uint64_t ack, int64_t now_ps)
{
    uint64_t octets = ack - t->una;
    bool opening = t->una == 0;
    t->una = ack;
    if (t->nxt < ack)
        t->nxt = ack;
    ranges_cut(&t->sacked, ack);
    t->acknowledged = (ack < t->data_end ? ack : t->data_end) - 1;
    t->retries = 0;
    measure(t, s, now_ps);
    if (opening && t->syn_again && !t->rtt.sampled) {
        t->rtt.rto_ps = LATE_RTO_PS;
        t->rtt.backoff = 0;
    }
    t->rto_at_ps =
        ack < t->max ? now_ps + rtt_timeout(&t->rtt) : TIME_NEVER; // RFC 6298 (5.2), (5.3)
    if (t->recovering && ack >= t->recover)
        leave_recovery(t);
    else if (t->recovering && !t->sack)
        partial(t, octets);
    else if (!t->recovering) {
        t->dupacks = 0;
        congestion_acked(&t->congestion, octets, t->limited, now_ps, t->rtt.smoothed_ps);
    }
}

// Takes the blocks into the scoreboard; true when one told something new.
static bool take_sacks(struct tcp *t, const struct segment *s)
{
    uint64_t new = 0;
    for (unsigned i = 0; t->sack && i < s->nsacks; i++) {
        uint64_t from = tcp_our_offset(t, s->sacks[i].from), to = tcp_our_offset(t, s->sacks[i].to);
        if (from > t->una && from < to &&
            to <= t->max) // else old, a D-SACK (RFC 2883), or nonsense
            new += ranges_add(&t->sacked, from, to);
    }
    return new > 0;
}

static void set_window(struct tcp *t, const struct segment *s, uint64_t at, uint64_t ack)
{
    if (at < t->wl_seq || (at == t->wl_seq && ack < t->wl_ack))
        return;
    t->wl_seq = at;
    t->wl_ack = ack;
    t->peer_window = (uint64_t)s->window << (s->flags & TCP_SYN ? 0 : t->peer_scale);
    if (t->peer_window > t->peer_window_max)
        t->peer_window_max = t->peer_window;
    bool shut = t->edge <= t->una;
    t->edge = ack + t->peer_window;
    if (shut && t->edge > t->una)
        t->rtt.backoff = 0; // it was the window's, not the network's
}

// RFC 5681 §2; with SACK: that tells something new (RFC 6675 §2).
static void duplicate(struct tcp *t)
{
    t->dupacks++;
    if (t->recovering && !t->sack)
        t->inflated += t->mss;
}

static void hear_ecn(struct tcp *t, const struct segment *s)
{
    if (!t->ecn || !(s->flags & TCP_ECE) || t->una <= t->reduced_until || t->recovering ||
        t->max == t->una)
        return;
    congestion_lost(&t->congestion, flight(t));
    t->reduced_until = t->max;
    t->cwr_due = true;
    t->counters.reductions++;
}

void tcp_acked(struct tcp *t, const struct segment *s, uint64_t at, uint64_t ack, int64_t now_ps)
{
    uint64_t window = t->peer_window;
    bool before = ack > t->una;
    set_window(t, s, at, ack);
    bool told = take_sacks(t, s);
    if (before)
        advance(t, s, ack, now_ps);
    else if (ack == t->una && t->max > t->una &&
             (t->sack ? told : !segment_length(s) && window == t->peer_window && t->nxt == t->max))
        duplicate(t);
    hear_ecn(t, s);
    find_lost(t);
    bool again = t->sack ? t->una >= t->recover : t->una > t->recover;
    bool lost = t->dupacks >= TCP_DUP_THRESHOLD || t->lost_below > t->una;
    if (!t->recovering && again && lost && t->una < t->max)
        enter_recovery(t);
    if (t->recovering && t->sack)
        set_pipe(t);
}

void tcp_timed_out(struct tcp *t, int64_t now_ps)
{
    (void)now_ps;
    bool opening = t->una == 0;
    t->rto_at_ps = TIME_NEVER;
    t->counters.timeouts++;
    if (t->retries >= (opening ? t->is.syn_retries : t->is.retries)) {
        tcp_end(t, TCP_END_TIMEOUT);
        return;
    }
    rtt_backoff(&t->rtt);
    t->timing = false;
    if (opening) {
        t->retries++;
        t->syn_due = t->syn_again = true;
        return;
    }
    uint64_t out = t->max - t->una;
    if (out > t->congestion.window)
        out = t->congestion.window;
    congestion_timeout(&t->congestion, out, t->retries > 0);
    t->retries++;
    if (t->sacked.n && t->sacked.v[0].from <= t->una)
        ranges_free(&t->sacked); // the receiver went back on its word (RFC 2018 §8)
    t->recovering = t->retransmit = false;
    t->inflated = 0;
    t->dupacks = 0;
    t->recover = t->max;
    t->nxt = t->una; // everything that no SACK speaks for goes again, in slow start
    t->cwr_due = t->ecn;
}

// One segment from `from` on, within a gap of the scoreboard.
static uint64_t segment_end(const struct tcp *t, uint64_t from)
{
    uint64_t to = from + t->mss, end = stream_end(t);
    if (to >= t->data_end)
        to = end; // the FIN goes with the last octets
    size_t i = ranges_after(&t->sacked, from);
    if (i < t->sacked.n && t->sacked.v[i].from > from && t->sacked.v[i].from < to)
        to = t->sacked.v[i].from;
    return to;
}

// New octets within the peer's window; in small pieces only when there is no other way (RFC 9293
// §3.8.6.2.1).
static bool fresh(struct tcp *t, uint64_t room, uint64_t *from, uint64_t *to)
{
    size_t i = ranges_after(&t->sacked, t->nxt);
    if (i < t->sacked.n && t->sacked.v[i].from <= t->nxt)
        t->nxt = t->sacked.v[i].to;
    t->limited = false;
    if (t->nxt >= stream_end(t) || t->nxt >= t->edge)
        return false;
    *from = t->nxt;
    *to = segment_end(t, t->nxt);
    if (*to > t->edge) {
        if (t->nxt > t->una && t->edge - t->nxt < t->peer_window_max / 2)
            return false;
        *to = t->edge;
    }
    uint64_t octets = *to - *from < t->mss ? *to - *from : t->mss;
    t->limited = octets > room;
    return !t->limited;
}

// What is sent already, again: up to the next block, at most a segment.
static bool repeat(const struct tcp *t, uint64_t at, uint64_t *from, uint64_t *to)
{
    *from = at;
    *to = segment_end(t, at);
    if (*to > t->max)
        *to = t->max;
    return true;
}

// Rule (4) of NextSeg(): once a recovery, the end of what is out, so that an answer comes.
static bool rescue(struct tcp *t, uint64_t at, uint64_t highest, uint64_t *from, uint64_t *to)
{
    uint64_t last = t->max > t->una + t->mss ? t->max - t->mss : t->una;
    if (last < highest)
        last = highest;
    if (t->rescued || last >= t->max || last < at)
        return false;
    t->rescued = t->rescuing = true;
    *from = last;
    *to = t->max;
    return true;
}

// NextSeg() of RFC 6675 §4, its four rules.
static bool next_in_recovery(struct tcp *t, uint64_t *from, uint64_t *to)
{
    uint64_t room = t->congestion.window > t->pipe ? t->congestion.window - t->pipe : 0;
    uint64_t highest = t->sacked.n ? t->sacked.v[t->sacked.n - 1].to : t->una;
    if (room < t->mss)
        return false;
    uint64_t at = t->high_rxt > t->una ? t->high_rxt : t->una;
    size_t i = ranges_after(&t->sacked, at);
    if (i < t->sacked.n && t->sacked.v[i].from <= at)
        at = t->sacked.v[i].to;
    if (at < highest && at < t->lost_below)
        return repeat(t, at, from, to);
    if (fresh(t, room, from, to))
        return true;
    if (at < highest)
        return repeat(t, at, from, to);
    return rescue(t, at, highest, from, to);
}

bool tcp_next(struct tcp *t, uint64_t *from, uint64_t *to)
{
    if (t->retransmit)
        return repeat(t, t->una, from, to);
    if (t->recovering && t->sack)
        return next_in_recovery(t, from, to);
    uint64_t most = t->congestion.window + t->inflated, out = flight(t);
    if (!t->sack && !t->recovering && t->una > t->recover) // limited transmit, RFC 3042
        most += (t->dupacks < 2 ? t->dupacks : 2) * (uint64_t)t->mss;
    return fresh(t, most > out ? most - out : 0, from, to);
}
