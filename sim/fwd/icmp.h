// SPDX-License-Identifier: GPL-3.0-or-later
// icmp: the errors that a router sends and passes on, and the echoes that it answers, IPv4 (RFC
// 792, RFC 1812 §4.3) and IPv6 (RFC 4443). What the RFCs leave open is as Linux does it.
#ifndef ANYSIM_FWD_ICMP_H
#define ANYSIM_FWD_ICMP_H

#include "fwd/fwd.h"
#include "fwd/headers6.h"
#include "fwd/option.h"

// Rate limit of RFC 1812 §4.3.2.8 and RFC 4443 §2.4 (f): a token bucket that neither drifts nor
// rounds, whatever the rate.
#define ICMP_PER_S 1000
#define ICMP_BURST 50

struct icmp_bucket {
    unsigned __int128 credit, full; // picoseconds times `per_s`: an error costs 10¹²
    int64_t filled_ps;
    uint32_t per_s;
};

void icmp_bucket_init(struct icmp_bucket *b, uint32_t per_s, uint32_t burst); // full; 0: as above
bool icmp_bucket_take(struct icmp_bucket *b, int64_t now_ps);

// Which error a drop calls for; type 0 for none. `six`: the packet is IPv6. `detail` is of
// FWD_DROP_REJECT enum fwd_reject, of FWD_DROP_BAD_OPTION the pointer (0: silent), of FWD_DROP_SEGMENT
// the code << 16 and the pointer, else unused.
// Whatever an ACL, a meter or a blackhole drops is dropped in silence: an answer would help an
// attacker to reflect, or to map the rules (RFC 1812 §5.3.9 wants it configurable: a REJECT route
// says it aloud).
void icmp_error_for(enum fwd_drop reason, bool six, uint32_t detail, uint8_t *type, uint8_t *code);

// The error about a packet for this host that nobody takes (FWD_DROP_NO_SERVICE), by its protocol:
// port unreachable, protocol unreachable (3/2; ICMPv6 has 4/1 for it, and the pointer is
// returned), or none (type 0) about ICMP. The header is a validated one.
uint32_t icmp_unheard(const uint8_t *h, size_t stored, uint8_t *type, uint8_t *code);

// Whether the datagram at `h` (validated) may have this error sent about it (RFC 1812 §4.3.2.7,
// RFC 4443 §2.4 (e)): not an ICMP error or a redirect itself, nor what may be one; not from what is
// no single host; IPv4: not a later fragment, nor an ICMP type that is not known (as Linux); not to a
// group, except IPv6 for "packet too big" and "unrecognised option".
// (Linux does send errors about ICMPv6 redirects, which RFC 4443 §2.4 (e.2) forbids.)
bool icmp_may_report(const uint8_t *h, size_t stored, uint8_t type, uint8_t code);

struct icmp_error {
    struct ip6_addr src; // of the family of the packet that it is about (IPv4 mapped)
    uint8_t type, code;
    uint32_t info;  // next-hop MTU, or pointer of a parameter problem; else 0
    uint16_t id;    // IPv4: identification; errors may be fragmented on the way (DF is not set)
    uint32_t limit; // of its length: the MTU of its way if that is known; 0: only what RFCs say
    const struct option_here *here; // IPv4: for options that go back (RFC 1122 §3.2.2); `address`
                                    // in it is not used; NULL: none do
};
// Writes the error about a datagram of `length` bytes, of which `stored` are there: as much of it
// is quoted as fits in 576 bytes (RFC 1812 §4.3.2.3; IPv6: 1280) and in the packet; no more than
// can be stored, unless the rest is zeros. False when none can be made: it would not hold the
// header, or its options have no room.
bool icmp_build_error(struct packet *out, const struct icmp_error *e, const uint8_t *about,
                      size_t stored, uint32_t length);

// The datagram that an ICMP or ICMPv6 error quotes, of the same family, when its header and 8 bytes
// are stored, else NULL; `*quoted` is how many bytes there are. From a validated header.
const uint8_t *icmp_quote(const uint8_t *h, size_t stored, size_t *quoted);

// Offset of the message in an ICMP or ICMPv6 datagram: behind options or extension headers. False
// when it is something else, a fragment, on its way to other segments (RFC 8200 §4.4), or its first
// 8 bytes are not stored. From a validated header.
bool icmp_find(const uint8_t *h, size_t stored, uint32_t *at);

// Whether the checksum of a whole ICMP or ICMPv6 message is right (what is not stored is zeros).
// To be asked before an echo is answered or an error believed.
bool icmp_intact(const struct packet *p);

// An echo request that may be answered: whole, from a single host to a single host. Any code, as
// Linux.
bool icmp_is_echo(const struct packet *p);
// Turns an echo request into the reply to it, in place: new IP header (TTL 64, TOS or traffic class
// of the request, DF not set, IPv4 identification `id`, flow label 0), without extension headers,
// with the request's record route and timestamp if `here` is not NULL (`address` in it is not
// used). False, and nothing done, when those have no room for the way back (Linux sends no reply).
bool icmp_turn_echo(struct packet *p, uint16_t id, const struct option_here *here);

// Turns, in place, an intact ICMP or ICMPv6 error that a router in a tunnel's path sent to this
// tunnel's entry into the error that the sender of the packet inside must hear (RFC 2003 §4, RFC
// 2473 §8, RFC 4213 §3.4). `inner_at`: offset of the inner IP header from the outermost header's
// start; `overhead`: bytes that the tunnel put before it; `src`: address to send from, of the inner
// packet's family (IPv4 mapped); `id`: IPv4 identification. False, and nothing done, when the quote
// is too short (inner header and 8 bytes), the error is none that the sender should hear, or the
// inner packet is one about which no error may be sent.
bool icmp_relay(struct packet *p, uint32_t inner_at, uint32_t overhead, struct ip6_addr src,
                uint16_t id);

#endif
