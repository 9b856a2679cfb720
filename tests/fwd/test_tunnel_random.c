// SPDX-License-Identifier: GPL-3.0-or-later
// Tunnels of every kind, over and of both IP versions, with random options: in and out again is
// identity; cut anywhere, or with random bytes, a packet is refused whole or comes out whole.
#include "fwd/peek.h"
#include "tunnels.h"

#define ROUNDS  200
#define MUTATED 200000

struct combination {
    enum fwd_tunnel kind;
    bool outer6, inner6;
};

#define COMBINATIONS (FWD_TUNNEL_KINDS * 4)

static struct combination combination_of(int i)
{
    return (struct combination){(enum fwd_tunnel)(i / 4), i & 1, i & 2};
}

// A datagram with a random payload, of which a random part is stored.
static void random_packet(struct random *r, struct packet *p, bool inner6)
{
    uint8_t b[512];
    size_t header = from_hex(inner6 ? INNER6 : INNER4, b);
    size_t size = header + random_below(r, 400);
    for (size_t i = header; i < size; i++)
        b[i] = (uint8_t)random_next(r);
    if (inner6)
        be16_put(b + IP6_LENGTH, (uint32_t)size - IP6_HEADER);
    else
        be16_put(b + IP4_LENGTH, (uint32_t)size);
    uint32_t unstored = random_below(r, 2) ? random_below(r, 1000) : 0;
    packet_load(p, b, size, (uint32_t)size + unstored);
    if (inner6)
        be16_put(packet_data(p) + IP6_LENGTH, p->length - IP6_HEADER);
    else
        be16_put(packet_data(p) + IP4_LENGTH, p->length);
    ecn_set(packet_data(p), (uint8_t)random_below(r, 4));
    if (!inner6)
        fix_checksum(p);
}

static bool identity(struct random *r, struct combination c)
{
    struct fwd_tunnel_options o = random_options(r, c.kind, c.outer6);
    struct packet *p = packet_new(), *before = packet_new();
    random_packet(r, p, c.inner6);
    memcpy(before, p, packet_bytes(ROOM));
    struct alone a = tunnel_alone(&o);
    bool good = tunnel_push(p, a.tunnel, NOBODY, (uint32_t)random_next(r)) == FWD_DROP_NONE;
    good = good && p->length == before->length + fwd_tunnel_overhead(&o) && p->depth == 1;
    good = good && validate(p) == FWD_DROP_NONE;
    uint32_t at = 0;
    bool usual = o.port == 0 || o.port == a.tunnel->ops->port;
    good =
        good &&
        (!usual || (peek_inner(packet_data(p), p->captured, &at) && at == fwd_tunnel_overhead(&o)));
    good = good && tunnel_of_quote(&a.table, packet_data(p), p->captured) == a.tunnel;
    to_the_end(p);
    good = good && pop_from(p, &o) == FWD_DROP_NONE && p->depth == 0;
    good = good && p->length == before->length && p->captured == before->captured;
    good = good && !memcmp(packet_data(p), packet_data(before), p->captured);
    tunnel_table_free(&a.table);
    free(p);
    free(before);
    return good;
}

static void in_and_out(void)
{
    struct random r = {2024};
    for (int i = 0; i < COMBINATIONS; i++) {
        int wrong = 0;
        for (int round = 0; round < ROUNDS; round++)
            wrong += !identity(&r, combination_of(i));
        if (wrong)
            printf("\n    %s over IPv%d of IPv%d: %d wrong\n",
                   fwd_tunnel_name((enum fwd_tunnel)(i / 4)), i & 1 ? 6 : 4, i & 2 ? 6 : 4, wrong);
        CU_ASSERT_EQUAL(wrong, 0);
    }
}

// Cut after `stored` bytes: it comes out if the inner header is there. (Where a checksum is over
// what was cut, cutting breaks it; those are left out.)
static void cut_short(void)
{
    struct random r = {31};
    for (int i = 0; i < COMBINATIONS; i++) {
        struct combination c = combination_of(i);
        struct fwd_tunnel_options o = random_options(&r, c.kind, c.outer6);
        bool udp6 = c.outer6 && (c.kind == FWD_TUNNEL_VXLAN || c.kind == FWD_TUNNEL_GENEVE);
        o.checksum = false;
        uint32_t outer = c.outer6 || c.kind == FWD_TUNNEL_SRV6 ? IP6_HEADER : IP4_HEADER;
        uint32_t least = fwd_tunnel_overhead(&o) + (c.inner6 ? (uint32_t)IP6_HEADER : IP4_HEADER);
        for (uint32_t stored = outer; stored <= least + 8; stored++) {
            struct packet *p = packet_new();
            load_hex(p, c.inner6 ? INNER6 : INNER4);
            CU_ASSERT_EQUAL(push_into(p, &o), FWD_DROP_NONE);
            if (udp6)
                be16_put(packet_data(p) + outer + UDP_CHECKSUM, 0);
            p->captured = stored < p->captured ? stored : p->captured;
            to_the_end(p);
            enum fwd_drop bad = pop_from(p, &o);
            CU_ASSERT_EQUAL(bad == FWD_DROP_NONE, stored >= least);
            if (stored < least)
                CU_ASSERT(bad == FWD_DROP_TRUNCATED || bad == FWD_DROP_NO_SERVICE);
            free(p);
        }
    }
}

// A tunnel's packet with some random bytes, cut at random.
static void spoil(struct random *r, struct packet *p)
{
    uint32_t hits = random_below(r, 5);
    while (hits--) {
        uint32_t at = random_below(r, random_below(r, 2) ? p->captured : 80);
        if (at < p->captured)
            packet_data(p)[at] = (uint8_t)random_next(r);
    }
    if (random_below(r, 4) == 0)
        p->captured = random_below(r, p->captured + 1);
    if (random_below(r, 8) == 0)
        p->length = p->captured + random_below(r, 40);
    if (random_below(r, 2) && ip4_readable(packet_data(p), p->captured))
        fix_checksum(p);
    p->depth = (uint8_t)random_below(r, 6);
    to_the_end(p);
}

static enum fwd_drop any_way_out(struct packet *p, struct endpoint_table *ends, uint32_t choice)
{
    if (choice == 0 && packet_data(p)[0] >> 4 == 6)
        return srv6_end(p, &(uint32_t){0});
    if (choice == 1 && packet_data(p)[0] >> 4 == 6)
        return srv6_decapsulate(p, true, true, &(uint32_t){0});
    bool tunnelled;
    struct endpoint *e = endpoint_match(ends, packet_data(p), p->captured, &tunnelled);
    return e ? endpoint_pop(p, e) : FWD_DROP_NO_SERVICE;
}

static struct endpoint_table all_ends(void)
{
    struct endpoint_table t;
    endpoint_table_init(&t, ip6_to_ip4(TO4), TO6);
    for (int kind = 0; kind < FWD_TUNNEL_SRV6; kind++)
        endpoint_add(&t, &(struct fwd_endpoint_options){.kind = (enum fwd_tunnel)kind});
    endpoint_add(&t, &(struct fwd_endpoint_options){
                         .kind = FWD_TUNNEL_GRE, .keyed = true, .key = 9, .sequence = true});
    return t;
}

// Whether the packet is still within its memory and, if refused, as before.
static bool is_whole(const struct packet *p, const struct packet *before, enum fwd_drop bad)
{
    if (bad)
        return !memcmp(p, before, packet_bytes(ROOM));
    uint8_t version = packet_view(p)[0] >> 4;
    return p->offset + p->captured <= p->room && p->captured <= p->length &&
           p->length <= before->length && (version == 4 || version == 6) &&
           p->captured >= (version == 4 ? (uint32_t)IP4_HEADER : (uint32_t)IP6_HEADER);
}

static void mutated(void)
{
    struct random r = {5};
    struct endpoint_table ends = all_ends();
    struct packet *p = packet_new(), *before = packet_new();
    uint64_t fates[FWD_DROP_COUNT] = {0};
    int wrong = 0;
    for (int i = 0; i < MUTATED && !wrong; i++) {
        struct combination c = combination_of(i % COMBINATIONS);
        struct fwd_tunnel_options o = random_options(&r, c.kind, c.outer6);
        if (c.kind != FWD_TUNNEL_GRE)
            o.key = 0;
        if (o.keyed)
            o.key = 9;
        o.port = 0;
        random_packet(&r, p, c.inner6);
        wrong += push_into(p, &o) != FWD_DROP_NONE;
        spoil(&r, p);
        if (validate(p) != FWD_DROP_NONE)
            continue;
        uint32_t at;
        if (peek_inner(packet_data(p), p->captured, &at))
            wrong += at + IP4_HEADER > p->captured;
        memcpy(before, p, packet_bytes(ROOM));
        enum fwd_drop bad =
            any_way_out(p, &ends, random_below(&r, c.kind == FWD_TUNNEL_SRV6 ? 2 : 9));
        fates[bad]++;
        wrong += !is_whole(p, before, bad);
        if (wrong)
            printf("\n    packet %d is treated wrongly\n", i);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    // The mix is worth something only if it reaches every answer.
    CU_ASSERT(fates[FWD_DROP_NONE] && fates[FWD_DROP_NO_SERVICE] && fates[FWD_DROP_TUNNEL_BAD] &&
              fates[FWD_DROP_TRUNCATED] && fates[FWD_DROP_FRAGMENT]);
    endpoint_table_free(&ends);
    free(p);
    free(before);
}

UNIT_MAIN("tunnel-random", {"in-and-out", in_and_out}, {"cut-short", cut_short},
          {"mutated", mutated})
