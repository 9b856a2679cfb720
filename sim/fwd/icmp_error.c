// SPDX-License-Identifier: GPL-3.0-or-later
// icmp_error: errors about packets, and the packets that errors quote.
#include "fwd/icmp.h"

#include "fwd/icmp_write.h"

#define TYPE_MAX                18 // address mask reply; Linux knows none above
#define ICMP6_UNRECOGNISED_CODE 2  // of a parameter problem: an option

// IPv4 types that are no errors. Of the rest some are (RFC 1122 §3.2.2), and the others might be:
// Linux does not answer any of them, nor types that it does not know.
static bool is_harmless(uint8_t type)
{
    static const bool harmless[TYPE_MAX + 1] = {
        [ICMP_ECHO_REPLY] = true,
        [ICMP_ECHO] = true,
        [13] = true,
        [14] = true,
        [15] = true,
        [16] = true,
        [17] = true,
        [18] = true,
    };
    return type <= TYPE_MAX && harmless[type];
}

static bool is_error4(uint8_t type)
{
    return type == ICMP_UNREACHABLE || type == ICMP_QUENCH || type == ICMP_REDIRECT ||
           type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETER;
}

static bool may_report4(const uint8_t *h, size_t stored)
{
    if (be16_get(h + IP4_FRAGMENT) & IP4_OFFSET_MASK)
        return false;
    if (ip4_is_martian(be32_get(h + IP4_SRC)) || ip4_is_martian(be32_get(h + IP4_DST)))
        return false;
    if (h[IP4_PROTOCOL] != PROTOCOL_ICMP)
        return true;
    size_t header = ip4_header_size(h);
    return stored > header && is_harmless(h[header + ICMP_TYPE]);
}

static bool may_report6(const uint8_t *h, size_t stored, uint8_t type, uint8_t code)
{
    struct ip6_addr dst = ip6_get(h + IP6_DST);
    if (ip6_is_martian(ip6_get(h + IP6_SRC)))
        return false;
    if (ip6_is_multicast(dst)) {
        if (type != ICMP6_TOO_BIG && (type != ICMP6_PARAMETER || code != ICMP6_UNRECOGNISED_CODE))
            return false;
    } else if (ip6_is_martian(dst)) {
        return false;
    }
    struct ip6_upper u = ip6_upper_of(h, stored);
    if (u.protocol != PROTOCOL_ICMP6 || u.later)
        return true;
    if (stored <= u.at)
        return u.fragment; // cut before its type: no message that anybody could answer
    return h[u.at] >= ICMP6_INFORMATION && h[u.at] != ICMP6_REDIRECT;
}

bool icmp_may_report(const uint8_t *h, size_t stored, uint8_t type, uint8_t code)
{
    return icmp_is_six(h) ? may_report6(h, stored, type, code) : may_report4(h, stored);
}

bool icmp_build_error(struct packet *out, const struct icmp_error *e, const uint8_t *about,
                      size_t stored, uint32_t length)
{
    struct icmp_header f = {.six = icmp_is_six(about),
                            .src = e->src,
                            .dst = ip_source(about),
                            .id = e->id,
                            .tos = icmp_error_tos(about)};
    uint8_t options[OPTION_BYTES];
    if (!f.six && e->here && about[0] != IP4_PLAIN) {
        struct option_here here = *e->here;
        here.address = ip6_to_ip4(e->src);
        uint8_t fault = e->type == ICMP_PARAMETER ? (uint8_t)e->info : 0;
        int size = option_echo(about, ip4_header_size(about), &here, fault, options);
        if (size < 0)
            return false;
        f.options = options;
        f.options_size = (uint32_t)size;
    }
    uint32_t at = icmp_header_size(&f), head = at + ICMP_HEADER;
    uint32_t most = icmp_error_max(f.six);
    if (e->limit && e->limit < most)
        most = e->limit;
    if (most <= head + (f.six ? IP6_HEADER : IP4_HEADER)) // as Linux: it would tell nothing
        return false;
    uint32_t quote = most - head < length ? most - head : length;
    uint32_t room = out->room - PACKET_HEADROOM - head;
    uint32_t there = stored < quote ? (uint32_t)stored : quote;
    if (there > room)
        quote = there = room; // what follows is not zeros
    f.length = head + quote;
    packet_load(out, about, 0, f.length);
    uint8_t *h = packet_data(out);
    icmp_write_header(h, &f);
    icmp_write_error(h + at, f.six, e->type, e->code, e->info);
    memcpy(h + head, about, there);
    out->captured = head + there;
    icmp_write_checksum(h, f.six, at, out->captured, out->length);
    return true;
}

// Whether the datagram ends with the header before `end` in one piece and at its destination.
static bool arrived_whole(const uint8_t *h, uint32_t end)
{
    uint8_t protocol = h[IP6_NEXT];
    for (uint32_t at = IP6_HEADER; at < end;) {
        const uint8_t *e = h + at;
        if (protocol == PROTOCOL_FRAGMENT) { // alone it may be (RFC 6946)
            if (be16_get(e + FRAGMENT_OFFSET) & (FRAGMENT_OFFSET_MASK | FRAGMENT_MORE))
                return false;
            at += FRAGMENT_HEADER;
        } else {
            if (protocol == PROTOCOL_ROUTING && e[3] != 0) // segments left
                return false;
            at += 8 + (protocol == PROTOCOL_AH ? 4u : 8u) * e[1];
        }
        protocol = e[0];
    }
    return true;
}

bool icmp_find(const uint8_t *h, size_t stored, uint32_t *at)
{
    if (icmp_is_six(h)) {
        struct ip6_upper u = ip6_upper_of(h, stored);
        *at = u.at;
        return u.protocol == PROTOCOL_ICMP6 && stored >= u.at + ICMP_HEADER &&
               arrived_whole(h, u.at);
    }
    *at = (uint32_t)ip4_header_size(h);
    return h[IP4_PROTOCOL] == PROTOCOL_ICMP && ip4_transport(h, stored, ICMP_HEADER);
}

const uint8_t *icmp_quote(const uint8_t *h, size_t stored, size_t *quoted)
{
    uint32_t at;
    if (!icmp_find(h, stored, &at))
        return NULL;
    const uint8_t *quote = h + at + ICMP_HEADER;
    *quoted = stored - at - ICMP_HEADER;
    if (icmp_is_six(h))
        return h[at] < ICMP6_INFORMATION && ip6_readable(quote, *quoted) &&
                       *quoted >= IP6_HEADER + 8
                   ? quote
                   : NULL;
    return is_error4(h[at]) && ip4_readable(quote, *quoted) && *quoted >= ip4_header_size(quote) + 8
               ? quote
               : NULL;
}
