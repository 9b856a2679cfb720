// SPDX-License-Identifier: GPL-3.0-or-later
// soundness: what must hold of every packet that a node let through, and of what it said about it.
#ifndef ANYSIM_TESTS_FWD_SOUNDNESS_H
#define ANYSIM_TESTS_FWD_SOUNDNESS_H

#include "fwd/fwd.h"

// Whether all that the headers say of themselves is true: lengths, and checksums of IP, UDP, TCP,
// ICMP and GRE, also inside tunnels. Where a fragment begins, or a checksum covers what is not to be
// seen (the last of several segments), nothing is asked.
bool soundness_of_packet(const struct packet *p);

// What is wrong with a packet and its verdict, or NULL. `was_sound`: it was, when it came in.
const char *soundness_of_verdict(const struct packet *p, const struct fwd_result *r,
                                 bool was_sound);

// What is different about two packets and their verdicts that should be alike, or NULL.
const char *soundness_same(const struct packet *p, const struct fwd_result *r,
                           const struct packet *q, const struct fwd_result *s);

// What is wrong with a node's counters, or NULL.
const char *soundness_of_counters(const struct fwd_node *n);

#endif
