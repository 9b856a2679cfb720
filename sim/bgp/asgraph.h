// SPDX-License-Identifier: GPL-3.0-or-later
// asgraph: ASes of one speaker each and the sessions between them, laid out for the direct solver
// (bgp/solver.h).
//
// Each AS has its neighbours in three groups, by the LOCAL_PREF that their routes get from the
// built-in rules (bgp/policy.h): customers, peers, and providers with siblings. Within a group they
// stand in the order in which the decision process breaks ties between paths of one length
// (RFC 4271 §9.1.2.2 f, g): by BGP identifier, by address of the session, by order of
// configuration. So of two such candidates the better one is the one with the lower place.
#ifndef ANYSIM_BGP_ASGRAPH_H
#define ANYSIM_BGP_ASGRAPH_H

#include "base/ip.h"
#include "bgp/options.h"
#include <stddef.h>
#include <stdint.h>

#define BGP_NO_AS UINT32_MAX

struct bgp_aslink { // a session; its number in the caller's array is the order of configuration
    uint32_t a, z;  // ASes
    enum bgp_relation a_sees_z; // CUSTOMER, PEER, PROVIDER or SIBLING
    ip4_addr a_addr, z_addr;
};

struct bgp_asend {   // one side of a session, as the AS that it belongs to sees it
    uint32_t as;     // the neighbour
    uint32_t mirror; // place of the other side
    uint32_t link;
    uint32_t relation; // of the neighbour
};

enum bgp_asgroup { BGP_AS_CUSTOMERS, BGP_AS_PEERS, BGP_AS_UPSTREAMS, BGP_AS_GROUPS };

struct bgp_asgraph {
    uint32_t nases, nsiblings; // links between siblings
    struct bgp_asend *ends;    // of all ASes, two a link; an index is a place
    uint32_t *first; // ends of group g of AS v: [first[v * GROUPS + g], first[v * GROUPS + g + 1])
};

// `ids` are the BGP identifiers of nases speakers, all different.
void bgp_asgraph_init(struct bgp_asgraph *g, const ip4_addr *ids, uint32_t nases,
                      const struct bgp_aslink *links, uint32_t nlinks);
void bgp_asgraph_free(struct bgp_asgraph *g);

static inline uint32_t bgp_asgraph_begin(const struct bgp_asgraph *g, uint32_t as,
                                         enum bgp_asgroup group)
{
    return g->first[as * BGP_AS_GROUPS + group];
}

static inline uint32_t bgp_asgraph_end(const struct bgp_asgraph *g, uint32_t as,
                                       enum bgp_asgroup group)
{
    return g->first[as * BGP_AS_GROUPS + group + 1];
}

enum bgp_asgroup bgp_asgroup_of(enum bgp_relation relation);

#endif
