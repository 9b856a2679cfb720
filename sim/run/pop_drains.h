// SPDX-License-Identifier: GPL-3.0-or-later
// pop_drains: POPs on their way out of service and back (anycast/drain.h): what the steps mean in the
// network.
//
//   graceful_shutdown  all services announced there carry GRACEFUL_SHUTDOWN
//   prepend            and a longer AS path
//   withdraw           and are withdrawn, though what still comes is served
//   transit            (before the routers are switched off) sessions are drained, overload bits set
//   empty              nothing comes to entries and servers, nor, before the routers are switched
//                      off, to these
#ifndef ANYSIM_RUN_POP_DRAINS_H
#define ANYSIM_RUN_POP_DRAINS_H

#include "run/world.h"
#include "scenario/pop_drain.h"

struct pop_drains;

struct pop_drains *pop_drains_new(struct world *w);
void pop_drains_free(struct pop_drains *d);

void pop_drains_begin(struct pop_drains *d, const struct pop_drain *what);
void pop_drains_return(struct pop_drains *d, int pop);

#endif
