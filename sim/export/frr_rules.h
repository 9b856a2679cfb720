// SPDX-License-Identifier: GPL-3.0-or-later
// frr_rules: an operator's policies as steps of a route-map.
#ifndef ANYSIM_EXPORT_FRR_RULES_H
#define ANYSIM_EXPORT_FRR_RULES_H

#include "export/fold.h"
#include "export/routemap.h"

struct frr_rules { // of one side of a session, one direction
    struct fold fold;
    struct routemap map;
    FILE *lists; // what the map refers to
    int nlists;
};

// A name for a list of the map: writes "KIND NAME", as `match` wants it, into buf.
const char *frr_rules_list(struct frr_rules *x, const char *kind, char *buf, size_t size);
// MED from the IGP: steps that look at the next hop (export/distance.h). Lists stand apart.
void frr_rules_metric(struct frr_rules *x);
void frr_rules_policies(struct frr_rules *x); // a route that they refuse ends there

#endif
