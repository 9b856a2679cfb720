// SPDX-License-Identifier: GPL-3.0-or-later
// checksum: the Internet checksum (RFC 1071) and its incremental update (RFC 1624).
//
// A one's complement sum of 16-bit words does not care about byte order (RFC 1071 §2 B), so sums
// over bytes are formed and stored in the machine's own order. Header inline: it runs for every
// packet at every hop.
#ifndef ANYSIM_FWD_CHECKSUM_H
#define ANYSIM_FWD_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Adds `size` bytes to a running sum. An odd last byte is followed by a zero; so only the last call
// of a sum may have an odd size.
static inline uint64_t checksum_add(uint64_t sum, const uint8_t *bytes, size_t size)
{
    while (size >= 4) {
        uint32_t word;
        memcpy(&word, bytes, 4);
        sum += word;
        bytes += 4;
        size -= 4;
    }
    if (size >= 2) {
        uint16_t word;
        memcpy(&word, bytes, 2);
        sum += word;
        bytes += 2;
        size -= 2;
    }
    if (size) {
        uint16_t word = 0;
        memcpy(&word, bytes, 1);
        sum += word;
    }
    return sum;
}

// The two words of a 32-bit field, for sums over values that are at hand rather than over bytes
// just written (reading those back at another width would stall). Such sums are in host order:
// finish them with checksum_finish(), and do not mix the two kinds.
static inline uint64_t checksum_value(uint32_t value)
{
    return (uint64_t)(value >> 16) + (value & 0xffffu);
}

static inline uint16_t checksum_fold(uint64_t sum)
{
    sum = (sum & 0xffffffffu) + (sum >> 32);
    sum = (sum & 0xffffffffu) + (sum >> 32);
    sum = (sum & 0xffffu) + (sum >> 16);
    sum = (sum & 0xffffu) + (sum >> 16);
    return (uint16_t)sum;
}

// The checksum of a sum over values, as a number.
static inline uint16_t checksum_finish(uint64_t sum)
{
    return (uint16_t)~checksum_fold(sum);
}

// Writes the checksum of a sum over bytes into packet bytes.
static inline void checksum_store(uint8_t *at, uint64_t sum)
{
    uint16_t check = (uint16_t)~checksum_fold(sum);
    memcpy(at, &check, 2);
}

// True when the sum over data with its checksum in place says that nothing changed.
static inline int checksum_ok(uint64_t sum)
{
    return checksum_fold(sum) == 0xffffu;
}

// The checksum after one 16-bit word of the data changed: RFC 1624 equation 3,
// HC' = ~(~HC + ~m + m'). All three in the same byte order.
static inline uint16_t checksum_update(uint16_t check, uint16_t from, uint16_t to)
{
    uint32_t sum = (uint32_t)(uint16_t)~check + (uint16_t)~from + to;
    sum = (sum & 0xffffu) + (sum >> 16);
    sum = (sum & 0xffffu) + (sum >> 16);
    return (uint16_t)~sum;
}

#endif
