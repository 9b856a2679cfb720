// SPDX-License-Identifier: GPL-3.0-or-later
// IPv6 of up to 1280 bytes gets through a tunnel whose way takes less: the tunnel's own packet is
// cut, and is whole again when its pieces are put together.
#include "fwd/fragment.h"
#include "fwd/srv6.h"
#include "tunnels.h"

#define CLIENT  IP6(0x20010db800010000, 9)
#define SERVER  IP6(0x20010db8000f0000, 5)
#define SEGMENT IP6(0xfd00000000000000, 0x99)

// 10.0.0.1 and fd00::1; interface 1 of this MTU leads to all but 2001:db8:1::/64, which is at 0. What
// is for the server goes into the tunnel.
static struct fwd_node *node_with(const struct fwd_tunnel_options *o, uint32_t mtu)
{
    struct fwd_node *n = fwd_node_new(
        &(struct fwd_options){.address = ip6_to_ip4(FROM4), .address6 = FROM6, .hash_seed = 3});
    struct fwd_interface wan = {.mtu = mtu};
    uint32_t lan = 0, out = 1, tunnel;
    fwd_interface_set(n, 1, &wan);
    route_out(n, 0, 0, 1);
    fwd_route_set6(n, (struct prefix6){IP6(0, 0), 0}, FWD_ACT_FORWARD, fwd_group(n, &out, 1));
    fwd_route_set6(n, (struct prefix6){IP6(0x20010db800010000, 0), 64}, FWD_ACT_FORWARD,
                   fwd_group(n, &lan, 1));
    fwd_route_set6(n, (struct prefix6){FROM6, 128}, FWD_ACT_LOCAL, 0);
    tunnel = fwd_tunnel_add(n, o);
    fwd_route_set6(n, (struct prefix6){IP6(0x20010db8000f0000, 0), 64}, FWD_ACT_TUNNEL, tunnel);
    return n;
}

// A datagram from the client, every byte of which is stored.
static struct packet *datagram(uint32_t length)
{
    uint8_t b[1500];
    struct packet *p = packet_new();
    ip6_write(b, &(struct ip6_fields){.src = CLIENT,
                                      .dst = SERVER,
                                      .length = length,
                                      .label = 1,
                                      .hops = 9,
                                      .next = PROTOCOL_NONE});
    for (uint32_t i = IP6_HEADER; i < length; i++)
        b[i] = (uint8_t)(i * 7 + i / 256);
    packet_load(p, b, length, length);
    return p;
}

struct pieces {
    unsigned count;
    uint32_t id, bytes;     // of what was cut
    uint8_t payload[ROOM];  // put together
    bool fit, last_is_last; // each the MTU; "more" on all but the last
};

// Sends the pieces of `p` on and puts them together; `header` is what each begins with.
static struct pieces pieces_of(struct fwd_node *n, struct packet *p, const struct fwd_result *r,
                               uint32_t header)
{
    struct pieces s = {.fit = true};
    struct packet *piece = packet_new();
    struct fwd_result out;
    bool more = true;
    for (; fwd_fragment(p, r->mtu, s.count, piece); s.count++) {
        fwd_resume(n, piece, r, 0, &out);
        const uint8_t *h = packet_view(piece);
        bool six = h[0] >> 4 == 6;
        uint32_t field = be16_get(
            h + (six ? header - FRAGMENT_HEADER + FRAGMENT_OFFSET : (uint32_t)IP4_FRAGMENT));
        uint32_t at = six ? field & FRAGMENT_OFFSET_MASK : (field & IP4_OFFSET_MASK) * 8;
        uint32_t id = six ? be32_get(h + header - 4) : be16_get(h + IP4_ID);
        CU_ASSERT(out.verdict == FWD_OUT && out.out_if == 1 && at == s.bytes && more);
        CU_ASSERT(s.count == 0 || id == s.id);
        CU_ASSERT(piece->length == (six ? IP6_HEADER + (uint32_t)be16_get(h + IP6_LENGTH)
                                        : be16_get(h + IP4_LENGTH)));
        CU_ASSERT(six || (header_checksum_right(piece) && !(field & IP4_DONT_FRAGMENT)));
        s.id = id;
        s.fit &= piece->length <= r->mtu && piece->captured == piece->length;
        more = field & (six ? FRAGMENT_MORE : (uint32_t)IP4_MORE_FRAGMENTS);
        memcpy(s.payload + at, h + header, piece->captured - header);
        s.bytes += piece->captured - header;
    }
    s.last_is_last = s.count && !more;
    free(piece);
    return s;
}

// Sends 1280 bytes through the tunnel; `before` is what the tunnel writes between the header of each
// piece and the datagram.
static void carries(const struct fwd_tunnel_options *o, uint32_t mtu, uint32_t header,
                    uint32_t before)
{
    struct fwd_node *n = node_with(o, mtu);
    uint32_t id = 0;
    for (int i = 0; i < 2; i++) {
        struct packet *p = datagram(1280), *same = datagram(1280);
        struct fwd_result r;
        fwd_receive(n, p, 0, 0, &r);
        CU_ASSERT(r.verdict == FWD_FRAGMENT && r.mtu == mtu);
        if (r.verdict == FWD_FRAGMENT) {
            struct pieces s = pieces_of(n, p, &r, header);
            packet_data(same)[IP6_HOPS]--;
            CU_ASSERT(s.count == 2 && s.fit && s.last_is_last && s.bytes == before + 1280);
            CU_ASSERT(!memcmp(s.payload + before, packet_view(same), 1280));
            CU_ASSERT(s.id != id);
            id = s.id;
        }
        free(p);
        free(same);
    }
    CU_ASSERT(counters_add_up(n) && fwd_counters(n)->cut == 2);
    CU_ASSERT_EQUAL(fwd_tunnel_counters(n, 0)->too_big, 2);
    fwd_node_free(n);
}

static void over_ip4(void)
{
    struct fwd_tunnel_options o = plain(FWD_TUNNEL_IPIP, false);
    carries(&o, 1290, IP4_HEADER, 0);
    o = plain(FWD_TUNNEL_GRE, false);
    carries(&o, 1290, IP4_HEADER, 4);
    carries(&o, 1303, IP4_HEADER, 4);
    o.keyed = o.sequence = o.checksum = true;
    carries(&o, 1290, IP4_HEADER, 16);
}

static void over_ip6(void)
{
    struct fwd_tunnel_options o = plain(FWD_TUNNEL_IPIP, true);
    carries(&o, 1280, IP6_HEADER + FRAGMENT_HEADER, 0);
    o = plain(FWD_TUNNEL_GRE, true);
    carries(&o, 1280, IP6_HEADER + FRAGMENT_HEADER, 4);
    carries(&o, 1323, IP6_HEADER + FRAGMENT_HEADER, 4);
}

// The pieces of an SRv6 packet all have its segments, and reach the far end by them.
static void segments(void)
{
    struct fwd_tunnel_options o = plain(FWD_TUNNEL_SRV6, true);
    o.segment_count = 2;
    o.segments[0] = SEGMENT;
    o.segments[1] = TO6;
    carries(&o, 1280, IP6_HEADER + SRH_LIST + 32 + FRAGMENT_HEADER, 0);
    struct fwd_node *n = node_with(&o, 1280);
    struct packet *p = datagram(1240), *piece = packet_new();
    struct fwd_result r;
    fwd_receive(n, p, 0, 0, &r);
    CU_ASSERT_EQUAL_FATAL(r.verdict, FWD_FRAGMENT);
    CU_ASSERT(fwd_fragment(p, r.mtu, 1, piece));
    CU_ASSERT(ip6_equal(ip6_get(packet_view(piece) + IP6_DST), SEGMENT));
    CU_ASSERT_EQUAL(srv6_end(piece, &(uint32_t){0}), FWD_DROP_NONE);
    CU_ASSERT(ip6_equal(ip6_get(packet_view(piece) + IP6_DST), TO6));
    CU_ASSERT_EQUAL(srv6_decapsulate(piece, true, true, &(uint32_t){0}), FWD_DROP_FRAGMENT);
    free(p);
    free(piece);
    fwd_node_free(n);
}

// What was learnt of the way counts like an interface; 1281 bytes are not carried but refused, and
// what fits is left alone.
static void only_what_must_be(void)
{
    struct fwd_tunnel_options o = plain(FWD_TUNNEL_GRE, false);
    o.mtu = 1300;
    struct fwd_node *n = node_with(&o, 0);
    struct packet *p = datagram(1276), *e = packet_new();
    struct fwd_result r;
    fwd_receive(n, p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && be16_get(packet_view(p) + IP4_FRAGMENT) == IP4_DONT_FRAGMENT);
    free(p);
    p = datagram(1277);
    fwd_receive(n, p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_FRAGMENT && r.mtu == 1300 && p->length == 1301);
    free(p);
    p = datagram(1281);
    fwd_receive(n, p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_MTU);
    CU_ASSERT(fwd_icmp_error(n, p, &r, 0, e));
    CU_ASSERT_EQUAL(be32_get(packet_view(e) + IP6_HEADER + ICMP6_INFO), 1280);
    free(p);
    free(e);
    fwd_node_free(n);
}

static void vxlan_must_not(void)
{
    struct fwd_tunnel_options o = plain(FWD_TUNNEL_VXLAN, false);
    struct fwd_node *n = node_with(&o, 1300);
    struct packet *p = datagram(1280);
    struct fwd_result r;
    fwd_receive(n, p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_MTU);
    free(p);
    fwd_node_free(n);
}

// A piece that cannot leave: the sender hears it once, from the first.
static void errors_about_pieces(void)
{
    for (int six = 0; six < 2; six++) {
        struct fwd_tunnel_options o = plain(FWD_TUNNEL_GRE, six);
        struct fwd_node *n = node_with(&o, 1280);
        struct packet *p = datagram(1280), *piece = packet_new(), *e = packet_new();
        struct fwd_result r, s;
        fwd_receive(n, p, 0, 0, &r);
        CU_ASSERT_EQUAL_FATAL(r.verdict, FWD_FRAGMENT);
        for (unsigned i = 0; i < 2; i++) {
            CU_ASSERT(fwd_fragment(p, r.mtu, i, piece));
            fwd_resume(n, piece, &r, 0, &s);
            fwd_refuse(n, piece, FWD_DROP_NO_NEIGHBOUR, &s);
            CU_ASSERT_EQUAL(fwd_icmp_error(n, piece, &s, 0, e), i == 0);
        }
        CU_ASSERT(ip6_equal(ip_destination(packet_view(e)), CLIENT));
        CU_ASSERT_EQUAL(packet_view(e)[IP6_HEADER + ICMP_TYPE], ICMP6_UNREACHABLE);
        free(p);
        free(piece);
        free(e);
        fwd_node_free(n);
    }
}

UNIT_MAIN("tunnel-cut", {"over-ip4", over_ip4}, {"over-ip6", over_ip6}, {"segments", segments},
          {"only-what-must-be", only_what_must_be}, {"vxlan-must-not", vxlan_must_not},
          {"errors-about-pieces", errors_about_pieces})
