// SPDX-License-Identifier: GPL-3.0-or-later
// fwd: the forwarding core: one node's data plane, on real packet bytes.
//
// Public header of libanyfwd. It knows packets, a FIB, tunnels and anycast service bindings; it does
// not know time's source, links, routing protocols or a simulator. The caller hands it a packet and
// the time and gets a verdict. Nothing is allocated per packet.
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

#define FWD_MAX_ECMP    16
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
    bool reply; // the packet was turned into a reply (ICMP echo) and is on its way out
    uint8_t icmp_type, icmp_code; // of the error that RFC 1812 wants sent about a drop; type 0: none
};

struct fwd_options {
    ip4_addr address;     // the node's own address (loopback): source of ICMP and of tunnels
    uint32_t hash_seed;   // ECMP hash seed, different per node to avoid polarisation
    uint32_t flow_limit;  // entries of the gateway's flow table; 0: not a backend gateway
    int64_t flow_idle_ps; // a flow unused for this long is forgotten (30 s)
};

struct fwd_node *fwd_node_new(const struct fwd_options *o);
void fwd_node_free(struct fwd_node *n);

// --- FIB. Group ids are made by fwd_group: equal member lists give the same id (reference counted
// by the routes that use it). Interfaces are the caller's numbers.
uint32_t fwd_group(struct fwd_node *n, const uint32_t *out_ifs, int count); // 1..FWD_MAX_ECMP
void fwd_route_set(struct fwd_node *n, struct prefix p, enum fwd_action action, uint32_t group);
void fwd_route_del(struct fwd_node *n, struct prefix p);
bool fwd_route_get(const struct fwd_node *n, struct prefix p, enum fwd_action *action,
                   uint32_t *group);
uint32_t fwd_route_count(const struct fwd_node *n);
size_t fwd_fib_bytes(const struct fwd_node *n);

// --- anycast. At a POP: packets to `eip` are tunnelled to `gateway` (another node's address).
// `service` is the caller's number, handed back in packet->service.
void fwd_eip_bind(struct fwd_node *n, struct prefix eip, uint32_t service, enum fwd_tunnel kind,
                  ip4_addr gateway);
void fwd_eip_unbind(struct fwd_node *n, struct prefix eip);
// Accept tunnels of `kind` addressed to this node (its address must also be a LOCAL route).
void fwd_tunnel_accept(struct fwd_node *n, enum fwd_tunnel kind);
// At a backend gateway: replies from `eip` go back through a tunnel of `kind` to the POP that the
// flow entered by; without a live entry in the flow table they are dropped (FWD_DROP_NO_FLOW).
void fwd_backend_bind(struct fwd_node *n, struct prefix eip, enum fwd_tunnel kind);

// --- packets. `in_if` is the interface of arrival. On FWD_OUT the packet is ready to be sent; the
// TTL was decremented. `p->entry` is set by the EIP stage to the node's address.
void fwd_receive(struct fwd_node *n, struct packet *p, uint32_t in_if, int64_t now_ps,
                 struct fwd_result *r);
// A packet made by this node's host (TTL is not decremented, RFC 1812 §5.3.1).
void fwd_originate(struct fwd_node *n, struct packet *p, int64_t now_ps, struct fwd_result *r);
// Builds the ICMP error (RFC 792, RFC 1812 §4.3) about dropped packet `p` into `out`; false when
// none may be sent (about an ICMP error, a later fragment, a multicast) or the node's token bucket
// (default 1000/s, burst 50) is empty.
bool fwd_icmp_error(struct fwd_node *n, const struct packet *p, const struct fwd_result *r,
                    int64_t now_ps, struct packet *out);

struct fwd_counters {
    uint64_t received, forwarded, local, originated, encapsulated, decapsulated, icmp_sent,
        flows_created, flows_expired, flows_evicted;
    uint64_t dropped[FWD_DROP_COUNT];
};
const struct fwd_counters *fwd_counters(const struct fwd_node *n);

#endif
