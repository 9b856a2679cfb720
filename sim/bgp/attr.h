// SPDX-License-Identifier: GPL-3.0-or-later
// attr: path attributes of BGP routes (RFC 4271 §5, RFC 1997, RFC 4456), interned.
//
// Equal attributes are one object (hash-consed), so that comparing two sets is comparing two
// pointers, and a thousand prefixes of one origin share one object. Interned attributes never
// change: to make others, load them into a draft, edit it and intern it.
//
// Ownership: counted references. bgp_attr_intern gives one to the caller, bgp_attr_get another;
// bgp_attr_put gives one back, the last one frees.
#ifndef ANYSIM_BGP_ATTR_H
#define ANYSIM_BGP_ATTR_H

#include "base/ip.h"
#include "base/vec.h"
#include <stdbool.h>
#include <stdint.h>

enum bgp_origin { BGP_ORIGIN_IGP, BGP_ORIGIN_EGP, BGP_ORIGIN_INCOMPLETE };

// By which kind of neighbour the AS learnt the route. Operators carry this in communities of their
// own; here it is a tag that travels over iBGP and is cleared at eBGP.
enum bgp_learnt { BGP_LEARNT_OWN, BGP_LEARNT_CUSTOMER, BGP_LEARNT_PEER, BGP_LEARNT_PROVIDER };

#define BGP_COMMUNITY(asn, value) (((uint32_t)(asn) << 16) | (uint32_t)(value))
#define BGP_GRACEFUL_SHUTDOWN     BGP_COMMUNITY(65535, 0) // RFC 8326
#define BGP_LLGR_STALE            BGP_COMMUNITY(65535, 6) // RFC 9494 §4.6
#define BGP_NO_LLGR               BGP_COMMUNITY(65535, 7)
#define BGP_NO_EXPORT             BGP_COMMUNITY(65535, 0xff01) // RFC 1997
#define BGP_NO_ADVERTISE          BGP_COMMUNITY(65535, 0xff02)
#define BGP_NO_EXPORT_SUBCONFED   BGP_COMMUNITY(65535, 0xff03)
#define BGP_BLACKHOLE             BGP_COMMUNITY(65535, 666) // RFC 7999

struct bgp_attr_fields { // hashed as bytes: no padding
    uint64_t aigp;       // accumulated IGP metric (RFC 7311 §3); valid with has_aigp
    ip4_addr next_hop;
    uint32_t local_pref;    // 0 on eBGP, where it is not sent
    uint32_t med;           // 0 when absent, the lowest (RFC 4271 §9.1.2.2 c)
    ip4_addr originator_id; // 0: none
    uint32_t otc;           // Only to Customer (RFC 9234 §5): who attached it; 0: absent
    uint32_t aggregator_as; // AGGREGATOR (RFC 4271 §5.1.7); 0: absent
    ip4_addr aggregator;
    uint32_t weight; // this router's own preference; never leaves it
    uint8_t origin;  // enum bgp_origin
    uint8_t learnt;  // enum bgp_learnt
    uint8_t has_med, has_aigp;
    uint8_t atomic;  // ATOMIC_AGGREGATE (RFC 4271 §5.1.6)
    uint8_t discard; // its traffic is to be dropped (RFC 7999); within the AS only
    uint8_t zero[2];
};

// AS_PATH is the ASes in order, nearest first, in one array whatever segments they stand in. A path
// of one AS_SEQUENCE, as nearly all are, has no segments; any other lists how the ASes are
// divided up.
enum bgp_segment_type { // RFC 4271 §4.3 b, RFC 5065 §3
    BGP_AS_SET = 1,
    BGP_AS_SEQUENCE = 2,
    BGP_AS_CONFED_SEQUENCE = 3,
    BGP_AS_CONFED_SET = 4
};

#define BGP_SEGMENT(type, n)      ((uint32_t)(type) << 16 | (uint32_t)(n))
#define BGP_SEGMENT_TYPE(segment) ((enum bgp_segment_type)((segment) >> 16))
#define BGP_SEGMENT_ASES(segment) ((segment)&0xffffu)

#define BGP_LARGE_WORDS    3 // a large community (RFC 8092): global, local 1, local 2
#define BGP_EXTENDED_WORDS 2 // an extended one (RFC 4360): its eight octets, high word first

struct bgp_attr {
    uint32_t refs, hash; // private
    struct bgp_attr_fields f;
    uint16_t npath, nsegments, ncommunities, nextended, nlarge, nclusters; // communities, not words
    uint16_t path_length; // as the decision counts: a set is 1, confederation segments are 0
    uint32_t words[];     // ASes, segments, communities, extended and large ones, CLUSTER_LIST
};

struct bgp_draft { // attributes under construction; zero-initialised, reusable
    struct bgp_attr_fields f;
    VEC(uint32_t) path;
    VEC(uint32_t) segments;    // none: one AS_SEQUENCE
    VEC(uint32_t) communities; // ascending, none twice
    VEC(uint32_t) extended;    // words; ascending by community, none twice; so are the large ones
    VEC(uint32_t) large;
    VEC(uint32_t) clusters;
};

struct bgp_attr_slot { // hash beside the pointer: what differs is not touched
    struct bgp_attr *attr;
    uint32_t hash;
};

struct bgp_attrs {               // all attributes of one struct bgp
    struct bgp_attr_slot *slots; // open addressing
    uint32_t nslots;             // power of two
    uint32_t n;
    uint64_t erased; // so many have ended, whose memory may have come back as others
};

void bgp_attrs_init(struct bgp_attrs *t);
size_t bgp_attrs_bytes(const struct bgp_attrs *t); // of memory, with all attributes
void bgp_attrs_free(struct bgp_attrs *t);          // all references must have been given back

const struct bgp_attr *bgp_attr_intern(struct bgp_attrs *t, const struct bgp_draft *d);
const struct bgp_attr *bgp_attr_get(const struct bgp_attr *a);
void bgp_attr_put(struct bgp_attrs *t, const struct bgp_attr *a);

static inline const uint32_t *bgp_attr_path(const struct bgp_attr *a)
{
    return a->words;
}

static inline const uint32_t *bgp_attr_segments(const struct bgp_attr *a)
{
    return a->words + a->npath;
}

static inline const uint32_t *bgp_attr_communities(const struct bgp_attr *a)
{
    return bgp_attr_segments(a) + a->nsegments;
}

static inline const uint32_t *bgp_attr_extended(const struct bgp_attr *a)
{
    return bgp_attr_communities(a) + a->ncommunities;
}

static inline const uint32_t *bgp_attr_large(const struct bgp_attr *a)
{
    return bgp_attr_extended(a) + BGP_EXTENDED_WORDS * a->nextended;
}

static inline const uint32_t *bgp_attr_clusters(const struct bgp_attr *a)
{
    return bgp_attr_large(a) + BGP_LARGE_WORDS * a->nlarge;
}

bool bgp_attr_has_as(const struct bgp_attr *a, uint32_t asn);
bool bgp_attr_has_community(const struct bgp_attr *a, uint32_t community);
bool bgp_attr_has_cluster(const struct bgp_attr *a, uint32_t cluster_id);

// Octets that the attributes take in an UPDATE message with 4-octet AS numbers (RFC 6793).
uint32_t bgp_attr_wire_octets(const struct bgp_attr *a);

void bgp_draft_free(struct bgp_draft *d);
void bgp_draft_clear(struct bgp_draft *d);
void bgp_draft_load(struct bgp_draft *d, const struct bgp_attr *a);
// Puts an AS in front: into the AS_SEQUENCE there, or into a new one.
void bgp_draft_prepend(struct bgp_draft *d, uint32_t asn);
// The same into a confederation's AS_CONFED_SEQUENCE (RFC 5065 §4); and away with all of those (§4.1).
void bgp_draft_prepend_confed(struct bgp_draft *d, uint32_t asn);
void bgp_draft_strip_confed(struct bgp_draft *d);
void bgp_draft_prepend_cluster(struct bgp_draft *d, uint32_t cluster_id);
void bgp_draft_add_community(struct bgp_draft *d, uint32_t community);
void bgp_draft_remove_community(struct bgp_draft *d, uint32_t community);
bool bgp_draft_has_community(const struct bgp_draft *d, uint32_t community);
void bgp_draft_add_large(struct bgp_draft *d, const uint32_t large[BGP_LARGE_WORDS]);
void bgp_draft_remove_large(struct bgp_draft *d, const uint32_t large[BGP_LARGE_WORDS]);
bool bgp_draft_has_large(const struct bgp_draft *d, const uint32_t large[BGP_LARGE_WORDS]);
void bgp_draft_add_extended(struct bgp_draft *d, uint64_t extended);
void bgp_draft_remove_extended(struct bgp_draft *d, uint64_t extended);
bool bgp_draft_has_extended(const struct bgp_draft *d, uint64_t extended);
// As the decision counts: a set is 1, segments of a confederation are 0 (RFC 4271 §9.1.2.2 a, RFC 5065
// §5.3).
size_t bgp_draft_path_length(const struct bgp_draft *d);
void bgp_draft_set_med(struct bgp_draft *d, uint32_t med);

#endif
