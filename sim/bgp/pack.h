// SPDX-License-Identifier: GPL-3.0-or-later
// pack: collects what one flush tells a peer and packs it into few UPDATEs: prefixes that share
// attributes travel together (RFC 4271 §4.3), withdrawals first, no message longer than the session allows.
//
// Towards a peer with ADD-PATH every prefix goes with a path identifier (RFC 7911 §3); a pack holds
// prefixes with identifiers, or without, never both.
//
// One scratch object serves a whole struct bgp. Groups go out in the order in which their first
// prefix was added.
//
// A reflector tells thousands of clients the same. A message that equals the one which the peer
// before was sent in its place is that very object once more.
#ifndef ANYSIM_BGP_PACK_H
#define ANYSIM_BGP_PACK_H

#include "base/vec.h"
#include "bgp/attr.h"

struct bgp_message;
struct bgp_peer;

struct bgp_pack_item { // a prefix in a group's list
    uint32_t prefix, path_id;
    uint32_t next; // index of the next item, UINT32_MAX: the last
};

struct bgp_pack_group {
    const struct bgp_attr *attr; // one reference
    uint32_t first, last, n;     // items
};

struct bgp_pack {
    VEC(uint32_t) withdrawn, withdrawn_ids; // the latter with ADD-PATH only
    bool paths;
    VEC(struct bgp_pack_group) groups;
    VEC(struct bgp_pack_item) items;
    uint32_t *slots; // hash of attributes → group index + 1; 0: free
    uint32_t nslots; // power of two
};

// The first messages that a speaker's last pack became; one reference each.
#define BGP_PACK_KEPT 64
struct bgp_packed {
    VEC(struct bgp_message *) v;
};
void bgp_packed_forget(struct bgp_packed *k, struct bgp_attrs *attrs);
void bgp_packed_free(struct bgp_packed *k, struct bgp_attrs *attrs);

void bgp_pack_free(struct bgp_pack *p);
void bgp_pack_withdraw(struct bgp_pack *p, uint32_t prefix);
void bgp_pack_announce(struct bgp_pack *p, const struct bgp_attr *attr, uint32_t prefix);
void bgp_pack_withdraw_path(struct bgp_pack *p, uint32_t prefix, uint32_t path_id);
void bgp_pack_announce_path(struct bgp_pack *p, const struct bgp_attr *attr, uint32_t prefix,
                            uint32_t path_id);
// Sends everything to `peer` and empties the pack.
void bgp_pack_send(struct bgp_pack *p, struct bgp_peer *peer);

#endif
