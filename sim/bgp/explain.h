// SPDX-License-Identifier: GPL-3.0-or-later
// explain: the decision for one prefix at one speaker in an operator's words: every candidate, and
// for each loser the step that removed it with the two figures compared.
#ifndef ANYSIM_BGP_EXPLAIN_H
#define ANYSIM_BGP_EXPLAIN_H

#include "bgp/speaker.h"
#include <stdio.h>

void bgp_explain_entry(const struct bgp_speaker *s, struct prefix p,
                       const struct bgp_rib_entry *entry, FILE *out); // entry may be NULL

#endif
