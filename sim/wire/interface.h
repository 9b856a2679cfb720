// SPDX-License-Identifier: GPL-3.0-or-later
// interface: one live Linux interface, whatever is behind it. The kinds are afpacket.h and tun.h.
//
// A loop around poll(2): when `fd` is readable call interface_receive() until it gives 0 frames,
// send what comes of them with interface_send(), and call interface_flush() before the next
// interface_receive() on any interface whose frames were passed on.
//
// What Linux leaves to hardware is made good on the way in, so that a received frame is as it would
// be on a wire: missing checksums are completed, VLAN tags put back, and packets that were merged
// (GRO) or not cut yet (TSO, GSO) are cut to segments.
#ifndef ANYSIM_WIRE_INTERFACE_H
#define ANYSIM_WIRE_INTERFACE_H

#include "wire/frame.h"

#define INTERFACE_BATCH 64  // frames that one call moves at most
#define INTERFACE_NAME  16  // IFNAMSIZ
#define INTERFACE_ERROR 256 // bytes of a message

struct interface_frame {
    uint8_t *bytes; // from the link-layer header on; the receiver may change them
    uint32_t size;
    int64_t
        at_ns; // when it was received, kernel's time since 1970; 0: not known; ignored in sending
};

struct interface_statistics {
    uint64_t received, received_bytes; // frames handed out
    uint64_t sent, sent_bytes;         // frames the kernel took
    uint64_t completed;                // received without a checksum, which was added
    uint64_t cut;                      // received merged, and cut to segments
    uint64_t dropped_by_kernel;        // no room in the receive ring: the reader is too slow
    uint64_t dropped_truncated;        // received but not whole
    uint64_t dropped_merged;           // received merged in a way that cannot be undone
    uint64_t unsent_size;              // larger than the MTU
    uint64_t unsent_full;              // no room in the kernel's queue
    uint64_t unsent_down;              // the interface was down, or the kernel refused the frame
};

struct interface;

struct interface_ops {
    const char *kind; // "af_packet", "tun"
    // Up to `max` frames (INTERFACE_BATCH at most). Their bytes are valid until the next call. 0: none
    // now. -1: the interface is gone, `error` says so.
    int (*receive)(struct interface *i, struct interface_frame *frames, int max);
    // Queues `n` frames for sending. Their bytes must stay as they are until flush().
    void (*send)(struct interface *i, const struct interface_frame *frames, int n);
    void (*flush)(struct interface *i);
    void (*refresh)(struct interface *i); // brings the kernel's counters into `statistics`
    void (*close)(struct interface *i);   // frees
};

// Open for reading; written by its kind alone.
struct interface {
    const struct interface_ops *ops;
    int fd;                 // for poll(2)
    enum frame_link link;   // FRAME_LINK_ETHERNET or FRAME_LINK_IP
    uint32_t mtu;           // bytes of the largest datagram
    uint8_t mac[FRAME_MAC]; // zeros when the link has none
    char name[INTERFACE_NAME];
    struct interface_statistics statistics;
    char error[INTERFACE_ERROR];
};

static inline int interface_receive(struct interface *i, struct interface_frame *frames, int max)
{
    return i->ops->receive(i, frames, max);
}

static inline void interface_send(struct interface *i, const struct interface_frame *frames, int n)
{
    i->ops->send(i, frames, n);
}

static inline void interface_flush(struct interface *i)
{
    i->ops->flush(i);
}

// The counters, up to date.
const struct interface_statistics *interface_statistics(struct interface *i);
// What the counters should make the user do ("eth0: 12 merged packets could not be cut: run
// `ethtool -K eth0 gro off …`"): true and a line in `text`, false when all is well.
bool interface_advice(struct interface *i, char text[INTERFACE_ERROR]);
void interface_close(struct interface *i);

#endif
