// SPDX-License-Identifier: GPL-3.0-or-later
// encap: where tunnels begin: the tunnels of a node, and pushing packets into them. Private to the
// forwarding core; where tunnels end: endpoint.h.
//
// A kind of tunnel is one file with one `struct tunnel_ops`, and one line in tunnel.c. What all
// kinds share is here: the outer header of either family, its DSCP, ECN, TTL, flow label and
// source, and what is known of the path's MTU.
#ifndef ANYSIM_FWD_ENCAP_H
#define ANYSIM_FWD_ENCAP_H

#include "fwd/headers6.h"
#include "fwd/tunnel.h"

#define TUNNEL_TTL         64
#define TUNNEL_MTU_LIFE_PS INT64_C(600000000000000) // ten minutes: RFC 1191 §6.3, RFC 8201 §4

struct endpoint;

struct tunnel {
    const struct tunnel_ops *ops;
    struct ip6_addr local;  // either family; low bits vary if options.spread_bits
    struct ip6_addr remote; // the far end (SRV6: the last segment); zero: the caller names it
    uint32_t overhead;      // bytes before the inner IP header
    uint32_t length_max;    // of the outer datagram
    uint32_t spread_mask;   // of the low bits of `local`
    uint32_t sequence;      // GRE: of the next packet
    uint8_t outer_size;     // of the outer IP header alone: 20 or 40
    uint8_t ttl;
    bool routed;                         // SRV6: the first segment is not the last
    uint8_t tos, tos_mask;               // outer TOS octet: (inner & tos_mask) | tos
    uint16_t adjacency;                  // the node's; not used here
    struct fwd_tunnel_counters counters; // too_big: also for the caller to count in

    uint32_t id;
    uint32_t learnt_mtu;               // outer header included; 0: nothing learnt
    int64_t learnt_until_ps;           // forgotten from then on
    struct fwd_tunnel_options options; // `local`, `ttl`, `port` and `keyed` filled in
};

struct tunnel_table {
    struct tunnel **entries; // by id; NULL where one was deleted
    uint32_t *free;          // ids to use again
    uint32_t count, free_count, capacity;
};

void tunnel_table_init(struct tunnel_table *t);
void tunnel_table_free(struct tunnel_table *t); // and all tunnels in it
// A new tunnel; its pointer stays good until tunnel_give(). Options pass fwd_tunnel_check(), but
// the far end may be left open when `local` says the family: `remote` (or the last of `segments`)
// zero, and tunnel_push() needs a far end every time. `own` and `own6`: what a zero `local` stands
// for; the node must have one of the family.
struct tunnel *tunnel_take(struct tunnel_table *t, const struct fwd_tunnel_options *o, ip4_addr own,
                           struct ip6_addr own6);
void tunnel_give(struct tunnel_table *t, uint32_t id);

static inline struct tunnel *tunnel_at(const struct tunnel_table *t, uint32_t id)
{
    FWD_ASSERT(id < t->count && t->entries[id]);
    return t->entries[id];
}

// Puts a validated packet into the tunnel. `far_end` replaces the tunnel's remote (SRV6: its last
// segment) unless it is zero. `flow_hash` is alike for all packets of a flow: outer source, UDP
// source port and IPv6 flow label come from it. The inner TTL is the caller's concern. Answers
// FWD_DROP_TUNNEL_DEPTH, FWD_DROP_MTU (longer than IP can say; counted in too_big),
// FWD_DROP_NO_HEADROOM, or FWD_DROP_TUNNEL_BAD (far end of the other family, or none); the packet
// is untouched then.
enum fwd_drop tunnel_push(struct packet *p, struct tunnel *t, struct ip6_addr far_end,
                          uint32_t flow_hash);

// Where its packets go first; `far_end` as above.
static inline struct ip6_addr tunnel_destination(const struct tunnel *t, struct ip6_addr far_end)
{
    if (t->routed)
        return t->options.segments[0];
    return ip6_is_zero(far_end) ? t->remote : far_end;
}

// What the path takes, outer header included: the lower of the option and what was learnt; 0: not
// known.
uint32_t tunnel_mtu(const struct tunnel *t, int64_t now_ps);
// A router said that this much goes through. Over IPv4 0 means that it said nothing, and the next
// lower plateau of RFC 1191 §7.1 is taken (better: pass tunnel_plateau() of the quoted length); no
// less is believed than what lets an inner datagram of 68 bytes through, which any link must
// (RFC 791 §3.2). Over IPv6 less than 1280 is ignored (RFC 8201 §4). Never raises.
void tunnel_learn_mtu(struct tunnel *t, uint32_t mtu, int64_t now_ps);
// The largest usual MTU below `length` (RFC 1191 §7.1); 68 at least.
uint32_t tunnel_plateau(uint32_t length);

// The tunnel that a packet quoted by an ICMP or ICMPv6 error was sent through, or NULL. The quote
// begins with an outer header that this node is said to have sent; nothing of it is believed. Where
// the inner header is: peek_quoted() in peek.h. Looks at every tunnel: for errors only.
struct tunnel *tunnel_of_quote(const struct tunnel_table *t, const uint8_t *quote, size_t stored);

// --- kinds

// What a tunnel's headers say, from the end of the outer IP header on. The fields about the key are
// right as far as `key_known`, also when the rest was refused.
struct tunnel_parse {
    uint32_t size;     // bytes up to the inner IP header
    uint8_t version;   // of the inner IP header, as announced
    bool key_known;    // else the header is too short or too wrong to have one
    bool keyed;        // there is one; always with VXLAN and GENEVE
    bool checksummed;  // there is a checksum
    bool sequenced;    // GRE
    uint32_t key;      // GRE key, network identifier
    uint32_t sequence; // GRE
    uint32_t end;      // UDP: where the datagram ends, from the UDP header on; else 0
};

// What is being pushed: the outer IP header is written, the packet pushed.
struct tunnel_fill {
    struct packet *p;
    uint8_t *between;      // what follows the outer IP header
    uint8_t inner_version; // 4 or 6
    uint32_t flow_hash;
    struct ip6_addr far_end; // the caller's or the tunnel's own
};

struct tunnel_ops {
    const char *name;
    uint8_t protocol4, protocol6; // that the outer header names, by the inner version
    uint16_t port;                // usual UDP destination port; 0: not over UDP
    // Its packets may be cut by the node that makes them, so that IPv6 of 1280 bytes gets through a
    // narrower way: RFC 2473 §7.1 and RFC 4213 §3.2.2; SRV6 as RFC 2473 (RFC 8754 §5.3); GRE as long
    // as what it carries is not cut (RFC 7676 §3.2). VXLAN must not (RFC 7348 §4.3), GENEVE should
    // not (RFC 8926 §4.1.1).
    bool cuts;
    // What is wrong with the kind's own options, or NULL.
    const char *(*check)(const struct fwd_tunnel_options *o);
    // Bytes between the outer and the inner IP header.
    uint32_t (*between)(const struct fwd_tunnel_options *o);
    // Writes them.
    void (*fill)(struct tunnel *t, const struct tunnel_fill *f);
    // Reads them, `stored` bytes from the end of the outer IP header on, which named `protocol`;
    // FWD_DROP_NONE, FWD_DROP_TRUNCATED or FWD_DROP_TUNNEL_BAD. NULL: SRV6, which is taken for IPIP
    // behind a routing header.
    enum fwd_drop (*parse)(uint8_t protocol, const uint8_t *b, size_t stored,
                           struct tunnel_parse *out);
    // Whether the checksum that parse found is right: of `stored` bytes at `b` after the outer IP
    // header `h`; the rest of the datagram is zeros. NULL: there is none.
    bool (*sound)(const uint8_t *h, const uint8_t *b, size_t stored, const struct tunnel_parse *t);
};

// Whether these headers have this key, or none if not `keyed`; true as well when it is not known.
static inline bool tunnel_key_fits(const struct tunnel_parse *t, bool keyed, uint32_t key)
{
    return !t->key_known || (t->keyed == keyed && (!keyed || t->key == key));
}

extern const struct tunnel_ops tunnel_ipip, tunnel_gre, tunnel_vxlan, tunnel_geneve, tunnel_srv6;

const struct tunnel_ops *tunnel_of_kind(enum fwd_tunnel kind);

// Where the outer header ends and what it announces.
struct tunnel_outer {
    uint32_t at;   // offset of what follows it and its extension headers
    uint16_t port; // UDP destination; 0 where that is not there
    uint8_t protocol;
    bool fragment;      // part of a datagram
    bool later;         // … and not its first
    bool segments_left; // there is a routing header with a way to go yet
};
void tunnel_outer6(struct tunnel_outer *o, const uint8_t *h, size_t stored);

// From a header that is stored, of either version. Inline, so that the fields stay in registers:
// a struct written bytewise and read whole would stall.
static inline struct tunnel_outer tunnel_outer_of(const uint8_t *h, size_t stored)
{
    struct tunnel_outer o = {.at = IP4_HEADER};
    if (h[0] >> 4 == 4) {
        uint16_t fragment = be16_get(h + IP4_FRAGMENT);
        o.at = (uint32_t)ip4_header_size(h);
        o.protocol = h[IP4_PROTOCOL];
        o.fragment = fragment & (IP4_MORE_FRAGMENTS | IP4_OFFSET_MASK);
        o.later = fragment & IP4_OFFSET_MASK;
    } else {
        tunnel_outer6(&o, h, stored);
    }
    // A later fragment's payload is no UDP header.
    if (o.protocol == PROTOCOL_UDP && !o.later && stored >= o.at + UDP_DPORT + 2u)
        o.port = be16_get(h + o.at + UDP_DPORT);
    return o;
}

// Whether what follows the outer header is of a kind, at this UDP port (0 for those without).
static inline bool tunnel_is_kind(const struct tunnel_ops *ops, uint16_t ops_port, uint8_t protocol,
                                  uint16_t port)
{
    return (protocol == ops->protocol4 || protocol == ops->protocol6) && port == ops_port &&
           ops->parse;
}

// The kind that it is of, as far as the usual ports tell, or NULL.
const struct tunnel_ops *tunnel_seen(uint8_t protocol, uint16_t port);

#endif
