// SPDX-License-Identifier: GPL-3.0-or-later
// Tables from several peers: what a route takes, and what is left when a peer goes.
#include "unit.h"

#include "bgp/instance.h"
#include "bgp/session.h"

enum { PEERS = 4, ROUTER = PEERS, PREFIXES = 20000, SHARE = 8, PEER_AS = 64500 };

// Held in memory for each prefix of each peer, RIB, Adj-RIBs-Out, attributes and prefix table.
#define MAX_BYTES 120u

struct bed {
    struct sim *sim;
    struct bgp *bgp;
    struct bgp_speaker *speakers[PEERS + 1];
    uint64_t changes, gone;
};

static int64_t path_delay(void *ctx, uint32_t a, uint32_t z, int32_t link)
{
    (void)ctx, (void)a, (void)z, (void)link;
    return 0;
}

static uint32_t metric(void *ctx, uint32_t router, ip4_addr nexthop)
{
    (void)ctx, (void)router, (void)nexthop;
    return 0;
}

static void best_changed(void *ctx, uint32_t router, struct prefix p, const struct bgp_route *best)
{
    struct bed *b = ctx;
    (void)p;
    CU_ASSERT_EQUAL(router, ROUTER); // the peers refuse what they hear: their AS is in it
    b->changes++;
    b->gone += best == NULL;
}

static void begin(struct bed *b)
{
    struct bgp_env env = {.ctx = b,
                          .path_delay_ps = path_delay,
                          .nexthop_metric = metric,
                          .best_changed = best_changed};
    *b = (struct bed){.sim = sim_new(1)};
    b->bgp = bgp_new(b->sim, &env);
    for (uint32_t i = 0; i <= PEERS; i++) {
        const char *const names[] = {"a", "b", "c", "d", "router"};
        struct bgp_speaker_options o = {
            .name = names[i], .asn = i == ROUTER ? 65000 : PEER_AS, .id = IP4(10, 0, 0, i + 1)};
        b->speakers[i] = bgp_speaker_add(b->bgp, i, &o);
    }
    for (uint32_t i = 0; i < PEERS; i++) {
        struct bgp_peer_options up = {.relation = BGP_REL_PROVIDER, .address = 2 * i + 10},
                                down = {.relation = BGP_REL_CUSTOMER, .address = 2 * i + 11};
        bgp_connect(b->bgp, b->speakers[i], &up, b->speakers[ROUTER], &down, (int32_t)i, 0);
    }
    sim_run(b->sim, 10 * PS_PER_S);
}

// SHARE prefixes with the same attributes; of peer i the path is i + 1 ASes longer.
static void send(struct bed *b, uint32_t peer, uint32_t first)
{
    struct bgp_draft d = {0};
    for (uint32_t i = 0; i <= peer; i++)
        bgp_draft_prepend(&d, 1000 + first / SHARE + i);
    bgp_draft_prepend(&d, PEER_AS);
    d.f.next_hop = 2 * peer + 10;
    const struct bgp_attr *attr = bgp_attr_intern(&b->bgp->attrs, &d);
    struct bgp_message *m = bgp_message_update(attr, 0, SHARE);
    for (uint32_t i = 0; i < SHARE; i++)
        m->prefixes[i] = bgp_prefixes_add(
            &b->bgp->prefixes, (struct prefix){IP4(16, 0, 0, 0) + ((first + i) << 8), 24});
    bgp_attr_put(&b->bgp->attrs, attr);
    bgp_draft_free(&d);
    bgp_session_send_update(b->speakers[peer]->peers.v[0], m);
}

static void load(struct bed *b)
{
    for (uint32_t peer = 0; peer < PEERS; peer++) {
        for (uint32_t first = 0; first < PREFIXES; first += SHARE)
            send(b, peer, first);
        sim_run(b->sim, sim_now(b->sim) + PS_PER_S);
    }
}

static size_t bytes(const struct bed *b)
{
    const struct bgp_speaker *s = b->speakers[ROUTER];
    size_t n = bgp_rib_bytes(&s->rib) + bgp_attrs_bytes(&b->bgp->attrs) +
               bgp_prefixes_bytes(&b->bgp->prefixes);
    for (size_t i = 0; i < s->peers.n; i++)
        n += bgp_adjout_bytes(s->peers.v[i]);
    return n;
}

static void end(struct bed *b)
{
    bgp_free(b->bgp); // asserts that no attribute is left
    sim_free(b->sim);
}

static void a_route_is_small(void)
{
    struct bed b;
    begin(&b);
    load(&b);
    for (uint32_t i = 0; i < PEERS; i++)
        CU_ASSERT_EQUAL(bgp_rib_held(&b.speakers[ROUTER]->rib, b.speakers[ROUTER]->peers.v[i]),
                        PREFIXES);
    CU_ASSERT_EQUAL(b.changes, PREFIXES); // the first peer has the shortest paths
    printf("%zu bytes for a prefix of a peer\n", bytes(&b) / PREFIXES / PEERS);
    CU_ASSERT_TRUE(bytes(&b) <= MAX_BYTES * PREFIXES * PEERS);
    end(&b);
}

static void losing_peers_one_by_one(void)
{
    struct bed b;
    begin(&b);
    load(&b);
    for (uint32_t lost = 0; lost < PEERS; lost++) {
        uint64_t before = b.changes;
        bgp_link_down(b.bgp, ROUTER, (int32_t)lost, "test");
        CU_ASSERT_EQUAL(b.changes, before + PREFIXES);
        CU_ASSERT_EQUAL(b.gone, lost == PEERS - 1 ? PREFIXES : 0);
        CU_ASSERT_EQUAL(bgp_rib_held(&b.speakers[ROUTER]->rib, b.speakers[ROUTER]->peers.v[lost]),
                        0);
        const struct bgp_route *best =
            bgp_best(b.bgp, ROUTER, (struct prefix){IP4(16, 0, 0, 0), 24});
        if (lost < PEERS - 1)
            CU_ASSERT_EQUAL(bgp_route_peer_router(best), lost + 1);
        sim_run(b.sim, sim_now(b.sim) + PS_PER_S);
    }
    end(&b);
}

UNIT_MAIN("bgp-scale", {"a_route_is_small", a_route_is_small},
          {"losing_peers_one_by_one", losing_peers_one_by_one})
