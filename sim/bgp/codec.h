// SPDX-License-Identifier: GPL-3.0-or-later
// codec: UPDATE messages as octets (RFC 4271 §4.3), both ways: IPv4 in the classic fields, IPv6 in
// MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760, 2545), 4-octet ASes (RFC 6793), ADD-PATH (RFC 7911),
// communities (RFC 1997, 4360, 8092), reflection (RFC 4456), AIGP (RFC 7311), OTC (RFC 9234).
// The other messages are in bgp/codec_message.h.
//
// The speakers of a simulation exchange interned structures and need no octets; these are for
// what leaves and enters the program: MRT files, tests against other implementations.
//
// Errors are treated as RFC 7606 says. A decoded UPDATE tells the strongest treatment that any
// of its attributes asks for, and why.
#ifndef ANYSIM_BGP_CODEC_H
#define ANYSIM_BGP_CODEC_H

#include "base/ip6.h"
#include "base/octets.h"
#include "base/vec.h"
#include "bgp/attr.h"
#include "bgp/message.h"

#define BGP_HEADER_OCTETS 19u
#define BGP_AS_TRANS      23456u // RFC 6793 §9

enum bgp_attribute_type {
    BGP_ATTR_ORIGIN = 1,
    BGP_ATTR_AS_PATH = 2,
    BGP_ATTR_NEXT_HOP = 3,
    BGP_ATTR_MED = 4,
    BGP_ATTR_LOCAL_PREF = 5,
    BGP_ATTR_ATOMIC_AGGREGATE = 6,
    BGP_ATTR_AGGREGATOR = 7,
    BGP_ATTR_COMMUNITIES = 8,
    BGP_ATTR_ORIGINATOR_ID = 9,
    BGP_ATTR_CLUSTER_LIST = 10,
    BGP_ATTR_MP_REACH = 14,
    BGP_ATTR_MP_UNREACH = 15,
    BGP_ATTR_EXTENDED = 16,
    BGP_ATTR_AS4_PATH = 17,
    BGP_ATTR_AS4_AGGREGATOR = 18,
    BGP_ATTR_AIGP = 26,
    BGP_ATTR_LARGE = 32,
    BGP_ATTR_OTC = 35
};

enum bgp_afi { BGP_AFI_IP4 = 1, BGP_AFI_IP6 = 2 }; // SAFI is 1, unicast

// What the two ends agreed on in their OPENs, and what kind of session it is.
struct bgp_codec {
    bool ibgp;          // or within one confederation: LOCAL_PREF and reflection are in place
    bool four_octet_as; // RFC 6793
    bool add_path4, add_path6;
    bool extended_messages;
};

struct bgp_nlri {
    struct prefix6 prefix; // of either family (base/ip6.h)
    uint32_t path_id;      // with ADD-PATH, else 0
};

static inline bool bgp_nlri_is_ip4(const struct bgp_nlri *n)
{
    return ip6_is_ip4(n->prefix.addr) && n->prefix.len >= IP6_MAPPED_BITS;
}

enum bgp_treatment { // RFC 7606 §2, the weaker first
    BGP_TREAT_NORMAL,
    BGP_TREAT_DISCARD,     // the attribute was ignored, the rest counts
    BGP_TREAT_AS_WITHDRAW, // the announced prefixes are withdrawn
    BGP_TREAT_RESET        // NOTIFICATION, and the session ends
};

struct bgp_fault { // the worst that was found
    enum bgp_treatment treatment;
    uint8_t code, subcode; // of the NOTIFICATION if it came to that (RFC 4271 §4.5)
    uint8_t attribute;     // enum bgp_attribute_type, or of an unknown one; 0: none
    const char *why;       // static text
};

struct bgp_update { // zero-initialise; reusable; bgp_update_free releases
    VEC(struct bgp_nlri) withdrawn;
    VEC(struct bgp_nlri) announced;
    struct bgp_draft draft;        // attributes; the next hop of IPv4 is in it
    struct ip6_addr next_hop6;     // of the announced IPv6 prefixes
    struct ip6_addr next_hop_link; // link-local one beside it (RFC 2545 §3); zero: none
    VEC(uint8_t)
    unknown;                 // optional transitive attributes that we do not know, as octets with
                             // the partial bit set, as they are to be passed on (RFC 4271 §5)
    enum bgp_afi end_of_rib; // RFC 4724 §2; 0: it is no End-of-RIB marker
    struct bgp_fault fault;
};

void bgp_update_clear(struct bgp_update *u);
void bgp_update_free(struct bgp_update *u);

// Decodes a whole message, header included, into *out (cleared first). False when it asks for the
// session's end: out->fault says how, and nothing else of *out counts. Treated as a withdrawal, the
// prefixes announced have been moved to the withdrawn.
bool bgp_update_decode(const struct bgp_codec *c, const void *message, size_t octets,
                       struct bgp_update *out);

// Encodes into `buffer` (BGP_EXTENDED_OCTETS is always enough); returns the octets, or 0 when
// it is longer than the session allows. Ignores fault. Attributes go in order of type, but
// MP_REACH_NLRI first (RFC 7606 §5.1).
size_t bgp_update_encode(const struct bgp_codec *c, const struct bgp_update *u, void *buffer,
                         size_t size);

// The path attributes alone, as MRT's TABLE_DUMP_V2 holds them (RFC 6396 §4.3.4: 4-octet ASes always;
// of MP_REACH_NLRI only the next hop). `ip6`: the next hop is next_hop6.
void bgp_attributes_write(const struct bgp_update *u, bool ibgp, bool ip6, struct octets_out *out);
bool bgp_attributes_read(const void *octets, size_t n, struct bgp_update *out);

// One prefix, as NLRI has it; false when malformed (RFC 4271 §4.3: length in bits, then octets).
bool bgp_nlri_read(struct octets_in *in, enum bgp_afi afi, bool add_path, struct bgp_nlri *out);
void bgp_nlri_write(struct octets_out *out, bool add_path, const struct bgp_nlri *n);

#endif
