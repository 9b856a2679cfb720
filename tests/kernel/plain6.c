// SPDX-License-Identifier: GPL-3.0-or-later
// plain6: IPv6 packets outside tunnels.
#include "kernel/generate.h"

#include "fwd/headers6.h"

static const uint8_t hops[] = {1, 2, 3, 64, 64, 64, 128, 255};

struct ip6_addr make_source6(const struct make *m)
{
    return world_address6(WORLD_NET6, m->number);
}

struct draft_ip make_ip6(struct make *m)
{
    struct dice *d = &m->dice;
    return (struct draft_ip){.src = make_source6(m),
                             .dst = world_address6(WORLD_FAR6, 0x100 + dice_below(d, 5000)),
                             .ttl = (uint8_t)(2 + dice_below(d, 254)),
                             .tos = dice_once_in(d, 2) ? (uint8_t)dice_next(d) : 0,
                             .label = dice_once_in(d, 2) ? dice_below(d, 1 << 20) : 0};
}

static void transit(struct make *m)
{
    struct draft_ip ip = make_ip6(m);
    make_body(m, &ip, make_size(m, 0));
    if (dice_once_in(&m->dice, 8))
        m->padding = dice_below(&m->dice, 40);
}

static void ttl(struct make *m)
{
    static const uint8_t few[] = {0, 1, 2};
    struct draft_ip ip = make_ip6(m);
    ip.ttl = DICE_PICK(&m->dice, few);
    make_body(m, &ip, make_size(m, 0));
}

static void broken(struct make *m)
{
    struct dice *d = &m->dice;
    struct draft_ip ip = make_ip6(m);
    make_body(m, &ip, make_size(m, 0));
    uint8_t *h = m->draft.at;
    switch (dice_below(d, 4)) {
    case 0:
        h[0] = (uint8_t)(dice_below(d, 16) << 4 | (h[0] & 15));
        return;
    case 1:
        be16_put(h + IP6_LENGTH, dice_below(d, 65536));
        return;
    case 2:
        be16_put(h + IP6_LENGTH, m->draft.size - IP6_HEADER + dice_below(d, 9) - 4);
        return;
    default:
        draft_cut(&m->draft, dice_below(d, m->draft.size + 1));
    }
}

// --- extension headers

// Options of a hop-by-hop or destination header; `other`: those that nobody knows.
static void options(struct make *m, uint8_t next, bool other)
{
    struct dice *d = &m->dice;
    uint32_t size = 8 * (1 + dice_below(d, 2));
    uint8_t *h = draft_push(&m->draft, size);
    h[0] = next;
    h[1] = (uint8_t)(size / 8 - 1);
    uint32_t at = 2;
    if (dice_once_in(d, 3)) { // router alert
        h[2] = 5;
        h[3] = 2;
        at = 6;
    } else if (other) {
        h[2] = (uint8_t)(0x1e | dice_below(d, 4) << 6);
        h[3] = 2;
        at = 6;
    }
    // An option that is to be skipped by who does not know it (RFC 4727 §3), and then no more than
    // seven bytes of padding: Linux drops what has more.
    if (size - at > 7) {
        h[at] = 0x1e;
        h[at + 1] = (uint8_t)(size - at - 5);
        at = size - 3;
    }
    h[at] = 1;
    h[at + 1] = (uint8_t)(size - at - 2);
}

static uint8_t routing(struct make *m, uint8_t next)
{
    struct dice *d = &m->dice;
    static const uint8_t types[] = {0, 2, 3, 4, 5};
    uint8_t *h = draft_push(&m->draft, 24);
    h[0] = next;
    h[1] = 2;
    h[2] = DICE_PICK(d, types);
    h[3] = (uint8_t)dice_below(d, 2);
    ip6_put(h + 8, world_address6(WORLD_FAR6, 0x77));
    return PROTOCOL_ROUTING;
}

static uint8_t fragment(struct make *m, uint8_t next, uint16_t where)
{
    uint8_t *h = draft_push(&m->draft, FRAGMENT_HEADER);
    h[0] = next;
    be16_put(h + FRAGMENT_OFFSET, where);
    be32_put(h + FRAGMENT_ID, m->number);
    return PROTOCOL_FRAGMENT;
}

static void extensions(struct make *m)
{
    struct dice *d = &m->dice;
    struct draft_ip ip = make_ip6(m);
    uint8_t next = PROTOCOL_UDP;
    ip.ttl = DICE_PICK(d, hops);
    if (dice_once_in(d, 6))
        ip.dst = world_address6(UINT64_C(0x20010db800e10000), 1);
    draft_begin(&m->draft);
    draft_payload(&m->draft, m->number, make_size(m, 0));
    if (dice_once_in(d, 3)) {
        draft_icmp(&m->draft, &ip, ICMP6_ECHO, 0, (uint32_t)dice_next(d));
        next = PROTOCOL_ICMP6;
    } else {
        draft_udp(&m->draft, &ip, 1000, 2000, true);
    }
    if (dice_once_in(d, 3))
        next = fragment(m, next, dice_once_in(d, 2) ? FRAGMENT_MORE : 0);
    if (dice_once_in(d, 3))
        next = routing(m, next);
    if (dice_once_in(d, 2)) {
        options(m, next, true);
        next = PROTOCOL_OPTIONS;
    }
    if (dice_once_in(d, 2) || next == PROTOCOL_UDP) {
        options(m, next, dice_once_in(d, 40));
        next = PROTOCOL_HOP_BY_HOP;
    }
    ip.protocol = next;
    draft_ip(&m->draft, &ip);
}

static void fragments(struct make *m)
{
    struct dice *d = &m->dice;
    struct draft_ip ip = make_ip6(m);
    uint32_t offset = dice_once_in(d, 3) ? 0 : 8 * (1 + dice_below(d, 8000));
    bool more = offset == 0 || dice_once_in(d, 2);
    draft_begin(&m->draft);
    draft_payload(&m->draft, m->number, 8 * (1 + dice_below(d, 170)));
    static const uint8_t inner[] = {PROTOCOL_UDP, PROTOCOL_TCP, PROTOCOL_ICMP6};
    ip.protocol = fragment(m, DICE_PICK(d, inner), (uint16_t)(offset | (more ? FRAGMENT_MORE : 0)));
    ip.ttl = DICE_PICK(d, hops);
    draft_ip(&m->draft, &ip);
}

static void big(struct make *m)
{
    struct dice *d = &m->dice;
    struct draft_ip ip = make_ip6(m);
    ip.ttl = DICE_PICK(d, hops);
    make_body(m, &ip, dice_once_in(d, 2) ? 1400 + dice_below(d, 160) : 1400 + dice_below(d, 1500));
}

static void routes(struct make *m)
{
    static const uint64_t nets[] = {UINT64_C(0x20010db800e10000), UINT64_C(0x20010db800e20000),
                                    UINT64_C(0x20010db800e30000), UINT64_C(0x20010db800e90000)};
    struct draft_ip ip = make_ip6(m);
    ip.dst = world_address6(DICE_PICK(&m->dice, nets), dice_next(&m->dice));
    ip.ttl = DICE_PICK(&m->dice, hops);
    make_body(m, &ip, make_size(m, 0));
}

static void local(struct make *m)
{
    const struct ip6_addr own[] = {WORLD_OWN6, WORLD_R0_6, WORLD_R1_6};
    struct dice *d = &m->dice;
    struct draft_ip ip = make_ip6(m);
    static const uint8_t unheard[] = {2, 33, 89, 132, 253, 59};
    uint8_t next;
    ip.dst = DICE_PICK(d, own);
    ip.ttl = DICE_PICK(d, hops);
    draft_begin(&m->draft);
    draft_payload(&m->draft, m->number, make_size(m, 0));
    switch (dice_below(d, 4)) {
    case 0:
        next = PROTOCOL_UDP;
        draft_udp(&m->draft, &ip, 5000, (uint16_t)(20000 + dice_below(d, 1000)), true);
        break;
    case 1:
        next = DICE_PICK(d, unheard);
        break;
    default:
        next = PROTOCOL_ICMP6;
        draft_icmp(&m->draft, &ip, ICMP6_ECHO, dice_once_in(d, 8) ? 5 : 0, (uint32_t)dice_next(d));
        if (dice_once_in(d, 8))
            m->draft.at[ICMP_CHECKSUM] ^= 0x55;
    }
    if (dice_once_in(d, 4)) {
        options(m, next, false);
        next = PROTOCOL_OPTIONS;
    }
    if (dice_once_in(d, 4)) {
        options(m, next, false);
        next = PROTOCOL_HOP_BY_HOP;
    }
    ip.protocol = next;
    draft_ip(&m->draft, &ip);
}

static void martian(struct make *m)
{
    const struct ip6_addr odd[] = {IP6(0, 0),
                                   IP6(0, 1),
                                   IP6(0, 0xffff01020304),
                                   IP6(0xff02000000000000, 1),
                                   IP6(0xff02000000000000, 0x12345),
                                   IP6(0xff05000000000000, 2),
                                   IP6(0xff0e000000000000, 0x12345),
                                   IP6(0xfe80000000000000, 0x1234),
                                   IP6(0xff01000000000000, 1)};
    struct dice *d = &m->dice;
    struct draft_ip ip = make_ip6(m);
    bool source = dice_once_in(d, 2);
    *(source ? &ip.src : &ip.dst) = DICE_PICK(d, odd);
    make_body(m, &ip, make_size(m, WORLD_TAG));
}

static void errors(struct make *m)
{
    static const uint8_t types[] = {1, 2, 3, 4, 100, 127, 130, 137, 200};
    static const uint8_t few[] = {1, 2, 64, 64, 64};
    struct dice *d = &m->dice;
    struct draft_ip ip = make_ip6(m), quoted = make_ip6(m);
    quoted.src = ip.dst;
    make_body(m, &quoted, 8 + dice_below(d, 100));
    ip.protocol = PROTOCOL_ICMP6;
    ip.ttl = DICE_PICK(d, few);
    if (dice_once_in(d, 6))
        ip.dst = world_address6(UINT64_C(0x20010db800e10000), 1);
    draft_icmp(&m->draft, &ip, DICE_PICK(d, types), (uint8_t)dice_below(d, 8), dice_below(d, 1500));
    draft_ip(&m->draft, &ip);
}

void make_plain6(struct make *m, unsigned category)
{
    static void (*const makers[])(struct make *) = {
        [CATEGORY_TRANSIT6] = transit,    [CATEGORY_TTL6] = ttl,
        [CATEGORY_BROKEN6] = broken,      [CATEGORY_EXTENSION6] = extensions,
        [CATEGORY_FRAGMENT6] = fragments, [CATEGORY_BIG6] = big,
        [CATEGORY_ROUTE6] = routes,       [CATEGORY_LOCAL6] = local,
        [CATEGORY_MARTIAN6] = martian,    [CATEGORY_ERROR6] = errors};
    makers[category](m);
}
