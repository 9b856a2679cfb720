// SPDX-License-Identifier: GPL-3.0-or-later
// fluidqueue: what a model of a port's fluid queue is, for net/fluid.c; one file a model.
//
// A model is a table of functions and the size of its state. net/fluid.c tells it in order of time that
// the load changes, that time passes, and that a packet looks at the queue. Time and work are in ps:
// the work in a queue is the time that serving it takes.
//
// In the time that passes between two looks a model simulates what really happens while that is at
// most FLUID_EXACT bursts. Over a longer time it takes the queue for a diffusion (net/diffusion.h), and
// the last bursts as they are; after a time in which the queue forgets, its state is drawn from the law
// it settles to. So a look costs the same on a line of 10 Mb/s and of 400 Gb/s.
#ifndef ANYSIM_NET_FLUIDQUEUE_H
#define ANYSIM_NET_FLUIDQUEUE_H

#include "scenario/burst.h"
#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLUID_EXACT   256 // bursts between two looks that are simulated one by one
#define FLUID_LAST    64  // of a longer time, so many at its end
#define FLUID_FORGETS 2   // relaxation times until a queue has forgotten

// What the fluid on a port meets itself: the share of it that is lost, the mean wait of the rest.
struct fluid_fate {
    double loss;
    int64_t wait_ps;
};

struct fluid_queue_options {
    gsl_rng *rng; // the port's own stream; stays the caller's
    int64_t burst_ps, burst_bytes;
    int64_t buffer_ps;
    struct burst_shape shape;
};

struct fluid_queue_ops {
    size_t size; // of the state, which begins as zeros
    void (*init)(void *queue, const struct fluid_queue_options *o);
    void (*load)(void *queue, double rho); // the offered load from now on
    // In which time the queue forgets, under such a load.
    int64_t (*memory_ps)(const void *queue, double rho);
    // Does something outlast that, so that its state has to be followed all the same? NULL: no.
    bool (*keeps)(const void *queue);
    void (*draw)(void *queue); // its state, from the law it settles to
    void (*pass)(void *queue, double time_ps);
    // A packet arrives: false when it is lost; what it waits, or would.
    bool (*look)(const void *queue, int64_t *wait_ps);
    // That packet stays, and is work for so long.
    void (*join)(void *queue, double own_ps);
    struct fluid_fate (*fate_at)(const void *queue, double rho); // in the long run
};

extern const struct fluid_queue_ops fluid_bursts, fluid_sizes, fluid_on_off;

// The one for a kind of bursts (enum burst_kind).
const struct fluid_queue_ops *fluid_queue_of(int burst_kind);

// The mean content of a queue as its load changes: it goes towards where it settles, with the load
// that exceeds the rate, or that is missing to it. While that takes longer than forgetting does, the
// state of the queue must not be drawn afresh.
struct fluid_course {
    double rho;
    double content_ps; // at `since_ps`
    double target_ps;
    int64_t since_ps;
    int64_t bound_until_ps; // no fresh draw before this
};

void fluid_course_init(struct fluid_course *c, double rho, double target_ps);
// The load changes: true when the queue's state, as it is at this instant, has to be followed.
bool fluid_course_change(struct fluid_course *c, double rho, double target_ps, int64_t memory_ps,
                         int64_t now_ps);
double fluid_course_content(const struct fluid_course *c, int64_t now_ps);
bool fluid_course_arrived(const struct fluid_course *c, int64_t now_ps);

#endif
