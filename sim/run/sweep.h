// SPDX-License-Identifier: GPL-3.0-or-later
// sweep: every single failure of a kind, each as a case of its own from the same converged network.
//
// The scenario's own timeline is left out. The network warms up once and runs SWEEP_BEFORE_PS; then
// every case starts from that state (a forked process), breaks one thing, runs SWEEP_SETTLE_PS so
// that routing settles (an MRAI of 30 s included), and is measured over the SWEEP_WINDOW_PS that
// follow. Case 0 is the same with nothing broken: what the others are compared with.
//
// What fails together: all parallel links that a backbone row of the topology became (a pair of
// cities is one fibre route); else one link, router or POP.
//
// To keep a case short, flows are thinned: all rates are divided by one factor, so that the fastest
// becomes one request a second, and none falls below one in SWEEP_BUCKET_PS, over which demand is
// measured. Each request stands for as many more, so demand and the proportion of the kinds of
// traffic stay what they were. The scenario's own bucket does not matter. A failover is known to
// within the time between two requests of the thinned flow.
//
// Results are in case order and the same whatever the number of jobs.
#ifndef ANYSIM_RUN_SWEEP_H
#define ANYSIM_RUN_SWEEP_H

#include "run/run.h"

#define SWEEP_BEFORE_PS (5 * PS_PER_S)
#define SWEEP_SETTLE_PS (40 * PS_PER_S)
#define SWEEP_WINDOW_PS (5 * PS_PER_S)
#define SWEEP_BUCKET_PS (5 * PS_PER_S) // divides all of them

enum sweep_kind { SWEEP_LINKS, SWEEP_NODES, SWEEP_POPS };
extern const char *const sweep_kind_names[]; // "links", "nodes", "pops"
#define SWEEP_KINDS 3

struct sweep_case {
    // "telecom/beijing~shanghai" (with its srlg when there are several such rows),
    // "telecom/beijing-1~unicom/beijing-1", "cloud/beijing-1", "shanghai"
    const char *name;
    struct fault fault;
    bool ok;                   // false: the case crashed; nothing below is valid
    double availability;       // of all requests in the window after settling
    double availability_worst; // of the worst client group × service there
    uint32_t groups_losing;    // client group × service pairs that lost half or more there
    uint32_t groups_moved;     // pairs whose POP differs from before
    double failover_worst_s;   // longest failover; −1: nobody was cut off, infinity: not restored
    double rtt_mean_ms;        // over all answered requests in the window; NaN: none
    int worst_link;            // port with the highest utilisation in the window
    double worst_util;         // of it, as a share
};

struct sweep_link { // one direction
    const char *name;
    double baseline, worst; // utilisation when nothing fails, and in the worst case
    int worst_case;         // index, −1: no case is worse than the baseline
    bool backbone;          // not an access or site link
};

struct sweep {
    struct scenario scenario; // the shortened one; shares data with the original
    struct world *world;
    struct sweep_case *cases; // cases[0]: nothing fails
    size_t ncases;
    struct sweep_link *links;
    size_t nlinks;
    struct arena arena;
};

struct sweep_options {
    enum sweep_kind kind;
    int jobs;
    void (*progress)(void *ctx, double share); // may be NULL
    void *ctx;
};

// Runs it all. False when processes cannot be started (errno). Free with sweep_free either way.
bool sweep_run(const struct scenario *s, const struct sweep_options *o, struct sweep *out);
void sweep_free(struct sweep *s);

#endif
