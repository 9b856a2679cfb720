// SPDX-License-Identifier: GPL-3.0-or-later
// choice: which of several tunnels the packets of a flow to an EIP go into. Private to the forwarding
// core; eip.h has the public functions.
#ifndef ANYSIM_FWD_CHOICE_H
#define ANYSIM_FWD_CHOICE_H

#include "fwd/route.h"

struct group;
struct fwd_node;

struct choice {
    struct group *group; // of tunnels
};

void choices_free(struct choice *v, uint32_t n);

// The tunnel for the datagram at `h` (validated, either version), of which `stored` bytes are there.
uint32_t choice_tunnel(const struct choice *c, const uint8_t *h, size_t stored);
// Tunnels, each as often as its share asks for; how many.
int choice_tunnels(const struct choice *c, uint32_t out[FWD_MAX_ECMP]);

#endif
