// SPDX-License-Identifier: GPL-3.0-or-later
// drop: why a packet was dropped. Every dropped packet has exactly one reason; each has a
// name and a one-line meaning. The simulator's links use the same list, so that one table
// tells the whole story.
//
// Part of the forwarding core (libanyfwd): no dependency but libc.
#ifndef ANYSIM_FWD_DROP_H
#define ANYSIM_FWD_DROP_H

#ifdef __cplusplus
extern "C" {
#endif

enum fwd_drop {
    FWD_DROP_NONE = 0,
    FWD_DROP_TRUNCATED,    // shorter than its headers say
    FWD_DROP_BAD_VERSION,  // neither IPv4 nor IPv6
    FWD_DROP_BAD_HEADER,   // header length or total length lies
    FWD_DROP_BAD_CHECKSUM, // of the IPv4 header, of an echo answered here, or at the host of a
                           // datagram that a line may have changed
    FWD_DROP_BAD_SOURCE,   // source that no host can have (RFC 1812 §5.3.7), or the node's own
    FWD_DROP_BAD_OPTION,   // IPv4 option that makes no sense, or a source route
    FWD_DROP_ACL,          // denied by a rule
    FWD_DROP_SCRUB,        // its source sends more than a rule allows
    FWD_DROP_UNREADABLE,   // there are rules, and they cannot see what they must (acl_key_of())
    FWD_DROP_TTL,          // time to live exceeded
    FWD_DROP_NO_ROUTE,     // nothing in the FIB
    FWD_DROP_BLACKHOLE,    // a blackhole route
    FWD_DROP_REJECT,       // a reject route: its sender hears of it
    FWD_DROP_SCOPE,        // link-local, not to be forwarded (RFC 4291 §2.5.6, RFC 3927 §7)
    FWD_DROP_NO_SERVICE,   // local address, nobody listens
    FWD_DROP_TUNNEL_BAD,   // tunnel header that this endpoint does not accept
    FWD_DROP_SEGMENT,      // SRv6 packet that its segment here cannot take (RFC 8986 §4)
    FWD_DROP_TUNNEL_DEPTH, // more than four levels
    FWD_DROP_NO_HEADROOM,  // no room to push a header
    FWD_DROP_MTU,          // larger than the MTU and not to be cut
    FWD_DROP_FRAGMENT,     // fragment where a whole datagram is needed (tunnel's end), or ahead of
                           // its first (answer, translation)
    FWD_DROP_NO_FLOW,      // answer of a flow that the gateway, or the translation, does not know
    FWD_DROP_NAT_FULL,     // no room for another translation
    FWD_DROP_NAT_PROTOCOL, // of a protocol that cannot be translated
    FWD_DROP_POLICED,      // over the rate of its EIP
    FWD_DROP_SHAPER_FULL,  // no room in the shaper's queue
    FWD_DROP_NOT_IP,       // frame of another protocol
    FWD_DROP_NO_NEIGHBOUR, // next hop that does not answer ARP or neighbour discovery
    FWD_DROP_LINK_DOWN,    // sent into, or travelling on, a link that is cut
    FWD_DROP_NODE_DOWN,    // arrived at a node that has failed
    FWD_DROP_QUEUE_FULL,   // no room in the port's buffer
    FWD_DROP_CONGESTION,   // share of the overload that sampled packets bear
    FWD_DROP_LINE_LOSS,    // lost on a line that loses some (grey failure)
    FWD_DROP_EARLY,        // by a queue discipline before its buffer was full (RED, CoDel)
    FWD_DROP_UNBOUND,      // its EIP is bound to no backend
    FWD_DROP_BLOCKED,      // its EIP is blocked
    FWD_DROP_CLOSING,      // begins a flow at a backend that takes no new ones
    FWD_DROP_BIT_RATE,     // more bits a second than a gateway can bear
    FWD_DROP_PACKET_RATE,  // more packets a second than a gateway can bear
    FWD_DROP_FLOW_RATE,    // more flows a second than a gateway can begin
    FWD_DROP_FLOW_TABLE,   // no room for another flow in a gateway's table
    FWD_DROP_SERVER_FULL,  // a request that too many others wait before, at its server
    FWD_DROP_COUNT
};

const char *fwd_drop_name(enum fwd_drop reason);    // "ttl-exceeded", stable, used in results
const char *fwd_drop_meaning(enum fwd_drop reason); // one line for people

#ifdef __cplusplus
}
#endif

#endif
