// SPDX-License-Identifier: GPL-3.0-or-later
// explain: decisions in an operator's words.
#ifndef ANYSIM_BGP_EXPLAIN_H
#define ANYSIM_BGP_EXPLAIN_H

#include "bgp/account.h"
#include <stdio.h>

// One decision: every candidate, and for each loser the step that removed it with the two figures
// compared. bgp_explain() of bgp/bgp.h is this for the RIB as it is.
void bgp_explain_account(const struct bgp_account *a, FILE *out);

// A router's whole table in the form that operators know from "show ip bgp".
// `zero_ps`: the time that its sessions' times are counted from.
void bgp_looking_glass(const struct bgp *b, uint32_t router, int64_t zero_ps, FILE *out);

// "64500 4134", sets in braces, confederation segments in parentheses; "" for an own route.
char *bgp_path_text(const struct bgp_route *r, char *buf, size_t size);

#endif
