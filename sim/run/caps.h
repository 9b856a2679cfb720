// SPDX-License-Identifier: GPL-3.0-or-later
// caps: the bandwidth caps of a scenario's EIPs while it runs (anycast/cap.h): policers at every entry
// for packets that stand for themselves, a say of ours about those that stand for many, limits for
// demands (demand/limit.h), and the exchange of shares.
#ifndef ANYSIM_RUN_CAPS_H
#define ANYSIM_RUN_CAPS_H

#include "run/world.h"

struct caps;

// After the services and their entries are built. Costs nothing when no service has a cap.
struct caps *caps_new(struct world *w);
// Tells w->demands of the limits; after it is there, before its parts.
void caps_limit_demands(struct caps *c);
void caps_free(struct caps *c);

// A new rate, which holds after the cap's `apply`.
void caps_change(struct caps *c, int service, int64_t rate_bps);

void caps_collect(struct caps *c, struct results *r);

#endif
