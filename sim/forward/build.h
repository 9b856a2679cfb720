// SPDX-License-Identifier: GPL-3.0-or-later
// build: a checked config becomes a forwarding node.
//
// What a router has by itself is added here: the network of every interface address is a connected
// route, the address itself and the node's own are local, the broadcast addresses of IPv4 networks
// are dropped (RFC 2644).
#ifndef ANYSIM_FORWARD_BUILD_H
#define ANYSIM_FORWARD_BUILD_H

#include "forward/config.h"

struct build {
    struct fwd_node *node;
    struct acl *acl;                                    // the node's; NULL: none
    uint32_t *tunnels, *endpoints, *policers, *shapers; // ids by the config's index
};

void build_node(const struct config *c, struct build *b);
void build_free(struct build *b);

#endif
