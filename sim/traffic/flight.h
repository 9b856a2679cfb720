// SPDX-License-Identifier: GPL-3.0-or-later
// flight: the packets of one direction of a flow that are under way: when each was sent, and which
// number it had in that direction.
//
// A ring keyed by packet->seq, which grows only while what it would overwrite is still under way: so
// it is as large as the flight, however long the flow lives. A packet that was duplicated is found
// again as long as its place has not been taken by another.
#ifndef ANYSIM_TRAFFIC_FLIGHT_H
#define ANYSIM_TRAFFIC_FLIGHT_H

#include <stdbool.h>
#include <stdint.h>

struct flight_item {
    int64_t sent_ps;
    uint32_t key, number;
    bool known; // the place is taken
    bool open;  // under way
};

struct flight {
    struct flight_item *ring;
    uint32_t size;   // a power of two, or 0
    uint32_t number; // of the next packet
};

void flight_free(struct flight *f);

// Packet `key` is sent: gives its number in this direction.
uint32_t flight_sent(struct flight *f, uint32_t key, int64_t now_ps);
// It arrived or was dropped; false when it is not known (any more). out->open: this is the first end
// that it meets.
bool flight_ended(struct flight *f, uint32_t key, struct flight_item *out);

#endif
