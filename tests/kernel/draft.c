// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernel/draft.h"

#include "fwd/headers6.h"
#include "kernel/world.h"

#include <assert.h>

// splitmix64 (Steele, Lea, Flood 2014).
uint64_t dice_next(struct dice *d)
{
    uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void dice_init(struct dice *d, uint64_t seed, uint64_t number)
{
    d->state = seed;
    d->state = dice_next(d) ^ number;
    d->state = dice_next(d);
}

uint32_t dice_below(struct dice *d, uint32_t n)
{
    return (uint32_t)((dice_next(d) >> 32) * n >> 32);
}

bool dice_once_in(struct dice *d, uint32_t n)
{
    return dice_below(d, n) == 0;
}

void draft_begin(struct draft *f)
{
    f->at = f->room + DRAFT_ROOM;
    f->size = 0;
}

uint8_t *draft_push(struct draft *f, uint32_t size)
{
    assert(size <= (uint32_t)(f->at - f->room));
    f->at -= size;
    f->size += size;
    memset(f->at, 0, size);
    return f->at;
}

void draft_cut(struct draft *f, uint32_t size)
{
    if (f->size > size)
        f->size = size;
}

void draft_payload(struct draft *f, uint32_t number, uint32_t size)
{
    uint8_t tag[WORLD_TAG], *at = draft_push(f, size);
    world_write_tag(tag, number);
    for (uint32_t i = WORLD_TAG; i < size; i++)
        at[i] = (uint8_t)(i * 7 + number);
    memcpy(at, tag, size < WORLD_TAG ? size : WORLD_TAG);
}

void draft_random(struct draft *f, struct dice *d, uint32_t size)
{
    uint8_t *at = draft_push(f, size);
    for (uint32_t i = 0; i < size; i++)
        at[i] = (uint8_t)dice_next(d);
}

void draft_mend4(uint8_t *h)
{
    be16_put(h + IP4_CHECKSUM, 0);
    checksum_store(h + IP4_CHECKSUM, checksum_add(0, h, ip4_header_size(h)));
}

static void push_ip4(struct draft *f, const struct draft_ip *ip)
{
    uint32_t header = IP4_HEADER + ip->options_size;
    uint8_t *h = draft_push(f, header);
    h[0] = (uint8_t)(0x40 | header / 4);
    h[IP4_TOS] = ip->tos;
    be16_put(h + IP4_LENGTH, f->size);
    be16_put(h + IP4_ID, ip->id);
    be16_put(h + IP4_FRAGMENT, ip->fragment);
    h[IP4_TTL] = ip->ttl;
    h[IP4_PROTOCOL] = ip->protocol;
    be32_put(h + IP4_SRC, ip6_to_ip4(ip->src));
    be32_put(h + IP4_DST, ip6_to_ip4(ip->dst));
    if (ip->options_size)
        memcpy(h + IP4_HEADER, ip->options, ip->options_size);
    draft_mend4(h);
}

void draft_ip(struct draft *f, const struct draft_ip *ip)
{
    if (!draft_is6(ip)) {
        push_ip4(f, ip);
        return;
    }
    uint8_t *h = draft_push(f, IP6_HEADER);
    ip6_write(h, &(struct ip6_fields){.src = ip->src,
                                      .dst = ip->dst,
                                      .length = f->size,
                                      .label = ip->label,
                                      .hops = ip->ttl,
                                      .next = ip->protocol,
                                      .traffic_class = ip->tos});
}

// The sum over what was written so far and the pseudo header.
static uint64_t upper_sum(const struct draft *f, const struct draft_ip *ip, uint8_t protocol)
{
    uint8_t pseudo[40];
    uint32_t n;
    if (draft_is6(ip)) {
        ip6_put(pseudo, ip->src);
        ip6_put(pseudo + 16, ip->dst);
        n = 32;
    } else {
        be32_put(pseudo, ip6_to_ip4(ip->src));
        be32_put(pseudo + 4, ip6_to_ip4(ip->dst));
        n = 8;
    }
    be32_put(pseudo + n, f->size);
    be32_put(pseudo + n + 4, protocol);
    return checksum_add(checksum_add(0, pseudo, n + 8), f->at, f->size);
}

void draft_udp(struct draft *f, const struct draft_ip *ip, uint16_t from, uint16_t to, bool checked)
{
    uint8_t *h = draft_push(f, UDP_HEADER);
    be16_put(h + UDP_SPORT, from);
    be16_put(h + UDP_DPORT, to);
    be16_put(h + UDP_LENGTH, f->size);
    if (!checked)
        return;
    checksum_store(h + UDP_CHECKSUM, upper_sum(f, ip, PROTOCOL_UDP));
    if (be16_get(h + UDP_CHECKSUM) == 0)
        be16_put(h + UDP_CHECKSUM, 0xffff);
}

void draft_tcp(struct draft *f, const struct draft_ip *ip, uint16_t from, uint16_t to,
               uint8_t flags)
{
    uint8_t *h = draft_push(f, TCP_HEADER);
    be16_put(h + TCP_SPORT, from);
    be16_put(h + TCP_DPORT, to);
    be32_put(h + 4, 0x01020304);
    h[12] = TCP_HEADER / 4 << 4;
    h[TCP_FLAGS] = flags;
    be16_put(h + 14, 8192);
    checksum_store(h + TCP_CHECKSUM, upper_sum(f, ip, PROTOCOL_TCP));
}

void draft_icmp(struct draft *f, const struct draft_ip *ip, uint8_t type, uint8_t code,
                uint32_t rest)
{
    uint8_t *h = draft_push(f, ICMP_HEADER);
    h[ICMP_TYPE] = type;
    h[ICMP_CODE] = code;
    be32_put(h + 4, rest);
    uint64_t sum =
        draft_is6(ip) ? upper_sum(f, ip, PROTOCOL_ICMP6) : checksum_add(0, f->at, f->size);
    checksum_store(h + ICMP_CHECKSUM, sum);
}
