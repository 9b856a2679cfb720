// SPDX-License-Identifier: GPL-3.0-or-later
// A POP's way out of service and back, in the order that breaks nothing.
#include "unit.h"

#include "anycast/drain.h"

static const struct drain_plan plan = {.steps = {DRAIN_GSHUT, DRAIN_PREPEND, DRAIN_WITHDRAW},
                                       .nsteps = 3,
                                       .wait_ps = 100,
                                       .quiet_ps = 50,
                                       .patience_ps = 1000,
                                       .off = true};

// What is to be done at a time, which must be one thing alone.
static void expect(struct drain *d, int64_t at_ps, uint64_t traffic, enum drain_act act,
                   enum drain_step step)
{
    CU_ASSERT_EQUAL(d->next_ps, at_ps);
    CU_ASSERT_EQUAL(drain_next(d, traffic, false, at_ps - 1).act, DRAIN_WAIT);
    struct drain_order o = drain_next(d, traffic, false, at_ps);
    CU_ASSERT_EQUAL(o.act, act);
    if (act == DRAIN_DO || act == DRAIN_UNDO)
        CU_ASSERT_EQUAL(o.step, step);
    CU_ASSERT_EQUAL(drain_next(d, traffic, false, at_ps).act, DRAIN_WAIT);
}

// Looks on until something is to be done; when.
static int64_t wait(struct drain *d, uint64_t *traffic, int64_t until_ps, enum drain_act act)
{
    while (d->next_ps < INT64_MAX) {
        int64_t now_ps = d->next_ps;
        *traffic += now_ps < until_ps;
        enum drain_act got = drain_next(d, *traffic, false, now_ps).act;
        if (got != DRAIN_WAIT) {
            CU_ASSERT_EQUAL(got, act);
            return now_ps;
        }
    }
    return -1;
}

static void goes_out(struct drain *d)
{
    expect(d, 1000, 7, DRAIN_DO, DRAIN_GSHUT);
    expect(d, 1100, 8, DRAIN_DO, DRAIN_PREPEND);
    expect(d, 1200, 9, DRAIN_DO, DRAIN_WITHDRAW);
}

static void out_and_back(void)
{
    struct drain d;
    uint64_t traffic = 10;
    drain_init(&d);
    drain_begin(&d, &plan, 1000);
    goes_out(&d);
    int64_t off_ps = wait(&d, &traffic, 1500, DRAIN_OFF); // traffic until then, and 50 without
    CU_ASSERT(off_ps >= 1540 && off_ps <= 1565);
    CU_ASSERT_EQUAL(d.next_ps, INT64_MAX);
    drain_return(&d, 5000);
    expect(&d, 5000, 0, DRAIN_ON, 0);
    expect(&d, 5100, 0, DRAIN_UNDO, DRAIN_WITHDRAW);
    expect(&d, 5200, 0, DRAIN_UNDO, DRAIN_PREPEND);
    expect(&d, 5300, 0, DRAIN_UNDO, DRAIN_GSHUT);
    CU_ASSERT_EQUAL(drain_next(&d, 0, false, 5400).act, DRAIN_WAIT);
    CU_ASSERT_EQUAL(d.state, DRAIN_IDLE);
    CU_ASSERT_EQUAL(d.next_ps, INT64_MAX);
}

static void patience_ends(void)
{
    struct drain d;
    uint64_t traffic = 10;
    drain_init(&d);
    drain_begin(&d, &plan, 1000);
    goes_out(&d);
    int64_t off_ps = wait(&d, &traffic, INT64_MAX, DRAIN_OFF);
    CU_ASSERT(off_ps >= 1300 + 1000 && off_ps <= 1300 + 1010);
}

static void is_called_back(void)
{
    struct drain d;
    drain_init(&d);
    drain_return(&d, 5); // of what never went
    CU_ASSERT_EQUAL(d.next_ps, INT64_MAX);
    drain_begin(&d, &plan, 1000);
    expect(&d, 1000, 0, DRAIN_DO, DRAIN_GSHUT);
    expect(&d, 1100, 0, DRAIN_DO, DRAIN_PREPEND);
    drain_return(&d, 1150);
    expect(&d, 1150, 0, DRAIN_UNDO, DRAIN_PREPEND);
    drain_begin(&d, &plan, 1160); // and out again after all
    expect(&d, 1160, 0, DRAIN_DO, DRAIN_PREPEND);
    expect(&d, 1260, 0, DRAIN_DO, DRAIN_WITHDRAW);
}

static void maintenance_ends_by_itself(void)
{
    struct drain_plan p = plan;
    struct drain d;
    uint64_t traffic = 0;
    p.down_ps = 400;
    drain_init(&d);
    drain_begin(&d, &p, 1000);
    goes_out(&d);
    traffic = 9;
    int64_t off_ps = wait(&d, &traffic, 0, DRAIN_OFF);
    expect(&d, off_ps + 400, 9, DRAIN_ON, 0);
    expect(&d, off_ps + 500, 9, DRAIN_UNDO, DRAIN_WITHDRAW);
    CU_ASSERT_EQUAL(drain_longest_ps(&p), 300 + 1000 + 400 + 100 + 300);
}

UNIT_MAIN("drain", {"out_and_back", out_and_back}, {"patience_ends", patience_ends},
          {"is_called_back", is_called_back},
          {"maintenance_ends_by_itself", maintenance_ends_by_itself})
