// SPDX-License-Identifier: GPL-3.0-or-later
// field: hand-made candidates for the decision process.
#ifndef ANYSIM_TESTS_BGP_FIELD_H
#define ANYSIM_TESTS_BGP_FIELD_H

#include "bgp/decide.h"
#include "bgp/speaker.h"

struct candidate { // what the steps look at
    uint32_t local_pref, path[4], npath, med;
    bool has_med; // implied by a MED that is not 0
    enum bgp_origin origin;
    bool ibgp, local, best;
    bool member; // ibgp, and from another member of the confederation
    uint32_t weight, metric, originator, nclusters;
    uint64_t aigp; // 0: none
    ip4_addr next_hop, peer_id, peer_addr;
    int64_t since_ps;
};

enum { FIELD = 8 };

struct field { // candidates made into routes; must not move
    struct bgp_attrs attrs;
    struct bgp_speaker speakers[FIELD];
    struct bgp_peer sides[FIELD], remotes[FIELD];
    struct bgp_route routes[FIELD];
    uint32_t n;
};

void field_init(struct field *f);
void field_add(struct field *f, const struct candidate *c);
void field_free(struct field *f);

#endif
