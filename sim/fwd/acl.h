// SPDX-License-Identifier: GPL-3.0-or-later
// acl: an ordered list of rules, of which the first that matches decides: permit, deny, or let each
// source have so many packets a second and no more.
//
// Part of the forwarding core's public header. Rules look at a key that is taken out of the packet
// once. All rules are tried at once: per field (addresses, protocol, ports) a look-up finds the set
// of rules that it allows, as a bit vector, and the sets are intersected (Lakshman & Stiliadis,
// SIGCOMM 1998; with a summary word over each vector, Baboescu & Varghese, SIGCOMM 2001). What few
// rules ask for (ICMP type, TCP flags, fragments) is looked at in the rules that are left, in
// order. So a packet costs a binary search a field and some words: with 1,000 rules about four
// times what it costs with ten. Memory: about 4 fields · 2 rules · rules/8 bytes, 1 MB for 1,000
// rules that all differ and 16 MB for 4,096, plus a sketch for each rule that limits.
#ifndef ANYSIM_FWD_ACL_H
#define ANYSIM_FWD_ACL_H

#include "base/ip6.h"
#include "fwd/memory.h"
#include "fwd/sketch.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ACL_RULES_MAX    4096
#define ACL_PORT_MAX     65535
#define ACL_ANY          (-1)
#define ACL_SKETCH_BYTES (UINT64_C(1) << 30) // of all sketches of a list
#define ACL_PROTOCOL_MAX 255
#define ACL_RATE_MAX_PPS UINT64_C(10000000000)

enum acl_action {
    ACL_ACT_PERMIT,
    ACL_ACT_DENY,
    ACL_ACT_LIMIT // a source's packets pass while it sends at most `limit_pps`
};

enum acl_verdict {
    ACL_PERMIT,
    ACL_DENY,
    ACL_LIMITED // its source is over the limit
};

enum acl_family { ACL_EITHER, ACL_IP4, ACL_IP6 };

// Kinds of packets by fragmentation, as bits: a rule may want several.
enum {
    ACL_WHOLE = 1, // no fragment
    ACL_FIRST = 2, // begins a datagram that goes on (an IPv6 atomic fragment, RFC 6946, is one too)
    ACL_LATER = 4, // has no ports
    ACL_FRAGMENTS = ACL_FIRST | ACL_LATER,
    ACL_WHOLE_OR_FRAGMENT = ACL_WHOLE | ACL_FRAGMENTS
};

struct acl_ports {
    uint16_t first, last; // 0..65535: any, and packets without ports too
};

// Begin with acl_rule_any() and narrow it.
struct acl_rule {
    enum acl_action action;
    uint64_t limit_pps; // ACL_ACT_LIMIT: 1..ACL_RATE_MAX_PPS, else 0
    enum acl_family family;
    // Values of either family. ::/0 is any address of both, ::ffff:0:0/96 any of IPv4; an IPv6
    // prefix shorter than 96 bits that covers that one needs family ACL_IP6 if it is not to.
    struct prefix6 src, dst;
    int protocol; // of IPv4, or behind IPv6's extension headers; ACL_ANY
    struct acl_ports sport, dport;
    int icmp_type, icmp_code;    // ICMP and ICMPv6 (with that protocol); ACL_ANY
    uint8_t tcp_mask, tcp_value; // of TCP's flags, those in the mask must be as in the value
    uint8_t fragments;           // bits ACL_WHOLE, ACL_FIRST, ACL_LATER
};

struct acl_rule acl_rule_any(enum acl_action action);

// What rules see of a packet. Fields that are not valid are 0 and match only rules that do not ask.
struct acl_key {
    struct ip6_addr src, dst; // IPv4-mapped for IPv4
    uint16_t sport, dport;
    uint8_t protocol;
    uint8_t icmp_type, icmp_code;
    uint8_t tcp_flags;
    uint8_t fragment; // one of ACL_WHOLE, ACL_FIRST, ACL_LATER
    bool ports_valid, icmp_valid, tcp_valid;
};

// From a packet that starts with an IPv4 or IPv6 header, `stored` bytes of it, link padding cut
// off. Ports are those of TCP, UDP, UDP-Lite, DCCP and SCTP. A later fragment's protocol is what
// its fragment header names.
//
// False when a filter cannot see what it must: no whole IP header; extension headers that go beyond
// the stored bytes, or are more than IP6_EXTENSIONS_MAX (RFC 7112); a packet or first fragment that
// ends before its ports, ICMP type or TCP flags, or a TCP fragment that would overwrite the flags
// (RFC 1858 §3, RFC 3128); an IPv6 packet with IPv4-mapped addresses. Drop such packets: passing
// them passes what rules deny. The key is unspecified then.
bool acl_key_of(const uint8_t *h, size_t stored, struct acl_key *key);

struct acl_options {
    const struct acl_rule *rules; // copied
    size_t count;                 // up to ACL_RULES_MAX
    enum acl_action fallback;     // where no rule matches: permit or deny
    // Of each rule that limits, a sketch of its own, ACL_SKETCH_BYTES in all; not looked at when there
    // is none.
    // A source is over the limit when the estimate of its packets, passed or not, exceeds what the
    // rate allows in a whole window. As the estimate is of half a window to a whole one, no source
    // that keeps to the rate in every window is ever dropped (short of the sketch's ε), a steady
    // one above it is dropped in part, and one above twice the rate wholly, from half a window
    // after it began at the latest.
    struct sketch_options limit;
};

struct acl_counters {
    uint64_t hits, bytes; // matched by this rule (or by none)
    uint64_t limited;     // of the hits: dropped, because the source was over the limit
};

struct acl; // opaque

// What is impossible about the options, as a sentence without a full stop, with the number of the
// rule in *rule (`count` when it is about none); NULL: nothing.
const char *acl_check(const struct acl_options *o, size_t *rule);
// The options must pass acl_check(). All memory is taken here; NULL is fine to free.
struct acl *acl_new(const struct acl_options *o);
void acl_free(struct acl *a);

// The number of the first rule that matches, or the number of rules. Counts nothing.
size_t acl_find(const struct acl *a, const struct acl_key *key);
// What becomes of a packet of `bytes`, counted.
enum acl_verdict acl_match(struct acl *a, const struct acl_key *key, uint32_t bytes,
                           int64_t now_ps);

size_t acl_count(const struct acl *a);
// Of rule number `rule`, or of the packets that no rule matched when it is acl_count().
const struct acl_counters *acl_counters(const struct acl *a, size_t rule);

#ifdef __cplusplus
}
#endif

#endif
