// SPDX-License-Identifier: GPL-3.0-or-later
// encap: IP in something in IP. A kind of tunnel is one file with one `struct tunnel_ops`, and one
// line in tunnel.c.
//
// What all kinds share is here: the outer IPv4 header (TTL 64, DF set and id 0, which RFC 2003 §3.1
// allows for any inner packet and RFC 6864 makes atomic; TOS copied from the inner header) and ECN
// in normal mode on the way in and out (RFC 6040 §4.1, §4.2).
#ifndef ANYSIM_FWD_ENCAP_H
#define ANYSIM_FWD_ENCAP_H

#include "fwd/fwd.h"
#include "fwd/headers.h"

#define TUNNEL_TTL 64

struct tunnel_ops {
    const char *name;
    uint8_t protocol; // of the outer IPv4 header
    uint8_t overhead; // bytes that push adds, outer IPv4 header included
    // Writes the `overhead - 20` bytes between outer and inner header.
    void (*push)(uint8_t *between);
    // How many bytes stand between the outer IPv4 header and the inner one; 0 means none, below 0
    // that this end does not accept them. `stored` bytes are there.
    int (*pop)(const uint8_t *between, size_t stored);
};

extern const struct tunnel_ops tunnel_ipip; // RFC 2003
extern const struct tunnel_ops tunnel_gre;  // RFC 2784

const struct tunnel_ops *tunnel_of_kind(enum fwd_tunnel kind);
// The kind that uses an IP protocol, or FWD_TUNNEL_KINDS.
enum fwd_tunnel tunnel_of_protocol(uint8_t protocol);

// Puts a validated packet into a tunnel from `src` to `dst`. On any answer but FWD_DROP_NONE the
// packet is untouched.
enum fwd_drop tunnel_push(struct packet *p, enum fwd_tunnel kind, ip4_addr src, ip4_addr dst);
// Takes a validated packet out of its tunnel; the inner header is not validated yet but for what
// ECN needs. On any answer but FWD_DROP_NONE the packet is untouched.
enum fwd_drop tunnel_pop(struct packet *p, enum fwd_tunnel kind);

#endif
