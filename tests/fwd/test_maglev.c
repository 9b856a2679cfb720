// SPDX-License-Identifier: GPL-3.0-or-later
// Maglev's table: even, proportional to weights, nearly unchanged when a backend goes, and the same
// wherever it is built.
#include "fixture.h"
#include "fwd/maglev.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BACKENDS = 100 };

static void backends_of(struct maglev_backend *b, size_t n, uint64_t first_id)
{
    for (size_t i = 0; i < n; i++)
        b[i] =
            (struct maglev_backend){.id = first_id + i, .value = (uint32_t)(1000 + i), .weight = 1};
}

static void count(const struct maglev *m, uint32_t *held, size_t n)
{
    memset(held, 0, n * sizeof *held);
    for (size_t s = 0; s < MAGLEV_SIZE; s++)
        if (m->slots[s] - 1000 < n)
            held[m->slots[s] - 1000]++;
}

// The largest deviation of a backend's share from the even one.
static double unevenness(const struct maglev *m)
{
    uint32_t held[BACKENDS];
    count(m, held, BACKENDS);
    double worst = 0, even = (double)MAGLEV_SIZE / BACKENDS;
    for (size_t i = 0; i < BACKENDS; i++)
        worst = fmax(worst, fabs(held[i] / even - 1));
    return worst;
}

// The share of slots that changed hands although their backend is still there.
static double moved(const struct maglev *before, const struct maglev *after, uint32_t gone)
{
    uint32_t n = 0;
    for (size_t s = 0; s < MAGLEV_SIZE; s++)
        n += before->slots[s] != gone && before->slots[s] != after->slots[s];
    return (double)n / MAGLEV_SIZE;
}

static void even_and_stable(void)
{
    struct maglev_backend b[BACKENDS];
    struct maglev all = {0}, fewer = {0};
    double uneven = 0, remapped = 0;
    for (uint64_t fleet = 0; fleet < 5; fleet++) { // ids that follow each other, and others
        struct random r = {fleet};
        backends_of(b, BACKENDS, fleet);
        for (size_t i = 0; fleet && i < BACKENDS; i++)
            b[i].id = random_next(&r);
        maglev_build(&all, b, BACKENDS);
        uneven = fmax(uneven, unevenness(&all));
        for (size_t gone = 0; gone < BACKENDS; gone += 7) {
            b[gone].weight = 0;
            maglev_build(&fewer, b, BACKENDS);
            b[gone].weight = 1;
            remapped = fmax(remapped, moved(&all, &fewer, b[gone].value));
        }
    }
    printf("row 32: expected load +- 2 %%, obtained +- %.2f %%: %s\n", 100 * uneven,
           uneven <= 0.02 ? "ok" : "FAILED");
    printf("row 32: expected < 3 %% remapped beyond 1/N, obtained %.2f %% at most: %s\n",
           100 * remapped, remapped < 0.03 ? "ok" : "FAILED");
    CU_ASSERT(uneven <= 0.02);
    CU_ASSERT(remapped < 0.03);
    CU_ASSERT(remapped > 0); // or the measure measures nothing
    maglev_free(&all);
    maglev_free(&fewer);
}

// What maglev_select() does with hashes, not only what stands in the slots.
static void selects_evenly(void)
{
    struct maglev_backend b[BACKENDS];
    struct maglev m = {0};
    backends_of(b, BACKENDS, 1);
    maglev_build(&m, b, BACKENDS);
    const uint32_t flows = 4000000;
    uint32_t got[BACKENDS] = {0};
    struct random r = {1};
    for (uint32_t i = 0; i < flows; i++)
        got[maglev_select(&m, (uint32_t)(random_next(&r) >> 32)) - 1000]++;
    double chi2 = 0, even = (double)flows / BACKENDS;
    for (size_t i = 0; i < BACKENDS; i++)
        chi2 += (got[i] - even) * (got[i] - even) / even;
    CU_ASSERT(chi2 < 160); // 99 degrees of freedom: p = 10^-4; slots differ by one in 655
    CU_ASSERT(maglev_select(&m, 0) == m.slots[0]);
    CU_ASSERT(maglev_select(&m, UINT32_MAX) == m.slots[MAGLEV_SIZE - 1]);
    maglev_free(&m);
}

static void proportional(void)
{
    static const uint16_t weights[] = {1, 2, 3, 10, 100, 1000, 65535, 0, 40000, 7};
    enum { N = sizeof weights / sizeof weights[0] };
    struct maglev_backend b[N];
    backends_of(b, N, 77);
    double sum = 0;
    for (size_t i = 0; i < N; i++) {
        b[i].weight = weights[i];
        sum += weights[i];
    }
    struct maglev m = {0};
    maglev_build(&m, b, N);
    uint32_t held[N], wrong = 0, all = 0;
    count(&m, held, N);
    for (size_t i = 0; i < N; i++) {
        double share = weights[i] / sum;
        wrong += held[i] < MAGLEV_SIZE * share - 1 || held[i] > (MAGLEV_SIZE + N) * share;
        all += held[i];
    }
    printf("row 32: expected slots in proportion to weights of 0 to 65535, obtained %u of %u out "
           "of it: %s\n",
           wrong, (unsigned)N, wrong ? "FAILED" : "ok");
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(all, MAGLEV_SIZE);
    CU_ASSERT_EQUAL(held[7], 0);
    maglev_free(&m);
}

// Draining a backend step by step moves little besides its own.
static void weights_change_gently(void)
{
    struct maglev_backend b[BACKENDS];
    struct maglev before = {0}, after = {0};
    backends_of(b, BACKENDS, 5);
    for (size_t i = 0; i < BACKENDS; i++)
        b[i].weight = (uint16_t)(100 + i);
    b[50].weight = 1000; // the heaviest
    maglev_build(&before, b, BACKENDS);
    b[50].weight = 900;
    maglev_build(&after, b, BACKENDS);
    CU_ASSERT(moved(&before, &after, b[50].value) < 0.03);
    b[50].weight = 0;
    maglev_build(&after, b, BACKENDS);
    CU_ASSERT(moved(&before, &after, b[50].value) < 0.1); // 6 % of the slots were its own
    maglev_free(&before);
    maglev_free(&after);
}

static bool same(const struct maglev *a, const struct maglev *b)
{
    return memcmp(a->slots, b->slots, MAGLEV_SIZE * sizeof *a->slots) == 0;
}

static void whatever_the_order(void)
{
    struct maglev_backend b[BACKENDS];
    struct maglev one = {0}, other = {0};
    backends_of(b, BACKENDS, 12345);
    for (size_t i = 0; i < BACKENDS; i++)
        b[i].weight = (uint16_t)(1 + i % 3); // ties among many
    maglev_build(&one, b, BACKENDS);
    struct random r = {3};
    unsigned differ = 0;
    for (int trial = 0; trial < 20; trial++) {
        for (uint32_t i = BACKENDS - 1; i > 0; i--) {
            uint32_t j = random_below(&r, i + 1);
            struct maglev_backend swap = b[i];
            b[i] = b[j];
            b[j] = swap;
        }
        maglev_build(&other, b, BACKENDS); // over the table before it
        differ += !same(&one, &other);
    }
    printf("row 32: expected the same table in any order of backends, obtained %u others of 20: "
           "%s\n",
           differ, differ ? "FAILED" : "ok");
    CU_ASSERT_EQUAL(differ, 0);
    b[0].id ^= 1u << 20;
    maglev_build(&other, b, BACKENDS);
    CU_ASSERT(!same(&one, &other));
    maglev_free(&one);
    maglev_free(&other);
}

// Gateways of different versions must agree: a table by its checksum (FNV-1a over its values). A
// change here is a change of what every deployed gateway selects.
static void the_same_for_ever(void)
{
    const struct maglev_backend b[] = {{1, 10, 1}, {2, 20, 2}, {UINT64_MAX, 30, 65535}};
    struct maglev m = {0};
    maglev_build(&m, b, 3);
    uint64_t sum = 0xcbf29ce484222325u;
    for (size_t s = 0; s < MAGLEV_SIZE; s++)
        sum = (sum ^ m.slots[s]) * 0x100000001b3u;
    CU_ASSERT_EQUAL(sum, UINT64_C(0x979329ce95e022fd));
    maglev_free(&m);
}

static void few_and_none(void)
{
    struct maglev m = {0};
    maglev_build(&m, NULL, 0);
    CU_ASSERT_EQUAL(maglev_select(&m, 12345), MAGLEV_EMPTY);
    struct maglev_backend b[2] = {{.id = 9, .value = 4, .weight = 3}, {.id = 8, .value = 5}};
    maglev_build(&m, b, 2);
    uint32_t others = 0;
    for (size_t s = 0; s < MAGLEV_SIZE; s++)
        others += m.slots[s] != 4;
    CU_ASSERT_EQUAL(others, 0);
    b[0].weight = 0;
    maglev_build(&m, b, 2);
    CU_ASSERT_EQUAL(maglev_select(&m, UINT32_MAX), MAGLEV_EMPTY);
    maglev_free(&m);
    CU_ASSERT_PTR_NULL(m.slots);
}

// As many as slots: each has one.
static void as_many_as_slots(void)
{
    struct maglev_backend *b = calloc(MAGLEV_SIZE, sizeof *b);
    uint32_t *held = calloc(MAGLEV_SIZE, sizeof *held), wrong = 0;
    struct maglev m = {0};
    backends_of(b, MAGLEV_SIZE, 1);
    maglev_build(&m, b, MAGLEV_SIZE);
    count(&m, held, MAGLEV_SIZE);
    for (size_t i = 0; i < MAGLEV_SIZE; i++)
        wrong += held[i] != 1;
    CU_ASSERT_EQUAL(wrong, 0);
    maglev_free(&m);
    free(b);
    free(held);
}

UNIT_MAIN("maglev", {"even_and_stable", even_and_stable}, {"selects_evenly", selects_evenly},
          {"proportional", proportional}, {"weights_change_gently", weights_change_gently},
          {"whatever_the_order", whatever_the_order}, {"the_same_for_ever", the_same_for_ever},
          {"few_and_none", few_and_none}, {"as_many_as_slots", as_many_as_slots})
