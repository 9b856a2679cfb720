// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim.h"

#include "base/arena.h"
#include "engine/queue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct sim {
    struct queue queue;
    int64_t now_ps;
    uint64_t seed;
    uint64_t events;
    uint32_t entities;
    const struct entity *running; // whose event is being run, for messages about bugs
};

// tie: phase (2 bits), source entity (30 bits), the source's sequence number (32 bits)
#define TIE_PHASE  62
#define TIE_ENTITY 32
#define ENTITY_MAX (UINT32_C(1) << 30)

struct sim *sim_new(uint64_t seed)
{
    struct sim *s = xcalloc(1, sizeof *s);
    queue_init(&s->queue);
    s->seed = seed;
    return s;
}

void sim_free(struct sim *s)
{
    if (!s)
        return;
    queue_free(&s->queue);
    free(s);
}

uint64_t sim_seed(const struct sim *s)
{
    return s->seed;
}

int64_t sim_now(const struct sim *s)
{
    return s->now_ps;
}

uint64_t sim_events(const struct sim *s)
{
    return s->events;
}

uint64_t sim_pending(const struct sim *s)
{
    return s->queue.n;
}

void sim_entity(struct sim *s, struct entity *e, entity_fn *fn)
{
    SIM_ASSERT(s, s->entities < ENTITY_MAX);
    *e = (struct entity){.fn = fn, .id = s->entities++, .seq = 0};
}

void sim_at(struct sim *s, struct entity *src, struct entity *dst, int64_t at_ps,
            enum sim_phase phase, uint64_t arg)
{
    SIM_ASSERT(s, at_ps >= s->now_ps);
    SIM_ASSERT(s, src->seq != UINT32_MAX); // the order of its events would wrap round
    struct event_item e = {
        .at_ps = at_ps,
        .tie = (uint64_t)phase << TIE_PHASE | (uint64_t)src->id << TIE_ENTITY | src->seq++,
        .dst = dst,
        .arg = arg,
    };
    queue_add(&s->queue, &e);
}

void sim_run(struct sim *s, int64_t until_ps)
{
    struct event_item e;
    while (queue_take(&s->queue, until_ps, &e)) {
        s->now_ps = e.at_ps;
        s->events++;
        s->running = e.dst;
        e.dst->fn(s, e.dst, e.arg);
    }
    s->running = NULL;
    if (until_ps > s->now_ps)
        s->now_ps = until_ps;
}

void sim_bug(const struct sim *s, const char *what, const char *file, int line)
{
    fprintf(
        stderr,
        "anysim: bug: %s:%d: '%s' does not hold at %.9f s (seed %" PRIu64 ", entity %" PRIu32 ")\n",
        file, line, what, ps_to_s(s->now_ps), s->seed, s->running ? s->running->id : UINT32_MAX);
    abort();
}
