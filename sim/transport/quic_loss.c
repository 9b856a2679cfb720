// SPDX-License-Identifier: GPL-3.0-or-later
// quic_loss: what was acknowledged, what is lost, when to probe (RFC 9002).
#include "transport/quic_parts.h"

#define PACKET_THRESHOLD 3 // kPacketThreshold
#define GRANULARITY_PS   PS_PER_MS
#define PERSISTENT       3 // kPersistentCongestionThreshold

static struct quic_sent *sent_at(struct quic *q, uint64_t number)
{
    return number >= q->sent_from && number - q->sent_from < q->sent.n
               ? &q->sent.v[number - q->sent_from]
               : NULL;
}

// Packets at the front that are done with.
static void compact(struct quic *q)
{
    size_t n = 0;
    while (n < q->sent.n && q->sent.v[n].bytes == 0)
        n++;
    // Rarely: moving costs as much as what stays.
    if (n < 64 && n < q->sent.n)
        return;
    memmove(q->sent.v, q->sent.v + n, (q->sent.n - n) * sizeof *q->sent.v);
    q->sent.n -= n;
    q->sent_from += n;
}

void quic_account(struct quic *q, const struct quic_datagram *d, int64_t now_ps)
{
    struct quic_sent s = {.at_ps = now_ps, .eliciting = quic_eliciting(d)};
    if (d->has_crypto)
        s.crypto = d->crypto;
    if (d->has_data)
        s.data = d->data;
    if (s.eliciting) { // an ACK alone is not in flight (§2)
        s.bytes = d->bytes;
        q->in_flight += d->bytes;
        q->eliciting_ps = now_ps;
    }
    vec_push(&q->sent, s);
    quic_arm(q, now_ps);
}

static int64_t pto_ps(const struct quic *q)
{
    int64_t base_ps = q->rtt.rto_ps + (q->established ? q->is.delayed_ack_ps : 0);
    for (unsigned i = 0; i < q->probe_count && base_ps < q->rtt.ceiling_ps; i++)
        base_ps *= 2;
    return base_ps < q->rtt.ceiling_ps ? base_ps : q->rtt.ceiling_ps;
}

// §6.2.2.1: a client whose handshake goes on probes although nothing is out, or a server that may send
// no more would wait for ever.
void quic_arm(struct quic *q, int64_t now_ps)
{
    bool waits = q->in_flight > 0 || (q->client && !q->established);
    q->pto_at_ps = TIME_NEVER;
    if (!waits || q->loss_at_ps != TIME_NEVER || q->ended != TCP_END_NONE)
        return;
    int64_t from_ps = q->in_flight > 0 ? q->eliciting_ps : now_ps;
    q->pto_at_ps = from_ps + pto_ps(q);
}

static void lose(struct quic *q, struct quic_sent *s)
{
    ranges_add(&q->crypto.again, s->crypto.from, s->crypto.to);
    ranges_add(&q->data.again, s->data.from, s->data.to);
    q->in_flight -= s->bytes;
    s->bytes = 0;
}

// §6.1: older than the newest acknowledged by three packets, or by 9/8 of a round trip.
static void detect(struct quic *q, int64_t now_ps)
{
    int64_t rtt_ps = q->rtt.latest_ps > q->rtt.smoothed_ps ? q->rtt.latest_ps : q->rtt.smoothed_ps;
    int64_t wait_ps = rtt_ps + rtt_ps / 8;
    int64_t newest_ps = -1, oldest_ps = -1;
    if (wait_ps < GRANULARITY_PS)
        wait_ps = GRANULARITY_PS;
    q->loss_at_ps = TIME_NEVER;
    for (size_t i = 0; i < q->sent.n && q->sent_from + i < q->largest_acked; i++) {
        struct quic_sent *s = &q->sent.v[i];
        if (!s->bytes)
            continue;
        if (q->sent_from + i + PACKET_THRESHOLD <= q->largest_acked ||
            s->at_ps + wait_ps <= now_ps) {
            oldest_ps = oldest_ps < 0 ? s->at_ps : oldest_ps;
            newest_ps = s->at_ps;
            lose(q, s);
        } else if (s->at_ps + wait_ps < q->loss_at_ps) {
            q->loss_at_ps = s->at_ps + wait_ps;
        }
    }
    if (newest_ps < 0)
        return;
    if (newest_ps > q->recovery_ps) { // once a period (§7.3.2)
        q->recovery_ps = now_ps;
        q->counters.recoveries++;
        congestion_lost(&q->congestion, q->congestion.window);
    }
    // §7.6: all that was sent in three probe time-outs is lost. Packets between those lost that had
    // been acknowledged would have made the older ones be found before.
    int64_t long_ps = (q->rtt.rto_ps + q->is.delayed_ack_ps) * PERSISTENT;
    if (q->rtt.sampled && newest_ps - oldest_ps > long_ps) {
        q->congestion.window = 2 * (uint64_t)q->congestion.mss;
        q->congestion.ops->restart(&q->congestion);
        q->recovery_ps = -1;
    }
}

// One packet that the peer has; returns its bytes.
static uint64_t credit(struct quic *q, struct quic_sent *s)
{
    uint64_t bytes = s->bytes;
    ranges_add(&q->crypto.acked, s->crypto.from, s->crypto.to);
    ranges_add(&q->data.acked, s->data.from, s->data.to);
    q->in_flight -= bytes;
    s->bytes = 0;
    s->crypto = s->data = (struct range){0, 0};
    return bytes;
}

static void sample(struct quic *q, const struct quic_sent *newest, int64_t delay_ps, int64_t now_ps)
{
    int64_t rtt_ps = now_ps - newest->at_ps;
    if (delay_ps > q->is.delayed_ack_ps)
        delay_ps = q->is.delayed_ack_ps;
    // §5.3: never below what was seen at best.
    if (q->rtt.sampled && rtt_ps - delay_ps >= q->rtt.least_ps)
        rtt_ps -= delay_ps;
    rtt_sample(&q->rtt, rtt_ps);
}

void quic_acked(struct quic *q, const struct quic_datagram *d, int64_t now_ps)
{
    uint64_t largest = d->ranges[0].to - 1, grown = 0;
    if (largest >= q->number)
        return; // of what was never sent
    const struct quic_sent *newest = sent_at(q, largest);
    if (newest && newest->bytes && (q->largest_acked == UINT64_MAX || largest > q->largest_acked))
        sample(q, newest, d->delay_ps, now_ps);
    if (q->largest_acked == UINT64_MAX || largest > q->largest_acked)
        q->largest_acked = largest;
    bool any = false;
    for (unsigned i = 0; i < d->nranges; i++) {
        uint64_t from = d->ranges[i].from > q->sent_from ? d->ranges[i].from : q->sent_from;
        for (uint64_t n = from; n < d->ranges[i].to; n++) {
            struct quic_sent *s = sent_at(q, n);
            if (!s)
                break;
            int64_t at_ps = s->at_ps;
            uint64_t bytes = credit(q, s);
            any = any || bytes;
            if (at_ps > q->recovery_ps)
                grown += bytes;
        }
    }
    if (grown)
        congestion_acked(&q->congestion, grown, q->limited, now_ps, q->rtt.smoothed_ps);
    if (any)
        q->probe_count = 0;
    if (q->data.acked.n && q->data.acked.v[0].from == 0)
        q->acknowledged = q->data.acked.v[0].to;
    detect(q, now_ps);
    compact(q);
    quic_arm(q, now_ps);
}

// §6.2.4: something that asks for an answer: what is oldest, or a PING.
static void probe(struct quic *q)
{
    q->counters.timeouts++;
    q->probe_count++;
    q->probes = 2;
    for (size_t i = 0; i < q->sent.n; i++) {
        const struct quic_sent *s = &q->sent.v[i];
        if (!s->bytes || (s->crypto.from == s->crypto.to && s->data.from == s->data.to))
            continue;
        ranges_add(&q->crypto.again, s->crypto.from, s->crypto.to);
        ranges_add(&q->data.again, s->data.from, s->data.to);
        return;
    }
}

void quic_loss_timer(struct quic *q, int64_t now_ps)
{
    if (now_ps >= q->loss_at_ps) {
        detect(q, now_ps);
        quic_arm(q, now_ps);
    } else if (now_ps >= q->pto_at_ps) {
        unsigned most = q->established ? q->is.retries : q->is.syn_retries;
        if (q->probe_count >= most) {
            quic_end(q, TCP_END_TIMEOUT);
            return;
        }
        probe(q);
        q->eliciting_ps = now_ps;
        quic_arm(q, now_ps);
    }
}
