// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/rng.h"
#include "engine/timer.h"

#include <inttypes.h>
#include <stdio.h>

struct log {
    int64_t fired_ps[100000];
    size_t n;
    int64_t rearm_ps; // in the callback: this much later, 0: not
    unsigned left;    // how often
};

static struct log log_of;

static void fired(struct sim *sim, struct timer *t)
{
    struct log *l = t->owner;
    l->fired_ps[l->n++] = sim_now(sim);
    if (timer_armed(t))
        l->n += 1000000; // it has fired: it must not look armed
    if (l->left && l->left--)
        timer_set(sim, t, sim_now(sim) + l->rearm_ps);
}

static struct sim *start(struct timer *t)
{
    struct sim *sim = sim_new(1);
    timer_init(sim, t, fired, &log_of, SIM_PHASE_CONTROL);
    log_of.n = 0;
    log_of.left = 0;
    return sim;
}

static void fires_once(void)
{
    struct timer t;
    struct sim *sim = start(&t);
    CU_ASSERT_FALSE(timer_armed(&t));
    timer_set(sim, &t, 100);
    CU_ASSERT(timer_armed(&t));
    sim_run(sim, 99);
    CU_ASSERT(log_of.n == 0 && timer_armed(&t));
    sim_run(sim, 1000);
    CU_ASSERT(log_of.n == 1 && log_of.fired_ps[0] == 100 && !timer_armed(&t));
    sim_free(sim);
}

static void moved_later(void)
{
    struct timer t;
    struct sim *sim = start(&t);
    timer_set(sim, &t, 100);
    sim_run(sim, 50);
    timer_set(sim, &t, 300);
    sim_run(sim, 200);
    CU_ASSERT(log_of.n == 0 && timer_armed(&t));
    sim_run(sim, 1000);
    CU_ASSERT(log_of.n == 1 && log_of.fired_ps[0] == 300);
    sim_free(sim);
}

static void moved_earlier(void)
{
    struct timer t;
    struct sim *sim = start(&t);
    timer_set(sim, &t, 100);
    timer_set(sim, &t, 40);
    sim_run(sim, 1000);
    CU_ASSERT(log_of.n == 1 && log_of.fired_ps[0] == 40);
    sim_free(sim);
}

// Earlier and then back to the very time of the event that became stale: once, not twice.
static void back_to_the_stale_event(void)
{
    struct timer t;
    struct sim *sim = start(&t);
    timer_set(sim, &t, 100);
    timer_set(sim, &t, 40);
    sim_run(sim, 50);
    timer_set(sim, &t, 100);
    sim_run(sim, 1000);
    CU_ASSERT(log_of.n == 2 && log_of.fired_ps[0] == 40 && log_of.fired_ps[1] == 100);
    timer_set(sim, &t, 2000);
    timer_set(sim, &t, 1500);
    timer_set(sim, &t, 2000);
    sim_run(sim, 5000);
    CU_ASSERT(log_of.n == 3 && log_of.fired_ps[2] == 2000);
    sim_free(sim);
}

static void cancelled(void)
{
    struct timer t;
    struct sim *sim = start(&t);
    timer_cancel(&t); // not armed: nothing happens
    timer_set(sim, &t, 100);
    timer_cancel(&t);
    CU_ASSERT_FALSE(timer_armed(&t));
    sim_run(sim, 1000);
    CU_ASSERT_EQUAL(log_of.n, 0);
    timer_set(sim, &t, 1100); // cancelled and armed again for the same time, a later, an earlier
    timer_cancel(&t);
    timer_set(sim, &t, 1100);
    sim_run(sim, 2000);
    CU_ASSERT(log_of.n == 1 && log_of.fired_ps[0] == 1100);
    timer_set(sim, &t, 2100);
    timer_cancel(&t);
    timer_set(sim, &t, 2200);
    sim_run(sim, 3000);
    CU_ASSERT(log_of.n == 2 && log_of.fired_ps[1] == 2200);
    timer_set(sim, &t, 3100);
    timer_cancel(&t);
    timer_set(sim, &t, 3050);
    sim_run(sim, 4000);
    CU_ASSERT(log_of.n == 3 && log_of.fired_ps[2] == 3050);
    sim_free(sim);
}

static void armed_again_in_the_callback(void)
{
    struct timer t;
    struct sim *sim = start(&t);
    log_of.rearm_ps = 30;
    log_of.left = 9;
    timer_set(sim, &t, 100);
    sim_run(sim, 10000);
    CU_ASSERT_EQUAL_FATAL(log_of.n, 10);
    for (size_t i = 0; i < 10; i++)
        CU_ASSERT_EQUAL(log_of.fired_ps[i], 100 + 30 * (int64_t)i);
    sim_free(sim);
}

// Re-arming for the same instant fires again at it, as often as asked for, stale events or not.
static void armed_again_for_now(void)
{
    struct timer t;
    struct sim *sim = start(&t);
    timer_set(sim, &t, 100);
    timer_set(sim, &t, 50);
    sim_run(sim, 60);
    log_of.rearm_ps = 0;
    log_of.left = 3;
    timer_set(sim, &t, 100); // a second event of ours for 100
    sim_run(sim, 1000);
    CU_ASSERT_EQUAL_FATAL(log_of.n, 5);
    for (size_t i = 1; i < 5; i++)
        CU_ASSERT_EQUAL(log_of.fired_ps[i], 100);
    CU_ASSERT_EQUAL(sim_pending(sim), 0);
    sim_free(sim);
}

// A hold timer pushed back by every keepalive: no more than one event waits.
static void few_events(void)
{
    struct timer t;
    struct sim *sim = start(&t);
    uint64_t most = 0;
    for (int64_t now = 0; now < 10000; now += 10) {
        sim_run(sim, now);
        timer_set(sim, &t, now + 90);
        most = sim_pending(sim) > most ? sim_pending(sim) : most;
    }
    CU_ASSERT_EQUAL(most, 1);
    CU_ASSERT_EQUAL(log_of.n, 0);
    sim_run(sim, 100000);
    CU_ASSERT(log_of.n == 1 && log_of.fired_ps[0] == 9990 + 90);
    CU_ASSERT(sim_events(sim) <= 10080 / 80 + 2); // each looks at 80 ps of keepalives at once
    sim_free(sim);
}

// Far, near, fired, far again, over and over: what stale events are left must not pile up.
static void stale_events_do_not_pile_up(void)
{
    struct timer t;
    struct sim *sim = start(&t);
    uint64_t most = 0;
    for (int64_t now = 0; now < 1000000; now += 100) {
        sim_run(sim, now);
        timer_set(sim, &t, INT64_C(10000000));
        timer_set(sim, &t, now + 50);
        most = sim_pending(sim) > most ? sim_pending(sim) : most;
    }
    CU_ASSERT(most <= 4);
    if (most > 4)
        printf("\n  %" PRIu64 " events wait for one timer\n", most);
    sim_free(sim);
}

// Among events of one instant the timer's phase counts.
static int64_t seen_ps;

static void look(struct sim *sim, struct entity *self, uint64_t arg)
{
    (void)self;
    seen_ps = log_of.n == arg ? sim_now(sim) : -1;
}

static void phase(void)
{
    struct timer t;
    struct entity e;
    struct sim *sim = start(&t);
    sim_entity(sim, &e, look);
    timer_set(sim, &t, 100);
    timer_set(sim, &t, 200); // sleeps on at 100 and keeps its phase
    sim_at(sim, &e, &e, 200, SIM_PHASE_WORLD, 0);
    sim_run(sim, 150);
    sim_at(sim, &e, &e, 200, SIM_PHASE_DATA, 1);
    seen_ps = 0;
    sim_run(sim, 200);
    CU_ASSERT_EQUAL(seen_ps, 200);
    sim_free(sim);
}

// Random arming and cancelling of several timers against their deadlines as plain numbers.
static void random_operations(void)
{
    enum { TIMERS = 8, STEPS = 20000 };
    for (uint64_t seed = 1; seed <= 3; seed++) {
        static struct log logs[TIMERS];
        struct timer t[TIMERS];
        int64_t wanted[TIMERS];
        struct sim *sim = sim_new(seed);
        gsl_rng *r = rng_stream(seed, "timer", "operations");
        unsigned bad = 0;
        for (int i = 0; i < TIMERS; i++) {
            logs[i].n = logs[i].left = 0;
            wanted[i] = TIME_NEVER;
            timer_init(sim, &t[i], fired, &logs[i], SIM_PHASE_CONTROL);
        }
        for (int64_t now = 0; now < STEPS; now++) {
            sim_run(sim, now);
            for (int i = 0; i < TIMERS; i++) {
                bool due = wanted[i] == now;
                bad += logs[i].n != due || (due && logs[i].fired_ps[0] != now);
                logs[i].n = 0;
                if (due)
                    wanted[i] = TIME_NEVER;
                bad += timer_armed(&t[i]) != (wanted[i] != TIME_NEVER);
            }
            unsigned i = (unsigned)gsl_rng_uniform_int(r, TIMERS);
            if (gsl_rng_uniform_int(r, 5)) {
                wanted[i] = now + 1 + (int64_t)gsl_rng_uniform_int(r, 30);
                timer_set(sim, &t[i], wanted[i]);
            } else {
                wanted[i] = TIME_NEVER;
                timer_cancel(&t[i]);
            }
        }
        CU_ASSERT_EQUAL(bad, 0);
        if (bad)
            printf("\n  seed %" PRIu64 ": %u wrong\n", seed, bad);
        gsl_rng_free(r);
        sim_free(sim);
    }
}

UNIT_MAIN("timer", {"fires_once", fires_once}, {"moved_later", moved_later},
          {"moved_earlier", moved_earlier}, {"back_to_the_stale_event", back_to_the_stale_event},
          {"cancelled", cancelled}, {"armed_again_in_the_callback", armed_again_in_the_callback},
          {"armed_again_for_now", armed_again_for_now}, {"few_events", few_events},
          {"stale_events_do_not_pile_up", stale_events_do_not_pile_up}, {"phase", phase},
          {"random_operations", random_operations})
