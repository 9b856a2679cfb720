// SPDX-License-Identifier: GPL-3.0-or-later
#include "world.h"

#include "base/table.h"
#include "unit.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

const struct prefix world_prefix = {IP4(203, 0, 113, 0), 24};

static void note(struct world *w, const void *p, size_t len)
{
    w->digest = hash_bytes(p, len, w->digest);
}

static int64_t path_delay(void *ctx, uint32_t a, uint32_t z, int32_t link)
{
    const struct world *w = ctx;
    bool to_a = z == w->links.v[link].a;
    (void)a;
    return w->links.v[link].cut || (to_a && w->links.v[link].cut_to_a) ? -1
                                                                       : w->links.v[link].delay_ps;
}

static uint32_t path_loss(void *ctx, uint32_t a, uint32_t z, int32_t link)
{
    const struct world *w = ctx;
    (void)a;
    (void)z;
    return w->links.v[link].loss_ppm;
}

static uint32_t nexthop_metric(void *ctx, uint32_t router, ip4_addr nexthop)
{
    const struct world *w = ctx;
    for (size_t i = 0; i < w->metrics.n; i++) {
        if (w->metrics.v[i].router == router && w->metrics.v[i].nexthop == nexthop)
            return w->metrics.v[i].metric;
    }
    for (size_t i = 0; i < w->links.n; i++) {
        if (w->links.v[i].a_addr == nexthop || w->links.v[i].z_addr == nexthop)
            return w->links.v[i].cut ? UINT32_MAX : 0;
    }
    return 10;
}

static void best_changed(void *ctx, uint32_t router, struct prefix prefix,
                         const struct bgp_route *best)
{
    struct world *w = ctx;
    int64_t now_ps = sim_now(w->sim);
    const uint32_t *path;
    uint32_t words[3] = {router, prefix.addr, 0};
    vec_push(&w->changes, now_ps);
    note(w, &now_ps, sizeof now_ps);
    if (best) {
        words[2] = 1 + bgp_route_path(best, &path);
        note(w, path, (words[2] - 1) * sizeof *path);
        ip4_addr nexthop = bgp_route_nexthop(best);
        note(w, &nexthop, sizeof nexthop);
    }
    note(w, words, sizeof words);
}

static void session_changed(void *ctx, uint32_t a, uint32_t z, bool up, const char *why)
{
    struct world *w = ctx;
    struct world_session s = {sim_now(w->sim), a, z, up, why};
    vec_push(&w->sessions, s);
    note(w, &s.at_ps, sizeof s.at_ps);
    note(w, why, strlen(why));
}

static void selection_done(void *ctx, uint32_t router)
{
    struct world *w = ctx;
    w->selections++;
    note(w, &router, sizeof router);
}

struct world *world_new(uint64_t seed)
{
    struct world *w = xcalloc(1, sizeof *w);
    struct bgp_env env = {.ctx = w,
                          .path_delay_ps = path_delay,
                          .path_loss_ppm = path_loss,
                          .nexthop_metric = nexthop_metric,
                          .best_changed = best_changed,
                          .session_changed = session_changed,
                          .selection_done = selection_done};
    w->sim = sim_new(seed);
    w->bgp = bgp_new(w->sim, &env);
    w->delay_ps = 10 * MILLI;
    w->timers = (struct bgp_timers){
        .hold_ps = 90 * SECOND, .processing_ps = 1 * MILLI, .connect_retry_ps = 30 * SECOND};
    return w;
}

void world_free(struct world *w)
{
    bgp_free(w->bgp);
    sim_free(w->sim);
    vec_free(&w->speakers);
    vec_free(&w->asns);
    vec_free(&w->links);
    vec_free(&w->metrics);
    vec_free(&w->sessions);
    vec_free(&w->changes);
    free(w);
}

ip4_addr world_id(uint32_t router)
{
    return IP4(10, 0, router / 250, router % 250 + 1);
}

static uint32_t add(struct world *w, uint32_t asn, bool reflector, ip4_addr cluster_id)
{
    char name[32];
    uint32_t router = (uint32_t)w->speakers.n;
    snprintf(name, sizeof name, "as%" PRIu32 "/r%" PRIu32, asn, router);
    struct bgp_speaker_options options = w->speaker;
    options.name = name;
    options.asn = asn;
    options.id = world_id(router);
    options.reflector = reflector;
    options.cluster_id = cluster_id;
    options.timers = w->timers;
    options.decide = w->decide;
    vec_push(&w->speakers, bgp_speaker_add(w->bgp, router, &options));
    vec_push(&w->asns, asn);
    return router;
}

uint32_t world_add(struct world *w, uint32_t asn)
{
    return add(w, asn, false, 0);
}

uint32_t world_add_reflector(struct world *w, uint32_t asn, ip4_addr cluster_id)
{
    return add(w, asn, true, cluster_id);
}

int32_t world_link_at(struct world *w, uint32_t a, uint32_t z, enum bgp_relation a_sees_z,
                      int64_t start_ps)
{
    int32_t link = (int32_t)w->links.n;
    struct world_link l = {.a = a, .z = z, .delay_ps = w->delay_ps};
    if (w->asns.v[a] == w->asns.v[z]) {
        l.a_addr = world_id(a);
        l.z_addr = world_id(z);
    } else {
        l.a_addr = IP4(172, 16, 0, 0) + 2 * (uint32_t)link;
        l.z_addr = l.a_addr + 1;
    }
    struct bgp_peer_options ao = w->a_side, zo = w->z_side;
    ao.relation = a_sees_z;
    ao.address = l.a_addr;
    zo.relation = bgp_relation_mirror(a_sees_z);
    zo.address = l.z_addr;
    bgp_connect(w->bgp, w->speakers.v[a], &ao, w->speakers.v[z], &zo, link, start_ps);
    if (w->asns.v[a] == w->asns.v[z])
        l.a_addr = l.z_addr = 0; // loopbacks: the table of metrics answers for them
    vec_push(&w->links, l);
    return link;
}

int32_t world_link(struct world *w, uint32_t a, uint32_t z, enum bgp_relation a_sees_z)
{
    return world_link_at(w, a, z, a_sees_z, 0);
}

void world_cut(struct world *w, int32_t link)
{
    w->links.v[link].cut = true;
}

void world_mend(struct world *w, int32_t link)
{
    w->links.v[link].cut = false;
}

void world_down(struct world *w, int32_t link)
{
    world_cut(w, link);
    bgp_link_down(w->bgp, w->links.v[link].a, link, "interface down");
    bgp_link_down(w->bgp, w->links.v[link].z, link, "interface down");
}

void world_up(struct world *w, int32_t link)
{
    world_mend(w, link);
    bgp_link_up(w->bgp, w->links.v[link].a, link);
    bgp_link_up(w->bgp, w->links.v[link].z, link);
}

void world_metric(struct world *w, uint32_t router, ip4_addr nexthop, uint32_t metric)
{
    for (size_t i = 0; i < w->metrics.n; i++) {
        if (w->metrics.v[i].router == router && w->metrics.v[i].nexthop == nexthop) {
            w->metrics.v[i].metric = metric;
            return;
        }
    }
    struct world_metric m = {router, nexthop, metric};
    vec_push(&w->metrics, m);
}

void world_run(struct world *w, int64_t until_ps)
{
    sim_run(w->sim, until_ps);
}

const char *world_path(const struct world *w, uint32_t router)
{
    static char text[256];
    const struct bgp_route *best = bgp_best(w->bgp, router, world_prefix);
    const uint32_t *path;
    size_t used = 0;
    if (!best)
        return "none";
    uint32_t n = bgp_route_path(best, &path);
    if (n == 0)
        return best->source == BGP_SOURCE_LOCAL ? "own" : "ibgp";
    for (uint32_t i = 0; i < n && used + 12 < sizeof text; i++)
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%s%" PRIu32, i ? " " : "", path[i]);
    return text;
}

double world_settled_s(const struct world *w, int64_t since_ps)
{
    int64_t last_ps = w->changes.n ? w->changes.v[w->changes.n - 1] : 0;
    return last_ps > since_ps ? ps_to_s(last_ps - since_ps) : 0;
}

void world_row(int row, bool ok, const char *expected, const char *obtained, ...)
{
    va_list ap;
    va_start(ap, obtained);
    printf("row %d: expected %s, obtained ", row, expected);
    vprintf(obtained, ap);
    printf(": %s\n", ok ? "ok" : "FAILED");
    va_end(ap);
    CU_ASSERT(ok);
}
