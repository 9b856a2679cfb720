// SPDX-License-Identifier: GPL-3.0-or-later
// icmp: the errors that a router sends and the echoes that it answers (RFC 792, RFC 1812 §4.3).
#ifndef ANYSIM_FWD_ICMP_H
#define ANYSIM_FWD_ICMP_H

#include "fwd/fwd.h"
#include "fwd/headers.h"

// Rate limit of RFC 1812 §4.3.2.8: a token bucket in whole picoseconds of credit, so that it
// neither drifts nor rounds.
#define ICMP_TOKEN_PS INT64_C(1000000000) // one error costs a millisecond: 1000 a second
#define ICMP_BURST    50

struct icmp_bucket {
    int64_t credit_ps, filled_ps;
};

void icmp_bucket_init(struct icmp_bucket *b); // full
bool icmp_bucket_take(struct icmp_bucket *b, int64_t now_ps);

// Which error a drop calls for; type 0 for none.
void icmp_error_for(enum fwd_drop reason, uint8_t *type, uint8_t *code);

// Whether the datagram at `h` (validated) may have an error sent about it (RFC 1812 §4.3.2.7): not
// an ICMP error itself, a later fragment, to a group, or from what is no single host.
bool icmp_may_report(const uint8_t *h, size_t stored);

struct icmp_error {
    ip4_addr src;
    uint8_t type, code;
    uint16_t mtu; // of type 3 code 4, else 0
};
// Writes the error about a datagram of `length` bytes, of which `stored` are there: as much of it
// is quoted as fits in 576 bytes (RFC 1812 §4.3.2.3) and in the packet.
void icmp_build_error(struct packet *out, const struct icmp_error *e, const uint8_t *about,
                      size_t stored, uint32_t length);

// The datagram that an ICMP error quotes, when its header and 8 bytes are stored, else NULL;
// `*quoted` is how many bytes there are.
const uint8_t *icmp_quote(const uint8_t *h, size_t stored, size_t *quoted);

// An echo request that may be answered; false also for fragments and for senders that are no host.
bool icmp_is_echo(const struct packet *p);
bool icmp_echo_intact(const struct packet *p); // its checksum is right
// Turns an echo request into the reply to it, in place.
void icmp_turn_echo(struct packet *p);

#endif
