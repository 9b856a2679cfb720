// SPDX-License-Identifier: GPL-3.0-or-later
#include "wire/arp.h"

#include "fwd/headers.h"

#define HARDWARE_ETHERNET 1

enum {
    HARDWARE = 0,
    PROTOCOL = 2,
    HARDWARE_SIZE = 4,
    PROTOCOL_SIZE = 5,
    OPERATION = 6,
    SENDER_MAC = 8,
    SENDER = 14,
    TARGET_MAC = 18,
    TARGET = 24,
    MESSAGE = 28
};

_Static_assert(ARP_FRAME == FRAME_ETHERNET + MESSAGE, "a frame is a header and a message");

bool arp_read(const uint8_t *bytes, size_t stored, struct arp *out)
{
    if (stored < MESSAGE || be16_get(bytes + HARDWARE) != HARDWARE_ETHERNET ||
        be16_get(bytes + PROTOCOL) != FRAME_TYPE_IP4 || bytes[HARDWARE_SIZE] != FRAME_MAC ||
        bytes[PROTOCOL_SIZE] != sizeof(ip4_addr))
        return false;
    out->operation = be16_get(bytes + OPERATION);
    out->sender = be32_get(bytes + SENDER);
    out->target = be32_get(bytes + TARGET);
    memcpy(out->sender_mac, bytes + SENDER_MAC, FRAME_MAC);
    memcpy(out->target_mac, bytes + TARGET_MAC, FRAME_MAC);
    // 0 is the sender of a probe (RFC 5227 §2.1.1).
    return (out->operation == ARP_REQUEST || out->operation == ARP_REPLY) &&
           frame_mac_is_station(out->sender_mac) &&
           (out->sender == 0 || !ip4_is_martian(out->sender));
}

size_t arp_write(uint8_t *frame, const uint8_t dst[FRAME_MAC], const struct arp *m)
{
    uint8_t *at = frame + FRAME_ETHERNET;
    frame_write_ethernet(frame, dst, m->sender_mac, FRAME_TYPE_ARP);
    be16_put(at + HARDWARE, HARDWARE_ETHERNET);
    be16_put(at + PROTOCOL, FRAME_TYPE_IP4);
    at[HARDWARE_SIZE] = FRAME_MAC;
    at[PROTOCOL_SIZE] = sizeof(ip4_addr);
    be16_put(at + OPERATION, m->operation);
    memcpy(at + SENDER_MAC, m->sender_mac, FRAME_MAC);
    be32_put(at + SENDER, m->sender);
    memcpy(at + TARGET_MAC, m->target_mac, FRAME_MAC);
    be32_put(at + TARGET, m->target);
    return ARP_FRAME;
}
