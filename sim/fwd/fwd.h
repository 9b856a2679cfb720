// SPDX-License-Identifier: GPL-3.0-or-later
// fwd: the forwarding core: one node's data plane, on real packet bytes, IPv4 and IPv6.
//
// Public header of libanyfwd, with those that it includes: packet.h, drop.h, route.h, tunnel.h, eip.h
// (with policer.h and shaper.h), acl.h (with sketch.h), memory.h, base/ip.h and base/ip6.h. For C11 and
// C++11, with gcc or clang. It knows packets, a FIB, tunnels and anycast service bindings; it
// does not know time's source, links, routing protocols or a simulator. The caller hands it a
// packet and the time and gets a verdict. Nothing is allocated per packet.
//
//   parse → validate → ACL → look up (longest prefix) → what the FIB entry says:
//     FORWARD    ECMP by flow hash → MTU → TTL, checksum (RFC 1624 eqn 3) → FWD_OUT
//     LOCAL      a tunnel's end: decapsulate, remember the flow's POP of entry (backend gateway),
//                look up again; an ICMP echo is answered here; ICMP about an own tunnel lowers its
//                MTU and is passed on to the inner sender; a translated address is put back; the
//                rest is FWD_LOCAL for the host
//     EIP        meter, translate, push the tunnel to the backend's gateway, look up again
//     TUNNEL     push, look up again
//     SID        next segment, or decapsulate and look up again
//     BLACKHOLE, REJECT  drop
//
// Not thread-safe; one node is used by one thread at a time.
#ifndef ANYSIM_FWD_FWD_H
#define ANYSIM_FWD_FWD_H

#include "fwd/acl.h"
#include "fwd/drop.h"
#include "fwd/eip.h"
#include "fwd/packet.h"
#include "fwd/route.h"
#include "fwd/tunnel.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FWD_BATCH        64
#define FWD_NO_INTERFACE UINT32_MAX

enum fwd_verdict {
    FWD_OUT,      // send on out_if, through nexthop
    FWD_LOCAL,    // for this host (decapsulated already)
    FWD_DROP,     // for `reason`; an error may be due: fwd_icmp_error()
    FWD_FRAGMENT, // too big for its way out, may be cut: fwd_fragment() with r->mtu, and each piece
                  // to fwd_resume(). IPv4, or a tunnel's packet around IPv6 of up to 1280 bytes
};

struct fwd_result {
    enum fwd_verdict verdict;
    uint32_t nexthop, out_if; // FWD_OUT; the same where the caller declared no next hop
    enum fwd_drop reason;
    bool reply; // turned round here (an echo, a passed-on ICMP error): the verdict is about that
    // Of the error that RFC 1812 or RFC 4443 wants sent about a drop; type 0: none.
    uint8_t icmp_type, icmp_code;
    uint8_t pointer;    // of a parameter problem about IPv4 options
    uint32_t detail;    // of the reason, as icmp.h has it
    uint32_t mtu;       // FWD_DROP_MTU and FWD_FRAGMENT: what the packet as it stands has to fit:
                        // fwd_icmp_error() takes off what this node pushed. Whoever sets the reason
                        // himself sets it
    uint32_t in_if;     // as given to fwd_receive(); FWD_NO_INTERFACE: this node made it
    int64_t release_ps; // FWD_OUT: not to be sent before (a shaper); 0: at once
    // FWD_FRAGMENT: where pieces go on; for fwd_resume() only.
    struct {
        uint16_t adjacency;
        bool ttl_due;
        struct ip6_addr far_end;
    } resume;
};

struct fwd_options {
    ip4_addr address;         // the node's own IPv4 address (loopback), its number too; not 0
    struct ip6_addr address6; // and IPv6 address; zero: has none, and sends no ICMPv6 of its own
    uint32_t hash_seed;       // ECMP hash seed, different per node to avoid polarisation
    bool hash_outer;          // ECMP by the outermost header only (else by what is inside tunnels)
    uint32_t flow_limit;      // entries of the gateway's flow table; 0: not a backend gateway
    uint32_t nat_limit;       // translations at once; 0: no EIP may translate
    // A flow unused for so long is forgotten; 0: 30 s for UDP and all else, for TCP 240 s while it
    // opens or closes (RFC 5382 REQ-5) and 7440 s when it is open.
    int64_t flow_idle_ps, tcp_opening_ps, tcp_open_ps;
    uint32_t icmp_per_s, icmp_burst; // ICMP errors; 0: 1000 and 50
};

struct fwd_node *fwd_node_new(const struct fwd_options *o);
void fwd_node_free(struct fwd_node *n);
ip4_addr fwd_address(const struct fwd_node *n); // fwd_options.address

// --- interfaces and next hops. A caller that declares none forwards by next-hop numbers alone,
// without limit of size (the simulator, whose ports do that). A next hop that is not declared is
// its own interface. Numbers index arrays: the caller keeps them small.
struct fwd_interface {
    uint32_t mtu;             // of IP datagrams; 0: none
    ip4_addr address;         // source of ICMP errors that leave through it (RFC 1812 §4.3.2.4);
    struct ip6_addr address6; // zero: the node's own
    bool servers;             // backends' side: what comes in from an EIP is an answer
};
void fwd_interface_set(struct fwd_node *n, uint32_t number, const struct fwd_interface *i);
void fwd_nexthop_set(struct fwd_node *n, uint32_t number, uint32_t interface);

struct fwd_interface_counters {
    uint64_t in_packets, in_bytes, out_packets, out_bytes;
    uint64_t in_dropped; // of what came in
};
struct fwd_nexthop_counters {
    uint64_t packets, bytes;
};
// Zeros for what was not declared.
struct fwd_interface_counters fwd_interface_counters(const struct fwd_node *n, uint32_t number);
struct fwd_nexthop_counters fwd_nexthop_counters(const struct fwd_node *n, uint32_t number);

// Checks every packet that comes in, before the look-up; what tunnels bring as well. NULL removes
// it. The node owns it from now on.
void fwd_acl_set(struct fwd_node *n, struct acl *acl);

// --- packets. `in_if` is the interface of arrival. On FWD_OUT the packet is ready to be sent; the
// TTL was decremented: of the packet that came in, or, where a tunnel begins or ends here, of the
// packet inside it (RFC 2003 §3.1). `p->entry` is set by the EIP stage to the node's address. On
// FWD_DROP the packet is whole enough to be quoted. IPv4 options are processed as RFC 1812 §5.3.13
// has it (source routes are refused), IPv4 from the node's own address or an interface's is refused
// (as Linux does), IPv6 hop-by-hop options are skipped (RFC 8200 §4). Nothing is
// reassembled: fragments of a tunnel's packets are dropped at its end. Where ports decide (answers of
// an INGRESS backend, snat), fragments follow the first of their datagram, and are dropped if they
// come ahead of it.
void fwd_receive(struct fwd_node *n, struct packet *p, uint32_t in_if, int64_t now_ps,
                 struct fwd_result *r);
// The same for up to FWD_BATCH packets of one interface at once, which hides the memory's latency.
// Returns how many were done, one at least if there is one: all, or up to one that is to be cut, so
// that its pieces can leave before the rest (tunnels' sequence numbers are in that order).
unsigned fwd_receive_batch(struct fwd_node *n, struct packet *const *p, unsigned count,
                           uint32_t in_if, int64_t now_ps, struct fwd_result *r);
// A packet made by this node's host (TTL is not decremented, RFC 1812 §5.3.1).
void fwd_originate(struct fwd_node *n, struct packet *p, int64_t now_ps, struct fwd_result *r);

// Cuts a FWD_FRAGMENT packet (RFC 791 §3.2, RFC 8200 §4.5): writes piece number `index` (0, 1, …) into `out`,
// which needs room; false when there is no such piece. Each goes to fwd_resume() with the result of
// the whole.
bool fwd_fragment(const struct packet *p, uint32_t mtu, unsigned index, struct packet *out);
void fwd_resume(struct fwd_node *n, struct packet *piece, const struct fwd_result *whole,
                int64_t now_ps, struct fwd_result *r);

// Builds the ICMP error (RFC 792, RFC 1812 §4.3; RFC 4443) about dropped packet `p` into `out`;
// false when none may be sent (about an ICMP error, a later fragment, a multicast) or the node's
// token bucket is empty. `out` quotes as much as has room. Its source is the address of the
// interface that it leaves through, else the node's; about a packet for the node itself it is the
// address that it was for (RFC 1122 §3.2.2). Send it with fwd_originate.
bool fwd_icmp_error(struct fwd_node *n, const struct packet *p, const struct fwd_result *r,
                    int64_t now_ps, struct packet *out);
// The caller could not do what the verdict `*r` said (nobody listens, the link is down, …): the
// verdict becomes a drop for `reason`, counted here instead of there; `p` is as it was then.
void fwd_refuse(struct fwd_node *n, const struct packet *p, enum fwd_drop reason,
                struct fwd_result *r);

// Every packet that comes in ends in one of five ways, always:
//   received + originated + pieces = forwarded + replies + local + cut + the sum of dropped[]
struct fwd_counters {
    uint64_t received, forwarded, local, originated, encapsulated, decapsulated, icmp_sent,
        flows_created, flows_expired, flows_evicted;
    uint64_t replies; // turned round and sent out; `forwarded` does not count them
    uint64_t cut, pieces;
    uint64_t translated; // by snat, both directions
    // Translations made, forgotten in time, forgotten for want of room or another address, and not made
    // (FWD_DROP_NAT_FULL).
    uint64_t nat_created, nat_expired, nat_evicted, nat_refused;
    // Later fragments that went where their first one did (answers of an INGRESS backend, snat), and
    // datagrams that were forgotten too early, for want of room, for theirs to.
    uint64_t fragments_followed, fragments_evicted;
    uint64_t dropped[FWD_DROP_COUNT];
};
uint64_t fwd_counters_dropped(const struct fwd_counters *c); // over all reasons
const struct fwd_counters *fwd_counters(const struct fwd_node *n);

#ifdef __cplusplus
}
#endif

#endif
