// SPDX-License-Identifier: GPL-3.0-or-later
// account: the decision for one prefix at one speaker as data: every candidate, and for each loser
// the step that removed it with the two figures compared. What explanations print.
//
// Nothing is kept while the simulation runs: an account is worked out from the RIB when it is asked
// for, by the same steps that decided. It is good until the next event.
#ifndef ANYSIM_BGP_ACCOUNT_H
#define ANYSIM_BGP_ACCOUNT_H

#include "bgp/bgp.h"
#include "bgp/route.h"

#define BGP_FIGURE_TEXT 48

enum bgp_fate {
    BGP_FATE_BEST,
    BGP_FATE_UNREACHABLE, // not considered: no way to the next hop
    BGP_FATE_STEP,        // lost at a step
    BGP_FATE_EQUAL,       // equal in every step, and configured later
    BGP_FATE_ORDER        // would win against the best, but they never met: order of arrival
};
extern const char *const bgp_fate_names[]; // "best", "unreachable", "step", "equal", "order"

struct bgp_candidate {
    const struct bgp_route *route;
    const char *from;               // name of the speaker that told it; "itself"
    ip4_addr from_id, from_address; // its identifier, its address on the session; 0 when own
    const char *next_hop_name;      // whose address the next hop is; NULL: own
    enum bgp_fate fate;
    bool shares; // multipath: carries traffic beside the best
    // Of BGP_FATE_STEP: its number and name, the figures of this candidate and of the better one.
    int step;
    const char *step_name;
    char lost[BGP_FIGURE_TEXT], won[BGP_FIGURE_TEXT];
    bool words;       // the figures are words
    bool higher_wins; // of the figures
};

struct bgp_account {
    const char *router;
    struct prefix prefix;
    uint32_t n;              // candidates
    struct bgp_candidate *v; // the best first, the others in order of configuration
    bool depends_on_order;   // compared two by two: in another order another would be best
};

void bgp_account_make(const struct bgp *b, uint32_t router, struct prefix p,
                      struct bgp_account *out);
void bgp_account_free(struct bgp_account *a);

// Calls `visit` for every prefix that the speaker holds a candidate of, ascending.
void bgp_account_all(const struct bgp *b, uint32_t router,
                     void (*visit)(void *ctx, const struct bgp_account *a), void *ctx);

#endif
