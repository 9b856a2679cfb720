// SPDX-License-Identifier: GPL-3.0-or-later
#include "transport/quic_parts.h"

#define INITIAL_PTO_PS (999 * PS_PER_MS) // an RTT of 333 ms, RFC 9002 §6.2.2
#define MAX_PTO_PS     (120 * PS_PER_S)
#define IDLE_PS        (30 * PS_PER_S) // max_idle_timeout
#define CHALLENGES     3               // RFC 9000 §8.2.4: three probe time-outs
#define FIRST_PORT     49152u
#define PORTS          16384u
#define PORT_STEP      4099u // a moveing's next port

static void init(struct quic *q, const struct tcp_options *o, uint16_t port, uint64_t id,
                 int64_t now_ps)
{
    memset(q, 0, sizeof *q);
    q->is = *o;
    q->port = q->old_port = port;
    q->id = id;
    q->largest_acked = UINT64_MAX;
    q->limit = q->peer_limit = o->window_max_octets;
    q->recovery_ps = -1;
    q->loss_at_ps = q->pto_at_ps = q->ack_at_ps = q->challenge_at_ps = q->move_at_ps = TIME_NEVER;
    q->idle_at_ps = now_ps + IDLE_PS;
    rtt_init(&q->rtt, INITIAL_PTO_PS, 0, MAX_PTO_PS);
    congestion_init(&q->congestion, o->congestion, o->mss, (uint64_t)o->initial_segments * o->mss);
}

void quic_connect(struct quic *q, const struct tcp_options *o, uint16_t port, uint64_t id,
                  int64_t move_ps, int64_t now_ps)
{
    init(q, o, port, id, now_ps);
    q->client = q->validated = true;
    q->crypto.written = QUIC_HELLO_OCTETS;
    q->move_ps = move_ps;
    if (move_ps)
        q->move_at_ps = now_ps + move_ps;
}

bool quic_accept(struct quic *q, const struct tcp_options *o, const struct quic_datagram *d,
                 uint64_t challenge, int64_t now_ps)
{
    if (!(d->flags & QUIC_OPEN) || !d->has_crypto || d->crypto.from != 0 ||
        d->bytes < QUIC_OPEN_BYTES)
        return false;
    init(q, o, d->sport, d->id, now_ps);
    q->challenge = challenge;
    quic_input(q, d, now_ps);
    return true;
}

void quic_free(struct quic *q)
{
    struct quic_out *outs[] = {&q->crypto, &q->data};
    for (unsigned i = 0; i < 2; i++) {
        ranges_free(&outs[i]->acked);
        ranges_free(&outs[i]->again);
    }
    vec_free(&q->sent);
    ranges_free(&q->seen);
    ranges_free(&q->crypto_in);
    ranges_free(&q->data_in);
}

void quic_end(struct quic *q, enum tcp_end why)
{
    q->ended = why;
    q->loss_at_ps = q->pto_at_ps = q->ack_at_ps = q->challenge_at_ps = q->move_at_ps =
        q->idle_at_ps = TIME_NEVER;
}

void quic_write(struct quic *q, uint64_t octets)
{
    q->data.written += octets;
}

void quic_close(struct quic *q, uint64_t error)
{
    if (q->ended != TCP_END_NONE)
        return;
    quic_end(q, error ? TCP_END_ABORTED : TCP_END_CLOSED);
    q->close_due = true;
    q->close_error = error;
}

static uint64_t in_order(const struct ranges *r)
{
    return r->n && r->v[0].from == 0 ? r->v[0].to : 0;
}

// RFC 9000 §9.3: packets come from elsewhere. The newest packet decides; the window may stay, for only
// the port changed (§9.4).
static void moved(struct quic *q, const struct quic_datagram *d)
{
    if (q->validated)
        q->old_port = q->port;
    q->port = d->sport;
    q->validated = false;
    q->bytes_in = q->bytes_out = 0;
    q->challenge = q->challenge * 6364136223846793005u + d->number;
    q->challenge_due = true;
    q->challenges = 0;
}

static void take_handshake(struct quic *q)
{
    uint64_t have = in_order(&q->crypto_in);
    if (q->client && !q->established && have >= QUIC_ANSWER_OCTETS) {
        q->established = true;
        q->crypto.written = QUIC_HELLO_OCTETS + QUIC_FINISHED_OCTETS;
    } else if (!q->client && have >= QUIC_HELLO_OCTETS) {
        if (q->crypto.written == 0)
            q->crypto.written = QUIC_ANSWER_OCTETS;
        if (!q->established && have >= QUIC_HELLO_OCTETS + QUIC_FINISHED_OCTETS)
            q->established = q->done_due = true;
    }
}

static void take_octets(struct quic *q, const struct quic_datagram *d)
{
    uint64_t most = QUIC_ANSWER_OCTETS + QUIC_HELLO_OCTETS + QUIC_FINISHED_OCTETS;
    if (d->has_crypto && d->crypto.to <= most) {
        ranges_add(&q->crypto_in, d->crypto.from, d->crypto.to);
        take_handshake(q);
    }
    if (d->has_data && d->data.to <= q->limit) {
        ranges_add(&q->data_in, d->data.from, d->data.to);
        q->received = in_order(&q->data_in);
        uint64_t window = q->is.window_max_octets;
        if (q->limit - q->received < window / 2) { // half of it is used up
            q->limit = q->received + window;
            q->limit_due = true;
        }
    }
}

// RFC 9000 §13.2: every second packet, at once when one is missing or came late, or after the delay.
static void note(struct quic *q, const struct quic_datagram *d, bool in_sequence, int64_t now_ps)
{
    if (!quic_eliciting(d))
        return;
    q->unacked++;
    if (!in_sequence || q->unacked >= 2 || !q->established || q->is.delayed_ack_ps == 0)
        q->ack_due = true;
    else if (q->ack_at_ps == TIME_NEVER)
        q->ack_at_ps = now_ps + q->is.delayed_ack_ps;
}

static void take_path(struct quic *q, const struct quic_datagram *d)
{
    if (d->has_challenge) {
        q->response = d->challenge;
        q->response_due = true;
    }
    if (d->has_response && d->response == q->challenge) {
        q->validated = true;
        q->challenge_due = false;
        q->challenge_at_ps = TIME_NEVER;
    }
}

void quic_input(struct quic *q, const struct quic_datagram *d, int64_t now_ps)
{
    if (q->ended != TCP_END_NONE)
        return;
    if (d->flags & QUIC_RESET) {
        quic_end(q, TCP_END_RESET);
        return;
    }
    if (ranges_has(&q->seen, d->number)) {
        q->counters.duplicates++;
        return;
    }
    uint64_t next = q->seen.n ? q->seen.v[q->seen.n - 1].to : 0;
    if (d->number >= next)
        q->largest_at_ps = now_ps;
    ranges_add(&q->seen, d->number, d->number + 1);
    q->idle_at_ps = now_ps + IDLE_PS;
    if (!q->client && d->number >= next && d->sport != q->port)
        moved(q, d);
    // A client that has heard the server proves it with its next packet (§8.1).
    if (!q->client && !q->established && !(d->flags & QUIC_OPEN))
        q->validated = true;
    if (!q->validated)
        q->bytes_in += d->bytes;
    if (d->close) {
        quic_end(q, d->error ? TCP_END_RESET : TCP_END_CLOSED);
        return;
    }
    if (d->has_limit && d->limit > q->peer_limit)
        q->peer_limit = d->limit;
    take_path(q, d);
    if (d->nranges)
        quic_acked(q, d, now_ps);
    take_octets(q, d);
    note(q, d, d->number == next, now_ps);
}

int64_t quic_deadline(const struct quic *q)
{
    const int64_t all[] = {q->loss_at_ps,      q->pto_at_ps,  q->ack_at_ps,
                           q->challenge_at_ps, q->move_at_ps, q->idle_at_ps};
    int64_t at_ps = TIME_NEVER;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i] < at_ps)
            at_ps = all[i];
    return at_ps;
}

// No answer from the new address: again, and in the end back to the old one (§9.3.2).
static void challenge_again(struct quic *q)
{
    q->challenge_at_ps = TIME_NEVER;
    if (q->challenges < CHALLENGES) {
        q->challenge_due = true;
        return;
    }
    q->port = q->old_port;
    q->validated = true;
}

// The client is elsewhere, and tries the way at once (RFC 9000 §9.2).
static void move(struct quic *q)
{
    q->old_port = q->port;
    q->port = (uint16_t)(FIRST_PORT + (q->port - FIRST_PORT + PORT_STEP) % PORTS);
    q->challenge = q->challenge * 6364136223846793005u + q->id;
    q->challenge_due = true;
    q->challenges = 0;
}

void quic_tick(struct quic *q, int64_t now_ps)
{
    if (q->ended != TCP_END_NONE)
        return;
    if (now_ps >= q->idle_at_ps) {
        quic_end(q, TCP_END_TIMEOUT); // silently, RFC 9000 §10.1
        return;
    }
    if (now_ps >= q->ack_at_ps) {
        q->ack_at_ps = TIME_NEVER;
        q->ack_due = true;
    }
    if (now_ps >= q->move_at_ps) {
        q->move_at_ps = now_ps + q->move_ps;
        move(q);
    }
    if (now_ps >= q->challenge_at_ps)
        challenge_again(q);
    quic_loss_timer(q, now_ps);
}
