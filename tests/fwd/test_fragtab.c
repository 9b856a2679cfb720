// SPDX-License-Identifier: GPL-3.0-or-later
// Fragmented datagrams where ports decide: later fragments follow their first, at a backend's gateway
// and through translation, both families and directions.
#include "fwd/fragment.h"
#include "fwd/fragtab.h"
#include "fwd/encap.h"
#include "natfixture.h"

#define GATEWAY IP4(10, 0, 0, 9)
#define POP1    ip6_from_ip4(IP4(10, 0, 0, 1))
#define POP2    ip6_from_ip4(IP4(10, 0, 0, 2))
#define SECOND  INT64_C(1000000000000)
#define MTU     400
#define PIECES  4

static struct flowkey datagram(uint32_t id)
{
    return (struct flowkey){
        .src = client_of(false, 1), .dst = eip_of(false), .ports = id, .protocol = PROTOCOL_UDP};
}

static void notes(void)
{
    struct fragtab t;
    fragtab_init(&t, 7);
    struct flowkey one = datagram(1), two = datagram(2);
    struct fragtab_note a = {.address = POP1, .id = 5}, b = {.address = POP2, .id = 6};
    CU_ASSERT_PTR_NULL(fragtab_follow(&t, &one, 0));
    fragtab_note(&t, &one, &a, 0);
    CU_ASSERT_PTR_NULL(fragtab_follow(&t, &two, 0));
    const struct fragtab_note *found = fragtab_follow(&t, &one, FRAGTAB_LIFE_PS - 1);
    CU_ASSERT(found && found->id == 5 && ip6_equal(found->address, POP1));
    CU_ASSERT_PTR_NULL(fragtab_follow(&t, &one, FRAGTAB_LIFE_PS));
    fragtab_note(&t, &one, &b, 1); // the same identification again: what was noted last counts
    found = fragtab_follow(&t, &one, 2);
    CU_ASSERT(found && found->id == 6);
    CU_ASSERT(t.followed == 2 && t.evicted == 0);
    fragtab_free(&t);
}

// More than there is room for: as many are evicted as there are too many, the oldest of a bucket
// first, and none once they are out of date.
static void bounded(void)
{
    struct fragtab t;
    fragtab_init(&t, 7);
    const uint32_t count = 4 * FRAGTAB_LIMIT;
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct flowkey k = datagram(i);
        fragtab_note(&t, &k, &(struct fragtab_note){.id = i}, i);
    }
    for (uint32_t i = 0; i < count; i++) {
        struct flowkey k = datagram(i);
        const struct fragtab_note *note = fragtab_follow(&t, &k, count);
        CU_ASSERT(!note || note->id == i);
        CU_ASSERT(note || i < count - 1);
        found += note != NULL;
    }
    CU_ASSERT(found > FRAGTAB_LIMIT * 9 / 10 && found <= FRAGTAB_LIMIT);
    CU_ASSERT_EQUAL(t.evicted, count - found);
    uint64_t before = t.evicted;
    struct flowkey k = datagram(count);
    fragtab_note(&t, &k, &(struct fragtab_note){0}, count + FRAGTAB_LIFE_PS);
    CU_ASSERT_EQUAL(t.evicted, before);
    fragtab_free(&t);
}

// Cuts a datagram as its sender would; how many pieces there are.
static unsigned cut(struct packet *whole, uint32_t id, struct packet *pieces[PIECES])
{
    unsigned count = 0;
    CU_ASSERT_EQUAL_FATAL(fragment_allow(whole, id), FWD_DROP_NONE);
    for (; count < PIECES; count++) {
        pieces[count] = packet_new();
        if (!fwd_fragment(whole, MTU, count, pieces[count])) {
            free(pieces[count]);
            break;
        }
    }
    free(whole);
    CU_ASSERT_FATAL(count == 3);
    return count;
}

// Puts pieces together again, and frees them; all of one identification, which is the result's.
static struct packet *whole_of(struct packet *pieces[PIECES], unsigned count, uint32_t *id)
{
    uint8_t b[ROOM];
    uint32_t end = 0, header = 0;
    for (unsigned i = 0; i < count; i++) {
        const uint8_t *h = packet_view(pieces[i]);
        bool six = h[0] >> 4 == 6;
        uint32_t from = six ? IP6_HEADER + FRAGMENT_HEADER : IP4_HEADER;
        uint32_t own = six ? be32_get(h + IP6_HEADER + FRAGMENT_ID) : be16_get(h + IP4_ID);
        header = six ? IP6_HEADER : IP4_HEADER;
        CU_ASSERT(i == 0 || own == *id);
        CU_ASSERT(six || header_checksum_right(pieces[i]));
        *id = own;
        if (i == 0) {
            memcpy(b, h, header);
            end = header;
            b[six ? IP6_NEXT : IP4_PROTOCOL] = h[six ? IP6_HEADER : IP4_PROTOCOL];
        }
        CU_ASSERT(!memcmp(h + header - (six ? 32 : 8), b + header - (six ? 32 : 8), six ? 32 : 8));
        memcpy(b + end, h + from, pieces[i]->captured - from);
        end += pieces[i]->captured - from;
        free(pieces[i]);
    }
    struct packet *p = packet_new();
    be16_put(b + (header == IP6_HEADER ? IP6_LENGTH : IP4_LENGTH),
             header == IP6_HEADER ? end - header : end);
    if (header == IP4_HEADER) {
        be16_put(b + IP4_FRAGMENT, 0);
        be16_put(b + IP4_CHECKSUM, 0);
        checksum_store(b + IP4_CHECKSUM, checksum_add(0, b, IP4_HEADER));
    }
    packet_load(p, b, end, end);
    return p;
}

static struct spec big(uint8_t protocol, bool six, uint16_t sport)
{
    struct spec s = spec_of(protocol, six, 1, sport);
    s.payload = 900;
    return s;
}

// The other way: from the EIP to `to`, `port`.
static struct spec reverse_of(const struct spec *s, struct ip6_addr to, uint16_t port)
{
    struct spec a = *s;
    a.src = s->dst;
    a.dst = to;
    a.sport = s->dport;
    a.dport = port;
    if (s->protocol == PROTOCOL_ICMP || s->protocol == PROTOCOL_ICMP6) {
        a.type = s->six ? ICMP6_ECHO_REPLY : ICMP_ECHO_REPLY;
        a.sport = port;
    }
    return a;
}

// Out in pieces, whole at the EIP with every checksum right; and the answer home in pieces.
static void through_translation(uint8_t protocol, bool six)
{
    struct random r = {protocol};
    struct nat *n = nat_with(10, 0, 0);
    struct spec s = big(protocol, six, 4000);
    struct packet *pieces[PIECES], *p;
    uint32_t id[2];
    for (uint32_t i = 0; i < 2; i++) { // the same identification from two clients
        s.src = client_of(six, i);
        unsigned count = cut(build(&r, &s), 77, pieces);
        for (unsigned k = 0; k < count; k++)
            CU_ASSERT_EQUAL(nat_outward(n, pieces[k], address(six), 1), FWD_DROP_NONE);
        p = whole_of(pieces, count, &id[i]);
        CU_ASSERT(right(packet_view(p), p->captured));
        CU_ASSERT(ip6_equal(view_of(p).src, address(six)));
        struct spec back = reverse_of(&s, address(six), view_of(p).sport);
        free(p);
        count = cut(build(&r, &back), 99, pieces);
        for (unsigned k = 0; k < count; k++)
            CU_ASSERT_EQUAL(nat_homeward(n, pieces[k], 2), FWD_DROP_NONE);
        uint32_t kept = 0;
        p = whole_of(pieces, count, &kept);
        CU_ASSERT(right(packet_view(p), p->captured) && kept == 99);
        CU_ASSERT(ip6_equal(view_of(p).dst, client_of(six, i)) && view_of(p).dport == 4000);
        free(p);
    }
    CU_ASSERT(id[0] != id[1]); // of one host now
    CU_ASSERT(n->fragments.followed == 8 && n->counters.outward == 6 && n->counters.homeward == 6);
    CU_ASSERT_EQUAL(n->lru.count, 2);
    nat_end(n);
}

static void translation(void)
{
    for (int six = 0; six < 2; six++) {
        through_translation(PROTOCOL_UDP, six);
        through_translation(PROTOCOL_TCP, six);
        through_translation(six ? PROTOCOL_ICMP6 : PROTOCOL_ICMP, six);
    }
}

// Ahead of its first, too late, or of a datagram whose first one was refused.
static void left_alone(void)
{
    for (int six = 0; six < 2; six++) {
        struct random r = {9};
        struct nat *n = nat_with(10, 0, 0);
        struct spec s = big(PROTOCOL_UDP, six, 4000);
        struct packet *pieces[PIECES], *early = packet_new();
        unsigned count = cut(build(&r, &s), 77, pieces);
        memcpy(early, pieces[1], packet_bytes(ROOM));
        CU_ASSERT_EQUAL(nat_outward(n, pieces[1], address(six), 1), FWD_DROP_FRAGMENT);
        CU_ASSERT_EQUAL(nat_homeward(n, pieces[1], 1), FWD_DROP_FRAGMENT);
        CU_ASSERT(!memcmp(early, pieces[1], packet_bytes(ROOM)));
        CU_ASSERT_EQUAL(nat_homeward(n, pieces[0], 1), FWD_DROP_NO_FLOW);
        CU_ASSERT_EQUAL(nat_homeward(n, pieces[1], 1), FWD_DROP_FRAGMENT);
        CU_ASSERT_EQUAL(nat_outward(n, pieces[0], address(six), 1), FWD_DROP_NONE);
        CU_ASSERT_EQUAL(nat_outward(n, pieces[1], address(six), 2 + FRAGTAB_LIFE_PS),
                        FWD_DROP_FRAGMENT);
        for (unsigned k = 0; k < count; k++)
            free(pieces[k]);
        free(early);
        nat_end(n);
    }
}

// --- a backend's gateway

static struct fwd_node *gateway(void)
{
    struct fwd_node *n =
        fwd_node_new(&(struct fwd_options){.address = GATEWAY, .flow_limit = 100, .hash_seed = 11});
    struct prefix6 everything6 = {{0, 0}, 0}, eip6 = {eip_of(true), 128};
    uint32_t via1 = 1, via2 = 2;
    fwd_route_set(n, prefix_of(GATEWAY, 32), FWD_ACT_LOCAL, 0);
    fwd_route_set(n, prefix_of(ip6_to_ip4(eip_of(false)), 32), FWD_ACT_LOCAL, 0);
    fwd_route_set6(n, eip6, FWD_ACT_LOCAL, 0);
    fwd_route_set6(n, everything6, FWD_ACT_FORWARD, fwd_group(n, &via1, 1));
    route_out(n, ip6_to_ip4(POP1), 32, via1);
    route_out(n, ip6_to_ip4(POP2), 32, via2);
    fwd_tunnel_accept(n, FWD_TUNNEL_GRE);
    struct fwd_backend_options o = {
        .way = FWD_RETURN_INGRESS, .kind = FWD_TUNNEL_GRE, .tunnel = FWD_NO_TUNNEL};
    fwd_backend_bind(n, prefix6_from_prefix(prefix_of(ip6_to_ip4(eip_of(false)), 32)), &o);
    fwd_backend_bind(n, eip6, &o);
    return n;
}

// In the tunnel from a POP.
static void push_from(struct packet *p, struct ip6_addr pop)
{
    struct tunnel_table t;
    struct fwd_tunnel_options o = {
        .kind = FWD_TUNNEL_GRE, .local = pop, .remote = ip6_from_ip4(GATEWAY), .dscp = -1};
    tunnel_table_init(&t);
    struct tunnel *u = tunnel_take(&t, &o, 0, (struct ip6_addr){0, 0});
    CU_ASSERT_EQUAL(tunnel_push(p, u, (struct ip6_addr){0, 0}, 0), FWD_DROP_NONE);
    tunnel_table_free(&t);
}

static void ask(struct fwd_node *n, const struct spec *s, bool in_pieces, struct ip6_addr pop)
{
    struct random r = {3};
    struct fwd_result v;
    struct packet *pieces[PIECES] = {build(&r, s)};
    unsigned count = in_pieces ? cut(pieces[0], 5, pieces) : 1;
    for (unsigned k = 0; k < count; k++) {
        push_from(pieces[k], pop);
        fwd_receive(n, pieces[k], 0, 0, &v);
        CU_ASSERT_EQUAL(v.verdict, FWD_LOCAL);
        free(pieces[k]);
    }
}

static void answer(struct fwd_node *n, const struct spec *s, bool in_pieces, uint32_t out)
{
    struct random r = {4};
    struct fwd_result v;
    struct spec a = reverse_of(s, s->src, s->sport);
    struct packet *pieces[PIECES] = {build(&r, &a)};
    unsigned count = in_pieces ? cut(pieces[0], 6 + s->sport, pieces) : 1;
    for (unsigned k = 0; k < count; k++) {
        fwd_originate(n, pieces[k], SECOND, &v);
        CU_ASSERT(v.verdict == FWD_OUT && v.nexthop == out && pieces[k]->depth == 1);
        free(pieces[k]);
    }
}

// A flow is found again whichever of its directions is fragmented, and its answers go, all of them,
// where it came in.
static void answers(void)
{
    for (int how = 0; how < 8; how++) {
        bool six = how & 1, in_pieces = how & 2, out_in_pieces = how & 4;
        struct fwd_node *n = gateway();
        struct spec one = big(PROTOCOL_UDP, six, 4000), two = big(PROTOCOL_UDP, six, 4001);
        struct spec ping = big(six ? PROTOCOL_ICMP6 : PROTOCOL_ICMP, six, 4002);
        ask(n, &one, in_pieces, POP1);
        ask(n, &two, in_pieces, POP2);
        CU_ASSERT_EQUAL(fwd_counters(n)->flows_created, 2);
        answer(n, &one, out_in_pieces, 1);
        answer(n, &two, out_in_pieces, 2);
        if (in_pieces) { // else the gateway answers it itself
            ask(n, &ping, in_pieces, POP2);
            answer(n, &ping, out_in_pieces, 2);
        }
        CU_ASSERT_EQUAL(fwd_counters(n)->fragments_followed,
                        out_in_pieces ? (in_pieces ? 6 : 4) : 0);
        CU_ASSERT(counters_add_up(n) && fwd_counters_dropped(fwd_counters(n)) == 0);
        fwd_node_free(n);
    }
}

static void answers_out_of_order(void)
{
    struct fwd_node *n = gateway();
    struct random r = {4};
    struct spec s = big(PROTOCOL_UDP, false, 4000), a = reverse_of(&s, s.src, s.sport);
    struct packet *pieces[PIECES];
    struct fwd_result v;
    ask(n, &s, false, POP1);
    unsigned count = cut(build(&r, &a), 6, pieces);
    fwd_originate(n, pieces[1], SECOND, &v);
    CU_ASSERT(v.verdict == FWD_DROP && v.reason == FWD_DROP_FRAGMENT);
    fwd_originate(n, pieces[0], 60 * SECOND, &v); // its flow is forgotten
    CU_ASSERT(v.verdict == FWD_DROP && v.reason == FWD_DROP_NO_FLOW);
    fwd_originate(n, pieces[2], 60 * SECOND, &v);
    CU_ASSERT(v.verdict == FWD_DROP && v.reason == FWD_DROP_FRAGMENT);
    for (unsigned k = 0; k < count; k++)
        free(pieces[k]);
    fwd_node_free(n);
}

// Fragments for the node itself, at the address that stands for its clients: the host's.
static void for_the_node_itself(void)
{
    ip4_addr own = ip6_to_ip4(address(false));
    struct fwd_node *n = fwd_node_new(&(struct fwd_options){.address = own, .nat_limit = 10});
    struct fwd_tunnel_options t = {.kind = FWD_TUNNEL_IPIP, .remote = POP2, .dscp = -1};
    struct fwd_eip_options o = {.tunnel = fwd_tunnel_add(n, &t),
                                .in = {FWD_NO_METER, FWD_NO_METER},
                                .out = {FWD_NO_METER, FWD_NO_METER},
                                .snat = address(false)};
    fwd_route_set(n, prefix_of(own, 32), FWD_ACT_LOCAL, 0);
    fwd_eip_bind(n, prefix6_from_prefix(prefix_of(ip6_to_ip4(eip_of(false)), 32)), &o);
    struct random r = {4};
    struct spec s = big(PROTOCOL_UDP, false, 4000);
    s.dst = address(false);
    struct packet *pieces[PIECES];
    struct fwd_result v;
    unsigned count = cut(build(&r, &s), 6, pieces);
    for (unsigned k = 0; k < count; k++) {
        fwd_receive(n, pieces[k], 0, 0, &v);
        CU_ASSERT_EQUAL(v.verdict, FWD_LOCAL);
        free(pieces[k]);
    }
    fwd_node_free(n);
}

UNIT_MAIN("fragtab", {"notes", notes}, {"bounded", bounded}, {"translation", translation},
          {"left-alone", left_alone}, {"answers", answers},
          {"answers-out-of-order", answers_out_of_order},
          {"for-the-node-itself", for_the_node_itself})
