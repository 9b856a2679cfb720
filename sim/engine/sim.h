// SPDX-License-Identifier: GPL-3.0-or-later
// sim: virtual time. A clock, a queue of events, and nothing about networks.
//
// Whoever acts in time embeds a `struct entity` (a link direction, a router's IGP, a BGP speaker, a
// traffic source) and gives it a function. sim_at asks for that function to be called at a time.
//
// Order of events: (time, phase, source entity, the source's own sequence number). The source is
// the entity that scheduled the event. Nothing else, no address, no hash, no global counter,
// decides, so the order is the same however a run is split.
//
// The queue is a radix heap (Ahuja et al. 1990): monotone, about constant cost at any size. Events
// cannot be cancelled: use a timer (engine/timer.h), whose stale events are ignored when they fire.
// No mutable global: several simulations may live in one process.
#ifndef ANYSIM_ENGINE_SIM_H
#define ANYSIM_ENGINE_SIM_H

#include "base/units.h"
#include <stdbool.h>
#include <stdint.h>

struct sim;
struct entity;

// `arg` is what the scheduler of the event passed.
typedef void entity_fn(struct sim *sim, struct entity *self, uint64_t arg);

struct entity {
    entity_fn *fn;
    uint32_t id;  // dense, in order of sim_entity calls
    uint32_t seq; // events scheduled by this entity so far; private
};

enum sim_phase {       // among events of the same instant:
    SIM_PHASE_METER,   // meters look at what is over,
    SIM_PHASE_WORLD,   // then the timeline changes the world,
    SIM_PHASE_CONTROL, // then routers hear of it,
    SIM_PHASE_DATA     // then packets move
};

struct sim *sim_new(uint64_t seed);
void sim_free(struct sim *sim);

uint64_t sim_seed(const struct sim *sim);
int64_t sim_now(const struct sim *sim); // ps since the start of the warm-up

// Registers an entity (before or during the run). The struct belongs to the caller, must not move.
void sim_entity(struct sim *sim, struct entity *e, entity_fn *fn);

// Calls dst->fn(sim, dst, arg) at `at_ps` >= now. An `arg` that is a pointer is warmed in the cache
// shortly before the event.
void sim_at(struct sim *sim, struct entity *src, struct entity *dst, int64_t at_ps,
            enum sim_phase phase, uint64_t arg);

// Runs all events up to and including `until_ps`, then sets the clock to it.
void sim_run(struct sim *sim, int64_t until_ps);

uint64_t sim_events(const struct sim *sim);  // events run so far
uint64_t sim_pending(const struct sim *sim); // events waiting

// Always-on assertion for bugs: prints the simulated time, the seed and the entity, then aborts.
#define SIM_ASSERT(sim, cond)                                                                      \
    do {                                                                                           \
        if (!(cond))                                                                               \
            sim_bug((sim), #cond, __FILE__, __LINE__);                                             \
    } while (0)
void sim_bug(const struct sim *sim, const char *what, const char *file, int line)
    __attribute__((noreturn));

#endif
