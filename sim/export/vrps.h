// SPDX-License-Identifier: GPL-3.0-or-later
// vrps: origin validation (RFC 6811) in daemons that no RTR cache feeds.
//
// BIRD gets the VRPs as a table of static routes. FRR, which takes VRPs from a cache only, gets them as
// prefix-lists and AS-path lists: a route is valid when the two lists of one AS match, else
// invalid when it lies inside any VRP, else not found.
#ifndef ANYSIM_EXPORT_VRPS_H
#define ANYSIM_EXPORT_VRPS_H

#include "export/frr_rules.h"

// Does anything at this router look at where routes may come from?
bool vrps_matter(const struct plan_router *r);

// The table, and `validity()`, which filters call. Nothing where they do not matter.
void bird_vrps(const struct plan *p, const struct plan_router *r, FILE *f);

// Lists that all route-maps of the router share. Nothing where they do not matter.
void frr_vrps(const struct plan *p, const struct plan_router *r, FILE *f);
// Goes on at a label by the route's state, an enum policy_rov.
void frr_vrps_branch(struct frr_rules *x, const int labels[POLICY_ROVS]);
// Ends invalid routes there.
void frr_vrps_drop_invalid(struct frr_rules *x);

#endif
