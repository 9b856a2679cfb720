// SPDX-License-Identifier: GPL-3.0-or-later
// Requests at a server that serves 100 a second, each in 5 ms, with 10 places to wait.
#include "base/units.h"
#include "traffic/desk.h"
#include "unit.h"

#define TURN_PS (10 * PS_PER_MS)

static void begin(struct desk *d)
{
    struct traffic_capacity c = {.name = "server",
                                 .requests_uhz = 100 * INT64_C(1000000),
                                 .service_ps = 5 * PS_PER_MS,
                                 .queue = 10};
    desk_init(d, 1, &c);
}

static void first_come_first_served(void)
{
    struct desk d;
    int64_t ready_ps;
    begin(&d);
    for (int i = 0; i < 11; i++) { // one is served, ten wait
        CU_ASSERT_TRUE(desk_begin(&d, 1, 0, 0, &ready_ps));
        CU_ASSERT_EQUAL(ready_ps, i * TURN_PS + 5 * PS_PER_MS);
    }
    CU_ASSERT_FALSE(desk_begin(&d, 1, 0, 0, &ready_ps));
    CU_ASSERT_TRUE(desk_begin(&d, 1, 0, TURN_PS, &ready_ps)); // the first has had its turn
    CU_ASSERT_EQUAL(ready_ps, 11 * TURN_PS + 5 * PS_PER_MS);
    CU_ASSERT_TRUE(desk_begin(&d, 1, 0, 100 * TURN_PS, &ready_ps));
    CU_ASSERT_EQUAL(ready_ps, 100 * TURN_PS + 5 * PS_PER_MS);
    CU_ASSERT_EQUAL(d.served, 13);
    CU_ASSERT_EQUAL(d.refused, 1);
    desk_free(&d);
}

static void without_a_rate_nobody_waits(void)
{
    struct desk d;
    int64_t ready_ps;
    desk_init(&d, 1, &(struct traffic_capacity){.name = "server", .service_ps = -1});
    for (int i = 0; i < 1000; i++) {
        CU_ASSERT_TRUE(desk_begin(&d, 100, 7 * PS_PER_MS, 3, &ready_ps));
        CU_ASSERT_EQUAL(ready_ps, 3 + 7 * PS_PER_MS);
    }
    desk_free(&d);
}

// Half of the requests are too many: a request in ten ms that stands for two; from the third second on,
// when the queue is full, half of them are refused and the others wait for ten turns.
static void weights_count(void)
{
    struct desk d;
    int64_t ready_ps, waited_ps = 0;
    unsigned refused = 0, asked = 0;
    begin(&d);
    for (int64_t t_ps = 0; t_ps < 100 * PS_PER_S; t_ps += TURN_PS) {
        bool good = desk_begin(&d, 2, 0, t_ps, &ready_ps);
        if (t_ps < PS_PER_S)
            CU_ASSERT(good && ready_ps - t_ps == 5 * PS_PER_MS); // the others come with the window
        if (t_ps < 3 * PS_PER_S)
            continue;
        asked++;
        refused += !good;
        if (good && ready_ps - t_ps > waited_ps)
            waited_ps = ready_ps - t_ps;
    }
    CU_ASSERT(refused > asked * 48 / 100 && refused < asked * 52 / 100);
    CU_ASSERT(waited_ps >= 10 * TURN_PS + 5 * PS_PER_MS && waited_ps <= 12 * TURN_PS);
    desk_free(&d);
}

// Who cannot be refused waits behind all others, beyond the queue; others find it full for so long.
static void some_wait_longer(void)
{
    struct desk d;
    int64_t ready_ps;
    begin(&d);
    for (int i = 0; i < 20; i++)
        CU_ASSERT_EQUAL(desk_wait(&d, 1, 0, 0), i * TURN_PS + 5 * PS_PER_MS);
    CU_ASSERT_FALSE(desk_begin(&d, 1, 0, 0, &ready_ps));
    CU_ASSERT_FALSE(desk_begin(&d, 1, 0, 9 * TURN_PS, &ready_ps));
    CU_ASSERT_TRUE(desk_begin(&d, 1, 0, 10 * TURN_PS, &ready_ps));
    CU_ASSERT_EQUAL(ready_ps, 20 * TURN_PS + 5 * PS_PER_MS);
    CU_ASSERT_EQUAL(d.refused, 2);
    desk_free(&d);
}

// As weights_count, of those that cannot be refused: from the second second on the wait grows by as
// much as time passes; and others that bring a tenth of the turns find none.
static void waiting_weights_count(void)
{
    struct desk d;
    int64_t ready_ps, waited_ps = 0;
    unsigned taken = 0;
    begin(&d);
    for (int64_t t_ps = 0; t_ps < 20 * PS_PER_S; t_ps += TURN_PS) {
        waited_ps = desk_wait(&d, 2, 0, t_ps) - t_ps;
        if (t_ps % (10 * TURN_PS) == 0 && t_ps >= 3 * PS_PER_S)
            taken += desk_begin(&d, 1, 0, t_ps, &ready_ps);
    }
    CU_ASSERT_DOUBLE_EQUAL(ps_to_s(waited_ps), 19, 0.5);
    CU_ASSERT_EQUAL(taken, 0);
    desk_free(&d);
}

UNIT_MAIN("desk", {"fifo", first_come_first_served}, {"no-rate", without_a_rate_nobody_waits},
          {"weights", weights_count}, {"some-wait-longer", some_wait_longer},
          {"waiting-weights", waiting_weights_count})
