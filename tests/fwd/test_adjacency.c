// SPDX-License-Identifier: GPL-3.0-or-later
// The adjacency table: one entry for equal content, counted, and what groups look like outside.
// How flows spread: test_ecmp.c.
#include "fixture.h"
#include "fwd/adjacency.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void equal_lists_are_one(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    uint32_t a[] = {1, 2, 3}, b[] = {3, 1, 2}, c[] = {1, 2}, d[] = {1, 2, 2};
    uint16_t id = adjacency_group(&t, a, 3);
    CU_ASSERT(id >= ADJACENCY_ID_FIRST);
    CU_ASSERT_EQUAL(adjacency_group(&t, b, 3), id);
    CU_ASSERT_NOT_EQUAL(adjacency_group(&t, c, 2), id);
    CU_ASSERT_NOT_EQUAL(adjacency_group(&t, d, 3), id);
    CU_ASSERT_EQUAL(adjacency_group(&t, c, 1), adjacency_group(&t, a, 1));
    adjacency_free(&t);
}

static void equal_weights_are_one(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    const enum fwd_select how[] = {FWD_SELECT_THRESHOLD, FWD_SELECT_RENDEZVOUS, FWD_SELECT_MAGLEV};
    uint16_t seen[3];
    for (int i = 0; i < 3; i++) {
        struct fwd_member a[] = {{7, 100, 0}, {9, 300, 0}, {8, 0, 0}};
        struct fwd_member b[] = {{9, 600, 0}, {8, 2, 0}, {7, 200, 0}};
        struct fwd_member c[] = {{8, 1, 0}, {9, 100, 0}, {7, 100, 0}, {9, 200, 0}};
        struct fwd_member d[] = {{7, 100, 0}, {9, 301, 0}, {8, 1, 0}};
        seen[i] = adjacency_group_weighted(&t, how[i], a, 3);
        CU_ASSERT_EQUAL(adjacency_group_weighted(&t, how[i], b, 3), seen[i]);
        CU_ASSERT_EQUAL(adjacency_group_weighted(&t, how[i], c, 4), seen[i]);
        CU_ASSERT_NOT_EQUAL(adjacency_group_weighted(&t, how[i], d, 3), seen[i]);
        CU_ASSERT_EQUAL(t.entries[seen[i]].how, how[i]);
        CU_ASSERT_EQUAL(t.entries[seen[i]].count, 3);
        struct fwd_member one = {5, 77, 12};
        CU_ASSERT_EQUAL(adjacency_group_weighted(&t, how[i], &one, 1),
                        adjacency_group(&t, (uint32_t[]){5}, 1));
    }
    CU_ASSERT(seen[0] != seen[1] && seen[1] != seen[2] && seen[0] != seen[2]);
    adjacency_free(&t);
}

// The id is what a member is known by, where the method looks at it.
static void ids_count(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    struct fwd_member a[] = {{1, 1, 1}, {2, 1, 2}}, b[] = {{1, 1, 10}, {2, 1, 20}};
    struct fwd_member c[] = {{1, 1, 0}, {2, 1, 0}};
    uint16_t id = adjacency_group_weighted(&t, FWD_SELECT_RENDEZVOUS, a, 2);
    CU_ASSERT_EQUAL(adjacency_group_weighted(&t, FWD_SELECT_RENDEZVOUS, c, 2), id);
    CU_ASSERT_NOT_EQUAL(adjacency_group_weighted(&t, FWD_SELECT_RENDEZVOUS, b, 2), id);
    id = adjacency_group_weighted(&t, FWD_SELECT_THRESHOLD, a, 2);
    CU_ASSERT_EQUAL(adjacency_group_weighted(&t, FWD_SELECT_THRESHOLD, b, 2), id);
    adjacency_free(&t);
}

// Weights that a list can tell are that list.
static void small_weights_are_lists(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    struct fwd_member m[] = {{6, 10, 0}, {5, 30, 0}};
    uint16_t id = adjacency_group_weighted(&t, FWD_SELECT_THRESHOLD, m, 2);
    CU_ASSERT_EQUAL(id, adjacency_group(&t, (uint32_t[]){5, 6, 5, 5}, 4));
    CU_ASSERT(t.entries[id].list);
    m[0].weight = 41; // 41 and 30 need 71
    CU_ASSERT_FALSE(t.entries[adjacency_group_weighted(&t, FWD_SELECT_THRESHOLD, m, 2)].list ||
                    t.entries[adjacency_group_weighted(&t, FWD_SELECT_RENDEZVOUS, m, 2)].list);
    m[0].weight = 33; // 33 and 30 are 11 and 10
    CU_ASSERT_EQUAL(t.entries[adjacency_group_weighted(&t, FWD_SELECT_THRESHOLD, m, 2)].count, 21);
    adjacency_free(&t);
}

static void nexthop_lists(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    uint32_t out[FWD_MAX_ECMP];
    uint16_t id = adjacency_group(&t, (uint32_t[]){4}, 1);
    CU_ASSERT_EQUAL(adjacency_nexthops(&t.entries[id], out), 1);
    CU_ASSERT_EQUAL(out[0], 4);
    id = adjacency_group(&t, (uint32_t[]){4, 2, 4}, 3);
    CU_ASSERT_EQUAL(adjacency_nexthops(&t.entries[id], out), 3);
    CU_ASSERT(out[0] == 2 && out[1] == 4 && out[2] == 4);
    struct fwd_member few[] = {{9, 1, 1}, {3, 2, 2}};
    id = adjacency_group_weighted(&t, FWD_SELECT_RENDEZVOUS, few, 2);
    CU_ASSERT_EQUAL(adjacency_nexthops(&t.entries[id], out), 3);
    CU_ASSERT(out[0] == 3 && out[1] == 3 && out[2] == 9);
    struct fwd_member many[] = {{1, 7500, 0}, {2, 2499, 0}, {3, 1, 0}};
    id = adjacency_group_weighted(&t, FWD_SELECT_THRESHOLD, many, 3);
    CU_ASSERT_EQUAL(adjacency_nexthops(&t.entries[id], out), FWD_MAX_ECMP);
    int shares[4] = {0};
    for (int i = 0; i < FWD_MAX_ECMP; i++) {
        CU_ASSERT(i == 0 || out[i] >= out[i - 1]);
        shares[out[i] & 3]++;
    }
    CU_ASSERT(shares[1] == 48 && shares[2] == 15 && shares[3] == 1);
    adjacency_free(&t);
}

static void references(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    uint32_t a[] = {7, 9};
    uint16_t id = adjacency_group(&t, a, 2);
    adjacency_ref(&t, id);
    adjacency_ref(&t, id);
    adjacency_unref(&t, id);
    CU_ASSERT_EQUAL(t.entries[id].kind, ADJACENCY_FORWARD);
    adjacency_unref(&t, id);
    CU_ASSERT_EQUAL(t.entries[id].kind, ADJACENCY_FREE);
    uint32_t b[] = {4};
    CU_ASSERT_EQUAL(adjacency_group(&t, b, 1), id); // the number serves again
    adjacency_ref(&t, ADJACENCY_ID_LOCAL);
    adjacency_unref(&t, ADJACENCY_ID_LOCAL);
    CU_ASSERT_EQUAL(t.entries[ADJACENCY_ID_LOCAL].kind, ADJACENCY_LOCAL);
    adjacency_free(&t);
}

static void fixed_entries(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    CU_ASSERT_EQUAL(t.entries[ADJACENCY_ID_NONE].kind, ADJACENCY_NONE);
    CU_ASSERT_EQUAL(t.entries[ADJACENCY_ID_BLACKHOLE].kind, ADJACENCY_BLACKHOLE);
    for (int i = FWD_REJECT_NET; i <= FWD_REJECT_PROHIBITED; i++) {
        const struct adjacency *a = &t.entries[adjacency_reject((enum fwd_reject)i)];
        CU_ASSERT(a->kind == ADJACENCY_REJECT && a->index == (uint32_t)i);
    }
    for (int i = FWD_SID_END; i <= FWD_SID_END_DT46; i++) {
        const struct adjacency *a = &t.entries[adjacency_sid((enum fwd_sid)i)];
        CU_ASSERT(a->kind == ADJACENCY_SID && a->index == (uint32_t)i);
    }
    uint16_t tunnel = adjacency_tunnel(&t, 5), eip = adjacency_eip(&t, 5);
    CU_ASSERT_NOT_EQUAL(tunnel, eip);
    CU_ASSERT_EQUAL(adjacency_tunnel(&t, 5), tunnel);
    CU_ASSERT_EQUAL(adjacency_eip(&t, 5), eip);
    CU_ASSERT_NOT_EQUAL(adjacency_tunnel(&t, 6), tunnel);
    CU_ASSERT(t.entries[tunnel].kind == ADJACENCY_TUNNEL && t.entries[tunnel].index == 5);
    CU_ASSERT(t.entries[eip].kind == ADJACENCY_EIP && t.entries[eip].index == 5);
    adjacency_free(&t);
}

// A group with a history is nobody else's, and lives until its maker and all routes let go.
static void resilient_groups_are_objects(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    struct fwd_member m[] = {{1, 1, 0}, {2, 1, 0}};
    uint16_t a = adjacency_group_resilient(&t, 16, m, 2);
    uint16_t b = adjacency_group_resilient(&t, 16, m, 2);
    CU_ASSERT_NOT_EQUAL(a, b);
    adjacency_ref(&t, a);
    adjacency_release(&t, a);
    CU_ASSERT_EQUAL(t.entries[a].kind, ADJACENCY_FORWARD);
    adjacency_group_update(&t, a, m + 1, 1);
    CU_ASSERT_EQUAL(adjacency_select(&t.entries[a], 0), 2);
    adjacency_group_update(&t, a, m, 2);
    CU_ASSERT_EQUAL(t.entries[a].count, 2);
    adjacency_unref(&t, a);
    CU_ASSERT_EQUAL(t.entries[a].kind, ADJACENCY_FREE);
    adjacency_release(&t, b);
    CU_ASSERT_EQUAL(t.entries[b].kind, ADJACENCY_FREE);
    adjacency_free(&t);
}

static uint16_t any_group(struct adjacency_table *t, struct random *r)
{
    uint32_t list[FWD_MAX_ECMP];
    struct fwd_member m[FWD_MAX_ECMP];
    int count = 1 + (int)random_below(r, FWD_MAX_ECMP);
    for (int k = 0; k < count; k++) {
        list[k] = random_below(r, 40);
        m[k] = (struct fwd_member){list[k], (uint16_t)random_next(r), 0};
    }
    uint16_t id;
    switch (random_below(r, 6)) {
    case 0:
        id = adjacency_group_weighted(t, FWD_SELECT_THRESHOLD, m, count);
        break;
    case 1:
        id = adjacency_group_weighted(t, FWD_SELECT_RENDEZVOUS, m, count);
        break;
    case 2:
        id = adjacency_group_resilient(t, 256, m, count);
        adjacency_ref(t, id);
        adjacency_release(t, id);
        return id;
    case 3:
        id = adjacency_tunnel(t, list[0]);
        break;
    default:
        id = adjacency_group(t, list, count);
        break;
    }
    adjacency_ref(t, id);
    return id;
}

// Routes that come and go leave no group behind.
static void groups_do_not_pile_up(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    struct random r = {4};
    uint16_t held[50] = {0};
    for (int i = 0; i < 20000; i++) {
        uint16_t id = any_group(&t, &r), *slot = &held[random_below(&r, 50)];
        adjacency_unref(&t, *slot);
        *slot = id;
    }
    CU_ASSERT(t.used <= ADJACENCY_ID_FIRST + 51);
    size_t full = adjacency_bytes(&t);
    for (int i = 0; i < 50; i++)
        adjacency_unref(&t, held[i]);
    CU_ASSERT(adjacency_bytes(&t) < full);
    for (uint32_t i = ADJACENCY_ID_FIRST; i < t.used; i++)
        CU_ASSERT_EQUAL(t.entries[i].kind, ADJACENCY_FREE);
    adjacency_free(&t);
}

// The whole table, each found again after it grew.
static void many_entries(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    const uint32_t most = 65536 - ADJACENCY_ID_FIRST;
    unsigned wrong = 0;
    for (uint32_t i = 0; i < most; i++)
        wrong += adjacency_tunnel(&t, i) != ADJACENCY_ID_FIRST + i;
    for (uint32_t i = 0; i < most; i++)
        wrong += adjacency_tunnel(&t, i) != ADJACENCY_ID_FIRST + i;
    CU_ASSERT_EQUAL(wrong, 0);
    adjacency_free(&t);
}

// A single next hop needs neither hash nor packet.
static void single_members_need_no_hash(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    uint16_t id = adjacency_group(&t, (uint32_t[]){3}, 1);
    CU_ASSERT_EQUAL(adjacency_nexthop(&t.entries[id], NULL, 0, 1, false), 3);
    struct fwd_member m = {4, 1, 0};
    id = adjacency_group_resilient(&t, 16, &m, 1);
    CU_ASSERT_EQUAL(adjacency_nexthop(&t.entries[id], NULL, 0, 1, false), 4);
    adjacency_free(&t);
}

// Whether a misuse ends the program.
static bool dies(void (*misuse)(struct adjacency_table *t))
{
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(0);
        struct adjacency_table t;
        adjacency_init(&t);
        misuse(&t);
        _exit(0);
    }
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
           WTERMSIG(status) == SIGABRT;
}

static void one_too_many(struct adjacency_table *t)
{
    for (uint32_t i = 0; i <= 65536 - ADJACENCY_ID_FIRST; i++)
        adjacency_tunnel(t, i);
}

static void dead_group(struct adjacency_table *t)
{
    uint16_t id = adjacency_group(t, (uint32_t[]){1}, 1);
    adjacency_ref(t, id);
    adjacency_unref(t, id);
    adjacency_ref(t, id);
}

static void released_twice(struct adjacency_table *t)
{
    struct fwd_member m = {4, 1, 0};
    uint16_t id = adjacency_group_resilient(t, 16, &m, 1);
    adjacency_ref(t, id);
    adjacency_release(t, id);
    adjacency_release(t, id);
}

static void equal_ids(struct adjacency_table *t)
{
    struct fwd_member m[] = {{1, 1, 2}, {2, 1, 0}};
    adjacency_group_weighted(t, FWD_SELECT_MAGLEV, m, 2);
}

static void few_buckets(struct adjacency_table *t)
{
    struct fwd_member m[5] = {{1, 1, 0}, {2, 1, 0}, {3, 1, 0}, {4, 1, 0}, {5, 1, 0}};
    adjacency_group_resilient(t, 16, m, 5);
}

static void odd_buckets(struct adjacency_table *t)
{
    struct fwd_member m = {4, 1, 0};
    adjacency_group_resilient(t, 48, &m, 1);
}

static void update_of_another_kind(struct adjacency_table *t)
{
    struct fwd_member m = {4, 1, 0};
    adjacency_group_update(t, adjacency_group(t, (uint32_t[]){1}, 1), &m, 1);
}

static void no_misuse(struct adjacency_table *t)
{
    struct fwd_member m = {1, 1, 0};
    adjacency_release(t, adjacency_group_resilient(t, 16, &m, 1));
}

static void misuse_ends_the_program(void)
{
    CU_ASSERT(dies(one_too_many));
    CU_ASSERT(dies(dead_group));
    CU_ASSERT(dies(released_twice));
    CU_ASSERT(dies(equal_ids));
    CU_ASSERT(dies(few_buckets));
    CU_ASSERT(dies(odd_buckets));
    CU_ASSERT(dies(update_of_another_kind));
    CU_ASSERT_FALSE(dies(no_misuse));
}

UNIT_MAIN("adjacency", {"equal-lists-are-one", equal_lists_are_one},
          {"equal-weights-are-one", equal_weights_are_one}, {"ids-count", ids_count},
          {"small-weights-are-lists", small_weights_are_lists}, {"nexthop-lists", nexthop_lists},
          {"references", references}, {"fixed-entries", fixed_entries},
          {"resilient-groups-are-objects", resilient_groups_are_objects},
          {"groups-do-not-pile-up", groups_do_not_pile_up}, {"many-entries", many_entries},
          {"single-members-need-no-hash", single_members_need_no_hash},
          {"misuse-ends-the-program", misuse_ends_the_program})
