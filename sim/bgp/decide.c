// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/decide.h"

#include "base/arena.h"
#include "bgp/instance.h"

#include <inttypes.h>

static uint32_t neighbour_as(const struct bgp_route *r)
{
    return r->attr->npath ? bgp_attr_path(r->attr)[0] : 0; // 0: originated in this AS
}

static uint64_t key_reachable(const struct bgp_route *r)
{
    return r->igp_metric == BGP_UNREACHABLE;
}

static void show_reachable(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%s", r->igp_metric == BGP_UNREACHABLE ? "unreachable" : "reachable");
}

static uint64_t key_local_pref(const struct bgp_route *r)
{
    return UINT32_MAX - r->attr->f.local_pref;
}

static void show_local_pref(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%" PRIu32, r->attr->f.local_pref);
}

static uint64_t key_path(const struct bgp_route *r)
{
    return r->attr->path_length;
}

static uint64_t key_origin(const struct bgp_route *r)
{
    return r->attr->f.origin;
}

static void show_origin(const struct bgp_route *r, char *buf, size_t size)
{
    static const char *const names[] = {"IGP", "EGP", "incomplete"};
    snprintf(buf, size, "%s", names[r->attr->f.origin]);
}

static uint64_t key_med(const struct bgp_route *r)
{
    return r->attr->f.med;
}

static uint64_t key_source(const struct bgp_route *r)
{
    return r->source == BGP_SOURCE_IBGP;
}

static void show_source(const struct bgp_route *r, char *buf, size_t size)
{
    static const char *const names[] = {"own", "eBGP", "iBGP"};
    snprintf(buf, size, "%s", names[r->source]);
}

static uint64_t key_metric(const struct bgp_route *r)
{
    return r->igp_metric;
}

static uint64_t key_identifier(const struct bgp_route *r)
{
    if (!r->peer)
        return 0;
    return r->attr->f.originator_id ? r->attr->f.originator_id : r->peer->remote->speaker->is.id;
}

static void show_identifier(const struct bgp_route *r, char *buf, size_t size)
{
    char text[IP4_TEXT];
    snprintf(buf, size, "%s", ip4_print((ip4_addr)key_identifier(r), text));
}

static uint64_t key_clusters(const struct bgp_route *r)
{
    return r->attr->nclusters;
}

static uint64_t key_address(const struct bgp_route *r)
{
    return r->peer ? r->peer->remote_addr : 0;
}

static void show_address(const struct bgp_route *r, char *buf, size_t size)
{
    char text[IP4_TEXT];
    snprintf(buf, size, "%s", ip4_print((ip4_addr)key_address(r), text));
}

static void show_path(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%u", (unsigned)r->attr->path_length);
}

static void show_med(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%" PRIu32, r->attr->f.med);
}

static void show_metric(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%" PRIu32, r->igp_metric);
}

static void show_clusters(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%u", (unsigned)r->attr->nclusters);
}

const struct bgp_step bgp_steps[BGP_STEPS] = {
    {"next hop", key_reachable, show_reachable, false, false},
    {"LOCAL_PREF", key_local_pref, show_local_pref, true, false},
    {"AS_PATH length", key_path, show_path, false, false},
    {"ORIGIN", key_origin, show_origin, false, false},
    {"MED", key_med, show_med, false, true},
    {"eBGP over iBGP", key_source, show_source, false, false},
    {"IGP metric to next hop", key_metric, show_metric, false, false},
    {"BGP identifier", key_identifier, show_identifier, false, false},
    {"CLUSTER_LIST length", key_clusters, show_clusters, false, false},
    {"peer address", key_address, show_address, false, false},
};

struct contest {
    const struct bgp_route *routes;
    struct bgp_verdict *verdicts; // or NULL
    uint32_t *left;               // indices of the candidates left, ascending
    uint32_t nleft;
};

static void eliminate(struct contest *c, uint32_t loser, int step, uint32_t against)
{
    if (c->verdicts)
        c->verdicts[loser] = (struct bgp_verdict){step, against};
}

static void keep_lowest(struct contest *c, int step)
{
    uint64_t (*key)(const struct bgp_route *) = bgp_steps[step].key;
    uint32_t winner = c->left[0], n = 0;
    uint64_t min = key(&c->routes[winner]);
    for (uint32_t i = 1; i < c->nleft; i++) {
        uint64_t k = key(&c->routes[c->left[i]]);
        if (k < min) {
            min = k;
            winner = c->left[i];
        }
    }
    for (uint32_t i = 0; i < c->nleft; i++) {
        if (key(&c->routes[c->left[i]]) == min)
            c->left[n++] = c->left[i];
        else
            eliminate(c, c->left[i], step, winner);
    }
    c->nleft = n;
}

// The candidate of the same neighbour AS with the lowest key, itself when it has that.
static uint32_t best_of_neighbour(const struct contest *c, int step, uint32_t index)
{
    uint64_t (*key)(const struct bgp_route *) = bgp_steps[step].key;
    uint32_t as = neighbour_as(&c->routes[index]), winner = index;
    for (uint32_t i = 0; i < c->nleft; i++) {
        const struct bgp_route *r = &c->routes[c->left[i]];
        if (neighbour_as(r) == as && key(r) < key(&c->routes[winner]))
            winner = c->left[i];
    }
    return winner;
}

// RFC 4271 §9.1.2.2 c: all that are not the lowest of their neighbour AS go. Who goes is settled
// before anyone does.
static void keep_lowest_per_neighbour(struct contest *c, int step)
{
    uint64_t (*key)(const struct bgp_route *) = bgp_steps[step].key;
    uint32_t n = 0, differing = 0;
    for (uint32_t i = 1; i < c->nleft; i++)
        differing += key(&c->routes[c->left[i]]) != key(&c->routes[c->left[0]]);
    if (!differing)
        return;
    uint32_t *winners = xmalloc(c->nleft * sizeof *winners);
    for (uint32_t i = 0; i < c->nleft; i++)
        winners[i] = best_of_neighbour(c, step, c->left[i]);
    for (uint32_t i = 0; i < c->nleft; i++) {
        if (winners[i] == c->left[i])
            c->left[n++] = c->left[i];
        else
            eliminate(c, c->left[i], step, winners[i]);
    }
    c->nleft = n;
    free(winners);
}

static int run(struct contest *c, uint32_t n, const struct bgp_decide_options *options)
{
    for (uint32_t i = 0; i < n; i++) {
        if (key_reachable(&c->routes[i]))
            eliminate(c, i, 0, i);
        else
            c->left[c->nleft++] = i;
    }
    for (int step = 1; step < BGP_STEPS && c->nleft > 1; step++) {
        if (bgp_steps[step].per_neighbour && !options->always_compare_med)
            keep_lowest_per_neighbour(c, step);
        else
            keep_lowest(c, step);
    }
    // What is left beyond one differs in nothing that the RFC compares: configuration order.
    for (uint32_t i = 1; i < c->nleft; i++)
        eliminate(c, c->left[i], BGP_STEPS - 1, c->left[0]);
    if (c->nleft == 0)
        return -1;
    eliminate(c, c->left[0], BGP_STEP_BEST, c->left[0]);
    return (int)c->left[0];
}

int bgp_decide(const struct bgp_route *routes, uint32_t n, const struct bgp_decide_options *options,
               struct bgp_verdict *verdicts)
{
    uint32_t few[32];
    struct contest c = {routes, verdicts, few, 0};
    if (n > sizeof few / sizeof few[0])
        c.left = xmalloc(n * sizeof *c.left);
    int best = run(&c, n, options);
    if (c.left != few)
        free(c.left);
    return best;
}
