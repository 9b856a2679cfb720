// SPDX-License-Identifier: GPL-3.0-or-later
#include "transport/segment.h"

#include "fwd/headers.h"

enum { END = 0, NOP = 1, MSS = 2, SCALE = 3, PERMITTED = 4, SACK = 5, STAMPS = 8 };

uint32_t segment_length(const struct segment *s)
{
    return s->octets + ((s->flags & TCP_SYN) != 0) + ((s->flags & TCP_FIN) != 0);
}

uint32_t segment_options(const struct segment *s)
{
    return (s->mss ? 4u : 0u) + (s->scale != SEGMENT_NO_SCALE ? 4u : 0u) +
           (s->sack_permitted ? 4u : 0u) + (s->stamped ? 12u : 0u) +
           (s->nsacks ? 4u + 8u * s->nsacks : 0u);
}

// Each option is padded to four bytes with no-operations before it.
static uint32_t write_options(const struct segment *s, uint8_t *b)
{
    uint8_t *at = b;
    if (s->mss) {
        be32_put(at, (uint32_t)MSS << 24 | 4u << 16 | s->mss);
        at += 4;
    }
    if (s->scale != SEGMENT_NO_SCALE) {
        be32_put(at, (uint32_t)NOP << 24 | (uint32_t)SCALE << 16 | 3u << 8 | s->scale);
        at += 4;
    }
    if (s->sack_permitted) {
        be32_put(at, (uint32_t)NOP << 24 | (uint32_t)NOP << 16 | (uint32_t)PERMITTED << 8 | 2);
        at += 4;
    }
    if (s->stamped) {
        be32_put(at, (uint32_t)NOP << 24 | (uint32_t)NOP << 16 | (uint32_t)STAMPS << 8 | 10);
        be32_put(at + 4, s->stamp);
        be32_put(at + 8, s->echo);
        at += 12;
    }
    if (s->nsacks) {
        be32_put(at, (uint32_t)NOP << 24 | (uint32_t)NOP << 16 | (uint32_t)SACK << 8 |
                         (2u + 8u * s->nsacks));
        at += 4;
        for (unsigned i = 0; i < s->nsacks; i++, at += 8) {
            be32_put(at, s->sacks[i].from);
            be32_put(at + 4, s->sacks[i].to);
        }
    }
    return (uint32_t)(at - b);
}

void segment_write(const struct segment *s, ip4_addr src, ip4_addr dst, uint8_t ttl,
                   struct packet *p)
{
    uint8_t options[PACKET_TCP_OPTIONS];
    FWD_ASSERT(segment_options(s) <= PACKET_TCP_OPTIONS);
    struct packet_tcp t = {.src = src,
                           .dst = dst,
                           .sport = s->sport,
                           .dport = s->dport,
                           .seq = s->seq,
                           .ack = s->ack,
                           .window = s->window,
                           .flags = s->flags,
                           .ttl = ttl,
                           .tos = s->ecn,
                           .options_size = (uint8_t)write_options(s, options),
                           .options = options,
                           .payload = s->octets};
    packet_build_tcp(p, &t);
}

static void read_sacks(struct segment *s, const uint8_t *b, unsigned size)
{
    for (; size >= 8 && s->nsacks < SEGMENT_SACKS; size -= 8, b += 8)
        s->sacks[s->nsacks++] = (struct segment_range){be32_get(b), be32_get(b + 4)};
}

static void read_option(struct segment *s, const uint8_t *b)
{
    unsigned size = b[1];
    if (b[0] == MSS && size == 4)
        s->mss = be16_get(b + 2);
    else if (b[0] == SCALE && size == 3)
        s->scale = b[2] < SEGMENT_SCALE_MAX ? b[2] : SEGMENT_SCALE_MAX;
    else if (b[0] == PERMITTED && size == 2)
        s->sack_permitted = true;
    else if (b[0] == SACK && size >= 10 && size % 8 == 2)
        read_sacks(s, b + 2, size - 2);
    else if (b[0] == STAMPS && size == 10) {
        s->stamped = true;
        s->stamp = be32_get(b + 2);
        s->echo = be32_get(b + 6);
    }
}

static bool read_options(struct segment *s, const uint8_t *b, size_t size)
{
    while (size) {
        if (b[0] == END)
            return true;
        size_t step = 1;
        if (b[0] != NOP) {
            if (size < 2 || b[1] < 2 || b[1] > size)
                return false;
            step = b[1];
            read_option(s, b);
        }
        b += step;
        size -= step;
    }
    return true;
}

bool segment_read(const struct packet *p, struct segment *s)
{
    const uint8_t *h = packet_view(p);
    if (!ip4_readable(h, p->captured) || h[IP4_PROTOCOL] != PROTOCOL_TCP)
        return false;
    const uint8_t *tcp = ip4_transport(h, p->captured, TCP_HEADER);
    if (!tcp)
        return false;
    size_t header = (size_t)(tcp[TCP_OFFSET] >> 4) * 4, stored = p->captured - (size_t)(tcp - h);
    size_t length = be16_get(h + IP4_LENGTH);
    if (header < TCP_HEADER || header > stored || length > p->length ||
        length < (size_t)(tcp - h) + header)
        return false;
    uint32_t size = (uint32_t)(length - (size_t)(tcp - h));
    uint8_t rest[4];
    be32_put(rest, (uint32_t)PROTOCOL_TCP << 16 | size);
    uint64_t sum = checksum_add(checksum_add(0, h + IP4_SRC, 8), rest, sizeof rest);
    if (!checksum_ok(checksum_add(sum, tcp, stored < size ? stored : size)))
        return false;
    *s = (struct segment){.sport = be16_get(tcp + TCP_SPORT),
                          .dport = be16_get(tcp + TCP_DPORT),
                          .seq = be32_get(tcp + TCP_SEQUENCE),
                          .ack = be32_get(tcp + TCP_ACKNOWLEDGED),
                          .octets = size - (uint32_t)header,
                          .window = be16_get(tcp + TCP_WINDOW),
                          .flags = tcp[TCP_FLAGS],
                          .ecn = h[IP4_TOS] & IP4_ECN_MASK,
                          .scale = SEGMENT_NO_SCALE};
    return read_options(s, tcp + TCP_HEADER, header - TCP_HEADER);
}
