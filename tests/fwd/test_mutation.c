// SPDX-License-Identifier: GPL-3.0-or-later
// A million random and mutated packets through a node that does everything at once: whatever comes,
// every packet has one verdict and the counters add up. Meant to be run under the sanitizers too.
#include "fixture.h"
#include "fwd/headers6.h"
#include <stdlib.h>

#define PACKETS 1000000
#define SELF    IP4(10, 0, 0, 1)
#define EIP     IP4(203, 0, 113, 0)

static struct fwd_node *busy_node(void)
{
    struct fwd_node *n = fwd_node_new(&(struct fwd_options){
        .address = SELF, .hash_seed = 5, .flow_limit = 50, .flow_idle_ps = 1000000});
    uint32_t many[] = {1, 2, 3, 4, 5};
    fwd_route_set(n, prefix_of(SELF, 32), FWD_ACT_LOCAL, 0);
    fwd_route_set(n, prefix_of(IP4(10, 0, 0, 0), 24), FWD_ACT_FORWARD, fwd_group(n, many, 5));
    fwd_route_set(n, prefix_of(IP4(192, 0, 2, 0), 24), FWD_ACT_FORWARD, fwd_group(n, many, 1));
    fwd_route_set(n, prefix_of(IP4(192, 0, 2, 128), 25), FWD_ACT_BLACKHOLE, 0);
    fwd_route_set(n, prefix_of(EIP, 25), FWD_ACT_LOCAL, 0);
    fwd_tunnel_accept(n, FWD_TUNNEL_GRE);
    fwd_tunnel_accept(n, FWD_TUNNEL_IPIP);
    bind_backend(n, prefix_of(EIP, 24), FWD_TUNNEL_GRE);
    bind_eip(n, prefix_of(EIP + 128, 25), 1, FWD_TUNNEL_GRE, IP4(10, 0, 0, 9));
    bind_eip(n, prefix_of(EIP + 64, 26), 2, FWD_TUNNEL_IPIP, 0);
    bind_eip(n, prefix_of(IP4(10, 0, 0, 9), 32), 3, FWD_TUNNEL_IPIP, IP4(10, 0, 0, 8));
    bind_eip(n, prefix_of(IP4(10, 9, 0, 0), 16), 4, FWD_TUNNEL_IPIP, IP4(10, 9, 0, 1));
    return n;
}

static ip4_addr some_address(struct random *r)
{
    switch (random_below(r, 7)) {
    case 0:
        return SELF;
    case 1:
        return IP4(10, 0, 0, 0) + random_below(r, 16);
    case 2:
        return IP4(10, 9, 0, 0) + random_below(r, 16);
    case 3:
        return (ip4_addr)random_next(r);
    case 4:
        return IP4(192, 0, 2, 0) + random_below(r, 256);
    default:
        return EIP + random_below(r, 256);
    }
}

// Wraps the datagram in tunnels by hand, so that the header fields can be anything.
static size_t wrap(struct random *r, uint8_t *b, size_t size, size_t room)
{
    while (size + 24 < room && random_below(r, 3) == 0) {
        bool gre = random_below(r, 2);
        size_t header = gre ? 24 : 20;
        memmove(b + header, b, size);
        size += header;
        ip4_write(b, &(struct ip4_fields){.src = some_address(r),
                                          .dst = random_below(r, 4) ? SELF : some_address(r),
                                          .length = (uint32_t)size,
                                          .ttl = 64,
                                          .protocol = gre ? 47 : 4});
        if (gre)
            be32_put(b + 20, 0x0800);
    }
    return size;
}

static void make(struct random *r, struct packet *p)
{
    uint8_t b[PACKET_BYTES - PACKET_HEADROOM];
    size_t size = 28 + random_below(r, 60);
    packet_init(p, PACKET_BYTES);
    for (size_t i = 0; i < sizeof b; i++)
        b[i] = (uint8_t)random_next(r);
    if (random_below(r, 20)) {
        if (random_below(r, 2))
            packet_build_udp(p, some_address(r), some_address(r), (uint16_t)random_below(r, 9), 53,
                             (uint8_t)random_below(r, 5), (uint32_t)size, NULL);
        else
            packet_build_icmp_echo(p, some_address(r), some_address(r), 1, 1,
                                   (uint8_t)random_below(r, 5), (uint32_t)size, NULL);
        memset(b, 0, size);
        memcpy(b, packet_data(p), p->captured);
        size = wrap(r, b, size, sizeof b);
    }
    packet_load(p, b, size, (uint32_t)size);
    if (random_below(r, 50) == 0) { // as long as IP can be
        p->length = IP4_LENGTH_MAX;
        be16_put(packet_data(p) + IP4_LENGTH, IP4_LENGTH_MAX);
    }
    unsigned hits = random_below(r, 3) ? 0 : random_below(r, 4);
    while (hits--)
        packet_data(p)[random_below(r, (uint32_t)size)] ^= (uint8_t)(1u << random_below(r, 8));
    if (random_below(r, 2) && ip4_readable(packet_data(p), p->captured))
        fix_checksum(p);
    if (random_below(r, 10) == 0)
        p->captured = random_below(r, p->captured + 1u);
    if (random_below(r, 10) == 0)
        p->length = random_below(r, 2) ? random_below(r, 200) : 65535;
    p->depth = (uint8_t)random_below(r, 6); // what the owner says need not be so
}

static bool sane(const struct packet *p, const struct fwd_result *r)
{
    if ((size_t)p->offset + p->captured > PACKET_BYTES)
        return false;
    switch (r->verdict) {
    case FWD_OUT:
        return r->out_if >= 1 && r->out_if <= 5 && header_checksum_right(p) &&
               be16_get(packet_view(p) + IP4_LENGTH) == p->length;
    case FWD_LOCAL:
        return header_checksum_right(p);
    case FWD_DROP:
        return r->reason > FWD_DROP_NONE && r->reason < FWD_DROP_COUNT;
    case FWD_FRAGMENT: // there is no MTU here
        break;
    }
    return false;
}

// Bytes that are not captured must not matter: the same packet with others there.
static struct packet with_other_rest(struct random *r, const struct packet *p)
{
    struct packet q = *p;
    for (size_t i = 0; i < PACKET_BYTES; i++)
        if (i < p->offset || i >= (size_t)p->offset + p->captured)
            q.bytes[i] = (uint8_t)random_next(r);
    return q;
}

static bool same_outcome(const struct packet *p, const struct fwd_result *v, const struct packet *q,
                         const struct fwd_result *w)
{
    return v->verdict == w->verdict && v->out_if == w->out_if && v->reason == w->reason &&
           v->reply == w->reply && p->length == q->length && p->captured == q->captured &&
           p->depth == q->depth && !memcmp(packet_view(p), packet_view(q), p->captured);
}

static void the_rest_does_not_matter(void)
{
    struct random r = {77};
    struct fwd_node *n = busy_node(), *m = busy_node();
    unsigned wrong = 0;
    for (int64_t i = 0; i < PACKETS / 10 && !wrong; i++) {
        struct packet p, e, f;
        struct fwd_result v, w;
        packet_init(&e, PACKET_BYTES);
        packet_init(&f, PACKET_BYTES);
        make(&r, &p);
        struct packet q = with_other_rest(&r, &p);
        fwd_receive(n, &p, 0, i * 1000, &v);
        fwd_receive(m, &q, 0, i * 1000, &w);
        wrong += !same_outcome(&p, &v, &q, &w);
        bool one = fwd_icmp_error(n, &p, &v, i * 1000, &e);
        bool other = fwd_icmp_error(m, &q, &w, i * 1000, &f);
        wrong += one != other || (one && !same_outcome(&e, &v, &f, &w));
    }
    CU_ASSERT_EQUAL(wrong, 0);
    fwd_node_free(n);
    fwd_node_free(m);
}

static void a_million(void)
{
    const char *given = getenv("MUTATION_SEED");
    struct random r = {given ? strtoull(given, NULL, 10) : 1};
    struct fwd_node *n = busy_node();
    unsigned wrong = 0;
    uint64_t errors = 0;
    for (int64_t i = 0; i < PACKETS && !wrong; i++) {
        struct packet p, e;
        struct fwd_result v;
        packet_init(&e, PACKET_BYTES);
        make(&r, &p);
        bool from_host = random_below(&r, 4) == 0;
        if (from_host)
            fwd_originate(n, &p, i * 1000, &v);
        else
            fwd_receive(n, &p, 0, i * 1000, &v);
        wrong += !sane(&p, &v);
        if (v.verdict == FWD_DROP && fwd_icmp_error(n, &p, &v, i * 1000, &e)) {
            errors++;
            wrong += packet_data(&e)[0] >> 4 == 6 ? ip6_validate(&e) != FWD_DROP_NONE
                                                : ip4_validate(&e) != FWD_DROP_NONE;
        }
        wrong += !counters_add_up(n);
        if (wrong)
            printf("  packet %lld is treated wrongly\n", (long long)i);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    const struct fwd_counters *c = fwd_counters(n);
    CU_ASSERT_EQUAL(c->received + c->originated, PACKETS);
    CU_ASSERT_EQUAL(c->icmp_sent, errors);
    // The mix is worth something only if it reaches every corner.
    CU_ASSERT(c->forwarded && c->local && c->replies && c->encapsulated && c->decapsulated &&
              c->flows_created && c->flows_evicted && c->icmp_sent);
    for (int reason = FWD_DROP_TRUNCATED; reason <= FWD_DROP_NO_FLOW; reason++)
        if (reason != FWD_DROP_NO_SERVICE && !c->dropped[reason]) {
            printf("  never met: %s\n", fwd_drop_name((enum fwd_drop)reason));
            CU_FAIL("a drop reason was never met");
        }
    fwd_node_free(n);
}

UNIT_MAIN("mutation", {"a-million", a_million},
          {"the-rest-does-not-matter", the_rest_does_not_matter})
