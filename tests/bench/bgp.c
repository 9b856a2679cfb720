// SPDX-License-Identifier: GPL-3.0-or-later
// One router with full tables from several peers: memory, loading, and losing one of them.
//
// The peers are routers of one AS and customers of the router under test, which therefore tells each
// of them the best paths of the others; they refuse what they hear, as it has their AS in it. So the
// whole way of an UPDATE is in the figures: prefix table, session, import, decision, export, packing
// and delivery; encoding to octets is not, as a simulation does not need it. Beside it BIRD, and with
// a smaller table GoBGP, with the same routes (bgpd.h).
#include "bench.h"
#include "bgpd.h"
#include "bgptable.h"

#include "bgp/instance.h"
#include "bgp/session.h"
#include <malloc.h>
#include <stdio.h>

enum { PEERS = 4, ROUTER = PEERS, BATCH = 2000, FEW = 20000 };

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
    (void)router, (void)p, (void)best;
    ++*(uint64_t *)ctx;
}

struct bed {
    struct sim *sim;
    struct bgp *bgp;
    struct bgp_speaker *speakers[PEERS + 1];
    uint64_t changes;
};

static void connect(struct bed *b, uint32_t i)
{
    struct bgp_peer_options up = {.relation = BGP_REL_PROVIDER, .address = IP4(172, 16, 0, 2 * i)},
                            down = {.relation = BGP_REL_CUSTOMER,
                                    .address = IP4(172, 16, 0, 2 * i + 1)};
    bgp_connect(b->bgp, b->speakers[i], &up, b->speakers[ROUTER], &down, (int32_t)i, 0);
}

static void begin(struct bed *b)
{
    struct bgp_env env = {.ctx = &b->changes,
                          .path_delay_ps = path_delay,
                          .nexthop_metric = metric,
                          .best_changed = best_changed};
    b->changes = 0;
    b->sim = sim_new(1);
    b->bgp = bgp_new(b->sim, &env);
    for (uint32_t i = 0; i <= PEERS; i++) {
        char name[16];
        snprintf(name, sizeof name, "r%u", i);
        struct bgp_speaker_options o = {
            .name = name, .asn = i == ROUTER ? 65000 : 64500, .id = IP4(10, 0, 0, i + 1)};
        b->speakers[i] = bgp_speaker_add(b->bgp, i, &o);
    }
    for (uint32_t i = 0; i < PEERS; i++)
        connect(b, i);
    sim_run(b->sim, 10 * PS_PER_S);
}

static void end(struct bed *b)
{
    bgp_free(b->bgp);
    sim_free(b->sim);
}

static void settle(struct bed *b)
{
    sim_run(b->sim, sim_now(b->sim) + PS_PER_S);
}

static void send_group(struct bed *b, uint32_t peer, const struct bgptable_group *g)
{
    struct bgp_draft *d = &b->bgp->draft;
    uint32_t path[BGPTABLE_MAX_PATH], n = bgptable_path(g, peer, path);
    bgp_draft_clear(d);
    for (uint32_t i = n; i-- > 0;)
        bgp_draft_prepend(d, path[i]);
    bgp_draft_prepend(d, 64500);
    d->f.next_hop = IP4(172, 16, 0, 2 * peer);
    const struct bgp_attr *attr = bgp_attr_intern(&b->bgp->attrs, d);
    struct bgp_message *m = bgp_message_update(attr, 0, g->n);
    for (uint32_t i = 0; i < g->n; i++)
        m->prefixes[i] = bgp_prefixes_add(&b->bgp->prefixes, bgptable_prefix(g->first + i));
    bgp_attr_put(&b->bgp->attrs, attr);
    bgp_session_send_update(b->speakers[peer]->peers.v[0], m);
}

static void load(struct bed *b, uint32_t prefixes)
{
    for (uint32_t peer = 0; peer < PEERS; peer++) {
        struct bgptable_group g = {0};
        for (uint32_t n = 0; bgptable_next(&g, prefixes); n++) {
            send_group(b, peer, &g);
            if (n % BATCH == BATCH - 1)
                settle(b);
        }
        settle(b);
    }
}

static double held_bytes(void)
{
    struct mallinfo2 m = mallinfo2();
    return (double)m.uordblks + (double)m.hblkhd;
}

struct ours {
    double load_s, loss_s, bytes;
};

static struct ours measure(uint32_t prefixes)
{
    struct bed b;
    struct ours o;
    begin(&b);
    double before = held_bytes(), start_s = bench_cpu_s();
    load(&b, prefixes);
    double loaded_s = bench_cpu_s();
    for (size_t i = 0; i < PEERS; i++)
        if (bgp_rib_held(&b.speakers[ROUTER]->rib, b.speakers[ROUTER]->peers.v[i]) != prefixes)
            printf("bgp: not all routes of peer %zu were loaded\n", i);
    o.load_s = loaded_s - start_s;
    o.bytes = (held_bytes() - before) / prefixes / PEERS;
    bgp_link_down(b.bgp, ROUTER, 0, "bench");
    settle(&b); // the others hear of it
    o.loss_s = bench_cpu_s() - loaded_s;
    end(&b);
    return o;
}

// A daemon encodes and decodes octets and uses TCP besides; times are CPU seconds of all its
// threads.
static void compare(const char *names[3], uint32_t prefixes, const char *peer,
                    const struct bgpd_figures *theirs)
{
    struct ours o = measure(prefixes);
    double bytes = theirs ? theirs->bytes / prefixes / PEERS : 0;
    bench_add(&(struct figure){names[0], o.bytes, "bytes", theirs ? peer : NULL, bytes});
    bench_add(&(struct figure){names[1], o.load_s, "s", theirs ? peer : NULL,
                               theirs ? theirs->load_s : 0});
    bench_add(&(struct figure){names[2], o.loss_s, "s", theirs ? peer : NULL,
                               theirs ? theirs->loss_s : 0});
}

void bench_bgp(void)
{
    static const char *full[] = {"bgp_bytes_per_route", "bgp_load", "bgp_peer_loss"};
    static const char *few[] = {"bgp_bytes_per_route_20k", "bgp_load_20k", "bgp_peer_loss_20k"};
    struct bgpd_figures theirs;
    bool ok = bgpd_bird(PEERS, BGPTABLE_PREFIXES, &theirs);
    compare(full, BGPTABLE_PREFIXES, "bird", ok ? &theirs : NULL);
    ok = bgpd_gobgp(PEERS, FEW, &theirs); // a full table takes it minutes and gigabytes
    compare(few, FEW, "gobgpd", ok ? &theirs : NULL);
}
