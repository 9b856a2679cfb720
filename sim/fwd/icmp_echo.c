// SPDX-License-Identifier: GPL-3.0-or-later
// icmp_echo: echo requests and the replies to them.
#include "fwd/icmp.h"

#include "fwd/icmp_write.h"

bool icmp_intact(const struct packet *p)
{
    const uint8_t *h = packet_view(p);
    uint32_t at;
    if (!icmp_find(h, p->captured, &at))
        return false;
    uint64_t sum = icmp_is_six(h) ? ip6_pseudo_sum(h, p->length - at, PROTOCOL_ICMP6) : 0;
    return checksum_ok(checksum_add(sum, h + at, p->captured - at));
}

bool icmp_is_echo(const struct packet *p)
{
    const uint8_t *h = packet_view(p);
    uint32_t at;
    if (!icmp_find(h, p->captured, &at))
        return false;
    if (icmp_is_six(h))
        return h[at + ICMP_TYPE] == ICMP6_ECHO && !ip6_is_martian(ip6_get(h + IP6_SRC)) &&
               !ip6_is_martian(ip6_get(h + IP6_DST));
    return h[at + ICMP_TYPE] == ICMP_ECHO && !ip4_is_martian(be32_get(h + IP4_SRC)) &&
           !ip4_is_martian(be32_get(h + IP4_DST));
}

bool icmp_turn_echo(struct packet *p, uint16_t id, const struct option_here *here)
{
    uint8_t *h = packet_data(p);
    uint32_t at = 0;
    bool found = icmp_find(h, p->captured, &at);
    FWD_ASSERT(found);
    struct icmp_header f = {.six = icmp_is_six(h), .dst = ip_source(h), .id = id};
    uint8_t options[OPTION_BYTES];
    if (f.six) {
        f.src = ip6_get(h + IP6_DST);
        f.tos = ip6_traffic_class(h);
    } else {
        ip4_addr own = be32_get(h + IP4_DST);
        f.src = ip6_from_ip4(own);
        f.tos = h[IP4_TOS];
        if (here && at > IP4_HEADER) {
            struct option_here reply = *here;
            reply.address = own;
            int size = option_echo(h, at, &reply, 0, options);
            if (size < 0)
                return false;
            f.options = options;
            f.options_size = (uint32_t)size;
        }
    }
    // The new header is no longer than the old one: it ends at the message.
    uint32_t header = icmp_header_size(&f);
    packet_pull(p, at - header);
    h = packet_data(p);
    f.length = p->length;
    icmp_write_header(h, &f);
    h[header + ICMP_TYPE] = f.six ? ICMP6_ECHO_REPLY : ICMP_ECHO_REPLY;
    // Anew rather than by difference: where all that is left are zeros RFC 1624 would make the
    // checksum 0, and so does Linux, but only 0xffff is right.
    icmp_write_checksum(h, f.six, header, p->captured, p->length);
    return true;
}
