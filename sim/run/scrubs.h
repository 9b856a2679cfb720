// SPDX-License-Identifier: GPL-3.0-or-later
// scrubs: the cleaning of services' traffic at POPs, while it runs.
//
// A POP that scrubs a service looks at every packet for the service's prefix that reaches one of its
// routers, before it is routed or put into a tunnel: the access list of the forwarding core
// (fwd/acl.h) drops what rules deny (FWD_DROP_ACL), the limiter (anycast/limiter.h) its share of what
// is over the rate (FWD_DROP_SCRUB). The line into the POP has carried it by then. Answers are not
// looked at, nor are demands, which are users' traffic without packets.
#ifndef ANYSIM_RUN_SCRUBS_H
#define ANYSIM_RUN_SCRUBS_H

#include "run/world.h"
#include "scenario/scrub.h"

struct scrubs;

struct scrubs *scrubs_new(struct world *w); // takes the net's guard
void scrubs_free(struct scrubs *s);
// From now on, at its POPs; what was begun there for the service before ends.
void scrubs_begin(struct scrubs *s, const struct scrub *is);
void scrubs_end(struct scrubs *s, const struct scrub *is);

#endif
