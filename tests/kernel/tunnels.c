// SPDX-License-Identifier: GPL-3.0-or-later
// tunnels: packets that the router has to put into a tunnel or segment list, and such that come out
// of one at the router.
#include "kernel/generate.h"

#include "fwd/headers6.h"
#include "wire/frame.h"

#define MOST_LESS 120 // about the headers of the largest tunnel

static bool over_six(enum world_kind kind)
{
    return kind >= KIND_IP6TNL;
}

static const uint8_t ttls[] = {0, 1, 2, 3, 64, 64, 64, 255};

// --- into

void make_encap(struct make *m, enum world_kind kind)
{
    struct dice *d = &m->dice;
    bool six = dice_once_in(d, 2);
    struct draft_ip ip = six ? make_ip6(m) : make_ip4(m);
    if (six)
        ip.dst = world_address6(WORLD_TUNNEL6 + ((uint64_t)kind << 16), 1 + dice_below(d, 1000));
    else
        ip.dst = ip6_from_ip4(WORLD_TUNNEL4 + ((uint32_t)kind << 16) + 1 + dice_below(d, 1000));
    ip.tos = (uint8_t)dice_next(d);
    if ((ip.tos & 3) == 3 && !dice_once_in(d, 16)) // Linux has it differently (deviation.c)
        ip.tos ^= 1;
    if (dice_once_in(d, 4))
        ip.ttl = DICE_PICK(d, ttls);
    uint32_t size = make_size(m, 0);
    if (dice_once_in(d, 4))
        size = WORLD_MTU - MOST_LESS + dice_below(d, dice_once_in(d, 4) ? 1500 : MOST_LESS);
    make_body(m, &ip, size);
}

// --- out of

// A packet for behind dst, or a worse one, as it is inside a tunnel; `local`: or for the router.
static bool inner(struct make *m, bool local)
{
    struct dice *d = &m->dice;
    bool six = dice_once_in(d, 2);
    switch (dice_below(d, 12)) {
    case 0:
        six ? make_plain6(m, CATEGORY_BROKEN6) : make_plain4(m, CATEGORY_BROKEN4);
        break;
    case 1:
        six ? make_plain6(m, CATEGORY_TTL6) : make_plain4(m, CATEGORY_TTL4);
        break;
    case 2:
        six ? make_plain6(m, CATEGORY_ROUTE6) : make_plain4(m, CATEGORY_ROUTE4);
        break;
    case 3:
        if (!local)
            return inner(m, local);
        six ? make_plain6(m, CATEGORY_LOCAL6) : make_plain4(m, CATEGORY_LOCAL4);
        break;
    case 4:
        six ? make_plain6(m, CATEGORY_MARTIAN6) : make_plain4(m, CATEGORY_MARTIAN4);
        break;
    case 5:
        six ? make_plain6(m, CATEGORY_BIG6) : make_plain4(m, CATEGORY_BIG4);
        break;
    default:
        six ? make_plain6(m, CATEGORY_TRANSIT6) : make_plain4(m, CATEGORY_TRANSIT4);
    }
    m->padding = 0;
    return six;
}

static void push_ethernet(struct make *m, enum world_kind kind, bool six)
{
    struct dice *d = &m->dice;
    uint8_t to[FRAME_MAC] = {2, 0, 0, 0, 3, (uint8_t)kind}, from[FRAME_MAC] = {2, 0, 0, 0, 4, 1};
    uint16_t type = six ? FRAME_TYPE_IP6 : FRAME_TYPE_IP4;
    if (dice_once_in(d, 20))
        type = FRAME_TYPE_ARP;
    frame_write_ethernet(draft_push(&m->draft, FRAME_ETHERNET), to, from, type);
}

static void push_udp(struct make *m, const struct draft_ip *ip, uint16_t port)
{
    struct dice *d = &m->dice;
    draft_udp(&m->draft, ip, (uint16_t)(32768 + dice_below(d, 28000)), port,
              draft_is6(ip) || dice_once_in(d, 2));
    if (dice_once_in(d, 20) && be16_get(m->draft.at + UDP_CHECKSUM))
        be16_put(m->draft.at + UDP_CHECKSUM, 0xdead);
}

static void push_vxlan(struct make *m, const struct draft_ip *ip, enum world_kind kind, bool six)
{
    struct dice *d = &m->dice;
    push_ethernet(m, kind, six);
    uint8_t *h = draft_push(&m->draft, 8);
    h[0] = 8;
    be32_put(h + 4, (WORLD_NETWORK + (uint32_t)kind) << 8);
    if (dice_once_in(d, 12))
        h[dice_below(d, 8)] ^= (uint8_t)(1 << dice_below(d, 8));
    push_udp(m, ip, 4789);
}

static void push_geneve(struct make *m, const struct draft_ip *ip, enum world_kind kind, bool six)
{
    struct dice *d = &m->dice;
    push_ethernet(m, kind, six);
    bool option = dice_once_in(d, 4), critical = option && dice_once_in(d, 4);
    if (option) { // one that nobody knows
        uint8_t *o = draft_push(&m->draft, 8);
        be16_put(o, 0x0102);
        o[2] = critical ? 0x81 : 0x01;
        o[3] = 1;
    }
    uint8_t *h = draft_push(&m->draft, 8);
    h[0] = option ? 2 : 0;
    h[1] = critical ? 0x40 : 0;
    be16_put(h + 2, 0x6558);
    be32_put(h + 4, (WORLD_NETWORK + (uint32_t)kind) << 8);
    if (dice_once_in(d, 12))
        h[dice_below(d, 8)] ^= (uint8_t)(1 << dice_below(d, 8));
    push_udp(m, ip, 6081);
}

static void push_gre(struct make *m, enum world_kind kind, bool six)
{
    struct dice *d = &m->dice;
    bool key = kind == KIND_GRE_KEY, sum = kind == KIND_GRE_CHECKSUM,
         seq = kind == KIND_GRE_SEQUENCE;
    if (dice_once_in(d, 20)) // not what this tunnel wants
        key = !key;
    if (seq)
        be32_put(draft_push(&m->draft, 4), m->number);
    if (key)
        be32_put(draft_push(&m->draft, 4), dice_once_in(d, 12) ? 8 : WORLD_KEY);
    if (sum)
        draft_push(&m->draft, 4);
    uint8_t *h = draft_push(&m->draft, 4);
    h[0] = (uint8_t)(sum << 7 | key << 5 | seq << 4);
    be16_put(h + 2, six ? FRAME_TYPE_IP6 : FRAME_TYPE_IP4);
    if (dice_once_in(d, 20)) // version, or one of the reserved bits
        h[1] |= (uint8_t)(1 << dice_below(d, 3));
    if (sum)
        checksum_store(h + 4, checksum_add(0, h, m->draft.size));
    if (sum && dice_once_in(d, 12))
        h[5] ^= 1;
}

static void push_tunnel(struct make *m, struct draft_ip *ip, enum world_kind kind, bool six)
{
    switch (kind) {
    case KIND_IPIP:
    case KIND_IP6TNL:
        ip->protocol = six ? PROTOCOL_IPV6 : PROTOCOL_IPIP;
        break;
    case KIND_VXLAN:
    case KIND_VXLAN6:
        push_vxlan(m, ip, kind, six);
        ip->protocol = PROTOCOL_UDP;
        break;
    case KIND_GENEVE:
    case KIND_GENEVE6:
        push_geneve(m, ip, kind, six);
        ip->protocol = PROTOCOL_UDP;
        break;
    default:
        push_gre(m, kind, six);
        ip->protocol = PROTOCOL_GRE;
    }
}

// A routing header of type 4 with so many segments left.
static void push_srh(struct make *m, uint8_t next, uint32_t segments, uint32_t left,
                     struct ip6_addr last)
{
    struct dice *d = &m->dice;
    uint8_t *h = draft_push(&m->draft, 8 + 16 * segments);
    h[0] = next;
    h[1] = (uint8_t)(2 * segments);
    h[2] = 4;
    h[3] = (uint8_t)left;
    h[4] = (uint8_t)(segments - 1);
    for (uint32_t i = 0; i < segments; i++)
        ip6_put(h + 8 + 16 * i, i == segments - 1 ? last : world_address6(WORLD_FAR6, 0x500 + i));
    if (dice_once_in(d, 16))
        h[1 + dice_below(d, 4)] ^= (uint8_t)(1 << dice_below(d, 4));
}

static void make_segment(struct make *m, enum world_kind kind)
{
    struct dice *d = &m->dice;
    static const uint64_t sids[KINDS] = {
        [KIND_END] = 0xe, [KIND_DT4] = 0x4, [KIND_DT6] = 0x6, [KIND_DT46] = 0x46};
    bool six = inner(m, false); // Linux would not know its own packet there
    struct draft_ip ip = make_ip6(m);
    ip.dst = world_address6(WORLD_SID, sids[kind]);
    ip.src = dice_once_in(d, 8) ? world_address6(WORLD_FAR6, 0x999) : make_source6(m);
    ip.protocol = six ? PROTOCOL_IPV6 : PROTOCOL_IPIP;
    if (dice_once_in(d, 6))
        ip.ttl = DICE_PICK(d, ttls);
    if (kind == KIND_END || !dice_once_in(d, 3)) {
        uint32_t segments = 1 + dice_below(d, 3);
        uint32_t left = kind == KIND_END ? segments - 1 : 0;
        if (dice_once_in(d, 12))
            left = dice_below(d, 4);
        push_srh(m, ip.protocol, segments, left, ip.dst);
        ip.protocol = PROTOCOL_ROUTING;
    }
    draft_ip(&m->draft, &ip);
    uint32_t number; // too little may be left inside for its own to be found
    if (!world_number(m->draft.at, m->draft.size, &number))
        ip6_put(m->draft.at + IP6_SRC, make_source6(m));
}

void make_decap(struct make *m, enum world_kind kind)
{
    struct dice *d = &m->dice;
    if (kind >= KIND_END) {
        make_segment(m, kind);
        return;
    }
    bool six = inner(m, true);
    bool outer6 = over_six(kind);
    struct draft_ip ip = outer6 ? make_ip6(m) : make_ip4(m);
    ip.src = outer6 ? world_address6(WORLD_FAR6, WORLD_REMOTE6 + (uint64_t)kind)
                    : ip6_from_ip4(WORLD_REMOTE4 + kind);
    ip.dst = outer6 ? WORLD_OWN6 : ip6_from_ip4(world_end4(kind));
    ip.ttl = DICE_PICK(d, ttls);
    if (ip.ttl == 0)
        ip.ttl = 64;
    push_tunnel(m, &ip, kind, six);
    draft_ip(&m->draft, &ip);
    if (!outer6 && dice_once_in(d, 30)) {
        m->draft.at[IP4_CHECKSUM] ^= 1;
    }
}
