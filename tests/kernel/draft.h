// SPDX-License-Identifier: GPL-3.0-or-later
// draft: a datagram that is written from the inside out: first the payload, then header before
// header. Checksums are right; whoever wants them wrong spoils them afterwards.
#ifndef ANYSIM_TESTS_KERNEL_DRAFT_H
#define ANYSIM_TESTS_KERNEL_DRAFT_H

#include "base/ip6.h"

#define DRAFT_ROOM 4608

struct draft {
    uint8_t *at; // where it begins now
    uint32_t size;
    uint8_t room[DRAFT_ROOM];
};

// Random numbers: a stream for each (seed, number), so that any packet can be made alone.
struct dice {
    uint64_t state;
};
void dice_init(struct dice *d, uint64_t seed, uint64_t number);
uint64_t dice_next(struct dice *d);
uint32_t dice_below(struct dice *d, uint32_t n); // 0..n−1
bool dice_once_in(struct dice *d, uint32_t n);
#define DICE_PICK(d, list) (list)[dice_below(d, sizeof(list) / sizeof *(list))]

void draft_begin(struct draft *f);
uint8_t *draft_push(struct draft *f, uint32_t size); // zeros
void draft_cut(struct draft *f, uint32_t size);      // no more than so many bytes are left
// `size` bytes that begin with the tag of the number, as far as there is room for it.
void draft_payload(struct draft *f, uint32_t number, uint32_t size);
void draft_random(struct draft *f, struct dice *d, uint32_t size);

struct draft_ip {
    struct ip6_addr src, dst; // one family
    uint8_t protocol, ttl, tos;
    uint16_t id, fragment; // IPv4: flags and offset
    uint32_t label;        // IPv6
    const uint8_t *options;
    uint8_t options_size; // IPv4; a multiple of 4
};
void draft_ip(struct draft *f, const struct draft_ip *ip);

// With checksums for these addresses. A UDP checksum of 0 when not `checked`.
void draft_udp(struct draft *f, const struct draft_ip *ip, uint16_t from, uint16_t to,
               bool checked);
void draft_tcp(struct draft *f, const struct draft_ip *ip, uint16_t from, uint16_t to,
               uint8_t flags);
void draft_icmp(struct draft *f, const struct draft_ip *ip, uint8_t type, uint8_t code,
                uint32_t rest);

// Puts the checksum of an IPv4 header right after something in it was changed.
void draft_mend4(uint8_t *h);

static inline bool draft_is6(const struct draft_ip *ip)
{
    return !ip6_is_ip4(ip->dst);
}

#endif
