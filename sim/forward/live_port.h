// SPDX-License-Identifier: GPL-3.0-or-later
// live_port: one live interface of the config: frames to packets and back, neighbours, and a batch
// of frames to send. Private to live.c.
#ifndef ANYSIM_FORWARD_LIVE_PORT_H
#define ANYSIM_FORWARD_LIVE_PORT_H

#include "forward/live.h"
#include "forward/relay.h"
#include "forward/release.h"

struct live_port {
    struct live *live;
    const struct config_interface *config;
    uint32_t number;
    struct interface *io;   // NULL: was removed, or its link was lost for good
    struct neighbours *arp; // NULL: the link is raw IP
    bool host;              // the TUN device: behind it is this host
    bool ready;             // there may be more to receive
    struct totals_port *totals;
    struct interface_frame queue[INTERFACE_BATCH]; // to send
    struct parcel *held[INTERFACE_BATCH];          // that the frames of the queue lie in
    int queued;
};

struct live {
    struct config *config;
    struct live_options options;
    struct build build;
    struct parcels parcels;
    struct relay relay;
    struct release waiting;
    struct live_port *ports; // as the config's interfaces
    int tun;                 // the port of the host, or CONFIG_NONE
    struct totals totals;
    struct totals_port *port_totals;
    int64_t start_ns; // time is counted from here
    int signals;      // file descriptor
};

// Opens the device and fills in what the config leaves to it.
enum live_status live_port_open(struct live_port *p, struct config_interface *f,
                                const struct live *l, char error[512]);
void live_port_close(struct live_port *p);

// One batch of frames; sets `ready` to whether there may be more.
void live_port_receive(struct live_port *p, int64_t now_ps);
// Sends a packet to a next hop's address (zero: to its own destination). Takes the parcel over.
void live_port_send(struct live_port *p, struct parcel *parcel, struct ip6_addr via,
                    int64_t now_ps);
// Gives the queue to the kernel.
void live_port_flush(struct live_port *p);
// When it has to do with neighbours next; INT64_MAX: nothing.
int64_t live_port_due_ps(const struct live_port *p);
void live_port_timer(struct live_port *p, int64_t now_ps);
// Tells all neighbours of all own addresses.
void live_port_announce(struct live_port *p);
// Gives up on packets that wait for neighbours.
void live_port_give_up(struct live_port *p, int64_t now_ps);

#endif
