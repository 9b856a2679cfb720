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
//
// A port may have more: a queue discipline instead of that buffer (net/qdisc.h), which holds packets
// and has an event for when the line is free, and impairments of the line (net/impair.h). Such a
// port is `special`: its packets take the way of portline.c.
#ifndef ANYSIM_NET_PORT_H
#define ANYSIM_NET_PORT_H

#include "base/hist.h"
#include "engine/sim.h"
#include "engine/timer.h"
#include "fwd/drop.h"
#include "fwd/packet.h"
#include "net/fluid.h"
#include "net/impair.h"
#include "net/qdisc.h"
#include "net/wire.h"
#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stdint.h>

struct net;

struct port {
    struct entity entity; // must stay first: its event is an arrival at the far end
    struct net *net;
    uint32_t index;    // the interface number that forwarding cores use
    uint32_t from, to; // node indices
    bool alive;        // passes packets: link not cut, both nodes up
    bool special;      // something of the last part is at work
    int64_t busy_until_ps;
    int64_t last_arrival_ps;
    int64_t delay_ps;
    int64_t queue_ps; // longest wait accepted
    int64_t rate_bps;
    int64_t byte_ps;      // time of a byte when that is a whole number, else 0
    uint32_t least_bytes; // a packet counts as so long at least: what limits packets, not bits
    bool limits;          // see port_refusal …
    uint64_t refused[2];  // … packets times their weight: for their bits, and as packets
    struct wire wire;
    struct fluid *fluid;    // NULL: nothing but simulated packets
    struct hist *waited_ns; // the meter's, or NULL: see port_waited
    uint64_t packets, bytes, drops;
    uint64_t window_bits;     // sent since the last look, weighted; read and reset by net_window
    uint64_t window_own_bits; // of that, the packets themselves: they are no fluid
    // Of special ports
    struct qdisc *qdisc;   // NULL: the buffer is `queue_ps`
    struct timer service;  // of a qdisc: when to take the next packet
    struct impair *impair; // NULL: never had any
    uint32_t loss_ppm;     // of the line, a grey failure: see net_link_loss
    gsl_rng *loss;         // its random stream, made when it is needed
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

// How long a datagram counts as.
static inline uint32_t port_counts(const struct port *p, uint32_t bytes)
{
    return bytes > p->least_bytes ? bytes : p->least_bytes;
}

// Why a datagram for which there is no room is dropped: for the `usual` reason, or, where the port stands
// for what a machine can bear, for the limit that it meets.
static inline enum fwd_drop port_refusal(const struct port *p, uint32_t bytes, enum fwd_drop usual)
{
    if (!p->limits)
        return usual;
    return bytes < p->least_bytes ? FWD_DROP_PACKET_RATE : FWD_DROP_BIT_RATE;
}
// Drops it so.
void port_refuse(struct port *p, struct packet *packet, enum fwd_drop usual);

// What an ordinary port does not do: for port_send() only.
void port_send_special(struct port *p, struct packet *packet, int64_t now_ps);

// Gives an ordinary port that carries nothing yet a queue discipline.
void port_discipline(struct port *p, const char *name, const struct qdisc_options *o);
// Impairs the line from now on; NULL: no longer. `name`: the port's, for its random streams.
void port_impair(struct port *p, const char *name, const struct impair_options *o);

// To be called when `loss_ppm` has changed.
void port_refresh(struct port *p);

// How long what is here already keeps the line busy.
int64_t port_backlog_ps(const struct port *p, int64_t now_ps);
// The probability that the line loses a packet of a router's own: by its state, not its buffer.
double port_line_loss(const struct port *p, int64_t now_ps);

// The wire is cut: everything in the queue and in flight is dropped (FWD_DROP_LINK_DOWN).
void port_cut(struct port *p, int64_t now_ps);

#endif
