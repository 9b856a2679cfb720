// SPDX-License-Identifier: GPL-3.0-or-later
// What became of a tunnel's packet, told to the sender of the packet inside: RFC 2003 §4, RFC 2473
// §8, RFC 4213 §3.4.
#include "fwd/icmp.h"
#include "hexbytes.h"

#define ENTRY   IP4(10, 0, 0, 1) // of the tunnel
#define EXIT    IP4(10, 9, 0, 1)
#define PATH    IP4(10, 5, 0, 1) // the router that complains
#define CLIENT  IP4(192, 0, 2, 1)
#define SERVICE IP4(198, 51, 100, 7)

static const struct ip6_addr entry6 = {0xfd00000000000000, 1}, exit6 = {0xfd09000000000000, 1},
                             path6 = {0xfd05000000000000, 1}, client6 = {0xfd11000000000000, 1},
                             service6 = {0xfd12000000000000, 1};

// Two IPv6 headers, two of eight bytes and another IPv6 header do not fit into an ordinary packet.
struct large {
    struct packet packet;
    uint8_t more[64];
};

// The case at hand: what the path said about which packet.
struct complaint {
    bool outer6, inner6;
    uint8_t type, code;
    uint32_t info;
    uint8_t between;  // bytes between the outer and the inner header, protocol `outer_protocol`
    uint8_t protocol; // of the outer header; 0: IP in IP
    uint32_t inner_length;
    bool may_cut; // the inner header has no DF
};

#define STORED 32 // of the inner packet: header and more

// Writes the inner packet's header and a payload that is not zeros.
static void write_inner(uint8_t *b, const struct complaint *c)
{
    memset(b, 0x5a, 60);
    if (c->inner6)
        ip6_write(b, &(struct ip6_fields){.src = client6,
                                          .dst = service6,
                                          .length = c->inner_length,
                                          .next = PROTOCOL_UDP,
                                          .traffic_class = 0xb8,
                                          .hops = 60});
    else
        ip4_write(b, &(struct ip4_fields){.src = CLIENT,
                                          .dst = SERVICE,
                                          .length = c->inner_length,
                                          .protocol = PROTOCOL_UDP,
                                          .tos = 0x2e,
                                          .ttl = 60});
    if (c->may_cut)
        be16_put(b + IP4_FRAGMENT, 0);
}

// Makes the complaint as it arrives at the tunnel's entry; returns where the inner header is.
static uint32_t make(struct large *into, const struct complaint *c)
{
    uint8_t bytes[200];
    uint32_t outer = c->outer6 ? 40 : 20, inner = outer + c->between;
    uint32_t stored = inner + (c->inner6 ? 60 : STORED), length = inner + c->inner_length;
    uint8_t protocol = c->protocol ? c->protocol : c->inner6 ? PROTOCOL_IPV6 : PROTOCOL_IPIP;
    memset(bytes, 0, sizeof bytes);
    if (c->outer6)
        ip6_write(bytes,
                  &(struct ip6_fields){
                      .src = entry6, .dst = exit6, .length = length, .next = protocol, .hops = 3});
    else
        ip4_write(bytes,
                  &(struct ip4_fields){
                      .src = ENTRY, .dst = EXIT, .length = length, .protocol = protocol, .ttl = 3});
    write_inner(bytes + inner, c);
    struct packet *p = &into->packet;
    packet_init(p, PACKET_BYTES + sizeof into->more);
    struct icmp_error e = {.src = c->outer6 ? path6 : ip6_from_ip4(PATH),
                           .type = c->type,
                           .code = c->code,
                           .info = c->info};
    bool built = icmp_build_error(p, &e, bytes, stored, length);
    CU_ASSERT_FATAL(built && icmp_intact(p));
    return outer + 8 + inner;
}

static uint32_t overhead_of(const struct complaint *c)
{
    return (c->outer6 ? 40u : 20u) + c->between;
}

static bool relays(struct large *p, const struct complaint *c)
{
    uint32_t at = make(p, c);
    return icmp_relay(&p->packet, at, overhead_of(c), c->inner6 ? entry6 : ip6_from_ip4(ENTRY),
                      0x4242);
}

// Whether the complaint is passed on as this error, whole and right.
static bool becomes(const struct complaint *c, uint8_t type, uint8_t code, uint32_t info)
{
    struct large p;
    if (!relays(&p, c))
        return false;
    const uint8_t *h = packet_view(&p.packet);
    uint32_t at = c->inner6 ? 40 : 20;
    uint8_t inner[60];
    write_inner(inner, c);
    bool header =
        c->inner6
            ? ip6_validate(&p.packet) == FWD_DROP_NONE && ip6_equal(ip6_get(h + IP6_SRC), entry6) &&
                  ip6_equal(ip6_get(h + IP6_DST), client6) && h[IP6_HOPS] == 64 &&
                  ip6_traffic_class(h) == 0 && h[IP6_NEXT] == PROTOCOL_ICMP6
            : ip4_validate(&p.packet) == FWD_DROP_NONE && packet_src(&p.packet) == ENTRY &&
                  packet_dst(&p.packet) == CLIENT && h[IP4_TTL] == 64 && h[IP4_TOS] == 0xce &&
                  be16_get(h + IP4_ID) == 0x4242 && be16_get(h + IP4_FRAGMENT) == 0 &&
                  h[IP4_PROTOCOL] == PROTOCOL_ICMP;
    uint32_t length = at + 8 + c->inner_length, most = c->inner6 ? 1280 : 576;
    if (!c->outer6 && length > 576 - 28 - overhead_of(c) + at + 8)
        length = 576 - 28 - overhead_of(c) + at + 8; // the path's router quoted no more
    if (c->outer6 && length > 1280 - 48 - overhead_of(c) + at + 8)
        length = 1280 - 48 - overhead_of(c) + at + 8;
    if (length > most)
        length = most;
    return header && icmp_intact(&p.packet) && h[at] == type && h[at + 1] == code &&
           be32_get(h + at + 4) == info && p.packet.length == length &&
           p.packet.captured == at + 8 + (c->inner6 ? 60u : STORED) &&
           !memcmp(h + at + 8, inner, c->inner6 ? 60 : STORED);
}

static bool says_nothing(const struct complaint *c)
{
    struct large p, was;
    uint32_t at = make(&p, c);
    was = p;
    return !icmp_relay(&p.packet, at, overhead_of(c), c->inner6 ? entry6 : ip6_from_ip4(ENTRY),
                       0) &&
           !memcmp(&p, &was, sizeof p);
}

// RFC 2003 §4.1 to §4.5.
static void ip4_in_ip4(void)
{
    static const struct {
        uint8_t type, code;
        int told; // code of "unreachable"; -1: nothing
    } want[] = {{3, 0, 0},   {3, 1, 1},   {3, 2, 0},   {3, 3, -1},  {3, 5, -1}, {3, 6, 0},
                {3, 7, 1},   {3, 8, 1},   {3, 9, 13},  {3, 10, 13}, {3, 11, 0}, {3, 12, 1},
                {3, 13, 13}, {3, 14, 13}, {3, 15, 13}, {3, 16, -1}, {4, 0, -1}, {5, 0, -1},
                {5, 1, -1},  {11, 0, 1},  {11, 1, -1}, {12, 0, -1}, {0, 0, -1}, {8, 0, -1}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct complaint c = {.type = want[i].type, .code = want[i].code, .inner_length = 100};
        CU_ASSERT_EQUAL(becomes(&c, 3, (uint8_t)want[i].told, 0), want[i].told >= 0);
        CU_ASSERT_EQUAL(says_nothing(&c), want[i].told < 0);
        c.protocol = PROTOCOL_GRE;
        c.between = 8;
        CU_ASSERT_EQUAL(becomes(&c, 3, (uint8_t)want[i].told, 0), want[i].told >= 0);
    }
    // A tunnel over UDP has ports: nobody listens at its end.
    struct complaint c = {
        .type = 3, .code = 3, .inner_length = 100, .protocol = PROTOCOL_UDP, .between = 30};
    CU_ASSERT(becomes(&c, 3, 0, 0));
}

static void ip6_in_ip4(void)
{
    static const struct {
        uint8_t type, code;
        bool told;
    } want[] = {{3, 0, true},   {3, 1, true},  {3, 2, true},  {3, 3, false},
                {3, 13, true},  {3, 5, false}, {11, 0, true}, {11, 1, false},
                {12, 0, false}, {4, 0, false}, {5, 0, false}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct complaint c = {
            .inner6 = true, .type = want[i].type, .code = want[i].code, .inner_length = 100};
        CU_ASSERT_EQUAL(becomes(&c, 1, 3, 0), want[i].told);
        CU_ASSERT_EQUAL(says_nothing(&c), !want[i].told);
    }
}

static void in_ip6(void)
{
    static const struct {
        uint8_t type, code;
        bool told;
    } want[] = {{1, 0, true},  {1, 1, true},  {1, 3, true},  {1, 4, true},   {3, 0, true},
                {3, 1, false}, {4, 0, false}, {4, 1, false}, {127, 0, false}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct complaint c = {
            .outer6 = true, .type = want[i].type, .code = want[i].code, .inner_length = 100};
        CU_ASSERT_EQUAL(becomes(&c, 3, 1, 0), want[i].told);
        CU_ASSERT_EQUAL(says_nothing(&c), !want[i].told);
        c.inner6 = true;
        CU_ASSERT_EQUAL(becomes(&c, 1, 3, 0), want[i].told);
    }
}

static void too_big(void)
{
    struct complaint c = {.type = 3, .code = 4, .info = 1400, .inner_length = 1480};
    CU_ASSERT(becomes(&c, 3, 4, 1380));
    c.between = 8;
    c.protocol = PROTOCOL_GRE;
    CU_ASSERT(becomes(&c, 3, 4, 1372));
    c.may_cut = true; // "and DF was set" would be wrong: the tunnel will cut the next one
    CU_ASSERT(says_nothing(&c));
    c = (struct complaint){.type = 3, .code = 4, .info = 1400, .inner_length = 1380};
    CU_ASSERT(says_nothing(&c)); // it fits: not true
    c.inner_length = 1381;
    CU_ASSERT(becomes(&c, 3, 4, 1380));
    c.info = 70; // no link takes less than 68
    CU_ASSERT(becomes(&c, 3, 4, 68));
    c.info = 20; // not even a header
    CU_ASSERT(says_nothing(&c));
    c.info = 0; // a router that does not say: the next of the usual sizes (RFC 1191 §7.1)
    CU_ASSERT(becomes(&c, 3, 4, 1006 - 20));

    c = (struct complaint){
        .inner6 = true, .type = 3, .code = 4, .info = 1400, .inner_length = 1480};
    CU_ASSERT(becomes(&c, 2, 0, 1380));
    c.info = 1290; // IPv6 needs 1280
    CU_ASSERT(becomes(&c, 2, 0, 1280));
    c.inner_length = 1280; // and nobody may be told to send less
    CU_ASSERT(says_nothing(&c));

    c = (struct complaint){.outer6 = true, .type = 2, .info = 1400, .inner_length = 1480};
    CU_ASSERT(becomes(&c, 3, 4, 1360));
    c.info = 1279; // not believed (RFC 8201 §4)
    CU_ASSERT(says_nothing(&c));
    c.info = 1280;
    CU_ASSERT(becomes(&c, 3, 4, 1240));
    c = (struct complaint){
        .outer6 = true, .inner6 = true, .type = 2, .info = 1400, .inner_length = 1480};
    CU_ASSERT(becomes(&c, 2, 0, 1360));
    c.info = 1300;
    CU_ASSERT(becomes(&c, 2, 0, 1280));
}

static void no_error_about(void)
{
    struct large p;
    struct complaint c = {.type = 3, .code = 1, .inner_length = 100};
    struct ip6_addr own = ip6_from_ip4(ENTRY);
    uint32_t at = make(&p, &c);
    CU_ASSERT(icmp_relay(&p.packet, at, 20, own, 0));
    at = make(&p, &c); // an ICMP error was inside
    packet_data(&p.packet)[at + IP4_PROTOCOL] = PROTOCOL_ICMP;
    packet_data(&p.packet)[at + 20] = ICMP_TIME_EXCEEDED;
    CU_ASSERT_FALSE(icmp_relay(&p.packet, at, 20, own, 0));
    at = make(&p, &c); // a later fragment
    be16_put(packet_data(&p.packet) + at + IP4_FRAGMENT, 7);
    CU_ASSERT_FALSE(icmp_relay(&p.packet, at, 20, own, 0));
    at = make(&p, &c); // from no host
    be32_put(packet_data(&p.packet) + at + IP4_SRC, IP4(224, 0, 0, 9));
    CU_ASSERT_FALSE(icmp_relay(&p.packet, at, 20, own, 0));
    at = make(&p, &c); // no address of that family
    CU_ASSERT_FALSE(icmp_relay(&p.packet, at, 20, entry6, 0));
    CU_ASSERT_FALSE(icmp_relay(&p.packet, at, 20, (struct ip6_addr){0, 0}, 0));
    CU_ASSERT_FALSE(icmp_relay(&p.packet, at - 1, 20, own, 0)); // not where a packet begins
    CU_ASSERT_FALSE(icmp_relay(&p.packet, 0, 20, own, 0));
    CU_ASSERT_FALSE(icmp_relay(&p.packet, UINT32_MAX, 20, own, 0));
    CU_ASSERT_FALSE(icmp_relay(&p.packet, p.packet.captured, 20, own, 0));
    CU_ASSERT(icmp_relay(&p.packet, at, 20, own, 0));
}

// What a router puts behind the quote (RFC 4884) does not come along.
static void extensions_of_the_error(void)
{
    struct large p;
    struct complaint c = {.type = 11, .inner_length = 1480};
    uint32_t at = make(&p, &c);
    p.packet.length =
        28 + 64 + 8; // 64 bytes of quote, 44 of them of the inner packet, and 8 of extension
    p.packet.captured = p.packet.length;
    memset(packet_data(&p.packet) + at + STORED, 0xee, p.packet.captured - at - STORED);
    packet_data(&p.packet)[25] = 16;
    CU_ASSERT(icmp_relay(&p.packet, at, 20, ip6_from_ip4(ENTRY), 0));
    CU_ASSERT(p.packet.length == 28 + 44 && p.packet.captured == 28 + 44 && icmp_intact(&p.packet));
    c.inner_length = 40; // shorter than the quote, which was padded
    at = make(&p, &c);
    p.packet.length = 28 + 64 + 8;
    packet_data(&p.packet)[25] = 16;
    CU_ASSERT(icmp_relay(&p.packet, at, 20, ip6_from_ip4(ENTRY), 0));
    CU_ASSERT(p.packet.length == 28 + 40 && icmp_intact(&p.packet));
}

static void truncated(void)
{
    for (int kind = 0; kind < 4; kind++) {
        struct complaint c = {.outer6 = kind & 1,
                              .inner6 = kind & 2,
                              .type = kind & 1 ? 1 : 3,
                              .code = kind & 1 ? 0 : 1,
                              .inner_length = 100};
        struct large p;
        uint32_t at = make(&p, &c), needed = at + (c.inner6 ? 48 : 28);
        for (uint32_t size = c.outer6 ? 40 : 20; size <= p.packet.captured; size++) {
            struct packet *cut = packet_at_end(packet_data(&p.packet), size, size);
            bool relayed =
                icmp_relay(cut, at, overhead_of(&c), c.inner6 ? entry6 : ip6_from_ip4(ENTRY), 0);
            CU_ASSERT_EQUAL(relayed, size >= needed);
            CU_ASSERT(!relayed || icmp_intact(cut));
            free(cut);
        }
    }
}

static void mutated(void)
{
    struct random random = {4};
    unsigned relayed = 0;
    for (int round = 0; round < 100000; round++) {
        struct complaint c = {.outer6 = random_below(&random, 2),
                              .inner6 = random_below(&random, 2),
                              .inner_length = 100};
        c.type = c.outer6 ? 1 : 3;
        struct large p;
        uint32_t at = make(&p, &c);
        for (uint32_t n = 1 + random_below(&random, 4); n; n--)
            packet_data(&p.packet)[1 + random_below(&random, p.packet.captured - 1)] =
                (uint8_t)random_next(&random);
        if (!random_below(&random, 4))
            at = random_below(&random, 200);
        if (!ip4_readable(packet_data(&p.packet), p.packet.captured) &&
            !ip6_readable(packet_data(&p.packet), 40))
            continue;
        if (!icmp_relay(&p.packet, at, 20, random_below(&random, 2) ? entry6 : ip6_from_ip4(ENTRY),
                        0))
            continue;
        relayed++;
        CU_ASSERT_FATAL(icmp_intact(&p.packet) && p.packet.captured <= p.packet.length);
        CU_ASSERT_FATAL((packet_data(&p.packet)[0] >> 4 == 6
                             ? ip6_validate(&p.packet)
                             : ip4_validate(&p.packet)) == FWD_DROP_NONE);
    }
    CU_ASSERT(relayed > 10000);
}

UNIT_MAIN("icmp-relay", {"ip4-in-ip4", ip4_in_ip4}, {"ip6-in-ip4", ip6_in_ip4}, {"in-ip6", in_ip6},
          {"too-big", too_big}, {"no-error-about", no_error_about},
          {"extensions-of-the-error", extensions_of_the_error}, {"truncated", truncated},
          {"mutated", mutated})
