// SPDX-License-Identifier: GPL-3.0-or-later
// udpencap: what VXLAN and Geneve share: the UDP header before theirs, and the Ethernet header
// behind it. Offsets count from the UDP header.
#ifndef ANYSIM_FWD_UDPENCAP_H
#define ANYSIM_FWD_UDPENCAP_H

#include "fwd/encap.h"

#define UDPENCAP_NETWORK_MAX 0xffffffu

// The options that both kinds check.
const char *udpencap_check(const struct fwd_tunnel_options *o);

// Writes UDP header and, at `ethernet`, the Ethernet header. The source port is of the dynamic range
// and by the flow (RFC 7348 §5, RFC 8926 §3.3). To be called when all between is written: the
// checksum is over everything, or 0 over IPv4 when nobody asked for one.
void udpencap_fill(const struct tunnel *t, const struct tunnel_fill *f, uint32_t ethernet);

// Reads the UDP header: `checksummed` and `end`.
enum fwd_drop udpencap_parse(const uint8_t *b, size_t stored, struct tunnel_parse *out);
// Reads the Ethernet header at `at`, with at most one tag: `version` and `size`.
enum fwd_drop udpencap_parse_ethernet(const uint8_t *b, size_t stored, uint32_t at,
                                      struct tunnel_parse *out);
// Whether the UDP checksum is right.
bool udpencap_sound(const uint8_t *h, const uint8_t *b, size_t stored,
                    const struct tunnel_parse *t);

#endif
