// SPDX-License-Identifier: GPL-3.0-or-later
// live: the forwarding core on interfaces of this machine.
//
// One thread and one poll(2) loop. Frames come in by batches of up to FWD_BATCH; ARP and neighbour
// discovery are answered for the interfaces' own addresses and, where the config says `announce`,
// for services; what is for this host goes to the TUN device, and what comes from there is sent as
// this host's own. Without a TUN device nobody listens: such packets are dropped as
// FWD_DROP_NO_SERVICE. At the start every own address is announced on its link, twice, so that
// neighbours learn of a takeover.
#ifndef ANYSIM_FORWARD_LIVE_H
#define ANYSIM_FORWARD_LIVE_H

#include "forward/totals.h"

struct live_options {
    int64_t duration_ps; // 0: until SIGINT or SIGTERM
    int64_t stats_ps;    // a line on stderr as often; 0: none
    bool quiet;          // no advice about the interfaces on stderr
};

enum live_status {
    LIVE_GOOD,
    LIVE_CONFIG,   // the config does not fit this machine
    LIVE_SYSTEM,   // an interface cannot be opened
    LIVE_PRIVILEGE // … for want of a privilege
};

struct live; // opaque

// Attaches to all interfaces. What the config leaves to the devices (MTU, MAC address) is filled in
// there. After a failure *error says why, and nothing is left open.
enum live_status live_open(struct config *c, const struct live_options *o, struct live **out,
                           char error[512]);
// Forwards until the duration is over, a signal comes, or the last interface is removed; for 106
// days at most (units.h). What is still held back by a shaper is sent then, and what waits for a
// neighbour is dropped.
void live_run(struct live *l);
const struct build *live_build(const struct live *l);
const struct totals *live_totals(const struct live *l);
void live_close(struct live *l);

#endif
