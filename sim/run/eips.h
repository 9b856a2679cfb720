// SPDX-License-Identifier: GPL-3.0-or-later
// eips: the lives of a scenario's EIPs while it runs: what the timeline does to them, what time does,
// and what the forwarding cores are told of it (anycast/eip.h). Every accelerated service has one; one
// that nothing happens to costs nothing.
#ifndef ANYSIM_RUN_EIPS_H
#define ANYSIM_RUN_EIPS_H

#include "run/world.h"
#include "scenario/service_life.h"

struct eips;

// After the services are built: makes the gateways of all backends that the timeline will name, and
// brings each EIP to its first state.
struct eips *eips_new(struct world *w);
void eips_free(struct eips *e);

// How many translations a node that takes services in must have room for, in a city of a network: 0
// unless an EIP is bound to a NAT there at some time.
uint32_t eips_translations(const struct scenario *s, int network, int city);

void eips_act(struct eips *e, const struct life_event *x);
// A block that lasts is over, unless the EIP has been unblocked before.
void eips_unblock(struct eips *e, int service);

void eips_collect(struct eips *e, struct results *r);

#endif
