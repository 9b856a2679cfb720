// SPDX-License-Identifier: GPL-3.0-or-later
// totals: what `anysim forward` counts besides the forwarding core: frames that never got there,
// and what became of packets after it.
#ifndef ANYSIM_FORWARD_TOTALS_H
#define ANYSIM_FORWARD_TOTALS_H

#include "forward/build.h"
#include "wire/interface.h"
#include "wire/neighbour.h"

#include <stdio.h>

// One live interface.
struct totals_port {
    uint64_t ignored;    // frames for other MAC addresses, other VLANs, other groups
    uint64_t neighbours; // ARP and neighbour discovery
    struct interface_statistics link;
    struct neighbour_counters arp;
    uint32_t known; // neighbours in the table
};

struct totals {
    const char *mode;                 // "pcap" or "live"
    uint64_t frames;                  // came in
    uint64_t ignored, neighbours;     // of them: not for us; ARP and neighbour discovery
    uint64_t refused[FWD_DROP_COUNT]; // of them: dropped before the core saw a packet
    uint64_t written;                 // frames that went out
    uint64_t host;                    // packets handed to the host
    uint64_t shaped;                  // of the packets out: held back by a shaper
    int64_t ended_ps;                 // when it ended, on the core's clock
    const struct totals_port *ports;  // one an interface of the config; NULL: not live
};

// Frames that were dropped before the core saw a packet, whatever the reason.
uint64_t totals_refused(const struct totals *t);

// Does every frame and every packet have exactly one end? False, with the sums, when not: a bug.
bool totals_conserve(const struct build *b, const struct totals *t, char *why, size_t size);

// The counters as a table for people, and as JSON for programs.
void totals_print(const struct config *c, const struct build *b, const struct totals *t, FILE *out);
void totals_json(const struct config *c, const struct build *b, const struct totals *t, FILE *out);

#endif
