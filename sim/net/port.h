// SPDX-License-Identifier: GPL-3.0-or-later
// port: one direction of a link: a queue, a wire, and what travels on it.
//
// A FIFO with one pending event. When a packet is sent its departure is known at once,
//     departure = max(now, end of the packet before) + bits / rate,
// and so is its arrival, so the queue needs no event of its own: packets wait in a ring with their
// arrival times and only the first one's arrival is in the event queue.
//
// The buffer is given as time at the port's rate: a packet that would wait longer is dropped
// (FWD_DROP_QUEUE_FULL). Traffic that is not simulated packet by packet loads the port as a fluid:
// see net/fluid.h for what it adds to delay and loss.
#ifndef ANYSIM_NET_PORT_H
#define ANYSIM_NET_PORT_H

#include "base/hist.h"
#include "engine/sim.h"
#include "fwd/packet.h"
#include "net/fluid.h"
#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stdint.h>

struct net;

struct wire_item {
    struct packet *packet;
    int64_t arrives_ps;
};

struct port {
    struct entity entity; // must stay first: its event is an arrival at the far end
    struct net *net;
    uint32_t index;    // the interface number that forwarding cores use
    uint32_t from, to; // node indices
    bool alive;        // passes packets: link not cut, both nodes up
    int64_t busy_until_ps;
    int64_t last_arrival_ps;
    int64_t delay_ps;
    int64_t queue_ps; // longest wait accepted
    int64_t rate_bps;
    uint32_t loss_ppm;      // of the line, a grey failure: see net_link_loss
    gsl_rng *loss;          // its random stream, made when it is needed
    int64_t byte_ps;        // time of a byte when that is a whole number, else 0
    struct wire_item *ring; // power-of-two sized
    uint32_t ring_size, head, count;
    struct fluid *fluid;    // NULL: nothing but simulated packets
    struct hist *waited_ns; // the meter's, or NULL: see port_waited
    uint64_t packets, bytes, drops;
    uint64_t window_bits; // sent since the last look, weighted; read and reset by net_window
};

// Puts a packet on the wire, or drops it through net's drop hook. Takes the packet over.
void port_send(struct port *p, struct packet *packet, int64_t now_ps);

// A packet that the port counted in `packets` had to wait so long from its arrival to the beginning
// of its own transmission. What did not wait is not told: most packets, and it costs nothing.
static inline void port_waited(struct port *p, int64_t wait_ps)
{
    if (__builtin_expect(wait_ps > 0 && p->waited_ns != NULL, 0))
        hist_add(p->waited_ns, wait_ps / PS_PER_NS);
}

// The wire is cut: everything in the queue and in flight is dropped (FWD_DROP_LINK_DOWN).
void port_cut(struct port *p, int64_t now_ps);

#endif
