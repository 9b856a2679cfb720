// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/icmp.h"

#define REPLY_TTL      64
#define ERROR_MAX      576  // bytes of an error, IP header included
#define TOS_PRECEDENCE 0xc0 // internetwork control, RFC 1812 §4.3.2.5

void icmp_bucket_init(struct icmp_bucket *b)
{
    *b = (struct icmp_bucket){.credit_ps = ICMP_BURST * ICMP_TOKEN_PS};
}

bool icmp_bucket_take(struct icmp_bucket *b, int64_t now_ps)
{
    const int64_t full = ICMP_BURST * ICMP_TOKEN_PS;
    int64_t passed = now_ps - b->filled_ps;
    if (passed > 0) {
        b->credit_ps = passed >= full - b->credit_ps ? full : b->credit_ps + passed;
        b->filled_ps = now_ps;
    }
    if (b->credit_ps < ICMP_TOKEN_PS)
        return false;
    b->credit_ps -= ICMP_TOKEN_PS;
    return true;
}

void icmp_error_for(enum fwd_drop reason, uint8_t *type, uint8_t *code)
{
    *type = 0;
    *code = 0;
    switch (reason) {
    case FWD_DROP_TTL:
        *type = ICMP_TIME_EXCEEDED;
        break;
    case FWD_DROP_NO_ROUTE:
        *type = ICMP_UNREACHABLE;
        *code = ICMP_NET;
        break;
    case FWD_DROP_NO_SERVICE:
        *type = ICMP_UNREACHABLE;
        *code = ICMP_PORT;
        break;
    case FWD_DROP_MTU:
        *type = ICMP_UNREACHABLE;
        *code = ICMP_FRAGMENT;
        break;
    default: // a damaged packet has no trustworthy sender; a blackhole is silent by intent
        break;
    }
}

static bool is_error_type(uint8_t type)
{
    return type == ICMP_UNREACHABLE || type == ICMP_QUENCH || type == ICMP_REDIRECT ||
           type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETER;
}

bool icmp_may_report(const uint8_t *h, size_t stored)
{
    if (be16_get(h + IP4_FRAGMENT) & IP4_OFFSET_MASK)
        return false;
    if (ip4_is_martian(be32_get(h + IP4_SRC)) || ip4_is_martian(be32_get(h + IP4_DST)))
        return false;
    if (h[IP4_PROTOCOL] != PROTOCOL_ICMP)
        return true;
    size_t header = ip4_header_size(h);
    return stored > header && !is_error_type(h[header + ICMP_TYPE]);
}

void icmp_build_error(struct packet *out, const struct icmp_error *e, const uint8_t *about,
                      size_t stored, uint32_t length)
{
    const size_t room = PACKET_BYTES - PACKET_HEADROOM - IP4_HEADER - ICMP_HEADER;
    uint32_t quote = ERROR_MAX - IP4_HEADER - ICMP_HEADER;
    if (quote > length)
        quote = length;
    if (stored > room) {
        stored = room; // what follows is not zeros: quote no more than can be stored
        quote = quote < room ? quote : (uint32_t)room;
    }
    if (stored > quote)
        stored = quote;
    uint8_t bytes[PACKET_BYTES - PACKET_HEADROOM];
    uint32_t whole = IP4_HEADER + ICMP_HEADER + quote;
    ip4_write(bytes, &(struct ip4_fields){.src = e->src,
                                          .dst = be32_get(about + IP4_SRC),
                                          .length = whole,
                                          .ttl = REPLY_TTL,
                                          .protocol = PROTOCOL_ICMP,
                                          .tos = TOS_PRECEDENCE});
    uint8_t *icmp = bytes + IP4_HEADER;
    memset(icmp, 0, ICMP_HEADER);
    icmp[ICMP_TYPE] = e->type;
    icmp[ICMP_CODE] = e->code;
    be16_put(icmp + ICMP_MTU, e->mtu);
    memcpy(icmp + ICMP_HEADER, about, stored);
    checksum_store(icmp + ICMP_CHECKSUM, checksum_add(0, icmp, ICMP_HEADER + stored));
    packet_load(out, bytes, IP4_HEADER + ICMP_HEADER + stored, whole);
}

const uint8_t *icmp_quote(const uint8_t *h, size_t stored, size_t *quoted)
{
    if (h[IP4_PROTOCOL] != PROTOCOL_ICMP)
        return NULL;
    const uint8_t *icmp = ip4_transport(h, stored, ICMP_HEADER + IP4_HEADER + 8);
    if (!icmp || !is_error_type(icmp[ICMP_TYPE]))
        return NULL;
    const uint8_t *quote = icmp + ICMP_HEADER;
    *quoted = stored - (size_t)(quote - h);
    return ip4_readable(quote, *quoted) ? quote : NULL;
}

bool icmp_is_echo(const struct packet *p)
{
    const uint8_t *h = packet_view(p);
    if (h[IP4_PROTOCOL] != PROTOCOL_ICMP || ip4_is_martian(be32_get(h + IP4_SRC)))
        return false;
    const uint8_t *icmp = ip4_transport(h, p->captured, ICMP_HEADER);
    return icmp && icmp[ICMP_TYPE] == ICMP_ECHO && icmp[ICMP_CODE] == 0;
}

bool icmp_echo_intact(const struct packet *p)
{
    size_t header = ip4_header_size(packet_view(p));
    return checksum_ok(checksum_add(0, packet_view(p) + header, p->captured - header));
}

void icmp_turn_echo(struct packet *p)
{
    uint8_t *h = packet_data(p);
    uint8_t *icmp = h + ip4_header_size(h);
    uint32_t src = be32_get(h + IP4_SRC);
    be32_put(h + IP4_SRC, be32_get(h + IP4_DST));
    be32_put(h + IP4_DST, src);
    uint16_t old = be16_get(h + IP4_TTL);
    uint16_t now = (uint16_t)(REPLY_TTL << 8 | (old & 0xff));
    be16_put(h + IP4_TTL, now);
    be16_put(h + IP4_CHECKSUM, checksum_update(be16_get(h + IP4_CHECKSUM), old, now));
    icmp[ICMP_TYPE] = ICMP_ECHO_REPLY;
    be16_put(icmp + ICMP_CHECKSUM,
             checksum_update(be16_get(icmp + ICMP_CHECKSUM), ICMP_ECHO << 8, ICMP_ECHO_REPLY << 8));
}
