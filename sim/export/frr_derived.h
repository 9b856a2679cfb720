// SPDX-License-Identifier: GPL-3.0-or-later
// frr_derived: what an FRR router announces because of other routes: aggregates (bgp/aggregate.h) and
// prefixes on a condition (bgp/conditional.h).
//
// FRR's `summary-only` would hide the more specific routes from iBGP, too, so route-maps towards
// eBGP refuse them instead. FRR makes an aggregate from all paths it holds, not from the best ones,
// and keeps no tag of theirs: one that is made from other networks' prefixes is refused.
#ifndef ANYSIM_EXPORT_FRR_DERIVED_H
#define ANYSIM_EXPORT_FRR_DERIVED_H

#include "export/frr_rules.h"

// Lists and maps that the others refer to.
void frr_derived_lists(const struct plan *p, const struct plan_router *r, FILE *f);
void frr_derived_timer(const struct plan_router *r, FILE *f);      // under `router bgp`
void frr_derived_aggregates(const struct plan_router *r, FILE *f); // in the address family
// FRR asks the advertise-map instead of the one that is for all routes, so it holds the same steps
// behind the first one, which frr_derived_conditional writes.
void frr_derived_neighbour(const struct plan_router *r, const struct plan_session *s, FILE *f);
bool frr_derived_has_map(const struct plan_router *r, const struct plan_session *s);
void frr_derived_conditional(struct frr_rules *x);
// In a route-map towards eBGP: what summaries hide ends there.
void frr_derived_hide(struct frr_rules *x);

#endif
