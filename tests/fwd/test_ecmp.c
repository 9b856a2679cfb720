// SPDX-License-Identifier: GPL-3.0-or-later
// How flows spread over next hops, and which of them move when a next hop goes or comes
// (VALIDATION row 31).
#include "fixture.h"
#include "fwd/adjacency.h"
#include <math.h>
#include <stdlib.h>

#define FLOWS 400000u
#define SEED  1u
#define TOP   16 // next hops at most

#define CHURN_ALLOWED 0.02 // relative difference to what is expected
#define MAGLEV_BEYOND 0.03 // of flows that move without need

// Flows by their hashes: with a node's seed, another's, and that which is common to all.
struct flows {
    uint32_t node[FLOWS], other[FLOWS], common[FLOWS];
};

static struct flows *flows_new(void)
{
    struct flows *f = fwd_memory_zeroed(1, sizeof *f);
    for (uint32_t i = 0; i < FLOWS; i++) {
        struct packet p;
        packet_init(&p, PACKET_BYTES);
        packet_build_udp(&p, IP4(10, 0, 0, 0) + i / 100, IP4(203, 0, 113, 1),
                         (uint16_t)(1024 + i % 100), 53, 64, 28, NULL);
        const uint8_t *h = packet_data(&p);
        f->node[i] = flowhash(h, p.captured, SEED, false);
        f->other[i] = flowhash(h, p.captured, SEED + 1, false);
        f->common[i] = flowhash(h, p.captured, FLOWHASH_COMMON_SEED, false);
    }
    return f;
}

static uint32_t pick(const struct adjacency *a, const struct flows *f, uint32_t i)
{
    bool own = adjacency_seed(a, SEED) == SEED;
    return adjacency_select(a, own ? f->node[i] : f->common[i]);
}

// A group of next hops 1..n without `lost` (0: none is), weights all 1.
static int members_without(struct fwd_member *m, int n, int lost)
{
    int count = 0;
    for (int i = 1; i <= n; i++)
        if (i != lost)
            m[count++] = (struct fwd_member){(uint32_t)i, 1, 0};
    return count;
}

static uint16_t group_of(struct adjacency_table *t, enum fwd_select how, const struct fwd_member *m,
                         int count)
{
    return how == FWD_SELECT_RESILIENT ? adjacency_group_resilient(t, 512, m, count)
                                       : adjacency_group_weighted(t, how, m, count);
}

struct churn {
    double moved;        // of all flows
    unsigned bystanders; // flows that moved though their next hop stayed
    unsigned back;       // flows that are elsewhere than at first when all are there again
    unsigned strange;    // flows that, when all are there again, moved to another than the new one
};

static struct churn lose_one(const struct flows *f, enum fwd_select how, int n, int lost)
{
    struct adjacency_table t;
    adjacency_init(&t);
    struct fwd_member all[TOP], rest[TOP];
    members_without(all, n, 0);
    int left = members_without(rest, n, lost);
    uint16_t id = group_of(&t, how, all, n), later = id;
    uint32_t *before = fwd_memory_zeroed(FLOWS, sizeof *before);
    uint32_t *after = fwd_memory_zeroed(FLOWS, sizeof *after);
    for (uint32_t i = 0; i < FLOWS; i++)
        before[i] = pick(&t.entries[id], f, i);
    if (how == FWD_SELECT_RESILIENT)
        adjacency_group_update(&t, id, rest, left);
    else
        later = group_of(&t, how, rest, left);
    struct churn c = {0};
    unsigned moved = 0;
    for (uint32_t i = 0; i < FLOWS; i++) {
        after[i] = pick(&t.entries[later], f, i);
        moved += after[i] != before[i];
        c.bystanders += after[i] != before[i] && before[i] != (uint32_t)lost;
        CU_ASSERT_FATAL(after[i] != (uint32_t)lost);
    }
    c.moved = (double)moved / FLOWS;
    if (how == FWD_SELECT_RESILIENT)
        adjacency_group_update(&t, id, all, n);
    for (uint32_t i = 0; i < FLOWS; i++) {
        uint32_t last = pick(&t.entries[id], f, i);
        c.back += last != before[i];
        c.strange += last != after[i] && last != (uint32_t)lost;
    }
    free(before);
    free(after);
    adjacency_free(&t);
    return c;
}

// Keeps the worst of what was obtained for a line of the table.
struct row {
    double expected, obtained; // where they differ most
    int n;
    double worst; // relative difference there
};

static void row_add(struct row *r, int n, double expected, double obtained)
{
    double difference = fabs(obtained - expected) / expected;
    if (r->n == 0 || difference > r->worst)
        *r = (struct row){expected, obtained, n, difference};
}

// `what` moved; all N are within the same of what is expected, the worst is shown.
static void row_print(const struct row *r, const char *what)
{
    bool ok = r->worst <= CHURN_ALLOWED;
    printf("row 31: expected %.4f (%s; N = %d, the worst of 2..%d, +-%.0f %%), obtained %.4f: %s\n",
           r->expected, what, r->n, TOP, CHURN_ALLOWED * 100, r->obtained, ok ? "ok" : "FAILED");
    CU_ASSERT(ok);
}

static void little_moves(const struct flows *f, enum fwd_select how, const char *what)
{
    struct row r = {0};
    for (int n = 2; n <= TOP; n++) {
        struct churn c = lose_one(f, how, n, 1 + n / 2);
        row_add(&r, n, 1.0 / n, c.moved);
        CU_ASSERT_EQUAL(c.bystanders, 0);
        CU_ASSERT_EQUAL(c.strange, 0);
        if (how == FWD_SELECT_RENDEZVOUS)
            CU_ASSERT_EQUAL(c.back, 0);
    }
    row_print(&r, what);
}

// What Maglev moves beyond what it must is small, but not nothing (row 32 has its own test).
static void maglev_about(const struct flows *f)
{
    struct row r = {0};
    for (int n = 2; n <= TOP; n++) {
        struct churn c = lose_one(f, FWD_SELECT_MAGLEV, n, 1 + n / 2);
        row_add(&r, n, 1.0 / n, c.moved - (double)c.bystanders / FLOWS);
        CU_ASSERT(c.bystanders < FLOWS * MAGLEV_BEYOND);
        CU_ASSERT_EQUAL(c.back, 0);
    }
    row_print(&r, "Maglev: 1/N, besides the less than 0.03 that move without need");
}

// The regions left and right of the lost one, k of 0..n-1, stretch over its place: RFC 2992 §3.
static double threshold_churn(int n, int k)
{
    return 1.0 / n + (k * (k - 1) + (n - 1 - k) * (n - 2 - k)) / (2.0 * n * (n - 1));
}

static void threshold_as_rfc_2992_says(const struct flows *f)
{
    struct row r = {0};
    for (int n = 2; n <= TOP; n++)
        for (int k = 0; k<n; k += n> 5 ? n / 4 : 1)
            row_add(&r, n, threshold_churn(n, k),
                    lose_one(f, FWD_SELECT_THRESHOLD, n, k + 1).moved);
    row_print(&r, "hash threshold: as RFC 2992 says");
}

// What there is to avoid: hash modulo number of next hops.
static void modulo_moves_nearly_all(const struct flows *f)
{
    struct row r = {0};
    for (int n = 2; n <= TOP; n++) {
        unsigned moved = 0;
        for (uint32_t i = 0; i < FLOWS; i++)
            moved += f->node[i] % (unsigned)n != f->node[i] % (unsigned)(n - 1);
        row_add(&r, n, (n - 1.0) / n, (double)moved / FLOWS);
    }
    row_print(&r, "modulo, for comparison: (N-1)/N");
}

static void churn(void)
{
    CU_ASSERT_DOUBLE_EQUAL(threshold_churn(9, 0), 0.5, 1e-12); // an end: half
    CU_ASSERT_DOUBLE_EQUAL(threshold_churn(9, 4), 0.25 + 1.0 / 36, 1e-12);
    struct flows *f = flows_new();
    little_moves(f, FWD_SELECT_RESILIENT, "resilient: 1/N");
    little_moves(f, FWD_SELECT_RENDEZVOUS, "rendezvous: 1/N");
    maglev_about(f);
    threshold_as_rfc_2992_says(f);
    modulo_moves_nearly_all(f);
    free(f);
}

// Flows of each next hop (0..15).
static void count(const struct adjacency *a, const struct flows *f, unsigned hits[TOP])
{
    memset(hits, 0, TOP * sizeof *hits);
    for (uint32_t i = 0; i < FLOWS; i++)
        hits[pick(a, f, i)]++;
}

// Within 4.5 standard deviations of a binomial share, and what a table's slots add to that.
static bool is_share(unsigned hits, double share, double grain)
{
    double sigma = sqrt(FLOWS * share * (1 - share));
    return fabs(hits - FLOWS * share) <= 4.5 * sigma + grain * FLOWS;
}

// 1:2:5, written small and so large that no list can tell it.
static void shares_follow_weights(void)
{
    struct flows *f = flows_new();
    for (int how = 0; how < FWD_SELECTS; how++)
        for (int scale = 1; scale <= 3001; scale += 3000) {
            struct adjacency_table t;
            adjacency_init(&t);
            struct fwd_member m[] = {{3, (uint16_t)scale, 0},
                                     {1, (uint16_t)(2 * scale), 0},
                                     {2, (uint16_t)(5 * scale + scale / 3000), 0}};
            uint16_t id = group_of(&t, (enum fwd_select)how, m, 3);
            unsigned hits[TOP];
            count(&t.entries[id], f, hits);
            double total = m[0].weight + m[1].weight + m[2].weight;
            // a Maglev table is off by so many slots, a resilient one by a bucket
            double grain = how >= FWD_SELECT_MAGLEV      ? 3.0 / 65537
                           : how == FWD_SELECT_RESILIENT ? 1.0 / 512
                                                         : 0;
            for (int i = 0; i < 3; i++)
                CU_ASSERT(is_share(hits[m[i].nexthop], m[i].weight / total, grain));
            adjacency_free(&t);
        }
    free(f);
}

// A weighted threshold cuts the hash space exactly: the first hash of member i is the least h with
// h · total >= 2^32 · (weights before it).
static void thresholds_are_exact(void)
{
    struct random r = {12};
    for (int round = 0; round < 200; round++) {
        struct adjacency_table t;
        adjacency_init(&t);
        struct fwd_member m[FWD_MAX_ECMP];
        int n = 2 + (int)random_below(&r, FWD_MAX_ECMP - 1);
        uint64_t total = 0;
        for (int i = 0; i < n; i++) {
            m[i] = (struct fwd_member){(uint32_t)i, (uint16_t)(1 + random_below(&r, 65535)), 0};
            total += m[i].weight;
        }
        const struct adjacency *a =
            &t.entries[adjacency_group_weighted(&t, FWD_SELECT_THRESHOLD, m, n)];
        uint64_t before = 0;
        for (int i = 0; i < n; i++) {
            uint64_t first = ((before << 32) + total - 1) / total;
            CU_ASSERT_EQUAL(adjacency_select(a, (uint32_t)first), (uint32_t)i);
            if (i > 0)
                CU_ASSERT_EQUAL(adjacency_select(a, (uint32_t)first - 1), (uint32_t)i - 1);
            before += m[i].weight;
        }
        CU_ASSERT_EQUAL(adjacency_select(a, UINT32_MAX), (uint32_t)n - 1);
        adjacency_free(&t);
    }
}

// Every member within 2 % of its fair share, for flows that differ little, whatever the method.
static void even_spread(void)
{
    struct flows *f = flows_new();
    for (int how = 0; how < FWD_SELECTS; how++) {
        struct adjacency_table t;
        adjacency_init(&t);
        struct fwd_member m[] = {{0, 1, 5}, {1, 1, 6}, {2, 1, 7}, {3, 1, 8}};
        const struct adjacency *a = &t.entries[group_of(&t, (enum fwd_select)how, m, 4)];
        unsigned hits[TOP];
        count(a, f, hits);
        for (int k = 0; k < 4; k++)
            CU_ASSERT(hits[k] > FLOWS / 4 * 98 / 100 && hits[k] < FLOWS / 4 * 102 / 100);
        adjacency_free(&t);
    }
    free(f);
}

// A chain of two nodes with the same next hops and different seeds: what the first sends to one
// next hop, the second spreads again. With a method whose hash is common to all nodes, different
// ids do that for rendezvous.
static void no_polarisation(void)
{
    struct flows *f = flows_new();
    const enum fwd_select ways[] = {FWD_SELECT_THRESHOLD, FWD_SELECT_RESILIENT,
                                    FWD_SELECT_RENDEZVOUS};
    for (int w = 0; w < 3; w++) {
        struct adjacency_table t;
        adjacency_init(&t);
        struct fwd_member m[] = {{0, 1, 5}, {1, 1, 6}, {2, 1, 7}, {3, 1, 8}};
        struct fwd_member n[] = {{0, 1, 15}, {1, 1, 16}, {2, 1, 17}, {3, 1, 18}};
        uint16_t first = group_of(&t, ways[w], m, 4), second = group_of(&t, ways[w], n, 4);
        const struct adjacency *a = &t.entries[first], *b = &t.entries[second];
        bool common = ways[w] == FWD_SELECT_RENDEZVOUS;
        for (uint32_t way = 0; way < 4; way++) {
            unsigned hits[4] = {0}, total = 0;
            for (uint32_t i = 0; i < FLOWS; i++) {
                if (adjacency_select(a, common ? f->common[i] : f->node[i]) != way)
                    continue;
                total++;
                hits[adjacency_select(b, common ? f->common[i] : f->other[i])]++;
            }
            for (int k = 0; k < 4; k++)
                CU_ASSERT(hits[k] > total / 4 * 97 / 100 && hits[k] < total / 4 * 103 / 100);
        }
        adjacency_free(&t);
    }
    free(f);
}

// Two nodes with seeds, numbers and an order of their own, but equal ids, choose the same member.
static void equal_ids_choose_alike(void)
{
    const enum fwd_select ways[] = {FWD_SELECT_RENDEZVOUS, FWD_SELECT_MAGLEV};
    for (int w = 0; w < 2; w++) {
        struct adjacency_table t, u;
        adjacency_init(&t);
        adjacency_init(&u);
        struct fwd_member m[] = {{1, 7, 100}, {2, 2, 101}, {3, 1, 102}, {4, 7, 103}};
        struct fwd_member n[] = {{43, 1, 102}, {49, 7, 100}, {40, 7, 103}, {41, 2, 101}};
        static const uint32_t same[] = {0, 49, 41, 43, 40};
        const struct adjacency *a = &t.entries[adjacency_group_weighted(&t, ways[w], m, 4)];
        const struct adjacency *b = &u.entries[adjacency_group_weighted(&u, ways[w], n, 4)];
        unsigned different = 0;
        for (uint32_t i = 0; i < 10000; i++) {
            struct packet p;
            packet_init(&p, PACKET_BYTES);
            packet_build_udp(&p, IP4(10, 0, 0, 0) + i, IP4(203, 0, 113, 1), 4000, 53, 64, 28, NULL);
            const uint8_t *h = packet_data(&p);
            uint32_t x = adjacency_nexthop(a, h, p.captured, 1, false);
            different += same[x] != adjacency_nexthop(b, h, p.captured, 2, false);
        }
        CU_ASSERT_EQUAL(different, 0);
        adjacency_free(&t);
        adjacency_free(&u);
    }
}

// More weight for one member of a rendezvous: flows move to it, and nowhere else.
static void more_weight_draws_flows(void)
{
    struct flows *f = flows_new();
    struct adjacency_table t;
    adjacency_init(&t);
    struct fwd_member m[] = {{1, 3, 0}, {2, 4, 0}, {3, 5, 0}};
    uint16_t before = adjacency_group_weighted(&t, FWD_SELECT_RENDEZVOUS, m, 3);
    m[1].weight = 9;
    uint16_t after = adjacency_group_weighted(&t, FWD_SELECT_RENDEZVOUS, m, 3);
    unsigned moved = 0, strange = 0;
    for (uint32_t i = 0; i < FLOWS; i++) {
        uint32_t x = pick(&t.entries[before], f, i), y = pick(&t.entries[after], f, i);
        moved += x != y;
        strange += x != y && y != 2;
    }
    CU_ASSERT_EQUAL(strange, 0);
    CU_ASSERT(is_share(moved, 9.0 / 17 - 4.0 / 12, 0));
    adjacency_free(&t);
    free(f);
}

UNIT_MAIN("ecmp", {"churn", churn}, {"shares-follow-weights", shares_follow_weights},
          {"thresholds-are-exact", thresholds_are_exact}, {"even-spread", even_spread},
          {"no-polarisation", no_polarisation}, {"equal-ids-choose-alike", equal_ids_choose_alike},
          {"more-weight-draws-flows", more_weight_draws_flows})
