// SPDX-License-Identifier: GPL-3.0-or-later
// attack: what floods have in common: a botnet's volume over time.
//
// flow_options.weight is how many bots' packets each sampled one stands for at full strength; it
// grows linearly from nothing in `ramp` after `begin`, and falls in the same way before `end`.
#ifndef ANYSIM_TRAFFIC_ATTACK_H
#define ANYSIM_TRAFFIC_ATTACK_H

#include "traffic/server.h"

struct attack { // to be the first member of the kind's client state
    gsl_rng *rng;
};

void attack_start(struct flow *f, int64_t now_ps);
// Wakes the flow for the next packet; gives what a packet of full weight `of` weighs now, 0: nothing
// is to be sent.
uint32_t attack_weight(const struct flow *f, uint32_t of, int64_t now_ps);
void attack_next(struct flow *f, int64_t now_ps);
// Sends p (its weight set) from the bot.
void attack_send(struct flow *f, struct packet *p);
// A source that may be anybody's: unicast, not of a block for special use (RFC 6890), and outside
// 100.64.0.0/10, where client groups without a prefix stand.
ip4_addr attack_anybody(gsl_rng *rng);

#endif
