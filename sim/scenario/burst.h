// SPDX-License-Identifier: GPL-3.0-or-later
// burst: in which way the background load of a link comes in bursts, as a file says it. What the laws
// mean for packets: net/fluid.h.
#ifndef ANYSIM_SCENARIO_BURST_H
#define ANYSIM_SCENARIO_BURST_H

#include "scenario/input.h"
#include <stdint.h>

// The first is what links had before there was a choice: zero stands for it.
enum burst_kind {
    BURST_EXPONENTIAL,      // sizes; room for a number of bursts (M/M/1/K)
    BURST_DETERMINISTIC,    // all of the same size
    BURST_HYPEREXPONENTIAL, // sizes of two kinds, small and large
    BURST_PARETO,           // sizes with a heavy tail, up to a longest one
    BURST_ON_OFF,           // sources that send and pause, each at its own steady rate
    BURST_KINDS
};

extern const char *const burst_kind_names[BURST_KINDS];

// What is not of the kind is 0.
struct burst_shape {
    int kind;              // enum burst_kind
    double spread;         // hyperexponential: squared coefficient of variation, above 1
    double tail;           // Pareto: tail index, above 1
    int64_t longest_bytes; // Pareto: 0 stands for a thousand mean bursts
    int64_t sources;       // on-off: how many
    int64_t activity_ppm;  // on-off: the share of the time that each one sends
};

// Complains about parameters that are not the kind's, and fills in those of the kind that a file left out
// (zeros). `at`: of the link.
void burst_read(struct input *in, struct srcpos at, int64_t mean_bytes, struct burst_shape *s);

#endif
