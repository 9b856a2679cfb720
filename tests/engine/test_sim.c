// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/rng.h"
#include "engine/sim.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOURCES 7
#define EVENTS  600

// What ran, in order: `arg` names the event.
static struct {
    uint64_t arg[100000];
    int64_t at_ps[100000];
    size_t n;
} ran;

static void note(struct sim *sim, struct entity *self, uint64_t arg)
{
    (void)self;
    ran.arg[ran.n] = arg;
    ran.at_ps[ran.n++] = sim_now(sim);
}

struct plan {
    int64_t at_ps;
    enum sim_phase phase;
    uint32_t source, place; // place: the how-many-th of its source
    uint64_t arg;
};

static int by_rule(const void *a, const void *b)
{
    const struct plan *x = a, *y = b;
    if (x->at_ps != y->at_ps)
        return x->at_ps < y->at_ps ? -1 : 1;
    if (x->phase != y->phase)
        return x->phase < y->phase ? -1 : 1;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

// Schedules the plans of all sources, interleaved at random; each source keeps its own order.
static void schedule(struct sim *sim, struct entity *e, const struct plan *plans, uint64_t seed)
{
    gsl_rng *r = rng_stream(seed, "sim", "interleaving");
    uint32_t next[SOURCES] = {0};
    for (unsigned done = 0; done < SOURCES * EVENTS;) {
        uint32_t s = (uint32_t)gsl_rng_uniform_int(r, SOURCES);
        if (next[s] == EVENTS)
            continue;
        const struct plan *p = &plans[s * EVENTS + next[s]++];
        sim_at(sim, &e[s], &e[gsl_rng_uniform_int(r, SOURCES)], p->at_ps, p->phase, p->arg);
        done++;
    }
    gsl_rng_free(r);
}

// The order is (time, phase, source, the source's own sequence) however the sources interleave.
static void order_of_events(void)
{
    static struct plan plans[SOURCES * EVENTS], sorted[SOURCES * EVENTS];
    gsl_rng *r = rng_stream(1, "sim", "plans");
    for (uint32_t i = 0; i < SOURCES * EVENTS; i++)
        plans[i] = (struct plan){.at_ps = (int64_t)gsl_rng_uniform_int(r, 100),
                                 .phase = (enum sim_phase)gsl_rng_uniform_int(r, 4),
                                 .source = i / EVENTS,
                                 .place = i % EVENTS,
                                 .arg = i};
    memcpy(sorted, plans, sizeof plans);
    qsort(sorted, SOURCES * EVENTS, sizeof sorted[0], by_rule);
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct sim *sim = sim_new(seed);
        struct entity e[SOURCES];
        unsigned bad = 0;
        for (int i = 0; i < SOURCES; i++)
            sim_entity(sim, &e[i], note);
        ran.n = 0;
        schedule(sim, e, plans, seed);
        CU_ASSERT_EQUAL(sim_pending(sim), SOURCES * EVENTS);
        sim_run(sim, 1000);
        CU_ASSERT_EQUAL(ran.n, SOURCES * EVENTS);
        for (size_t i = 0; i < ran.n; i++)
            bad += ran.arg[i] != sorted[i].arg || ran.at_ps[i] != sorted[i].at_ps;
        CU_ASSERT_EQUAL(bad, 0);
        if (bad)
            printf("\n  seed %" PRIu64 ": %u out of order\n", seed, bad);
        sim_free(sim);
    }
    gsl_rng_free(r);
}

// An event may schedule others at its own instant; a phase that has passed comes again after it.
static struct entity chain_a, chain_b;

static void chain(struct sim *sim, struct entity *self, uint64_t arg)
{
    note(sim, self, arg);
    if (arg == 10) {
        sim_at(sim, self, &chain_b, sim_now(sim), SIM_PHASE_DATA, 13);
        sim_at(sim, self, &chain_b, sim_now(sim), SIM_PHASE_WORLD, 11);
        sim_at(sim, self, &chain_a, sim_now(sim) + 1, SIM_PHASE_WORLD, 14);
        sim_at(sim, self, &chain_a, sim_now(sim), SIM_PHASE_CONTROL, 12);
    }
}

static void events_at_the_same_instant(void)
{
    struct sim *sim = sim_new(1);
    sim_entity(sim, &chain_a, chain);
    sim_entity(sim, &chain_b, chain);
    ran.n = 0;
    sim_at(sim, &chain_a, &chain_a, 50, SIM_PHASE_DATA, 10);
    sim_run(sim, 60);
    CU_ASSERT_EQUAL_FATAL(ran.n, 5);
    for (uint64_t i = 0; i < 5; i++)
        CU_ASSERT(ran.arg[i] == 10 + i && ran.at_ps[i] == (i < 4 ? 50 : 51));
    sim_free(sim);
}

// Meters look at what is over before the world changes; then routers hear of it, then packets move.
static void order_of_phases(void)
{
    struct sim *sim = sim_new(1);
    struct entity e;
    sim_entity(sim, &e, note);
    ran.n = 0;
    sim_at(sim, &e, &e, 7, SIM_PHASE_DATA, 3);
    sim_at(sim, &e, &e, 7, SIM_PHASE_CONTROL, 2);
    sim_at(sim, &e, &e, 7, SIM_PHASE_WORLD, 1);
    sim_at(sim, &e, &e, 7, SIM_PHASE_METER, 0);
    sim_run(sim, 7);
    for (uint64_t i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(ran.arg[i], i);
    sim_free(sim);
}

static void clock_and_counts(void)
{
    struct sim *sim = sim_new(42);
    struct entity e;
    CU_ASSERT(sim_seed(sim) == 42 && sim_now(sim) == 0 && sim_events(sim) == 0);
    sim_entity(sim, &e, note);
    ran.n = 0;
    sim_at(sim, &e, &e, 0, SIM_PHASE_DATA, 1);
    sim_at(sim, &e, &e, 100, SIM_PHASE_DATA, 2);
    sim_at(sim, &e, &e, 101, SIM_PHASE_DATA, 3);
    CU_ASSERT_EQUAL(sim_pending(sim), 3);
    sim_run(sim, 100); // up to and including
    CU_ASSERT(ran.n == 2 && sim_now(sim) == 100 && sim_events(sim) == 2 && sim_pending(sim) == 1);
    sim_run(sim, 100);
    CU_ASSERT(ran.n == 2 && sim_now(sim) == 100);
    sim_run(sim, 500);
    CU_ASSERT(ran.n == 3 && sim_now(sim) == 500 && sim_events(sim) == 3 && sim_pending(sim) == 0);
    sim_at(sim, &e, &e, 500, SIM_PHASE_WORLD, 4); // now itself
    sim_run(sim, 500);
    CU_ASSERT(ran.n == 4 && ran.at_ps[3] == 500);
    sim_run(sim, 400); // the clock does not go back
    CU_ASSERT_EQUAL(sim_now(sim), 500);
    sim_free(sim);
    sim_free(NULL);
}

// Running in many small steps is running in one.
static void small_steps(void)
{
    enum { N = 2000 };
    static uint64_t once[N];
    for (int64_t step = 1; step <= 10001; step += 2500) {
        struct sim *sim = sim_new(1);
        struct entity e[3];
        gsl_rng *r = rng_stream(1, "sim", "steps");
        unsigned bad = 0;
        for (int i = 0; i < 3; i++)
            sim_entity(sim, &e[i], note);
        ran.n = 0;
        for (uint64_t i = 0; i < N; i++)
            sim_at(sim, &e[i % 3], &e[0], (int64_t)gsl_rng_uniform_int(r, 10000), SIM_PHASE_DATA,
                   i);
        for (int64_t t = 0; sim_pending(sim); t += step)
            sim_run(sim, t);
        CU_ASSERT_EQUAL(ran.n, N);
        for (size_t i = 0; i < N; i++) {
            if (step == 1)
                once[i] = ran.arg[i];
            bad += once[i] != ran.arg[i];
        }
        CU_ASSERT_EQUAL(bad, 0);
        gsl_rng_free(r);
        sim_free(sim);
    }
}

static void two_side_by_side(void)
{
    struct sim *a = sim_new(1), *b = sim_new(2);
    struct entity ea, eb;
    sim_entity(a, &ea, note);
    sim_entity(b, &eb, note);
    CU_ASSERT(ea.id == 0 && eb.id == 0);
    ran.n = 0;
    sim_at(a, &ea, &ea, 10, SIM_PHASE_DATA, 1);
    sim_at(b, &eb, &eb, 5, SIM_PHASE_DATA, 2);
    sim_run(a, 20);
    CU_ASSERT(ran.n == 1 && sim_now(b) == 0 && sim_pending(b) == 1);
    sim_run(b, 20);
    CU_ASSERT(ran.n == 2 && ran.arg[1] == 2);
    sim_free(a);
    sim_free(b);
}

// A bug stops the program and says when, with which seed and in whose event.
static void into_the_past(struct sim *sim, struct entity *self, uint64_t arg)
{
    sim_at(sim, self, self, sim_now(sim) - 1, SIM_PHASE_DATA, arg);
}

static void bugs_are_told(void)
{
    int fd[2], status = 0;
    char text[512] = "";
    CU_ASSERT_EQUAL_FATAL(pipe(fd), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit no_core = {0, 0};
        struct entity e[3];
        setrlimit(RLIMIT_CORE, &no_core);
        dup2(fd[1], STDERR_FILENO);
        struct sim *sim = sim_new(77);
        for (int i = 0; i < 3; i++)
            sim_entity(sim, &e[i], into_the_past);
        sim_at(sim, &e[0], &e[2], 3 * PS_PER_S / 2, SIM_PHASE_DATA, 0);
        sim_run(sim, TIME_NEVER);
        _exit(0);
    }
    close(fd[1]);
    size_t n = 0;
    for (ssize_t got;
         n < sizeof text - 1 && (got = read(fd[0], text + n, sizeof text - 1 - n)) > 0;)
        n += (size_t)got;
    close(fd[0]);
    CU_ASSERT(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
    CU_ASSERT_EQUAL(WTERMSIG(status), SIGABRT);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "1.500000000 s"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "seed 77"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "entity 2"));
}

UNIT_MAIN("sim", {"order_of_events", order_of_events},
          {"events_at_the_same_instant", events_at_the_same_instant},
          {"order_of_phases", order_of_phases}, {"clock_and_counts", clock_and_counts},
          {"small_steps", small_steps}, {"two_side_by_side", two_side_by_side},
          {"bugs_are_told", bugs_are_told})
