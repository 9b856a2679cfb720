// SPDX-License-Identifier: GPL-3.0-or-later
// Loop-free alternates as FRR's isisd found them in the same networks (alternates.txt). FRR prefers
// the lowest metric of the way over the alternate, as we do. It does not take a parallel link to the
// neighbour that it protects; we do (RFC 5286 §3.1 says nothing against it), so those are left out.
#include "unit.h"

#include "igp/repair.h"
#include "world.h"

#include <stdio.h>

#define FILE_NAME "tests/igp/alternates.txt"

enum { ROUTERS_MAX = 16, LINKS_MAX = 4 };

struct backup { // what FRR says
    uint32_t metric, n, links[LINKS_MAX];
};

struct network {
    struct world world;
    struct backup frr[ROUTERS_MAX][ROUTERS_MAX];
};

struct tally {
    uint32_t same, different, parallel;
};

static uint32_t far_end(const struct world *w, uint32_t link, uint32_t near)
{
    const struct world_link *l = &w->links.v[link];
    return l->a == near ? l->b : l->a;
}

static bool agrees(const struct network *n, uint32_t s, uint32_t t, bool found,
                   const struct igp_backup *ours)
{
    const struct backup *theirs = &n->frr[s][t];
    bool named = false;
    if (!found || theirs->n == 0)
        return !found && theirs->n == 0;
    const struct world_link *l = &n->world.links.v[ours->link - 1000];
    uint32_t there = l->a == s ? l->b : l->a;
    uint32_t metric = (l->a == s ? l->metric_ab : l->metric_ba) + world_metric(&n->world, there, t);
    for (uint32_t i = 0; i < theirs->n; i++)
        named = named || theirs->links[i] == ours->link - 1000;
    return named && metric == theirs->metric;
}

static void compare(struct network *n, struct tally *sum)
{
    struct igp_repair_options lfa = {IGP_REROUTE_LFA, false, false};
    struct world *w = &n->world;
    uint32_t ids[IGP_MAX_ECMP];
    world_start_converged(w);
    for (uint32_t s = 0; s < w->nrouters; s++) {
        struct igp_repair *r = igp_repair_new(w->igp, s + 100, &lfa);
        for (uint32_t t = 0; t < w->nrouters; t++) {
            struct igp_backup b;
            if (world_nexthops(w, s, t, ids) != 1)
                continue;
            bool found = igp_repair_find(r, ids[0] + 1000, t + 100, &b);
            if (found && far_end(w, b.link - 1000, s) == far_end(w, ids[0], s))
                sum->parallel++;
            else if (agrees(n, s, t, found, &b))
                sum->same++;
            else
                sum->different++;
        }
        igp_repair_free(r);
    }
    world_free(w);
}

static void read_backup(struct network *n, const char *line)
{
    uint32_t s, t, metric, link[LINKS_MAX];
    int k = sscanf(line, "backup %u %u %u %u %u %u %u", &s, &t, &metric, &link[0], &link[1],
                   &link[2], &link[3]);
    CU_ASSERT_FATAL(k >= 4 && s < ROUTERS_MAX && t < ROUTERS_MAX);
    n->frr[s][t] = (struct backup){.metric = metric, .n = (uint32_t)k - 3};
    memcpy(n->frr[s][t].links, link, sizeof link[0] * (uint32_t)(k - 3));
}

static void as_in_frr(void)
{
    struct network n = {0};
    struct tally sum = {0};
    uint32_t routers, networks = 0, a, b, ab, ba;
    char line[200];
    FILE *f = fopen(FILE_NAME, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "network %u", &routers) == 1) {
            CU_ASSERT_FATAL(routers <= ROUTERS_MAX);
            if (networks++)
                compare(&n, &sum);
            n = (struct network){0};
            world_init(&n.world, routers, &world_timers);
        } else if (sscanf(line, "link %u %u %u %u", &a, &b, &ab, &ba) == 4) {
            world_link(&n.world, a, b, ab, ba, MS);
        } else if (line[0] == 'b') {
            read_backup(&n, line);
        }
    }
    fclose(f);
    CU_ASSERT_EQUAL_FATAL(networks, 2);
    compare(&n, &sum);
    CU_ASSERT_EQUAL(sum.different, 0);
    CU_ASSERT(sum.same > 100 && sum.parallel == 6);
}

UNIT_MAIN("igp alternates", {"as_in_frr", as_in_frr})
