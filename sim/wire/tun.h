// SPDX-License-Identifier: GPL-3.0-or-later
// tun: a TUN device of Linux (/dev/net/tun): this end carries raw IP datagrams, the other end is an
// interface of the host's own stack, so that programs of the host can be behind us.
#ifndef ANYSIM_WIRE_TUN_H
#define ANYSIM_WIRE_TUN_H

#include "base/ip6.h"
#include "wire/interface.h"

struct tun_options {
    const char *name;                // "tun0", or with %d for a free number
    uint32_t mtu;                    // 0: as the kernel sets it (1500)
    const struct prefix6 *addresses; // of the host's end, of either family, host bits kept
    size_t naddresses;
    bool up;
};

// Creates the device, which goes away when the interface is closed (or attaches to an existing
// persistent one). NULL with the reason in `error`: no privilege (CAP_NET_ADMIN), no /dev/net/tun,
// the name is in use.
struct interface *tun_open(const struct tun_options *options, char error[INTERFACE_ERROR]);

#endif
