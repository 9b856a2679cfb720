// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/natrewrite.h"

// Bytes of the upper layer that a quote must have (RFC 792): ports or identifier are in them.
#define QUOTE_UPPER 8

// --- reading

static uint8_t icmp_kind(uint8_t type)
{
    switch (type) {
    case ICMP_ECHO:
        return NATREWRITE_ECHO;
    case ICMP_ECHO_REPLY:
        return NATREWRITE_ECHO_REPLY;
    case ICMP_UNREACHABLE:
    case ICMP_QUENCH:
    case ICMP_TIME_EXCEEDED:
    case ICMP_PARAMETER:
        return NATREWRITE_ERROR;
    default: // a redirect is for neighbours only
        return NATREWRITE_OTHER;
    }
}

static uint8_t icmp6_kind(uint8_t type)
{
    if (type < ICMP6_INFORMATION)
        return NATREWRITE_ERROR;
    if (type == ICMP6_ECHO)
        return NATREWRITE_ECHO;
    return type == ICMP6_ECHO_REPLY ? NATREWRITE_ECHO_REPLY : NATREWRITE_OTHER;
}

// Where the upper layer is, and what part of a datagram this is.
static void read_ip(const uint8_t *h, size_t stored, struct natrewrite_view *v)
{
    struct flowkey flow, datagram = {0};
    v->part = (uint8_t)flowkey_read(h, stored, &flow, &datagram);
    v->src = flow.src;
    v->dst = flow.dst;
    v->stored = (uint32_t)stored;
    v->protocol = (uint8_t)flow.protocol;
    v->identification = datagram.ports;
    v->upper = (uint32_t)ip4_header_size(h);
    v->fragment_at = 0;
    if (h[0] >> 4 == 6) {
        struct ip6_upper u = ip6_upper_of(h, stored);
        v->upper = u.at;
        v->fragment_at = u.fragment_at;
    }
}

// Bytes of the upper layer's header that translation reads and writes in a whole datagram.
static uint32_t upper_size(uint8_t protocol)
{
    switch (protocol) {
    case PROTOCOL_TCP:
        return TCP_HEADER;
    case PROTOCOL_UDP:
    case PROTOCOL_SCTP: // ports only; whatever is shorter than this is no SCTP
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMP6:
        return QUOTE_UPPER;
    default:
        return 0;
    }
}

static enum fwd_drop read_upper(const uint8_t *h, uint32_t size, struct natrewrite_view *v)
{
    const uint8_t *u = h + v->upper;
    bool six = h[0] >> 4 == 6;
    v->kind = NATREWRITE_OTHER;
    v->sport = v->dport = 0;
    if (size == 0 || v->protocol == (six ? PROTOCOL_ICMP : PROTOCOL_ICMP6))
        return FWD_DROP_NONE;
    if (v->stored < v->upper + size)
        return FWD_DROP_TRUNCATED;
    if (v->protocol == PROTOCOL_ICMP || v->protocol == PROTOCOL_ICMP6) {
        v->kind = six ? icmp6_kind(u[ICMP_TYPE]) : icmp_kind(u[ICMP_TYPE]);
        if (v->kind == NATREWRITE_ECHO || v->kind == NATREWRITE_ECHO_REPLY)
            v->sport = v->dport = be16_get(u + ICMP_ID);
        return FWD_DROP_NONE;
    }
    v->kind = v->protocol == PROTOCOL_SCTP ? NATREWRITE_FIXED : NATREWRITE_PORTS;
    v->sport = be16_get(u + UDP_SPORT); // at the same place in all three
    v->dport = be16_get(u + UDP_DPORT);
    return FWD_DROP_NONE;
}

enum fwd_drop natrewrite_read(const uint8_t *h, size_t stored, struct natrewrite_view *v)
{
    read_ip(h, stored, v);
    if (v->part == FLOWKEY_LATER) {
        v->kind = NATREWRITE_LATER;
        v->sport = v->dport = 0;
        return FWD_DROP_NONE;
    }
    enum fwd_drop bad = read_upper(h, upper_size(v->protocol), v);
    bool torn = v->kind == NATREWRITE_ERROR && v->part != FLOWKEY_WHOLE;
    return !bad && torn ? FWD_DROP_FRAGMENT : bad;
}

static bool error_intact(const uint8_t *h, const struct natrewrite_view *error, uint32_t length)
{
    uint64_t sum = 0;
    if (error->protocol == PROTOCOL_ICMP6)
        sum = ip6_pseudo_sum(h, length - error->upper, PROTOCOL_ICMP6);
    return checksum_ok(checksum_add(sum, h + error->upper, error->stored - error->upper));
}

enum fwd_drop natrewrite_quote(const uint8_t *h, const struct natrewrite_view *error,
                               uint32_t length, struct natrewrite_view *quote, uint32_t *at)
{
    *at = error->upper + ICMP_HEADER;
    const uint8_t *q = h + *at;
    size_t stored = error->stored - *at;
    bool six = error->protocol == PROTOCOL_ICMP6;
    if (!error_intact(h, error, length))
        return FWD_DROP_BAD_CHECKSUM;
    if (six ? !ip6_readable(q, stored) : !ip4_readable(q, stored))
        return FWD_DROP_TRUNCATED;
    if (!six && !checksum_ok(checksum_add(0, q, ip4_header_size(q))))
        return FWD_DROP_BAD_CHECKSUM;
    read_ip(q, stored, quote);
    if (quote->part == FLOWKEY_LATER)
        return FWD_DROP_FRAGMENT;
    return read_upper(q, upper_size(quote->protocol) ? QUOTE_UPPER : 0, quote);
}

// --- writing. What a change adds to a sum over bytes (RFC 1624 equation 3) is gathered in the
// bytes' own order; everything that changes lies at an even offset from where its sum begins.

static uint64_t replace(uint8_t *at, const uint8_t *with, size_t size)
{
    uint8_t before[16];
    for (size_t i = 0; i < size; i++)
        before[i] = (uint8_t)~at[i];
    memcpy(at, with, size);
    return checksum_add(checksum_add(0, before, size), with, size);
}

// Applies a change to the checksum at `at`; returns what that changes in a sum around it.
static uint64_t adjust(uint8_t *at, uint64_t change)
{
    uint16_t check;
    memcpy(&check, at, sizeof check);
    check = (uint16_t)~checksum_fold((uint64_t)(uint16_t)~check + change);
    uint8_t bytes[2];
    memcpy(bytes, &check, sizeof bytes);
    return replace(at, bytes, sizeof bytes);
}

// UDP has two signs of its own: zero is "no checksum" and stays, and a sum of zero is sent as its
// other form (RFC 768). Over IPv6, too, zero is left alone (RFC 6935 tunnels).
static uint64_t adjust_udp(uint8_t *at, uint64_t change)
{
    static const uint8_t ones[2] = {0xff, 0xff};
    if (be16_get(at) == 0)
        return 0;
    uint64_t around = adjust(at, change);
    return be16_get(at) == 0 ? around + replace(at, ones, sizeof ones) : around;
}

static uint64_t replace_address(uint8_t *h, const struct natrewrite_end *end)
{
    uint8_t bytes[16];
    if (h[0] >> 4 == 4) {
        be32_put(bytes, ip6_to_ip4(end->address));
        return replace(h + (end->source ? IP4_SRC : IP4_DST), bytes, 4);
    }
    ip6_put(bytes, end->address);
    return replace(h + (end->source ? IP6_SRC : IP6_DST), bytes, 16);
}

static uint64_t replace_port(uint8_t *at, uint16_t port)
{
    uint8_t bytes[2];
    be16_put(bytes, port);
    return replace(at, bytes, sizeof bytes);
}

// Returns what all of it changes in a sum around the datagram.
static uint64_t apply(uint8_t *h, const struct natrewrite_view *v, const struct natrewrite_end *end)
{
    uint64_t pseudo = replace_address(h, end), around = pseudo;
    if (h[0] >> 4 == 4)
        around += adjust(h + IP4_CHECKSUM, pseudo);
    uint8_t *u = h + v->upper;
    uint64_t own;
    if (v->kind == NATREWRITE_LATER)
        return around;
    switch (v->protocol) {
    case PROTOCOL_TCP:
        own = replace_port(u + (end->source ? TCP_SPORT : TCP_DPORT), end->port);
        if (v->stored >= v->upper + TCP_CHECKSUM + 2) // a quote may end before it
            around += adjust(u + TCP_CHECKSUM, pseudo + own);
        return around + own;
    case PROTOCOL_UDP:
        own = replace_port(u + (end->source ? UDP_SPORT : UDP_DPORT), end->port);
        return around + own + adjust_udp(u + UDP_CHECKSUM, pseudo + own);
    case PROTOCOL_ICMP:
        own = replace_port(u + ICMP_ID, end->port);
        return around + own + adjust(u + ICMP_CHECKSUM, own);
    case PROTOCOL_ICMP6:
        own = replace_port(u + ICMP_ID, end->port);
        return around + own + adjust(u + ICMP_CHECKSUM, pseudo + own);
    default: // SCTP: its ports stay, its CRC knows no addresses
        return around;
    }
}

void natrewrite_apply(uint8_t *h, const struct natrewrite_view *v, const struct natrewrite_end *end)
{
    apply(h, v, end);
}

void natrewrite_identify(uint8_t *h, const struct natrewrite_view *v, uint32_t identification)
{
    uint8_t bytes[2];
    if (h[0] >> 4 == 6) {
        be32_put(h + v->fragment_at + FRAGMENT_ID, identification);
        return;
    }
    be16_put(bytes, identification);
    adjust(h + IP4_CHECKSUM, replace(h + IP4_ID, bytes, sizeof bytes));
}

void natrewrite_apply_error(uint8_t *h, const struct natrewrite_view *error, uint32_t at,
                            const struct natrewrite_view *quote, const struct natrewrite_end *inner,
                            const struct natrewrite_end *outer)
{
    uint64_t message = apply(h + at, quote, inner);
    uint64_t pseudo = replace_address(h, outer);
    if (error->protocol == PROTOCOL_ICMP6)
        message += pseudo;
    else
        adjust(h + IP4_CHECKSUM, pseudo);
    adjust(h + error->upper + ICMP_CHECKSUM, message);
}
