// SPDX-License-Identifier: GPL-3.0-or-later
// way: what becomes of the packets of one flow in one direction, as the receiver sees it.
//
//   delay (RFC 7679) and loss (RFC 7680): a packet that arrives later than the threshold is lost, and a
//       lost packet is infinitely late: percentiles count it
//   IPDV (RFC 3393): the delay of a packet minus that of the one sent directly before it, when both
//       arrived; kept without its sign
//   PDV (RFC 5481 §4.2): the delay minus the least delay of the phase. IPDV tells of bursts and paths
//       that change, PDV how large a buffer has to be; they are kept apart
//   jitter (RFC 3550 §6.4.1): J += (|D| − J)/16 over packets in order of arrival
//   reordering (RFC 4737): a packet that arrives after one sent later is reordered; its extent is the
//       number of packets by which it comes late: positions since the first arrival that was sent
//       after it (§4.2). Known as far back as WAY_WINDOW gaps or changes of the order of arrival;
//       what is further counts as so far
//   duplication (RFC 5560): packets of which more than one copy arrived within the threshold (§5.2, the
//       replicated packets), and the copies beyond the first (§5.1). Only first copies count in
//       everything else
//
// Packets are told by their number in the order of sending, from 0 on. A packet belongs to the
// phase in which it was sent, and is compared with others of that phase only, except for its order.
#ifndef ANYSIM_MEASURE_WAY_H
#define ANYSIM_MEASURE_WAY_H

#include "measure/results.h"

#define WAY_WINDOW 256 // packets in a row whose delays are remembered; a power of two

struct way;

struct way *way_new(int64_t threshold_ps);
void way_free(struct way *o);

void way_sent(struct way *o, enum phase phase, uint32_t number);
// `phase`: in which it was sent.
void way_received(struct way *o, enum phase phase, uint32_t number, int64_t delay_ps);

// What the phase came to; the caller frees it with way_result_free.
void way_collect(const struct way *o, enum phase phase, struct way_result *out);
void way_result_init(struct way_result *r);
void way_result_free(struct way_result *r);
// Adds what another flow came to; jitter becomes the mean weighted by packets received.
void way_result_add(struct way_result *into, const struct way_result *from);

#endif
