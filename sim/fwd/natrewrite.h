// SPDX-License-Identifier: GPL-3.0-or-later
// natrewrite: reads what translation must know of a datagram, and replaces one end of it, in the
// datagram itself or in one that an ICMP error quotes, with all checksums kept right by RFC 1624.
#ifndef ANYSIM_FWD_NATREWRITE_H
#define ANYSIM_FWD_NATREWRITE_H

#include "fwd/flowkey.h"
#include "fwd/headers6.h"

enum natrewrite_kind {
    NATREWRITE_PORTS,      // TCP, UDP
    NATREWRITE_FIXED,      // SCTP: has ports, but they are not to be changed
    NATREWRITE_ECHO,       // ICMP echo request
    NATREWRITE_ECHO_REPLY, //
    NATREWRITE_ERROR,      // ICMP error: see natrewrite_quote()
    NATREWRITE_LATER,      // later fragment: nothing but addresses
    NATREWRITE_OTHER       // anything else
};

struct natrewrite_view {
    struct ip6_addr src, dst; // IPv4 as mapped addresses
    uint32_t upper;           // offset of the upper layer's header
    uint32_t stored;          // bytes there are from the IP header on
    uint16_t sport, dport;    // of an echo both are the identifier
    uint8_t protocol;
    uint8_t kind;            // enum natrewrite_kind
    uint8_t part;            // enum flowkey_part: WHOLE, FIRST, LATER
    uint32_t identification; // of the datagram that it is a part of
    uint32_t fragment_at;    // IPv6: offset of the fragment header
};

// Reads a validated datagram or a part of one. FRAGMENT: an ICMP error that is not whole. TRUNCATED:
// the bytes that translation would change are not all there.
enum fwd_drop natrewrite_read(const uint8_t *h, size_t stored, struct natrewrite_view *v);
// Reads the datagram that an error quotes, at offset `*at` from the error's IP header. Less
// is asked of it: eight bytes of the upper layer (RFC 792), and it may be a first fragment. The
// error's checksum is verified first (RFC 5508 REQ-3a); `length` is that of the error's datagram.
enum fwd_drop natrewrite_quote(const uint8_t *h, const struct natrewrite_view *error,
                               uint32_t length, struct natrewrite_view *quote, uint32_t *at);

struct natrewrite_end {
    bool source;             // which end it is
    struct ip6_addr address; // of the datagram's family
    uint16_t port;           // for a PORTS, or an identifier for an echo
};
// Replaces an end of a datagram that is no error.
void natrewrite_apply(uint8_t *h, const struct natrewrite_view *v,
                      const struct natrewrite_end *end);
// Gives a fragment the identification of another datagram.
void natrewrite_identify(uint8_t *h, const struct natrewrite_view *v, uint32_t identification);
// Replaces an end of the datagram quoted at offset `at`, and the address of the error itself.
void natrewrite_apply_error(uint8_t *h, const struct natrewrite_view *error, uint32_t at,
                            const struct natrewrite_view *quote, const struct natrewrite_end *inner,
                            const struct natrewrite_end *outer);

#endif
