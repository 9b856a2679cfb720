// SPDX-License-Identifier: GPL-3.0-or-later
// quic_parts: what the files of quic.h tell each other. For no one else.
#ifndef ANYSIM_TRANSPORT_QUIC_PARTS_H
#define ANYSIM_TRANSPORT_QUIC_PARTS_H

#include "transport/quic.h"

#include "base/units.h"

#define QUIC_HELLO_OCTETS    300  // of CRYPTO from the client,
#define QUIC_ANSWER_OCTETS   3000 // from the server, certificates included,
#define QUIC_FINISHED_OCTETS 60   // and from the client again

void quic_end(struct quic *q, enum tcp_end why);

// quic_loss.c: an ACK frame; the timers.
void quic_acked(struct quic *q, const struct quic_datagram *d, int64_t now_ps);
void quic_loss_timer(struct quic *q, int64_t now_ps);
// A packet was sent: into the account.
void quic_account(struct quic *q, const struct quic_datagram *d, int64_t now_ps);
void quic_arm(struct quic *q, int64_t now_ps);

#endif
