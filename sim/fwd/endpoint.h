// SPDX-License-Identifier: GPL-3.0-or-later
// endpoint: where tunnels end: finding the endpoint that a packet is for, checking what its tunnel
// header says, and taking the packet out. Private to the forwarding core.
//
// Segments of SRv6 end at routes instead: srv6.h.
#ifndef ANYSIM_FWD_ENDPOINT_H
#define ANYSIM_FWD_ENDPOINT_H

#include "fwd/encap.h"

struct endpoint {
    const struct tunnel_ops *ops;
    struct fwd_endpoint_options options; // `port` filled in
    bool keyed;                          // options.keyed; true for VXLAN and GENEVE
    bool begun;                          // a sequence number was taken
    uint32_t sequence;                   // the last one taken
    struct fwd_endpoint_counters counters;
};

struct endpoint_table {
    struct endpoint *entries; // in order of addition
    uint32_t count, capacity;
    ip4_addr own; // what an endpoint without a destination prefix is at
    struct ip6_addr own6;
};

void endpoint_table_init(struct endpoint_table *t, ip4_addr own, struct ip6_addr own6);
void endpoint_table_free(struct endpoint_table *t);
// Options that pass fwd_endpoint_check(). Ids are 0, 1, …; nothing is ever removed. Pointers to
// endpoints die here.
uint32_t endpoint_add(struct endpoint_table *t, const struct fwd_endpoint_options *o);

// The first endpoint of the packet whose validated outer header is at `h`: by kind, destination and
// key (VXLAN, GENEVE: network identifier), and by source: that of several which differ in nothing
// else; if none allows the source, the first, and endpoint_pop() refuses. NULL: none. A fragment, and a header that is too short
// or too wrong to have a key, matches whatever the key: endpoint_pop() then says what is wrong.
// `*tunnelled` tells whether the packet is of a tunnel's protocol at all: IPIP, GRE, or UDP to a
// port that is a tunnel's as a rule or at one of the endpoints.
struct endpoint *endpoint_match(const struct endpoint_table *t, const uint8_t *h, size_t stored,
                                bool *tunnelled);

// Takes a validated packet out of its tunnel, with ECN as RFC 6040 §4.2 has it. The inner header is
// stored and of the version that was announced, but not validated. FWD_DROP_FRAGMENT;
// FWD_DROP_TRUNCATED: headers that are not there whole; FWD_DROP_TUNNEL_BAD: everything that this
// endpoint does not accept (source, flags, version, checksum, late sequence number, critical option,
// no IP inside, congestion mark on a packet that cannot carry it). The packet is untouched then.
enum fwd_drop endpoint_pop(struct packet *p, struct endpoint *e);

// The last step of it, for SRv6 as well: the inner packet of this IP version stands at offset `at`
// and, with what may be behind it, ends at offset `end` <= p->length.
enum fwd_drop endpoint_take_out(struct packet *p, uint32_t at, uint32_t end, uint8_t version);

#endif
