// SPDX-License-Identifier: GPL-3.0-or-later
// eip: the two ends of an anycast service's private way, as the caller sees them. Part of the
// public header fwd.h.
//
// At a POP, packets to an EIP are metered and pushed into the tunnel to the backend's gateway. At
// the gateway they come out, the POP of entry is remembered per flow, and the answers go back
// through that POP, through the local exit, or where the FIB says.
#ifndef ANYSIM_FWD_EIP_H
#define ANYSIM_FWD_EIP_H

#include "fwd/drop.h"
#include "fwd/packet.h"
#include "fwd/policer.h"
#include "fwd/route.h"
#include "fwd/shaper.h"
#include "fwd/tunnel.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FWD_NO_METER UINT32_MAX

// Policers and shapers are objects: several EIPs, or both directions of one, may share one.
uint32_t fwd_policer_add(struct fwd_node *n, const struct policer_options *o);
void fwd_policer_set(struct fwd_node *n, uint32_t id, const struct policer_options *o,
                     int64_t now_ps);
// To be read until the next one is added; shapers likewise.
const struct policer *fwd_policer(const struct fwd_node *n, uint32_t id);
uint32_t fwd_shaper_add(struct fwd_node *n, const struct shaper_options *o);
void fwd_shaper_set(struct fwd_node *n, uint32_t id, const struct shaper_options *o,
                    int64_t now_ps);
const struct shaper *fwd_shaper(const struct fwd_node *n, uint32_t id);

// Who has a say about packets that are about to meet a policer of an EIP: whoever knows that one of
// them stands for many (packet->weight), which a count of its bytes does not see.
enum fwd_gate_says {
    FWD_GATE_METER, // the policer decides
    FWD_GATE_PASS,  // it passes, and costs the policer nothing
    FWD_GATE_DROP   // FWD_DROP_POLICED
};
struct fwd_gate {
    void *ctx;
    // `service`: of the binding; `outward`: from the EIP. The packet is without tunnel headers.
    enum fwd_gate_says (*ask)(void *ctx, const struct packet *p, uint32_t service, bool outward);
};
// Of all EIPs of the node; ask NULL: nobody.
void fwd_gate_set(struct fwd_node *n, const struct fwd_gate *gate);

struct fwd_meters {
    uint32_t policer, shaper; // FWD_NO_METER: none
};

// A choice among tunnels, by a flow's hash: an object, which several bindings may share. `how` is any
// method but RESILIENT; with a Maglev one all nodes whose members have the same ids and weights choose
// alike. A member's `nexthop` is the tunnel's id.
uint32_t fwd_choice_add(struct fwd_node *n, enum fwd_select how, const struct fwd_member *members,
                        int count); // 1 … FWD_MAX_ECMP; its number, 1, 2, 3 …
void fwd_choice_set(struct fwd_node *n, uint32_t id, enum fwd_select how,
                    const struct fwd_member *members, int count);

// A binding at a POP. It lies over a route of the same prefix: fwd_route_set and fwd_route_get work
// on the route underneath, which forwards again after fwd_eip_unbind. Binding again replaces, and
// the counters go on.
struct fwd_eip_options {
    uint32_t service;     // the caller's number, handed back in packet->service
    uint32_t tunnel;      // to the gateway; FWD_NO_TUNNEL: POP and backend are one node, nothing is
                          // pushed and the route underneath (or the next shorter one) decides
    uint32_t choice;      // among tunnels, instead of `tunnel`; 0: none
    struct fwd_meters in; // from clients
    struct fwd_meters out; // to clients: of packets from the EIP that leave here
    // Address of this POP that clients' addresses are replaced by (NAPT, RFC 2663 §4.1.2), of the
    // EIP's family; zero: clients' addresses are kept. It must be a LOCAL route.
    struct ip6_addr snat;
    // Why nothing passes, in either direction, for as long as it stands (FWD_DROP_UNBOUND,
    // FWD_DROP_BLOCKED); FWD_DROP_NONE: packets pass.
    enum fwd_drop refuse;
};

struct fwd_flow_counts {
    uint64_t packets, bytes; // of IP datagrams without tunnel headers
};
// Packets are metered and counted when nothing that the node knows then stands against their way on:
// TTL, size, route and translation are asked first. So `in` is what was put into the tunnel, and `out`
// what left for clients, but for what ended behind that: no room for a header, a far end without a
// route, a neighbour that does not answer. One that is cut counts once, as a whole.
struct fwd_eip_counters {
    struct fwd_flow_counts in, out;   // passed on
    uint64_t dropped_in, dropped_out; // by meters and translation, or refused
    uint64_t refused, policed;        // of those: for fwd_eip_options.refuse, and FWD_DROP_POLICED
};

void fwd_eip_bind(struct fwd_node *n, struct prefix6 eip, const struct fwd_eip_options *o);
void fwd_eip_unbind(struct fwd_node *n, struct prefix6 eip);
// Only what a binding chooses among, all else as it is. False: there is no such binding.
bool fwd_eip_choose(struct fwd_node *n, struct prefix6 eip, uint32_t choice);
// NULL when there is no such binding. To be read until the next one is made.
const struct fwd_eip_counters *fwd_eip_counters(const struct fwd_node *n, struct prefix6 eip);

// How answers leave the gateway of a backend.
enum fwd_return {
    FWD_RETURN_INGRESS, // in a tunnel to the POP that the flow entered by; without a live entry in
                        // the flow table they are dropped (FWD_DROP_NO_FLOW)
    FWD_RETURN_DIRECT,  // through the local exit, whatever the FIB says
    FWD_RETURN_NEAREST  // as the FIB says about the client: its routes may be tunnels to POPs
};

// A backend behind this node. "Answers" are packets from the EIP that the node's own host
// originates (fwd_originate), that it answers itself (echo), or that come in on an interface that
// is marked as the servers' side. ICMP errors go by the flow of the packet that they quote. Needs
// fwd_options.flow_limit > 0.
struct fwd_backend_options {
    enum fwd_return way;
    enum fwd_tunnel kind; // INGRESS: of the tunnels to the POPs, when `tunnel` is FWD_NO_TUNNEL
    uint32_t tunnel;      // INGRESS: all but its far end is taken from this tunnel
    uint32_t exit_group;  // DIRECT
    bool closing; // flows that the flow table does not know are dropped (FWD_DROP_CLOSING), so that
                  // the others can end in peace
};
void fwd_backend_bind(struct fwd_node *n, struct prefix6 eip, const struct fwd_backend_options *o);
void fwd_backend_unbind(struct fwd_node *n, struct prefix6 eip);

#ifdef __cplusplus
}
#endif

#endif
