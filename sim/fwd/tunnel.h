// SPDX-License-Identifier: GPL-3.0-or-later
// tunnel: IP in something in IP, as the caller sees it. Part of the public header fwd.h.
//
// A tunnel is one way: where packets go in and how they look on the way. An endpoint is where they
// come out. What all kinds share: the outer header (own TTL, DF set over IPv4 and id 0, which RFC
// 2003 §3.1 allows for any inner packet and RFC 6864 makes atomic), ECN in normal mode on the way in
// and out (RFC 6040 §4.1, §4.2), DSCP copied or fixed (RFC 2983), the inner TTL paid like one hop
// (RFC 2003 §3.1), a path MTU learnt from ICMP and told to inner senders. IPv6 of up to 1280 bytes
// is never told so: where it does not fit, IPIP, GRE and SRV6 cut their own packet around it (without
// DF, or with a fragment header: RFC 2473 §7.1, RFC 4213 §3.2.2), for the far end to put together; VXLAN
// and GENEVE send it as it is, and it is FWD_DROP_MTU where an interface does not take that. An
// endpoint of this node puts nothing together.
#ifndef ANYSIM_FWD_TUNNEL_H
#define ANYSIM_FWD_TUNNEL_H

#include "base/ip6.h"
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FWD_TUNNEL_DEPTH 4 // headers that a packet may be in, and tunnels that may end at one node
#define FWD_SEGMENTS_MAX 8
#define FWD_NO_TUNNEL    UINT32_MAX

struct fwd_node;

enum fwd_tunnel {
    FWD_TUNNEL_IPIP,   // IPv4 or IPv6 straight in IPv4 or IPv6 (RFC 2003, 2473, 4213)
    FWD_TUNNEL_GRE,    // RFC 2784, key and sequence RFC 2890
    FWD_TUNNEL_VXLAN,  // RFC 7348, with an inner Ethernet header
    FWD_TUNNEL_GENEVE, // RFC 8926, with an inner Ethernet header
    FWD_TUNNEL_SRV6,   // H.Encaps of RFC 8986 §5.1 with a segment routing header (RFC 8754)
    FWD_TUNNEL_KINDS
};

struct fwd_tunnel_options {
    enum fwd_tunnel kind;
    // Outer source and destination, one family. A zero `local` is the node's own address. SRV6:
    // IPv6, and `remote` is not used: the first segment is the destination.
    struct ip6_addr local, remote;
    uint8_t spread_bits; // so many low bits of the outer source vary with the flow (0..16), for
                         // routers that hash outer headers only; the far end takes them all
    uint8_t ttl;         // of the outer header; 0: 64
    int16_t dscp;        // of the outer header; -1: copied from the inner one
    bool keyed;          // GRE: `key` is sent
    uint32_t key;        // GRE key; VXLAN and GENEVE: network identifier, 24 bits
    bool sequence;       // GRE: sequence numbers
    bool checksum; // GRE checksum; VXLAN and GENEVE over IPv4: UDP checksum (over IPv6 always)
    uint16_t port; // VXLAN, GENEVE: destination port; 0: 4789, 6081
    uint8_t mac_from[6], mac_to[6]; // VXLAN, GENEVE: of the inner Ethernet header
    uint32_t mtu;                   // of the way to the far end, outer header included; 0: the
                                    // interface's alone counts
    int segment_count;              // SRV6: 1..FWD_SEGMENTS_MAX, in the order of travel
    struct ip6_addr segments[FWD_SEGMENTS_MAX];
};

// What is wrong with the options, or NULL.
const char *fwd_tunnel_check(const struct fwd_tunnel_options *o);
// Bytes that a tunnel puts before the inner IP header.
uint32_t fwd_tunnel_overhead(const struct fwd_tunnel_options *o);
const char *fwd_tunnel_name(enum fwd_tunnel kind); // "gre"

// Options that pass fwd_tunnel_check. Ids are 0, 1, …; a deleted one is used again. A tunnel must not
// be deleted while a route or binding uses it.
uint32_t fwd_tunnel_add(struct fwd_node *n, const struct fwd_tunnel_options *o);
void fwd_tunnel_del(struct fwd_node *n, uint32_t id);

struct fwd_tunnel_counters {
    uint64_t packets, bytes; // pushed; inner bytes
    uint64_t too_big; // dropped or cut, before or behind the tunnel's header, because of the MTU
};
const struct fwd_tunnel_counters *fwd_tunnel_counters(const struct fwd_node *n, uint32_t id);
// What the path takes now, outer header included; 0: not known. RFC 1191 §6.3 and RFC 8201 §4:
// what ICMP lowered is forgotten after ten minutes.
uint32_t fwd_tunnel_mtu(const struct fwd_node *n, uint32_t id, int64_t now_ps);

// Tunnels that end here. A packet is taken out when it is for an address that is a LOCAL route, the
// first endpoint in order of addition that matches by kind, address, key and source decides; when
// only the source matches none, it is FWD_DROP_TUNNEL_BAD. Whatever of a tunnel's protocol matches no endpoint at all is FWD_DROP_TUNNEL_BAD too if it is
// for the node's own address, and otherwise for the host like any other packet.
struct fwd_endpoint_options {
    enum fwd_tunnel kind; // all but SRV6, which ends at a FWD_ACT_SID route
    struct prefix6 local; // outer destinations; length 0: the node's own addresses
    struct prefix6 from;  // outer sources that are allowed; length 0: all
    bool keyed;           // GRE: only with this key (else only without one)
    uint32_t key;         // GRE; VXLAN, GENEVE: network identifier
    uint16_t port;        // VXLAN, GENEVE: 0: 4789, 6081
    bool sequence;        // GRE: with sequence numbers, late ones dropped (RFC 2890 §2.2)
    bool checksum;        // GRE: only with a checksum; VXLAN, GENEVE: a zero one is refused
};
// What is wrong with the options, or NULL.
const char *fwd_endpoint_check(const struct fwd_endpoint_options *o);
// Options that pass fwd_endpoint_check. Ids are 0, 1, …; endpoints stay for good.
uint32_t fwd_endpoint_add(struct fwd_node *n, const struct fwd_endpoint_options *o);

struct fwd_endpoint_counters {
    uint64_t packets, bytes; // taken out; inner bytes
    uint64_t refused;        // whatever the reason
};
const struct fwd_endpoint_counters *fwd_endpoint_counters(const struct fwd_node *n, uint32_t id);
// Shorthand: the simplest endpoint of a kind, at the node's own address.
void fwd_tunnel_accept(struct fwd_node *n, enum fwd_tunnel kind);

#ifdef __cplusplus
}
#endif

#endif
