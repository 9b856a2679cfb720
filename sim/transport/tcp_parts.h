// SPDX-License-Identifier: GPL-3.0-or-later
// tcp_parts: what the files of tcp.h tell each other. For no one else.
#ifndef ANYSIM_TRANSPORT_TCP_PARTS_H
#define ANYSIM_TRANSPORT_TCP_PARTS_H

#include "transport/tcp.h"

#include "base/units.h"
#include "fwd/headers.h"

#define TCP_DUP_THRESHOLD 3 // RFC 5681, DupThresh of RFC 6675

// The peer's sequence number as an offset, near what is expected.
static inline uint64_t tcp_their_offset(const struct tcp *t, uint32_t seq)
{
    return t->rcv_nxt + (uint64_t)(int64_t)(int32_t)(seq - (t->irs + (uint32_t)t->rcv_nxt));
}

// An acknowledgement number as an offset of ours.
static inline uint64_t tcp_our_offset(const struct tcp *t, uint32_t ack)
{
    return t->una + (uint64_t)(int64_t)(int32_t)(ack - (t->iss + (uint32_t)t->una));
}

// The clock of timestamps: milliseconds (RFC 7323 §5.4), never 0.
static inline uint32_t tcp_stamp(int64_t now_ps)
{
    return (uint32_t)(now_ps / PS_PER_MS) + 1;
}

static inline bool tcp_fin_sent(const struct tcp *t)
{
    return t->closing && t->max > t->data_end;
}

// tcp.c
void tcp_end(struct tcp *t, enum tcp_end why);
// What both SYNs said holds from now on.
void tcp_agree(struct tcp *t, const struct segment *syn);
void tcp_linger(struct tcp *t, int64_t now_ps);

// tcp_receiver.c: payload and FIN of an acceptable segment.
void tcp_receive(struct tcp *t, const struct segment *s, uint64_t at, int64_t now_ps);
// The window to offer; keeps the right edge.
uint64_t tcp_window(struct tcp *t);
// The SACK blocks for the segment that is being made, at most `most`.
void tcp_report_sacks(const struct tcp *t, struct segment *out, unsigned most);

// tcp_sender.c: an acknowledgement; the timer.
void tcp_acked(struct tcp *t, const struct segment *s, uint64_t at, uint64_t ack, int64_t now_ps);
void tcp_timed_out(struct tcp *t, int64_t now_ps);
// Where the next segment with octets starts, and how far it may go. False: none may be sent.
bool tcp_next(struct tcp *t, uint64_t *from, uint64_t *to);

#endif
