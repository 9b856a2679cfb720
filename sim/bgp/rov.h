// SPDX-License-Identifier: GPL-3.0-or-later
// rov: origin validation (RFC 6811) against Validated ROA Payloads.
//
// A VRP covers a route whose prefix it contains; it matches when the route is no longer than its
// maximum length and originated by its AS. Valid: one matches; invalid: some cover, none matches;
// not-found: none covers. AS 0 matches nothing (RFC 6483 §4), nor does a path that ends in an
// AS_SET. A binary trie: a look-up takes as many steps as the prefix has bits.
#ifndef ANYSIM_BGP_ROV_H
#define ANYSIM_BGP_ROV_H

#include "base/ip.h"
#include "bgp/attr.h"

struct bgp_vrp {
    struct prefix prefix;
    uint8_t max_length; // at least the prefix's
    uint32_t asn;
};

enum bgp_validity { BGP_ROV_NOT_FOUND, BGP_ROV_VALID, BGP_ROV_INVALID };

struct bgp_rov;

struct bgp_rov *bgp_rov_new(const struct bgp_vrp *vrps, size_t n); // copied
void bgp_rov_free(struct bgp_rov *r);                              // may be NULL
// `r` may be NULL: nothing is covered.
enum bgp_validity bgp_rov_state(const struct bgp_rov *r, struct prefix p, uint32_t origin);
// The AS that a route with these attributes claims to come from; `own` when the path is empty or
// all confederation; 0 when it ends in an AS_SET (RFC 6811 §2).
uint32_t bgp_rov_origin(const struct bgp_draft *d, uint32_t own);

#endif
