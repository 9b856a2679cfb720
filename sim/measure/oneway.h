// SPDX-License-Identifier: GPL-3.0-or-later
// oneway: what becomes of the packets of one flow in one direction, as the receiver sees it.
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
//       after it (§4.2.1). Known as far back as ONEWAY_WINDOW gaps or changes of the order of arrival;
//       what is further counts as so far
//   duplication (RFC 5560): packets of which more than one copy arrived, and the copies beyond the
//       first. Only first copies count in everything else
//
// Packets are told by their number in the order of sending, from 0 on. A packet belongs to the
// phase in which it was sent, and is compared with others of that phase only, except for its order.
#ifndef ANYSIM_MEASURE_ONEWAY_H
#define ANYSIM_MEASURE_ONEWAY_H

#include "measure/results.h"

#define ONEWAY_WINDOW 256 // packets in a row whose delays are remembered; a power of two

struct oneway;

struct oneway *oneway_new(int64_t threshold_ps);
void oneway_free(struct oneway *o);

void oneway_sent(struct oneway *o, enum phase phase, uint32_t number);
// `phase`: in which it was sent.
void oneway_received(struct oneway *o, enum phase phase, uint32_t number, int64_t delay_ps);

// What the phase came to; the caller frees it with oneway_result_free.
void oneway_collect(const struct oneway *o, enum phase phase, struct oneway_result *out);
void oneway_result_init(struct oneway_result *r);
void oneway_result_free(struct oneway_result *r);
// Adds what another flow came to; jitter becomes the mean weighted by packets received.
void oneway_result_add(struct oneway_result *into, const struct oneway_result *from);

#endif
