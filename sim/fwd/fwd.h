// SPDX-License-Identifier: GPL-3.0-or-later
// fwd: the forwarding core: one node's data plane, on real packet bytes.
//
// Public header of libanyfwd. It knows packets, a FIB, tunnels and anycast service bindings; it
// does not know time's source, links, routing protocols or a simulator. The caller hands it a
// packet and the time and gets a verdict. Nothing is allocated per packet.
//
//   parse → validate → look up (longest prefix) → what the FIB entry says:
//     FORWARD    ECMP by flow hash → TTL, checksum (RFC 1624 eqn 3) → FWD_OUT
//     LOCAL      ICMP echo is answered here; the rest is FWD_LOCAL for the host
//     TUNNEL     decapsulate, remember the flow's POP of entry (backend gateway), look up again
//     EIP        push the tunnel to the backend's gateway, look up again
//     BLACKHOLE  drop
//
// Not thread-safe; one node is used by one thread at a time.
#ifndef ANYSIM_FWD_FWD_H
#define ANYSIM_FWD_FWD_H

#include "base/ip.h"
#include "fwd/drop.h"
#include "fwd/packet.h"
#include <stdint.h>

#define FWD_MAX_ECMP     16
#define FWD_TUNNEL_DEPTH 4

struct fwd_node;

enum fwd_action { FWD_ACT_FORWARD, FWD_ACT_LOCAL, FWD_ACT_BLACKHOLE };

enum fwd_tunnel { FWD_TUNNEL_IPIP, FWD_TUNNEL_GRE, FWD_TUNNEL_KINDS }; // RFC 2003, RFC 2784

enum fwd_verdict {
    FWD_OUT,   // send on out_if
    FWD_LOCAL, // for this host (decapsulated already)
    FWD_DROP   // for `reason`; an ICMP error may have been made in `*icmp`
};

struct fwd_result {
    enum fwd_verdict verdict;
    uint32_t out_if;
    enum fwd_drop reason;
    bool reply; // an echo request ended here: the verdict is about the reply that it was turned to
    // Of the error that RFC 1812 wants sent about a drop; type 0: none.
    uint8_t icmp_type, icmp_code;
    uint16_t mtu; // for FWD_DROP_MTU: of the next hop (RFC 1191); whoever sets the reason sets it
};

struct fwd_options {
    ip4_addr address;     // the node's own address (loopback): source of ICMP and of tunnels; not 0
    uint32_t hash_seed;   // ECMP hash seed, different per node to avoid polarisation
    uint32_t flow_limit;  // entries of the gateway's flow table; 0: not a backend gateway
    int64_t flow_idle_ps; // a flow unused for this long is forgotten (30 s)
};

struct fwd_node *fwd_node_new(const struct fwd_options *o);
void fwd_node_free(struct fwd_node *n);

// --- FIB. Group ids are made by fwd_group: equal member lists, in whatever order, give the same id
// (reference counted by the routes that use it). A member listed twice carries twice the share.
// Interfaces are the caller's numbers. An id is good until the last route that uses it is gone:
// call fwd_group again for a new route rather than keep the number; setting a route to a dead id is
// a bug and ends the program. At most 65,534 different groups and EIP bindings at a node.
uint32_t fwd_group(struct fwd_node *n, const uint32_t *out_ifs, int count); // 1..FWD_MAX_ECMP
void fwd_route_set(struct fwd_node *n, struct prefix p, enum fwd_action action, uint32_t group);
void fwd_route_del(struct fwd_node *n, struct prefix p);
bool fwd_route_get(const struct fwd_node *n, struct prefix p, enum fwd_action *action,
                   uint32_t *group);
uint32_t fwd_route_count(const struct fwd_node *n);
size_t fwd_fib_bytes(const struct fwd_node *n); // lookup structure and the prefixes behind it

// What a packet to `dst` would meet now, for fluid traffic and for explanations. False: no route.
// An EIP binding is told by its gateway (look that up next); `action` is FORWARD then, without
// interfaces of its own.
struct fwd_path {
    enum fwd_action action;
    ip4_addr gateway; // other end of the tunnel that begins here; 0: none
    uint32_t service; // of the EIP binding
    int count;        // FORWARD: interfaces, ascending
    uint32_t out_ifs[FWD_MAX_ECMP];
};
bool fwd_lookup(const struct fwd_node *n, ip4_addr dst, struct fwd_path *path);

// --- anycast. At a POP: packets to `eip` are tunnelled to `gateway` (another node's address).
// `service` is the caller's number, handed back in packet->service. A binding lies over a route
// of the same prefix: fwd_route_set and fwd_route_get work on the route underneath, which
// forwards again after fwd_eip_unbind. Binding again replaces. A gateway that is the node itself
// means that POP and backend are one: no tunnel is pushed and the route underneath (or the next
// shorter one) decides.
void fwd_eip_bind(struct fwd_node *n, struct prefix eip, uint32_t service, enum fwd_tunnel kind,
                  ip4_addr gateway);
void fwd_eip_unbind(struct fwd_node *n, struct prefix eip);
// Accept tunnels of `kind` addressed to this node (its address must also be a LOCAL route).
void fwd_tunnel_accept(struct fwd_node *n, enum fwd_tunnel kind);
// At a backend gateway: replies from `eip` go back through a tunnel of `kind` to the POP that the
// flow entered by; without a live entry in the flow table they are dropped (FWD_DROP_NO_FLOW).
// "Replies" are what fwd_originate is given, and echoes answered here: traffic of the node's own
// hosts. Needs flow_limit > 0. ICMP errors go by the flow of the packet that they quote.
void fwd_backend_bind(struct fwd_node *n, struct prefix eip, enum fwd_tunnel kind);
void fwd_backend_unbind(struct fwd_node *n, struct prefix eip);

// --- packets. `in_if` is the interface of arrival (no stage asks for it yet). On FWD_OUT the
// packet is ready to be sent; the TTL was decremented: of the packet that came in, or, where a
// tunnel begins or ends here, of the packet inside it (RFC 2003 §3.1). `p->entry` is set by the EIP
// stage to the node's address. On FWD_DROP the packet is whole enough to be quoted. Not done, on
// purpose: options are skipped (RFC 1812 §5.2.4 lets a router ignore all but source routes, which
// are refused nearly everywhere), sources are not filtered, nothing is fragmented or reassembled.
void fwd_receive(struct fwd_node *n, struct packet *p, uint32_t in_if, int64_t now_ps,
                 struct fwd_result *r);
// A packet made by this node's host (TTL is not decremented, RFC 1812 §5.3.1).
void fwd_originate(struct fwd_node *n, struct packet *p, int64_t now_ps, struct fwd_result *r);
// Builds the ICMP error (RFC 792, RFC 1812 §4.3) about dropped packet `p` into `out`; false when
// none may be sent (about an ICMP error, a later fragment, a multicast) or the node's token bucket
// (1000/s, burst 50) is empty. Its source is the node's address; for "port unreachable", which a host sends, it is the address
// that the packet was for (RFC 1122 §3.2.2). Send it with fwd_originate.
bool fwd_icmp_error(struct fwd_node *n, const struct packet *p, const struct fwd_result *r,
                    int64_t now_ps, struct packet *out);
// The caller could not do what the verdict `*r` said (nobody listens, the MTU is too small, …): the
// verdict becomes a drop for `reason`, counted here instead of there.
void fwd_refuse(struct fwd_node *n, enum fwd_drop reason, struct fwd_result *r);

// Every packet that comes in ends in one of four ways, always:
//   received + originated = forwarded + replies + local + the sum of dropped[]
struct fwd_counters {
    uint64_t received, forwarded, local, originated, encapsulated, decapsulated, icmp_sent,
        flows_created, flows_expired, flows_evicted;
    uint64_t replies; // echoes turned round and sent out; `forwarded` does not count them
    uint64_t dropped[FWD_DROP_COUNT];
};
uint64_t fwd_counters_dropped(const struct fwd_counters *c); // over all reasons
const struct fwd_counters *fwd_counters(const struct fwd_node *n);

#endif
