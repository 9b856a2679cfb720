// SPDX-License-Identifier: GPL-3.0-or-later
// bird_derived: what BIRD 2 has no word for, made of its tables and pipes: aggregates
// (bgp/aggregate.h), announcements on a condition (bgp/conditional.h), the best external path.
//
// A static route may be recursive: its next hop is looked up in another table, and it becomes
// unreachable, a blackhole or prohibited as what is found there. So a table that pipes fill from
// master4 with such routes tells static routes what master4 holds:
//
//   aggregates   One static route for every part that may come; it is published while the part is
//                there, the one whose part may be told to the fewest before the others.
//   conditions   A static route to the prefix, published while the condition does not hold, into
//                the tables of the eBGP sessions, which copy master4. There it is preferred to all
//                others, and refused on the way out.
//   best external  An iBGP session has a table of its own, where what came from outside is preferred
//                to what the neighbour told.
#ifndef ANYSIM_EXPORT_BIRD_DERIVED_H
#define ANYSIM_EXPORT_BIRD_DERIVED_H

#include "export/plan.h"
#include <stdio.h>

// Tables, statics and pipes of a router.
void bird_derived(const struct plan *p, const struct plan_router *r, FILE *f);
// In a filter towards eBGP: what summaries hide, or conditions hold back, ends there.
void bird_derived_refuse(const struct plan_router *r, FILE *f);

// Has the session a table of its own, "table_NAME"? bird_derived_session writes it.
bool bird_derived_is_apart(const struct plan_router *r, const struct plan_session *s);
void bird_derived_session(const struct plan_router *r, const struct plan_session *s,
                          const char *name, FILE *f);

#endif
