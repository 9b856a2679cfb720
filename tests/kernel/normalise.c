// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernel/compare.h"

#include "fwd/headers6.h"
#include "kernel/world.h"

static bool is_routers4(ip4_addr a)
{
    return a >> 8 == WORLD_OWN4 >> 8 || a == WORLD_R0_4 || a == WORLD_R1_4;
}

// --- IPv4 options

// Times in a timestamp option, back from where its pointer says that the next one goes.
static bool clear_times(uint8_t *o, size_t size)
{
    size_t unit = (o[3] & 15) == 0 ? 4 : 8, end = o[2] > 0 ? o[2] - 1u : 0;
    bool any = false;
    for (; end >= 8; end -= unit) {
        if (end > size)
            continue;
        memset(o + end - 4, 0, 4);
        any = true;
    }
    return any;
}

static bool clear_options(uint8_t *h, size_t header)
{
    bool any = false;
    for (size_t at = IP4_HEADER; at < header && h[at] != 0;) {
        if (h[at] == 1) {
            at++;
            continue;
        }
        if (at + 2 > header || h[at + 1] < 2 || at + h[at + 1] > header)
            break;
        if (h[at] == 68 && h[at + 1] >= 4)
            any |= clear_times(h + at, h[at + 1]);
        at += h[at + 1];
    }
    return any;
}

// --- transport

static void clear_tunnel_udp(uint8_t *ip, uint8_t *udp, size_t size)
{
    bool six = ip[0] >> 4 == 6;
    uint16_t port = be16_get(udp + UDP_DPORT);
    if (size < UDP_HEADER || (port != 4789 && port != 6081))
        return;
    if (be16_get(udp + UDP_CHECKSUM)) {
        uint64_t sum = six ? ip6_pseudo_sum(ip, (uint32_t)size, PROTOCOL_UDP) : 0;
        if (!six) {
            uint8_t rest[4];
            be16_put(rest, PROTOCOL_UDP);
            be16_put(rest + 2, (uint32_t)size);
            sum = checksum_add(checksum_add(0, ip + IP4_SRC, 8), rest, 4);
        }
        if (checksum_ok(checksum_add(sum, udp, size)))
            be16_put(udp + UDP_CHECKSUM, 0xffff);
    }
    if (be16_get(udp + UDP_SPORT)) // Linux takes any for Geneve
        be16_put(udp + UDP_SPORT, 1);
}

// A message of the router's own. Options in its quote are as the router left them.
static void clear_icmp(uint8_t *ip, uint8_t *icmp, size_t size)
{
    bool six = ip[0] >> 4 == 6;
    if (size < ICMP_HEADER)
        return;
    uint64_t sum = six ? ip6_pseudo_sum(ip, (uint32_t)size, PROTOCOL_ICMP6) : 0;
    if (!checksum_ok(checksum_add(sum, icmp, size)))
        return;
    be16_put(icmp + ICMP_CHECKSUM, 0);
    uint8_t *quote = icmp + ICMP_HEADER;
    bool error = !six && icmp[0] != ICMP_ECHO_REPLY;
    if (error && ip4_readable(quote, size - ICMP_HEADER))
        clear_options(quote, ip4_header_size(quote));
}

static void normalise4(uint8_t *h, size_t size)
{
    size_t header = ip4_header_size(h);
    if (!ip4_readable(h, size) || !checksum_ok(checksum_add(0, h, header)))
        return;
    bool own = is_routers4(be32_get(h + IP4_SRC));
    if (own)
        be16_put(h + IP4_ID, 0);
    if (clear_options(h, header) || own)
        be16_put(h + IP4_CHECKSUM, 0);
    if (!own || be16_get(h + IP4_FRAGMENT) & IP4_OFFSET_MASK)
        return;
    if (h[IP4_PROTOCOL] == PROTOCOL_UDP)
        clear_tunnel_udp(h, h + header, size - header);
    if (h[IP4_PROTOCOL] == PROTOCOL_ICMP)
        clear_icmp(h, h + header, size - header);
    if (h[IP4_PROTOCOL] == PROTOCOL_GRE && size >= header + 8 && h[header] == 0x10)
        be32_put(h + header + 4, 0); // compare.c looks at it
}

static bool is_routers6(struct ip6_addr a)
{
    return ip6_equal(a, WORLD_OWN6) || ip6_equal(a, WORLD_R0_6) || ip6_equal(a, WORLD_R1_6);
}

static void normalise6(uint8_t *h, size_t size)
{
    if (!ip6_readable(h, size) || !is_routers6(ip6_get(h + IP6_SRC)))
        return;
    if (h[IP6_NEXT] == PROTOCOL_ICMP6)
        clear_icmp(h, h + IP6_HEADER, size - IP6_HEADER);
    bool tunnel = h[IP6_NEXT] == PROTOCOL_IPIP || h[IP6_NEXT] == PROTOCOL_IPV6 ||
                  h[IP6_NEXT] == PROTOCOL_GRE || h[IP6_NEXT] == PROTOCOL_UDP ||
                  h[IP6_NEXT] == PROTOCOL_ROUTING;
    if (tunnel)
        be32_put(h, be32_get(h) & ~IP6_LABEL_MASK);
    if (h[IP6_NEXT] == PROTOCOL_UDP)
        clear_tunnel_udp(h, h + IP6_HEADER, size - IP6_HEADER);
}

void normalise(uint8_t *frame, size_t size)
{
    if (size < WORLD_FRAME + IP4_HEADER)
        return;
    if (frame[WORLD_FRAME] >> 4 == 6)
        normalise6(frame + WORLD_FRAME, size - WORLD_FRAME);
    else
        normalise4(frame + WORLD_FRAME, size - WORLD_FRAME);
}
