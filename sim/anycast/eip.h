// SPDX-License-Identifier: GPL-3.0-or-later
// eip: what the forwarding cores are told about an EIP in the course of its life (scenario/life.h).
//
// At its entries an EIP refuses everything or is tunnelled to one backend; what stands there decides
// how:
//   servers        clients' addresses are kept; the gateway remembers each flow's POP of entry and
//                  sends answers back through it, so flows survive when they enter elsewhere;
//   nat            the entry puts its own address in place of the client's (RFC 2663), and answers find
//                  back to it by themselves; a flow that enters elsewhere is another one there;
//   load_balancer  as servers, but it can be closed: flows that it knows go on, others are dropped.
#ifndef ANYSIM_ANYCAST_EIP_H
#define ANYSIM_ANYCAST_EIP_H

#include "anycast/service.h"
#include "scenario/life.h"

struct anycast_backend {
    uint32_t node;    // of its gateway
    ip4_addr address; // of that
    enum life_backend_kind kind;
    enum fwd_tunnel tunnel;
};

// All entries tunnel to it from now on, the gateway takes the EIP in. Entries to a nat must be cores
// that can translate (fwd_options.nat_limit).
void anycast_point(struct anycast_service *s, struct net *net, const struct anycast_backend *to);
// Entries drop everything for that reason; FWD_DROP_NONE: no longer.
void anycast_refuse(struct anycast_service *s, struct net *net, enum fwd_drop why);
// The gateway takes the EIP in, but `closing` no new flows of it.
void anycast_close(struct anycast_service *s, struct net *net, const struct anycast_backend *b,
                   bool closing);
// The gateway remembers no flow of the EIP any more, whatever stands behind it.
void anycast_forget(struct anycast_service *s, struct net *net, uint32_t gateway_node);
// The gateway knows nothing of the EIP any more.
void anycast_leave(struct anycast_service *s, struct net *net, uint32_t gateway_node);

// Over all entries.
struct fwd_eip_counters anycast_counters(const struct anycast_service *s, const struct net *net);

#endif
