// SPDX-License-Identifier: GPL-3.0-or-later
// quic_output: datagrams as they leave.
#include "transport/quic_parts.h"

#include "fwd/headers.h"

#define AMPLIFICATION   3   // RFC 9000 §8.1
#define LEAST_BYTES     150 // of a datagram that all frames without octets fit into
#define CHALLENGE_PS(q) (2 * (q)->rtt.rto_ps)

// The newest packet numbers that came.
static void write_ack(const struct quic *q, struct quic_datagram *d, int64_t now_ps)
{
    for (size_t i = q->seen.n; i > 0 && d->nranges < QUIC_RANGES; i--)
        d->ranges[d->nranges++] = q->seen.v[i - 1];
    d->delay_ps = now_ps - q->largest_at_ps;
}

// What goes next of a stream, at most `room` octets and not beyond `limit`: what was lost before what is
// new. False: nothing.
static bool next_of(struct quic_out *o, uint64_t limit, uint64_t room, struct range *r, bool *again)
{
    while (o->again.n) {
        uint64_t from = o->again.v[0].from, to = o->again.v[0].to;
        size_t i = ranges_after(&o->acked, from);
        if (i < o->acked.n && o->acked.v[i].from <= from) { // it came after all
            ranges_cut(&o->again, o->acked.v[i].to);
            continue;
        }
        if (i < o->acked.n && o->acked.v[i].from < to)
            to = o->acked.v[i].from;
        *r = (struct range){from, to - from > room ? from + room : to};
        *again = true;
        return true;
    }
    uint64_t end = o->written < limit ? o->written : limit;
    if (o->next >= end)
        return false;
    *r = (struct range){o->next, end - o->next > room ? o->next + room : end};
    *again = false;
    return true;
}

static void take(struct quic_out *o, const struct range *r, bool again)
{
    if (again)
        ranges_cut(&o->again, r->to);
    else
        o->next = r->to;
}

// Octets, as far as the windows and the datagram's size allow.
static void write_octets(struct quic *q, struct quic_datagram *d, uint64_t size, uint64_t room)
{
    uint32_t frame = 1 + 8 + 2 + 1; // type, offset, length, stream at their longest
    uint32_t used = quic_overhead(d) + frame;
    struct range r;
    bool again;
    if (used >= size)
        return;
    if (next_of(&q->crypto, UINT64_MAX, size - used, &r, &again)) {
        if (size > room && !q->probes)
            return;
        take(&q->crypto, &r, again);
        d->crypto = r;
        d->has_crypto = true;
    } else if (q->established && next_of(&q->data, q->peer_limit, size - used, &r, &again)) {
        q->limited = room < r.to - r.from + used && !q->probes;
        if (q->limited)
            return;
        take(&q->data, &r, again);
        d->data = r;
        d->has_data = true;
    } else {
        q->limited = false;
        return;
    }
    q->counters.retransmitted += again;
}

static void finish(struct quic *q, struct quic_datagram *d, uint64_t size, int64_t now_ps)
{
    d->bytes = quic_overhead(d);
    if (d->has_crypto)
        d->bytes += (uint32_t)(d->crypto.to - d->crypto.from);
    if (d->has_data)
        d->bytes += (uint32_t)(d->data.to - d->data.from);
    // §8.2.1: what tries a path is as large as what opens one, unless that would be too much.
    uint32_t full = PACKET_UDP_MIN + QUIC_OPEN_BYTES;
    bool pad = d->flags & QUIC_OPEN || ((d->has_challenge || d->has_response) && size >= full);
    if (pad && d->bytes < full)
        d->bytes = full;
    d->number = q->number++;
    q->counters.segments++;
    if (d->nranges) {
        q->ack_due = false;
        q->ack_at_ps = TIME_NEVER;
        q->unacked = 0;
    }
    if (!q->validated)
        q->bytes_out += d->bytes;
    if (q->probes && quic_eliciting(d))
        q->probes--;
    quic_account(q, d, now_ps);
}

static void write_path(struct quic *q, struct quic_datagram *d, int64_t now_ps)
{
    if (q->challenge_due) {
        d->has_challenge = true;
        d->challenge = q->challenge;
        q->challenge_due = false;
        q->challenges++;
        q->challenge_at_ps = now_ps + CHALLENGE_PS(q);
    }
    if (q->response_due) {
        d->has_response = true;
        d->response = q->response;
        q->response_due = false;
    }
}

bool quic_output(struct quic *q, int64_t now_ps, struct quic_datagram *d)
{
    *d = (struct quic_datagram){.id = q->id};
    if (q->close_due) {
        d->close = true;
        d->error = q->close_error;
        q->close_due = false;
        d->number = q->number++;
        d->bytes = quic_overhead(d);
        return true;
    }
    if (q->ended != TCP_END_NONE)
        return false;
    uint64_t size = PACKET_UDP_MIN + (uint64_t)q->is.mss, may = AMPLIFICATION * q->bytes_in;
    if (!q->validated && q->bytes_out + size > may)
        size = may > q->bytes_out ? may - q->bytes_out : 0;
    if (size < LEAST_BYTES)
        return false;
    if (q->client && !q->established)
        d->flags = QUIC_OPEN;
    if (q->seen.n && (q->ack_due || q->unacked))
        write_ack(q, d, now_ps);
    write_path(q, d, now_ps);
    if (q->limit_due) {
        d->has_limit = true;
        d->limit = q->limit;
        q->limit_due = false;
    }
    d->done = q->done_due;
    q->done_due = false;
    uint64_t room = q->congestion.window > q->in_flight ? q->congestion.window - q->in_flight : 0;
    write_octets(q, d, size, room);
    if (q->probes && !quic_eliciting(d))
        d->ping = true;
    if (!quic_eliciting(d) && !q->ack_due)
        return false;
    finish(q, d, size, now_ps);
    return true;
}
