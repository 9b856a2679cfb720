// SPDX-License-Identifier: GPL-3.0-or-later
// plain4: IPv4 packets outside tunnels.
#include "kernel/generate.h"

#include "fwd/headers.h"

#include <string.h>

static const uint8_t ttls[] = {1, 2, 3, 64, 64, 64, 128, 255};

struct ip6_addr make_source4(const struct make *m)
{
    return ip6_from_ip4(WORLD_NET4 | m->number);
}

static ip4_addr somewhere(struct make *m)
{
    return dice_once_in(&m->dice, 2) ? WORLD_FAR4 + 1 + dice_below(&m->dice, 90)
                                     : WORLD_OTHER4 + 1 + dice_below(&m->dice, 60000);
}

struct draft_ip make_ip4(struct make *m)
{
    struct dice *d = &m->dice;
    return (struct draft_ip){.src = make_source4(m),
                             .dst = ip6_from_ip4(somewhere(m)),
                             .ttl = (uint8_t)(2 + dice_below(d, 254)),
                             .tos = dice_once_in(d, 2) ? (uint8_t)dice_next(d) : 0,
                             .id = (uint16_t)dice_next(d),
                             .fragment = dice_once_in(d, 2) ? IP4_DONT_FRAGMENT : 0};
}

uint32_t make_size(struct make *m, uint32_t least)
{
    static const uint32_t usual[] = {0, 1, 36, 64, 128, 512, 576};
    uint32_t size =
        dice_once_in(&m->dice, 3) ? dice_below(&m->dice, 1400) : DICE_PICK(&m->dice, usual);
    return size < least ? least : size;
}

void make_body(struct make *m, struct draft_ip *ip, uint32_t size)
{
    static const uint8_t others[] = {2, 33, 50, 51, 89, 132, 136, 253};
    struct dice *d = &m->dice;
    bool six = draft_is6(ip);
    uint16_t from = (uint16_t)(1024 + dice_below(d, 60000)), to = (uint16_t)dice_below(d, 65536);
    if (to == 4789 || to == 6081) // for tunnels' own makers
        to = 53;
    draft_begin(&m->draft);
    draft_payload(&m->draft, m->number, size);
    switch (dice_below(d, 8)) {
    case 0:
        ip->protocol = DICE_PICK(d, others);
        break;
    case 1:
    case 2:
        ip->protocol = PROTOCOL_TCP;
        draft_tcp(&m->draft, ip, from, to, (uint8_t)dice_next(d));
        break;
    case 3:
        ip->protocol = six ? 58 : PROTOCOL_ICMP;
        draft_icmp(&m->draft, ip, six ? 128 : ICMP_ECHO, 0, (uint32_t)dice_next(d));
        break;
    default:
        ip->protocol = PROTOCOL_UDP;
        draft_udp(&m->draft, ip, from, to, six || !dice_once_in(d, 4));
    }
    draft_ip(&m->draft, ip);
}

static void transit(struct make *m)
{
    struct draft_ip ip = make_ip4(m);
    make_body(m, &ip, make_size(m, 0));
    if (dice_once_in(&m->dice, 8))
        m->padding = dice_below(&m->dice, 40);
}

static void ttl(struct make *m)
{
    static const uint8_t few[] = {0, 1, 2};
    struct draft_ip ip = make_ip4(m);
    ip.ttl = DICE_PICK(&m->dice, few);
    make_body(m, &ip, make_size(m, 0));
}

static void broken(struct make *m)
{
    struct dice *d = &m->dice;
    struct draft_ip ip = make_ip4(m);
    make_body(m, &ip, make_size(m, 0));
    uint8_t *h = m->draft.at;
    switch (dice_below(d, 7)) {
    case 0:
        h[IP4_CHECKSUM + dice_below(d, 2)] ^= (uint8_t)(1 + dice_below(d, 255));
        return;
    case 1:
        h[0] = (uint8_t)(dice_below(d, 16) << 4 | 5);
        break;
    case 2:
        h[0] = (uint8_t)(0x40 | dice_below(d, 16));
        break;
    case 3:
        be16_put(h + IP4_LENGTH, dice_below(d, 65536));
        break;
    case 4: // a little too much or too little
        be16_put(h + IP4_LENGTH, m->draft.size + dice_below(d, 9) - 4);
        break;
    case 5:
        draft_cut(&m->draft, dice_below(d, m->draft.size + 1));
        return;
    default: // RFC 3514 has it, RFC 791 wants it zero: it is passed on
        h[IP4_FRAGMENT] |= 0x80;
    }
    if (ip4_header_size(h) >= IP4_HEADER && ip4_header_size(h) <= m->draft.size)
        draft_mend4(h);
}

static void fragments(struct make *m)
{
    struct dice *d = &m->dice;
    struct draft_ip ip = make_ip4(m);
    uint32_t size = 8 * (1 + dice_below(d, 180));
    uint32_t offset = dice_once_in(d, 3) ? 0 : 1 + dice_below(d, 4000);
    bool more = offset == 0 || dice_once_in(d, 2);
    if (!more)
        size += dice_below(d, 8);
    draft_begin(&m->draft);
    draft_payload(&m->draft, m->number, size);
    ip.protocol = dice_once_in(d, 2) ? PROTOCOL_UDP : PROTOCOL_ICMP;
    ip.fragment = (uint16_t)(offset | (more ? IP4_MORE_FRAGMENTS : 0));
    ip.ttl = DICE_PICK(d, ttls);
    draft_ip(&m->draft, &ip);
}

static void big(struct make *m)
{
    struct dice *d = &m->dice;
    uint8_t options[40];
    static const uint8_t alert[4] = {148, 4, 0, 0};
    struct draft_ip ip = make_ip4(m);
    ip.ttl = DICE_PICK(d, ttls);
    if (dice_once_in(d, 4)) { // some copied, some not
        memset(options, 1, sizeof options);
        memcpy(options, alert, 4);
        options[4] = 7, options[5] = 15, options[6] = 4;
        ip.options = options;
        ip.options_size = 20;
    }
    if (dice_once_in(d, 6)) // a piece is cut again
        ip.fragment = (uint16_t)(dice_below(d, 500) | (dice_below(d, 2) ? IP4_MORE_FRAGMENTS : 0));
    uint32_t size = dice_once_in(d, 2) ? 1400 + dice_below(d, 160) : 1400 + dice_below(d, 1500);
    if (ip.fragment & IP4_MORE_FRAGMENTS)
        size = size / 8 * 8;
    draft_begin(&m->draft);
    draft_payload(&m->draft, m->number, size);
    ip.protocol = PROTOCOL_UDP;
    if (!(ip.fragment & IP4_OFFSET_MASK))
        draft_udp(&m->draft, &ip, 1000, 2000, true);
    draft_ip(&m->draft, &ip);
}

static void routes(struct make *m)
{
    static const ip4_addr nets[] = {IP4(192, 168, 1, 0), IP4(192, 168, 2, 0), IP4(192, 168, 3, 0),
                                    IP4(192, 168, 9, 0)};
    struct draft_ip ip = make_ip4(m);
    ip.dst = ip6_from_ip4(DICE_PICK(&m->dice, nets) + dice_below(&m->dice, 256));
    ip.ttl = DICE_PICK(&m->dice, ttls);
    make_body(m, &ip, make_size(m, 0));
}

static void local(struct make *m)
{
    static const ip4_addr own[] = {WORLD_OWN4, WORLD_R0_4, WORLD_R1_4};
    struct dice *d = &m->dice;
    struct draft_ip ip = make_ip4(m);
    static const uint8_t unheard[] = {33, 89, 132, 253}; // Linux knows IGMP
    ip.dst = ip6_from_ip4(DICE_PICK(d, own));
    ip.ttl = DICE_PICK(d, ttls);
    draft_begin(&m->draft);
    draft_payload(&m->draft, m->number, make_size(m, 0));
    switch (dice_below(d, 4)) {
    case 0:
        ip.protocol = PROTOCOL_UDP;
        draft_udp(&m->draft, &ip, 5000, (uint16_t)(20000 + dice_below(d, 1000)),
                  dice_once_in(d, 2));
        break;
    case 1:
        ip.protocol = DICE_PICK(d, unheard);
        break;
    default:
        ip.protocol = PROTOCOL_ICMP;
        draft_icmp(&m->draft, &ip, ICMP_ECHO, dice_once_in(d, 8) ? 5 : 0, (uint32_t)dice_next(d));
        if (dice_once_in(d, 8))
            m->draft.at[ICMP_CHECKSUM] ^= 0x55;
    }
    draft_ip(&m->draft, &ip);
}

static void martian(struct make *m)
{
    static const ip4_addr odd[] = {
        IP4(0, 0, 0, 0),     IP4(0, 1, 2, 3),     IP4(127, 0, 0, 1),      IP4(127, 9, 9, 9),
        IP4(224, 0, 0, 1),   IP4(224, 0, 0, 18),  IP4(239, 1, 2, 3),      IP4(255, 255, 255, 255),
        IP4(192, 0, 2, 255), IP4(169, 254, 1, 1), IP4(198, 51, 100, 255), IP4(240, 1, 2, 3)};
    struct dice *d = &m->dice;
    struct draft_ip ip = make_ip4(m);
    bool source = dice_once_in(d, 2);
    *(source ? &ip.src : &ip.dst) = ip6_from_ip4(DICE_PICK(d, odd));
    if (source && dice_once_in(d, 8)) // the router's own
        ip.src = ip6_from_ip4(WORLD_R0_4);
    make_body(m, &ip, make_size(m, WORLD_TAG));
}

static void errors(struct make *m)
{
    static const uint8_t types[] = {3, 3, 3, 4, 5, 11, 12, 0, 13, 14, 17, 40};
    struct dice *d = &m->dice;
    struct draft_ip ip = make_ip4(m), quoted = make_ip4(m);
    quoted.src = ip.dst;
    make_body(m, &quoted, 8 + dice_below(d, 100));
    ip.protocol = PROTOCOL_ICMP;
    static const uint8_t few[] = {1, 2, 64, 64, 64};
    ip.ttl = DICE_PICK(d, few);
    if (dice_once_in(d, 6))
        ip.dst = ip6_from_ip4(IP4(192, 168, 1, 1));
    draft_icmp(&m->draft, &ip, DICE_PICK(d, types), (uint8_t)dice_below(d, 16),
               dice_below(d, 1500));
    draft_ip(&m->draft, &ip);
}

// --- options

static uint32_t record_route(struct dice *d, uint8_t *o)
{
    uint32_t n = dice_below(d, 9);
    o[0] = 7;
    o[1] = (uint8_t)(3 + 4 * n);
    o[2] = (uint8_t)(4 + 4 * dice_below(d, n + 2));
    for (uint32_t i = 0; 7 + 4 * i <= o[2] && i < n; i++)
        be32_put(o + 3 + 4 * i, IP4(8, 8, 8, i));
    if (dice_once_in(d, 12))
        o[2] = (uint8_t)dice_below(d, 45);
    if (dice_once_in(d, 12))
        o[1] = (uint8_t)dice_below(d, 40);
    return 3 + 4 * n;
}

static uint32_t timestamp(struct dice *d, uint8_t *o)
{
    static const ip4_addr given[] = {WORLD_R0_4, WORLD_R1_4, WORLD_OWN4, IP4(9, 9, 9, 9)};
    uint8_t flag =
        dice_once_in(d, 10) ? (uint8_t)dice_below(d, 16) : (uint8_t) "\0\1\3"[dice_below(d, 3)];
    uint32_t unit = flag == 0 ? 4 : 8, n = dice_below(d, 36 / unit + 1),
             done = dice_below(d, n + 1);
    o[0] = 68;
    o[1] = (uint8_t)(4 + unit * n);
    o[2] = (uint8_t)(5 + unit * done);
    o[3] = (uint8_t)((dice_once_in(d, 6) ? 15u - dice_below(d, 2) : dice_below(d, 3)) << 4 | flag);
    for (uint32_t i = 0; unit == 8 && i < n; i++)
        be32_put(o + 4 + 8 * i, DICE_PICK(d, given));
    if (dice_once_in(d, 12))
        o[2] = (uint8_t)dice_below(d, 45);
    if (dice_once_in(d, 12))
        o[1] = (uint8_t)dice_below(d, 40);
    return 4 + unit * n;
}

static uint32_t source_route(struct dice *d, uint8_t *o)
{
    o[0] = dice_once_in(d, 2) ? 131 : 137;
    o[1] = 11;
    o[2] = (uint8_t)(4 + 4 * dice_below(d, 3));
    be32_put(o + 3, IP4(203, 0, 113, 7));
    be32_put(o + 7, IP4(203, 0, 113, 8));
    return 11;
}

// One option at `o`, which has 40 bytes; how many it takes.
static uint32_t option(struct dice *d, uint8_t *o)
{
    static const uint8_t alert[4] = {148, 4, 0, 0};
    static const uint8_t security[11] = {130, 11};
    static const uint8_t stream[4] = {136, 4, 1, 2};
    switch (dice_below(d, 12)) {
    case 0:
        memcpy(o, alert, 4);
        if (dice_once_in(d, 6))
            o[3] = 1;
        return 4;
    case 1:
        memcpy(o, security, 11);
        return 11;
    case 2:
        memcpy(o, stream, 4);
        return 4;
    case 3:
        if (dice_once_in(d, 3))
            return source_route(d, o);
        o[0] = 1;
        return 1;
    case 4: // unknown
        o[0] = (uint8_t)(dice_next(d) | 0x10);
        o[1] = (uint8_t)(2 + dice_below(d, 6));
        return o[1];
    case 5:
        o[0] = (uint8_t)dice_next(d);
        o[1] = (uint8_t)dice_next(d);
        if (o[0] == 134) // CIPSO, which is no RFC's; Linux looks into it
            o[0]++;
        return 2;
    case 6:
        o[0] = 0;
        return 1;
    case 7:
    case 8:
        return record_route(d, o);
    default:
        return timestamp(d, o);
    }
}

static void options(struct make *m)
{
    static const ip4_addr own[] = {WORLD_OWN4, WORLD_R0_4, WORLD_R1_4};
    struct dice *d = &m->dice;
    struct draft_ip ip = make_ip4(m);
    uint8_t room[120], one[64];
    uint32_t n = 0, want = 1 + dice_below(d, 3);
    memset(room, dice_once_in(d, 2), sizeof room); // what is left over: no operation, or the end
    for (uint32_t i = 0; i < want; i++) {
        memset(one, 0, sizeof one);
        uint32_t size = option(d, one);
        if (n + size > 40)
            break;
        memcpy(room + n, one, size);
        n += size;
    }
    ip.options = room;
    ip.options_size = (uint8_t)((n + 3) / 4 * 4);
    static const uint8_t few[] = {1, 2, 64, 64, 64};
    ip.ttl = DICE_PICK(d, few);
    if (dice_once_in(d, 3))
        ip.dst = ip6_from_ip4(DICE_PICK(d, own));
    else if (dice_once_in(d, 6))
        ip.dst = ip6_from_ip4(IP4(192, 168, 1 + dice_below(d, 3), 1));
    draft_begin(&m->draft);
    draft_payload(&m->draft, m->number, dice_below(d, 100));
    if (dice_once_in(d, 2)) {
        ip.protocol = PROTOCOL_ICMP;
        draft_icmp(&m->draft, &ip, ICMP_ECHO, 0, (uint32_t)dice_next(d));
    } else {
        ip.protocol = PROTOCOL_UDP;
        draft_udp(&m->draft, &ip, 5000, 20000, true);
    }
    draft_ip(&m->draft, &ip);
}

void make_plain4(struct make *m, unsigned category)
{
    static void (*const makers[])(struct make *) = {
        [CATEGORY_TRANSIT4] = transit,    [CATEGORY_TTL4] = ttl,
        [CATEGORY_BROKEN4] = broken,      [CATEGORY_OPTIONS4] = options,
        [CATEGORY_FRAGMENT4] = fragments, [CATEGORY_BIG4] = big,
        [CATEGORY_ROUTE4] = routes,       [CATEGORY_LOCAL4] = local,
        [CATEGORY_MARTIAN4] = martian,    [CATEGORY_ERROR4] = errors};
    makers[category](m);
}
