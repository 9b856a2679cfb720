// SPDX-License-Identifier: GPL-3.0-or-later
// nat: a POP puts its own address in place of clients' (NAPT, RFC 2663 §4.1.2), so that answers come
// back through it without the gateway's help; when the POP is gone, so is the connection.
//
// Both families, each for itself. TCP, UDP and ICMP echo are translated with port or identifier.
// SCTP keeps its ports (RFC 9260 §6.8: its CRC covers them, but no address), so two clients with the
// same source port cannot talk to the same port of an EIP at once. Any other protocol is refused.
// Mapping and filtering depend on the far end (RFC 4787 §4.1, §5): a port is used again towards
// another EIP or another port of it. That deviates from RFC 4787 REQ-1 and RFC 5382 REQ-1, which
// help peers to meet; here all flows begin at clients and end at EIPs. Flows are forgotten by
// flowstate.h's timeouts; to be within RFC 4787 REQ-5 (UDP two minutes), `idle_ps` must be longer
// than its default.
//
// ICMP errors about translated packets are translated with what they quote, in both directions (RFC
// 5508 REQ-3 to REQ-5), when their own checksum is right; they neither make, refresh nor end a
// translation. All checksums are updated incrementally (RFC 1624), so that what was damaged before
// stays detectably damaged.
//
// Nothing is reassembled: a first fragment is translated as the whole would be, and the later ones of
// its datagram follow it (fragtab.h). What goes out has the identifications of one host, as many
// clients' datagrams have one source now (RFC 6864 §5.3).
//
// Packets must be validated (ip4_validate, ip6_validate). Whatever a function returns besides
// FWD_DROP_NONE, it has not touched the packet.
#ifndef ANYSIM_FWD_NAT_H
#define ANYSIM_FWD_NAT_H

#include "fwd/flowindex.h"
#include "fwd/flowlru.h"
#include "fwd/fragtab.h"
#include "fwd/natrewrite.h"

struct nat_options {
    uint32_t limit;              // translations at once, over all EIPs: 1..2^30
    uint16_t port_min, port_max; // ports to use; both 0: 1024..65535
    uint64_t seed;               // of the hash that chooses ports and finds flows
    struct flowstate_options times;
};

struct nat_counters {
    uint64_t outward, homeward; // packets translated, fragments singly
    uint64_t errors;            // ICMP errors among them
    uint64_t refused;           // FWD_DROP_NAT_FULL
};

struct nat_entry { // private
    struct flowlru_flow flow;
    struct ip6_addr client, eip, address;
    uint16_t client_port, eip_port, port; // an echo: identifier, 0, identifier
};

struct nat_address { // private
    struct ip6_addr address;
    uint32_t holders;
};

struct nat { // private but for `counters` and lru.created, lru.expired, lru.evicted, lru.count
    struct nat_counters counters;
    struct flowlru lru;
    struct flowindex out, home;
    struct fragtab fragments; // by the packet as it comes: the address that it gets
    uint32_t identification;  // that a fragmented datagram got last
    struct nat_entry *entries;
    uint32_t port_min, port_count;
    struct nat_address *addresses;
    uint32_t address_count;
};

void nat_init(struct nat *n, const struct nat_options *o);
void nat_free(struct nat *n);

// Addresses that clients' addresses are replaced by, for nat_owns() to know: counted.
void nat_address_add(struct nat *n, struct ip6_addr address);
void nat_address_del(struct nat *n, struct ip6_addr address); // must have been added
bool nat_owns(const struct nat *n, struct ip6_addr address);

// A packet from a client to an EIP: its source becomes `address` (of the same family) and a port,
// chosen by the flow's hash and then by probing, always alike for the same history. A flow keeps the
// address that it began with; when that is another one now, it begins anew. An ICMP error comes from
// `address` afterwards, whoever sent it (RFC 5508 REQ-5).
// NAT_FULL: no port left (up to 256 are tried; so a greater range counts as full at about 98 %), or
// no room and none of the flows is dead or unproven (flowstate.h). NAT_PROTOCOL: cannot be
// translated. FRAGMENT: a later one whose first was not seen, or of an ICMP error. TRUNCATED: too
// little of it. NO_FLOW: an echo reply, or an error about no known flow. BAD_CHECKSUM: of an ICMP
// error.
enum fwd_drop nat_outward(struct nat *n, struct packet *p, struct ip6_addr address, int64_t now_ps);

// A packet for an address that nat_owns(): puts the client's back. NO_FLOW: belongs to no
// translation, and may be for the node itself. FRAGMENT, TRUNCATED, BAD_CHECKSUM as above.
enum fwd_drop nat_homeward(struct nat *n, struct packet *p, int64_t now_ps);

#endif
