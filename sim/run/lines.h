// SPDX-License-Identifier: GPL-3.0-or-later
// lines: queue disciplines, impairments and flaps of a scenario on the links of its world.
#ifndef ANYSIM_RUN_LINES_H
#define ANYSIM_RUN_LINES_H

#include "run/world.h"

// Fills in what a link has besides rate, delay and load; `n`: the network that it belongs to, whose
// queue and MTU it has unless it has its own; or NULL. `ends`: its cities, a and b. `parallel`: links
// that share the capacity.
void lines_options(struct world *w, const struct line_traits *t, const struct network *n,
                   const struct city *const ends[2], int parallel, struct net_link_options *o);

// The world's links flap from the beginning of the run where their impairments say so.
struct lines *lines_new(struct world *w);
void lines_free(struct lines *l);

// What the direction (a→b, or `back`) of a link does from now on; NULL: as its topology has it. An
// impairment that flaps replaces the way in which the link has flapped, one that does not ends it.
void lines_impair(struct lines *l, uint32_t link, bool back, const struct impairment *i);
// The same for having none, whatever the topology says.
void lines_clear(struct lines *l, uint32_t link, bool back);

#endif
