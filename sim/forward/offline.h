// SPDX-License-Identifier: GPL-3.0-or-later
// offline: a capture through the forwarding core, and what comes out into another capture.
//
// All frames arrive on one interface, in order, and virtual time is theirs: it begins at 0 with the
// first, and a frame that is dated before the one ahead of it arrives together with that; what is
// dated 106 days and more after the first arrives at the end of time, after which nothing expires
// and shapers let nothing go. Nothing is asked for: neighbours have the MAC addresses of the config or made ones (config_mac_of()), and
// the destination MAC address of what arrives is not looked at. VLAN tags are taken off. Frames
// come out in order of time, each when it was sent: at once, or when a shaper let it go.
#ifndef ANYSIM_FORWARD_OFFLINE_H
#define ANYSIM_FORWARD_OFFLINE_H

#include "forward/totals.h"

struct offline_options {
    const char *in;    // capture to read
    const char *out;   // capture to write; NULL: none
    const char *local; // capture of what was for this host, as raw IP; NULL: none
    const char *drops; // CSV file; NULL: none
    int interface;     // of arrival
    bool raw;          // `out` holds raw IP instead of Ethernet
};

enum offline_status {
    OFFLINE_GOOD,
    OFFLINE_MISSING, // the capture cannot be opened
    OFFLINE_DAMAGED, // the capture is none, or damaged
    OFFLINE_OUTPUT   // something could not be written
};

// Runs it all. After a failure, *error says why and no file was written or replaced.
enum offline_status offline_run(const struct config *c, const struct build *b,
                                const struct offline_options *o, struct totals *t, char error[512]);

#endif
