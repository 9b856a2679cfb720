// SPDX-License-Identifier: GPL-3.0-or-later
// anypacket: packets for a node that does everything: sound ones of all kinds, in tunnels or not,
// answers to what the node sent and complaints about it, mutated ones, and noise.
#ifndef ANYSIM_TESTS_FWD_ANYPACKET_H
#define ANYSIM_TESTS_FWD_ANYPACKET_H

#include "everything.h"
#include "fwd/encap.h"

enum { ANYPACKET_SENT = 8, ANYPACKET_BYTES = 2048 };

struct anypacket {
    struct random random;
    const struct everything *node;
    struct tunnel_table towards; // tunnels that end at the node, and others
    struct anypacket_sent {      // what it sent lately
        uint32_t size, length;
        uint8_t bytes[ANYPACKET_BYTES];
    } sent[ANYPACKET_SENT];
    unsigned sent_count;
};

// The node must outlive it, and is only read.
void anypacket_init(struct anypacket *m, const struct everything *e, uint64_t seed);
void anypacket_free(struct anypacket *m);

// Any packet, as large as p->room lets it be.
void anypacket_make(struct anypacket *m, struct packet *p);
// One of these on its own; the first two need a packet that was sent, else they are false.
bool anypacket_answer(struct anypacket *m, struct packet *p);
bool anypacket_complain(struct anypacket *m, struct packet *p);
void anypacket_wrap(struct anypacket *m, struct packet *p, unsigned levels);
// The node sent this: packets to come may answer it or quote it.
void anypacket_remember(struct anypacket *m, const struct packet *p);

// Puts right what the headers say of themselves: lengths, and the checksums of IP, UDP, TCP, ICMP
// and GRE, as far as they are stored, with those of what is in tunnels.
void anypacket_mend(uint8_t *b, uint32_t stored, uint32_t length);

#endif
