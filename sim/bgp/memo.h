// SPDX-License-Identifier: GPL-3.0-or-later
// memo: the last decision, for prefixes that stand in a row with the same candidates.
//
// A neighbour that moves to another exit tells so of all prefixes at once, and a router that loses
// one decides on all of them: the same attributes from the same peers again and again. The outcome
// of the decision process depends on nothing but the candidates (bgp/decide.h), so it is worked out
// for the first prefix of the row alone.
//
// One scratch object serves a whole struct bgp. It holds no references: what it knows ends when any
// attributes do, as their memory may come back as others.
#ifndef ANYSIM_BGP_MEMO_H
#define ANYSIM_BGP_MEMO_H

#include "base/vec.h"
#include "bgp/multipath.h"
#include "bgp/rib.h"

struct bgp_memo { // zero-initialise; bgp_memo_free releases
    const struct bgp_decision *decision;
    VEC(struct bgp_route) candidates; // as they were
    uint64_t erased;                  // attributes that had ended by then
    int arrived;
    uint16_t former; // index of the best path until then
    bool idle;
    int best; // the outcome
    uint32_t nothers, others[BGP_MAX_PATHS - 1];
};

// Is the outcome for these candidates known? `idle` and `arrived` as for bgp_decide_newcomer.
bool bgp_memo_knows(const struct bgp_memo *m, const struct bgp_attrs *attrs,
                    const struct bgp_decision *d, const struct bgp_rib_entry *e, bool idle,
                    int arrived);
// To be called before the outcome is written into `e`.
void bgp_memo_keep(struct bgp_memo *m, const struct bgp_attrs *attrs, const struct bgp_decision *d,
                   const struct bgp_rib_entry *e, bool idle, int arrived);
void bgp_memo_forget(struct bgp_memo *m); // the decision process has changed
void bgp_memo_free(struct bgp_memo *m);

#endif
