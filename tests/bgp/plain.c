// SPDX-License-Identifier: GPL-3.0-or-later
#include "plain.h"

#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define SHOWN 5 // differences that are printed

enum { LONGEST = 64 };

// From 1 to 50 ms, by link.
static int64_t path_delay(void *ctx, uint32_t a, uint32_t z, int32_t link)
{
    const struct plain *p = ctx;
    (void)a;
    (void)z;
    return (1 + (int64_t)(((uint64_t)link * 7919 + p->seed) % 50)) * PS_PER_MS;
}

static uint32_t nexthop_metric(void *ctx, uint32_t router, ip4_addr nexthop)
{
    (void)ctx;
    (void)router;
    (void)nexthop;
    return 0;
}

static void best_changed(void *ctx, uint32_t router, struct prefix prefix,
                         const struct bgp_route *best)
{
    (void)ctx;
    (void)router;
    (void)prefix;
    (void)best;
}

struct plain *plain_new(uint64_t seed)
{
    struct plain *p = xcalloc(1, sizeof *p);
    struct bgp_env env = {.ctx = p,
                          .path_delay_ps = path_delay,
                          .nexthop_metric = nexthop_metric,
                          .best_changed = best_changed};
    p->seed = seed;
    p->sim = sim_new(seed);
    p->bgp = bgp_new(p->sim, &env);
    return p;
}

void plain_free(struct plain *p)
{
    bgp_free(p->bgp);
    sim_free(p->sim);
    bgp_asgraph_free(&p->graph);
    vec_free(&p->asns);
    vec_free(&p->ids);
    vec_free(&p->links);
    vec_free(&p->speakers);
    free(p->choices);
    free(p);
}

uint32_t plain_add(struct plain *p, uint32_t asn, ip4_addr id)
{
    vec_push(&p->asns, asn);
    vec_push(&p->ids, id);
    return (uint32_t)p->asns.n - 1;
}

void plain_link(struct plain *p, uint32_t a, uint32_t z, enum bgp_relation a_sees_z)
{
    ip4_addr addr = IP4(172, 16, 0, 0) + 2 * (uint32_t)p->links.n;
    struct bgp_aslink l = {a, z, a_sees_z, addr, addr + 1};
    vec_push(&p->links, l);
}

void plain_read(struct plain *p, const struct asrel *r)
{
    static const enum bgp_relation z_is[] = {[ASREL_PROVIDER] = BGP_REL_CUSTOMER,
                                             [ASREL_CUSTOMER] = BGP_REL_PROVIDER,
                                             [ASREL_PEER] = BGP_REL_PEER,
                                             [ASREL_SIBLING] = BGP_REL_SIBLING};
    for (uint32_t i = 0; i < r->nases; i++)
        plain_add(p, r->asns[i], IP4(10, 0, 0, 1) + i);
    for (uint32_t i = 0; i < r->nlinks; i++)
        plain_link(p, r->links[i].a, r->links[i].z, z_is[r->links[i].a_is]);
}

void plain_ready(struct plain *p)
{
    bgp_asgraph_init(&p->graph, p->ids.v, (uint32_t)p->ids.n, p->links.v, (uint32_t)p->links.n);
    p->choices = xcalloc(p->ids.n, sizeof *p->choices);
}

void plain_start(struct plain *p, int64_t until_ps)
{
    for (uint32_t i = 0; i < p->ids.n; i++) {
        char name[32];
        snprintf(name, sizeof name, "as%" PRIu32, p->asns.v[i]);
        struct bgp_speaker_options o = {
            .name = name,
            .asn = p->asns.v[i],
            .id = p->ids.v[i],
            .timers = {.processing_ps = PS_PER_MS, .connect_retry_ps = 30 * PS_PER_S}};
        vec_push(&p->speakers, bgp_speaker_add(p->bgp, i, &o));
    }
    for (uint32_t i = 0; i < p->links.n; i++) {
        const struct bgp_aslink *l = &p->links.v[i];
        struct bgp_peer_options a = {.relation = l->a_sees_z, .address = l->a_addr};
        struct bgp_peer_options z = {.relation = bgp_relation_mirror(l->a_sees_z),
                                     .address = l->z_addr};
        bgp_connect(p->bgp, p->speakers.v[l->a], &a, p->speakers.v[l->z], &z, (int32_t)i, 0);
    }
    sim_run(p->sim, until_ps);
    CU_ASSERT_EQUAL(bgp_stats(p->bgp)->sessions_up, p->links.n);
}

struct prefix plain_announce(struct plain *p, uint32_t number, const uint32_t *ases, uint32_t n)
{
    struct prefix prefix = {IP4(20, 0, 0, 0) + (number << 8), 24};
    for (uint32_t i = 0; i < n && p->speakers.n; i++)
        bgp_originate(p->bgp, ases[i], prefix);
    CU_ASSERT_TRUE(bgp_solve(&p->graph, ases, n, p->choices));
    return prefix;
}

static bool same(const struct plain *p, uint32_t as, const struct bgp_route *r)
{
    const struct bgp_choice *c = &p->choices[as];
    uint32_t ours[LONGEST], n = bgp_choice_path(p->choices, as, ours, LONGEST);
    const uint32_t *theirs;
    if (!r || c->next == BGP_NO_AS)
        return !r && c->next == BGP_NO_AS;
    if (bgp_route_path(r, &theirs) != n || n > LONGEST)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (p->asns.v[ours[i]] != theirs[i])
            return false;
    return n == 0 || bgp_route_link(r) == (int32_t)p->graph.ends[c->place].link;
}

// Prints an AS that differs.
static void show(const struct plain *p, uint32_t as, const struct bgp_route *r)
{
    uint32_t ours[LONGEST], n = bgp_choice_path(p->choices, as, ours, LONGEST);
    const uint32_t *theirs;
    printf("  AS %" PRIu32 ": solver", p->asns.v[as]);
    for (uint32_t i = 0; i < n && i < LONGEST; i++)
        printf(" %" PRIu32, p->asns.v[ours[i]]);
    printf(", engine");
    n = r ? bgp_route_path(r, &theirs) : 0;
    for (uint32_t i = 0; i < n; i++)
        printf(" %" PRIu32, theirs[i]);
    printf("%s\n", r ? "" : " none");
}

uint32_t plain_differences(const struct plain *p, struct prefix prefix)
{
    uint32_t differences = 0;
    for (uint32_t as = 0; as < p->ids.n; as++) {
        const struct bgp_route *r = bgp_best(p->bgp, as, prefix);
        if (!same(p, as, r) && differences++ < SHOWN)
            show(p, as, r);
    }
    return differences;
}

static uint32_t place_of(const struct plain *p, uint32_t as, int32_t link)
{
    uint32_t i = bgp_asgraph_begin(&p->graph, as, BGP_AS_CUSTOMERS);
    while (p->graph.ends[i].link != (uint32_t)link)
        i++;
    return i;
}

void plain_engine_choices(const struct plain *p, struct prefix prefix, struct bgp_choice *choices)
{
    for (uint32_t as = 0; as < p->ids.n; as++) {
        const struct bgp_route *r = bgp_best(p->bgp, as, prefix);
        const uint32_t *path;
        choices[as] = (struct bgp_choice){BGP_NO_AS, UINT32_MAX, 0};
        if (r && r->peer)
            choices[as] =
                (struct bgp_choice){bgp_route_peer_router(r), place_of(p, as, bgp_route_link(r)),
                                    bgp_route_path(r, &path)};
        else if (r)
            choices[as].next = as;
    }
}

uint32_t plain_valleys(const struct plain *p, uint64_t *paths)
{
    uint32_t valleys = 0;
    for (uint32_t as = 0; as < p->ids.n; as++) {
        const struct bgp_choice *c = &p->choices[as];
        *paths += c->next != BGP_NO_AS;
        if (c->next == BGP_NO_AS || c->next == as)
            continue;
        const struct bgp_choice *next = &p->choices[c->next];
        if (next->next == c->next) // an origin
            continue;
        // Seen from the receiver: after a step across or down to a customer come steps down only.
        valleys += p->graph.ends[c->place].relation != BGP_REL_PROVIDER &&
                   p->graph.ends[next->place].relation != BGP_REL_CUSTOMER;
    }
    return valleys;
}

bool plain_data(struct plain *p, const char *name)
{
    char path[512];
    const char *dir = unit_data_dir();
    snprintf(path, sizeof path, "%s/as-rel/%s", dir ? dir : "", name);
    if (!dir || access(path, R_OK) != 0) {
        unit_skip("no AS relationships among the data");
        return false;
    }
    struct arena a;
    struct asrel r;
    arena_init(&a);
    struct input in = {.a = &a, .d = diag_new()};
    bool good = asrel_read(&in, path, (struct srcpos){0}, &r);
    diag_print(in.d, stdout, false);
    CU_ASSERT_TRUE(good);
    if (good) {
        plain_read(p, &r);
        plain_ready(p);
    }
    diag_free(in.d);
    arena_free(&a);
    return good;
}
