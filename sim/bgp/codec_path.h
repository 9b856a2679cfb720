// SPDX-License-Identifier: GPL-3.0-or-later
// codec_path: AS_PATH as octets, with 4-octet and 2-octet ASes (RFC 4271 §4.3 b, RFC 6793).
#ifndef ANYSIM_BGP_CODEC_PATH_H
#define ANYSIM_BGP_CODEC_PATH_H

#include "bgp/codec_attr.h"

// Reads segments of ASes of `as_octets` (2 or 4) octets into the draft's path, which it replaces.
bool bgp_path_read(struct octets_in *in, unsigned as_octets, struct bgp_draft *out);
// Writes them; an AS that two octets cannot hold becomes AS_TRANS. `confed`: with the segments of the
// confederation, which do not stand in AS4_PATH (RFC 6793 §3).
void bgp_path_write(const struct bgp_draft *d, unsigned as_octets, bool confed,
                    struct octets_out *out);
bool bgp_path_has_confed(const struct bgp_draft *d);
bool bgp_path_needs_four(const struct bgp_draft *d); // some AS is larger than two octets hold

// What a 2-octet speaker's neighbour makes of AS_PATH with AS4_PATH, AGGREGATOR with AS4_AGGREGATOR
// (RFC 6793 §4.2.3).
void bgp_path_join_as4(struct bgp_attr_reader *r);

#endif
