// SPDX-License-Identifier: GPL-3.0-or-later
// relay: does what the forwarding core's verdicts say, alike for packets of a capture and live
// ones: cuts what is to be cut, sends the ICMP errors that are due, and hands on the rest.
#ifndef ANYSIM_FORWARD_RELAY_H
#define ANYSIM_FORWARD_RELAY_H

#include "forward/parcel.h"

struct relay_ops {
    // FWD_OUT, as parcel->r says. Takes the parcel over.
    void (*out)(void *ctx, struct parcel *p, int64_t now_ps);
    // FWD_LOCAL. Takes the parcel over.
    void (*local)(void *ctx, struct parcel *p, int64_t now_ps);
    // FWD_DROP: for looking at only.
    void (*drop)(void *ctx, const struct parcel *p, int64_t now_ps);
};

struct relay {
    struct fwd_node *node;
    struct parcels *parcels;
    const struct relay_ops *ops;
    void *ctx;
};

// Up to FWD_BATCH packets that came in on an interface. Takes them over.
void relay_receive(struct relay *r, struct parcel *const *batch, unsigned count, uint32_t in_if,
                   int64_t now_ps);
// A packet of this node's host. Takes it over.
void relay_originate(struct relay *r, struct parcel *p, int64_t now_ps);
// What `out` or `local` took over cannot be done after all. Takes it over.
void relay_refuse(struct relay *r, struct parcel *p, enum fwd_drop reason, int64_t now_ps);

#endif
