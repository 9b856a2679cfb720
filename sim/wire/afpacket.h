// SPDX-License-Identifier: GPL-3.0-or-later
// afpacket: an interface of Linux through a packet socket (packet(7)): frames are received from a
// memory-mapped TPACKET_V3 ring and sent in batches with sendmmsg(2).
//
// The kernel goes on using the interface beside us: give it no address of its own there, or it
// answers too. All multicast is received, since IPv6 asks for neighbours by multicast; no MLD report
// is sent, so behind a switch that snoops MLD use `promiscuous` and a port that floods.
#ifndef ANYSIM_WIRE_AFPACKET_H
#define ANYSIM_WIRE_AFPACKET_H

#include "wire/interface.h"

struct afpacket_options {
    const char *name;
    uint32_t ring_bytes; // of the receive ring, rounded up to whole blocks; 0: 16 MiB
    bool promiscuous;    // also what is addressed to others
};

// NULL with the reason in `error`: no such interface, neither Ethernet nor raw IP, or no privilege
// (CAP_NET_RAW).
struct interface *afpacket_open(const struct afpacket_options *options,
                                char error[INTERFACE_ERROR]);

#endif
