// SPDX-License-Identifier: GPL-3.0-or-later
#include "anypacket.h"

#include "fwd/peek.h"
#include <string.h>

// A datagram in the making. Bytes from `size` up to `length` are zeros that are not stored.
struct draft {
    uint8_t *b;
    uint32_t size, room;
    uint32_t length;
    bool six;
};

// --- checksums

static uint64_t pseudo_sum(const uint8_t *h, uint32_t length, uint8_t protocol)
{
    if (h[0] >> 4 == 6)
        return ip6_pseudo_sum(h, length, protocol);
    uint8_t rest[4];
    be32_put(rest, (uint32_t)protocol << 16 | length);
    return checksum_add(checksum_add(0, h + IP4_SRC, 8), rest, sizeof rest);
}

static void store(uint8_t *at, uint64_t sum, bool udp)
{
    checksum_store(at, sum);
    if (udp && be16_get(at) == 0)
        be16_put(at, 0xffff);
}

// Of the upper layer at `u`: `length` bytes of which `stored` are there.
static void mend_upper(const uint8_t *h, uint8_t *u, uint32_t stored, uint32_t length,
                       uint8_t protocol)
{
    static const uint8_t places[256] = {[PROTOCOL_UDP] = UDP_CHECKSUM,
                                        [PROTOCOL_TCP] = TCP_CHECKSUM,
                                        [PROTOCOL_ICMP] = ICMP_CHECKSUM,
                                        [PROTOCOL_ICMP6] = ICMP_CHECKSUM};
    if (protocol == PROTOCOL_GRE && stored >= 8 && u[0] & 0x80) {
        be32_put(u + 4, 0);
        checksum_store(u + 4, checksum_add(0, u, stored));
    }
    uint32_t at = places[protocol];
    if (at == 0 || stored < at + 2)
        return;
    if (protocol == PROTOCOL_UDP)
        be16_put(u + UDP_LENGTH, length);
    uint64_t sum = protocol == PROTOCOL_ICMP ? 0 : pseudo_sum(h, length, protocol);
    be16_put(u + at, 0);
    store(u + at, checksum_add(sum, u, stored), protocol == PROTOCOL_UDP);
}

void anypacket_mend(uint8_t *b, uint32_t stored, uint32_t length)
{
    bool six = ip6_readable(b, stored);
    if (!six && !ip4_readable(b, stored))
        return;
    uint32_t inner;
    if (peek_inner(b, stored, &inner) && inner < length)
        anypacket_mend(b + inner, stored - inner, length - inner);
    struct tunnel_outer o = tunnel_outer_of(b, stored);
    if (six) {
        be16_put(b + IP6_LENGTH, length - IP6_HEADER);
    } else {
        be16_put(b + IP4_LENGTH, length);
        be16_put(b + IP4_CHECKSUM, 0);
        checksum_store(b + IP4_CHECKSUM, checksum_add(0, b, ip4_header_size(b)));
    }
    if (!o.fragment && o.at < stored && o.at < length)
        mend_upper(b, b + o.at, stored - o.at, length - o.at, o.protocol);
}

// --- addresses

static struct ip6_addr any_address(struct random *r, bool six, bool source)
{
    static const enum everything_net usual[] = {NET_CLIENT, NET_CLIENT,  NET_CLIENT, NET_EIP,
                                                NET_SERVER, NET_BACKEND, NET_GATEWAY};
    if (random_one_in(r, 60))
        return six ? (struct ip6_addr){random_next(r), random_next(r)}
                   : ip6_from_ip4((ip4_addr)random_next(r));
    if (six && random_one_in(r, 40))
        return (struct ip6_addr){UINT64_C(0xfe80) << 48, random_below(r, 4)};
    if (random_one_in(r, 60))
        return six ? (struct ip6_addr){UINT64_C(0xff02) << 48, random_below(r, 4)}
                   : ip6_from_ip4(IP4(224, 0, 0, 1));
    enum everything_net net = source ? usual[random_below(r, sizeof usual / sizeof usual[0])]
                                     : (enum everything_net)random_below(r, NETS);
    if (!source && random_one_in(r, 3))
        net = random_one_in(r, 2) ? NET_EIP : NET_SELF;
    unsigned slot = net == NET_SELF ? 0 : random_below(r, EVERYTHING_SLOTS);
    return everything_at(net, slot, random_one_in(r, 4) ? random_below(r, 9) : 1, six);
}

// --- headers

static const uint8_t option_lists[][12] = {
    {7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0},    // record route
    {7, 7, 8, 1, 1, 1, 1, 7, 7, 4, 0, 0},     // full, and another
    {68, 12, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0},   // timestamps
    {68, 12, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0},   // with addresses
    {68, 12, 5, 3, 10, 0, 0, 1, 0, 0, 0, 0},  // of the node
    {68, 12, 13, 0xf0, 0, 0, 0, 0, 0, 0, 0},  // full, and more than can be said
    {131, 7, 4, 1, 2, 3, 4, 0, 0, 0, 0, 0},   // loose source route
    {148, 4, 0, 0, 1, 1, 1, 1, 130, 3, 0, 0}, // router alert, security
    {1, 1, 1, 200, 5, 9, 9, 9, 0, 7, 7, 7},   // unknown, and something after the end
    {7, 60, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0},    // longer than the header
};

// Returns the offset of the upper layer.
static uint32_t write_ip4(struct random *r, struct draft *d, uint8_t protocol)
{
    ip4_addr src = ip6_to_ip4(any_address(r, false, true)),
             dst = ip6_to_ip4(any_address(r, false, false));
    ip4_write(d->b,
              &(struct ip4_fields){.src = src,
                                   .dst = dst,
                                   .length = IP4_HEADER,
                                   .ttl = (uint8_t)(random_one_in(r, 6) ? random_below(r, 3) : 64),
                                   .protocol = protocol,
                                   .tos = (uint8_t)random_next(r)});
    if (random_one_in(r, 2))
        be16_put(d->b + IP4_FRAGMENT, 0);
    if (!random_one_in(r, 12))
        return IP4_HEADER;
    size_t list = random_below(r, sizeof option_lists / sizeof option_lists[0]);
    d->b[0] = 0x48;
    memcpy(d->b + IP4_HEADER, option_lists[list], sizeof option_lists[list]);
    if (random_one_in(r, 3))
        d->b[IP4_HEADER + random_below(r, 6)] = (uint8_t)random_below(r, 16);
    return IP4_HEADER + sizeof option_lists[list];
}

static uint32_t write_ip6(struct random *r, struct draft *d, uint8_t protocol)
{
    static const uint8_t kinds[] = {PROTOCOL_HOP_BY_HOP, PROTOCOL_OPTIONS, PROTOCOL_ROUTING,
                                    PROTOCOL_AH, PROTOCOL_FRAGMENT};
    ip6_write(d->b,
              &(struct ip6_fields){.src = any_address(r, true, true),
                                   .dst = any_address(r, true, false),
                                   .length = IP6_HEADER,
                                   .label = (uint32_t)random_next(r),
                                   .hops = (uint8_t)(random_one_in(r, 6) ? random_below(r, 3) : 64),
                                   .next = protocol,
                                   .traffic_class = (uint8_t)random_next(r)});
    uint32_t at = IP6_HEADER, named = IP6_NEXT;
    unsigned extensions = random_one_in(r, 8) ? random_below(r, 3) + random_one_in(r, 9) * 9u : 0;
    for (unsigned i = 0; i < extensions && at + 100 < d->room; i++) {
        uint8_t kind = kinds[random_below(r, random_one_in(r, 3) ? 5 : 2)];
        memset(d->b + at, 0, 24);
        d->b[named] = kind;
        d->b[at] = protocol;
        if (kind != PROTOCOL_FRAGMENT)
            d->b[at + 1] = kind == PROTOCOL_ROUTING ? 2 : (uint8_t)random_below(r, 2) * 2;
        if (kind == PROTOCOL_ROUTING) {
            d->b[at + 2] = random_one_in(r, 3) ? 0 : 4;
            d->b[at + 3] = (uint8_t)random_below(r, 2);
            ip6_put(d->b + at + 8, any_address(r, true, false));
        }
        named = at;
        at += kind == PROTOCOL_FRAGMENT ? 8
              : kind == PROTOCOL_AH     ? 8 + 4u * d->b[at + 1]
                                        : 8 + 8u * d->b[at + 1];
    }
    return at;
}

// --- what is in a datagram

static uint8_t any_protocol(struct random *r, bool six)
{
    static const uint8_t others[] = {
        PROTOCOL_SCTP, PROTOCOL_ESP, PROTOCOL_NONE, PROTOCOL_GRE, PROTOCOL_IPIP,
        PROTOCOL_IPV6, 200};
    switch (random_below(r, 8)) {
    case 0:
        return others[random_below(r, sizeof others)];
    case 1:
    case 2:
        return six ? PROTOCOL_ICMP6 : PROTOCOL_ICMP;
    case 3:
    case 4:
        return PROTOCOL_TCP;
    default:
        return PROTOCOL_UDP;
    }
}

// Writes an upper layer's header at `u`, where there is room, and says how long it is.
static uint32_t write_upper(struct random *r, uint8_t *u, uint8_t protocol)
{
    static const uint8_t types[] = {8, 8, 8, 0, 13, 3, 11, 12, 5, 40};
    static const uint8_t types6[] = {128, 128, 128, 129, 135, 1, 2, 3, 4, 200};
    static const uint8_t flags[] = {2, 18, 16, 17, 4, 16, 1, 0x29};
    static const uint16_t ports[] = {53, 53, 80, 9, 10, 4789, 6081, EVERYTHING_PORT};
    memset(u, 0, TCP_HEADER);
    switch (protocol) {
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMP6:
        u[ICMP_TYPE] = (protocol == PROTOCOL_ICMP ? types : types6)[random_below(r, sizeof types)];
        be16_put(u + ICMP_ID, random_below(r, 4));
        return ICMP_HEADER;
    case PROTOCOL_GRE:
        be32_put(u, random_one_in(r, 2) ? 0x0800 : 0x86dd);
        return 4;
    default:
        be16_put(u + UDP_SPORT, 1024 + random_below(r, 6));
        be16_put(u + UDP_DPORT, ports[random_below(r, random_one_in(r, 3) ? 8 : 2)]);
        if (protocol != PROTOCOL_TCP)
            return UDP_HEADER;
        u[12] = 0x50;
        u[TCP_FLAGS] = flags[random_below(r, sizeof flags)];
        return TCP_HEADER;
    }
}

// Part of a datagram, with everything else as it is.
static void make_fragment(struct random *r, struct draft *d)
{
    uint32_t offset = random_one_in(r, 3) ? 0 : random_below(r, random_one_in(r, 4) ? 8192 : 9);
    if (!d->six) {
        be16_put(d->b + IP4_FRAGMENT, offset | (random_one_in(r, 2) ? IP4_MORE_FRAGMENTS : 0) |
                                          (random_one_in(r, 9) ? IP4_DONT_FRAGMENT : 0));
        return;
    }
    if (d->size + FRAGMENT_HEADER > d->room)
        return;
    memmove(d->b + IP6_HEADER + FRAGMENT_HEADER, d->b + IP6_HEADER, d->size - IP6_HEADER);
    uint8_t *f = d->b + IP6_HEADER;
    memset(f, 0, FRAGMENT_HEADER);
    f[0] = d->b[IP6_NEXT];
    d->b[IP6_NEXT] = PROTOCOL_FRAGMENT;
    be16_put(f + FRAGMENT_OFFSET, offset << 3 | random_below(r, 2));
    d->size += FRAGMENT_HEADER;
    d->length += FRAGMENT_HEADER;
}

// A sound datagram in `b`.
static struct draft make_datagram(struct random *r, uint8_t *b, uint32_t room)
{
    struct draft d = {.b = b, .room = room, .six = random_one_in(r, 2)};
    uint8_t protocol = any_protocol(r, d.six);
    uint32_t at = d.six ? write_ip6(r, &d, protocol) : write_ip4(r, &d, protocol);
    if (at + TCP_HEADER > room) {
        d.size = d.length = at < room ? at : room;
        anypacket_mend(b, d.size, d.length);
        return d;
    }
    at += write_upper(r, b + at, protocol);
    uint32_t payload = random_below(r, random_one_in(r, 4) ? room - at + 1 : 20);
    d.size = at + (payload < room - at ? payload : room - at);
    for (uint32_t i = at; i < d.size; i++)
        b[i] = (uint8_t)random_next(r);
    d.length = d.size;
    if (random_one_in(r, 4)) { // more than is stored
        uint32_t most = random_one_in(r, 9) ? IP4_LENGTH_MAX : 1600;
        d.length += random_below(r, most > d.length ? most - d.length + 1 : 1);
    }
    if (random_one_in(r, 15))
        make_fragment(r, &d);
    anypacket_mend(b, d.size, d.length);
    return d;
}

// --- in tunnels

void anypacket_wrap(struct anypacket *m, struct packet *p, unsigned levels)
{
    struct random *r = &m->random;
    for (unsigned i = 0; i < levels; i++) {
        struct tunnel *t = tunnel_at(&m->towards, random_below(r, m->towards.count));
        p->depth = 0; // what it says of other nodes' tunnels is no limit here
        if (tunnel_push(p, t, (struct ip6_addr){0, 0}, (uint32_t)random_next(r)))
            break;
        if (random_one_in(r, 8)) // a late or a lost one
            t->sequence += random_below(r, 5) - 2;
    }
}

static void add_towards(struct anypacket *m, struct fwd_tunnel_options *o)
{
    struct random *r = &m->random;
    bool six = o->kind == FWD_TUNNEL_SRV6 || !ip6_is_ip4(o->remote);
    o->local = everything_at(NET_GATEWAY, random_below(r, EVERYTHING_SLOTS), 1, six);
    o->spread_bits = (uint8_t)random_below(r, 4);
    o->dscp = -1;
    FWD_ASSERT(!fwd_tunnel_check(o));
    tunnel_take(&m->towards, o, 1, (struct ip6_addr){1, 1});
}

// The other ends of the node's endpoints, and ways to and through its segments.
void anypacket_init(struct anypacket *m, const struct everything *e, uint64_t seed)
{
    *m = (struct anypacket){.random = {seed}, .node = e};
    struct random *r = &m->random;
    tunnel_table_init(&m->towards);
    for (unsigned i = 0; i < e->endpoint_count; i++) {
        const struct fwd_endpoint_options *w = &e->endpoints[i];
        struct fwd_tunnel_options o = {.kind = w->kind,
                                       .keyed = w->keyed,
                                       .key = w->key,
                                       .port = w->port,
                                       .sequence = w->sequence,
                                       .checksum = w->checksum};
        bool six = w->local.len ? !prefix6_is_ip4(w->local) : random_one_in(r, 2);
        bool local = w->local.len && ip6_equal(w->local.addr, everything_net(NET_LOCAL, six).addr);
        o.remote = everything_at(local ? NET_LOCAL : NET_SELF, 0, 1, six);
        add_towards(m, &o);
        if (random_one_in(r, 4)) {
            o.key ^= o.keyed || w->kind == FWD_TUNNEL_VXLAN || w->kind == FWD_TUNNEL_GENEVE;
            add_towards(m, &o);
        }
    }
    for (int kind = 0; kind < FWD_TUNNEL_SRV6; kind++) {
        struct fwd_tunnel_options o = {.kind = (enum fwd_tunnel)kind,
                                       .remote = everything_at(NET_SELF, 0, 1, kind % 2)};
        add_towards(m, &o);
    }
    for (int i = 0; i < 8; i++) {
        struct fwd_tunnel_options o = {.kind = FWD_TUNNEL_SRV6,
                                       .segment_count = 1 + (int)random_below(r, 3)};
        for (int k = 0; k < o.segment_count; k++)
            o.segments[k] = everything_at(
                NET_SEGMENT, k + 1 < o.segment_count ? 0 : 1 + random_below(r, 3), 1, true);
        add_towards(m, &o);
    }
}

void anypacket_free(struct anypacket *m)
{
    tunnel_table_free(&m->towards);
}

// --- after what the node sent

void anypacket_remember(struct anypacket *m, const struct packet *p)
{
    struct anypacket_sent *s = &m->sent[m->sent_count++ % ANYPACKET_SENT];
    s->size = p->captured < ANYPACKET_BYTES ? p->captured : ANYPACKET_BYTES;
    s->length = p->length;
    memcpy(s->bytes, packet_view(p), s->size);
}

static const struct anypacket_sent *any_sent(struct anypacket *m)
{
    unsigned count = m->sent_count < ANYPACKET_SENT ? m->sent_count : ANYPACKET_SENT;
    return count ? &m->sent[random_below(&m->random, count)] : NULL;
}

static void swap(uint8_t *a, uint8_t *b, size_t size)
{
    uint8_t kept[16];
    memcpy(kept, a, size);
    memcpy(a, b, size);
    memcpy(b, kept, size);
}

bool anypacket_answer(struct anypacket *m, struct packet *p)
{
    const struct anypacket_sent *s = any_sent(m);
    uint32_t at = 0, inner;
    if (!s)
        return false;
    while (!random_one_in(&m->random, 9) && peek_quoted(s->bytes + at, s->size - at, &inner))
        at += inner;
    packet_load(p, s->bytes + at, s->size - at, s->length - at);
    uint8_t *h = packet_data(p);
    if (p->captured < IP6_HEADER ||
        (!ip4_readable(h, p->captured) && !ip6_readable(h, p->captured)))
        return false;
    bool six = h[0] >> 4 == 6;
    swap(h + (six ? IP6_SRC : IP4_SRC), h + (six ? IP6_DST : IP4_DST), six ? 16 : 4);
    h[six ? IP6_HOPS : IP4_TTL] = 64;
    struct tunnel_outer o = tunnel_outer_of(h, p->captured);
    uint8_t *u = h + o.at;
    if (!o.fragment && p->captured >= o.at + ICMP_HEADER) {
        if (o.protocol == PROTOCOL_UDP || o.protocol == PROTOCOL_TCP || o.protocol == PROTOCOL_SCTP)
            swap(u, u + 2, 2);
        else if (o.protocol == PROTOCOL_ICMP && u[0] == ICMP_ECHO)
            u[0] = ICMP_ECHO_REPLY;
        else if (o.protocol == PROTOCOL_ICMP6 && u[0] == ICMP6_ECHO)
            u[0] = ICMP6_ECHO_REPLY;
    }
    anypacket_mend(h, p->captured, p->length);
    return true;
}

bool anypacket_complain(struct anypacket *m, struct packet *p)
{
    struct random *r = &m->random;
    const struct anypacket_sent *s = any_sent(m);
    if (!s || s->size < IP4_HEADER)
        return false;
    bool six = s->bytes[0] >> 4 == 6;
    uint8_t b[ANYPACKET_BYTES + 100];
    uint32_t header = six ? IP6_HEADER : IP4_HEADER, head = header + ICMP_HEADER;
    uint32_t room = p->room - PACKET_HEADROOM, quote = s->size;
    if (quote > room - head)
        quote = room - head;
    if (random_one_in(r, 4))
        quote = random_below(r, quote + 1);
    struct ip6_addr from = everything_at(NET_GATEWAY, random_below(r, EVERYTHING_SLOTS), 9, six);
    if (six)
        ip6_write(b, &(struct ip6_fields){.src = from,
                                          .dst = ip6_get(s->bytes + IP6_SRC),
                                          .length = IP6_HEADER,
                                          .hops = 60,
                                          .next = PROTOCOL_ICMP6});
    else
        ip4_write(b, &(struct ip4_fields){.src = ip6_to_ip4(from),
                                          .dst = be32_get(s->bytes + IP4_SRC),
                                          .length = IP4_HEADER,
                                          .ttl = 60,
                                          .protocol = PROTOCOL_ICMP});
    static const uint8_t types[] = {3, 3, 3, 11, 12, 4, 5};
    uint8_t *icmp = b + header;
    memset(icmp, 0, ICMP_HEADER);
    icmp[ICMP_TYPE] =
        (uint8_t)(six ? 1 + random_below(r, 4) : types[random_below(r, sizeof types)]);
    icmp[ICMP_CODE] = (uint8_t)(random_one_in(r, 2) && !six ? ICMP_FRAGMENT : random_below(r, 16));
    uint32_t mtu = random_one_in(r, 4) ? 0 : 500 + random_below(r, 1200);
    if (six)
        be32_put(icmp + ICMP6_INFO, mtu);
    else
        be16_put(icmp + ICMP_MTU, mtu);
    memcpy(b + head, s->bytes, quote);
    anypacket_mend(b, head + quote, head + quote);
    packet_load(p, b, head + quote, head + quote);
    return true;
}

// --- damage

static void mutate(struct random *r, struct packet *p)
{
    uint8_t *b = packet_data(p);
    for (unsigned hits = random_below(r, 4); hits && p->captured; hits--) {
        uint32_t at = random_below(r, random_one_in(r, 2) && p->captured > 60 ? 60 : p->captured);
        if (random_one_in(r, 3))
            b[at] = (uint8_t)random_next(r);
        else
            b[at] ^= (uint8_t)(1u << random_below(r, 8));
    }
    if (random_one_in(r, 2))
        anypacket_mend(b, p->captured, p->length);
    if (random_one_in(r, 5))
        p->captured = random_below(r, p->captured + 1);
    if (random_one_in(r, 5))
        p->length = random_one_in(r, 2) ? random_below(r, 200) : IP4_LENGTH_MAX;
}

static void noise(struct random *r, struct packet *p)
{
    uint8_t b[ANYPACKET_BYTES];
    uint32_t room = p->room - PACKET_HEADROOM;
    uint32_t size = random_below(r, (room < ANYPACKET_BYTES ? room : ANYPACKET_BYTES) + 1);
    for (uint32_t i = 0; i < size; i++)
        b[i] = (uint8_t)random_next(r);
    if (!random_one_in(r, 4))
        b[0] = (uint8_t)(random_one_in(r, 2) ? 0x45 : 0x60);
    if (random_one_in(r, 2))
        anypacket_mend(b, size, size);
    packet_load(p, b, size, size);
}

void anypacket_make(struct anypacket *m, struct packet *p)
{
    struct random *r = &m->random;
    uint8_t b[ANYPACKET_BYTES];
    uint32_t room = p->room - PACKET_HEADROOM;
    unsigned kind = random_below(r, 20);
    bool made = kind < 4 ? anypacket_answer(m, p) : kind < 6 && anypacket_complain(m, p);
    if (kind == 6) {
        noise(r, p);
        made = true;
    }
    if (!made) {
        struct draft d = make_datagram(r, b, room < ANYPACKET_BYTES ? room : ANYPACKET_BYTES);
        packet_load(p, b, d.size, d.length);
    }
    if (p->captured >= IP6_HEADER && random_one_in(r, 4))
        anypacket_wrap(m, p, 1 + random_below(r, random_one_in(r, 4) ? 6 : 2));
    if (random_one_in(r, 6))
        mutate(r, p);
    p->depth = (uint8_t)(random_one_in(r, 10) ? random_below(r, 6) : 0);
}
