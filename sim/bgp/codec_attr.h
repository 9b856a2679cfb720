// SPDX-License-Identifier: GPL-3.0-or-later
// codec_attr: path attributes as octets, for codec_update.c.
#ifndef ANYSIM_BGP_CODEC_ATTR_H
#define ANYSIM_BGP_CODEC_ATTR_H

#include "bgp/codec.h"

#define BGP_FLAG_OPTIONAL   0x80u // RFC 4271 §4.3
#define BGP_FLAG_TRANSITIVE 0x40u
#define BGP_FLAG_PARTIAL    0x20u
#define BGP_FLAG_EXTENDED   0x10u

enum { BGP_UPDATE_ERROR = 3 }; // NOTIFICATION code, and its subcodes (RFC 4271 §6.3)
enum bgp_update_subcode {
    BGP_UPDATE_MALFORMED_LIST = 1,
    BGP_UPDATE_UNRECOGNIZED_WELL_KNOWN = 2,
    BGP_UPDATE_MISSING_WELL_KNOWN = 3,
    BGP_UPDATE_FLAGS = 4,
    BGP_UPDATE_LENGTH = 5,
    BGP_UPDATE_ORIGIN = 6,
    BGP_UPDATE_NEXT_HOP = 8,
    BGP_UPDATE_OPTIONAL = 9,
    BGP_UPDATE_NETWORK = 10,
    BGP_UPDATE_AS_PATH = 11
};

// What the attributes of one message have said so far.
struct bgp_attr_reader {
    const struct bgp_codec *codec;
    struct bgp_update *out;
    uint64_t seen[4];          // by type
    struct octets_in as4_path; // for the end, when AS_PATH is known
    uint64_t as4_aggregator;   // AS and address; 0: none
    bool table;                // as in TABLE_DUMP_V2
};

// Notes a fault unless a worse one, or as bad a one before it, is noted.
void bgp_fault_note(struct bgp_update *u, enum bgp_treatment treatment,
                    enum bgp_update_subcode subcode, uint8_t attribute, const char *why);

// Reads all attributes of `in` and joins what belongs together.
void bgp_attr_read_all(struct bgp_attr_reader *r, struct octets_in *in);
bool bgp_attr_seen(const struct bgp_attr_reader *r, uint8_t type);

// MP_REACH_NLRI and MP_UNREACH_NLRI (codec_mp.c).
void bgp_mp_reach_read(struct bgp_attr_reader *r, struct octets_in *in);
void bgp_mp_unreach_read(struct bgp_attr_reader *r, struct octets_in *in);
void bgp_mp_reach_write(const struct bgp_codec *c, const struct bgp_update *u, bool table,
                        struct octets_out *out);
void bgp_mp_unreach_write(const struct bgp_codec *c, const struct bgp_update *u,
                          struct octets_out *out);

// An attribute's flags, type and a length of two octets if `extended`; returns the length's field, for
// octets_set_length.
uint8_t *bgp_attr_begin(struct octets_out *out, uint8_t flags, uint8_t type, bool extended);

// Everything but MP_REACH_NLRI and MP_UNREACH_NLRI. `next_hop`: with NEXT_HOP.
void bgp_attr_write_all(const struct bgp_codec *c, const struct bgp_update *u, bool next_hop,
                        struct octets_out *out);

#endif
