// SPDX-License-Identifier: GPL-3.0-or-later
// lfa: loop-free alternates of one router (RFC 5286, basic specification of IP fast reroute).
//
// S is the router, E the neighbour over the link that failed, D the target, N another neighbour; d
// is the distance of the shortest path. N may stand in for E when
//   d(N, D) < d(N, S) + d(S, D)     inequality 1, §3.1: N does not send it back; always asked for
//   d(N, D) < d(S, D)               inequality 2, §3.1: downstream; where asked for
//   d(N, D) < d(N, E) + d(E, D)     inequality 3, §3.2: N's way avoids E as well; preferred where
//                                   nodes are to be protected, of no meaning when D is E
// its link shares no risk with the failed one (links farther away that do are not looked at), and N is not overloaded unless it is D (§3.5). An
// equal-cost next hop meets the first (§3.4). Inequality 4 is about broadcast links: all links here
// join two routers. Of several, the lowest d(S, N) + d(N, D) wins, then the lowest link (§3.6 leaves
// that to us).
#ifndef ANYSIM_IGP_LFA_H
#define ANYSIM_IGP_LFA_H

#include "igp/graph.h"
#include "igp/spf.h"

struct lfa_neighbour {
    uint32_t half;           // of the link to it, its sending end
    uint32_t metric;         // of that link
    struct spf_routes *from; // its own paths
};

struct lfa {
    const struct igp_graph *graph;
    const struct lsdb *db;
    uint32_t root;
    struct spf_routes *own;
    VEC(struct lfa_neighbour) neighbours; // ascending by link; parallel links share `from`
};

// The paths of `root` and all its neighbours. `heap` as for spf_run. All three outlive it.
void lfa_init(struct lfa *l, const struct igp_graph *graph, const struct lsdb *db, uint32_t root,
              struct heap *heap);
void lfa_free(struct lfa *l);

struct lfa_options {
    bool node;       // prefer alternates that avoid the neighbour, too
    bool downstream; // ask for inequality 2
};

struct lfa_choice {
    uint32_t half; // where to send instead
    bool node;     // it avoids the neighbour
};

// The alternate for `target` when link `slot` fails; false: there is none.
bool lfa_find(const struct lfa *l, const struct lfa_options *o, uint32_t slot, uint32_t target,
              struct lfa_choice *out);

#endif
