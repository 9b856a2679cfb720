// SPDX-License-Identifier: GPL-3.0-or-later
// sweep: every single failure of a kind, each as a case of its own from the same converged network.
//
// The scenario's own timeline is left out. The network warms up once and runs SWEEP_BEFORE_PS; then
// every case starts from that state (a forked process), breaks one thing, runs SWEEP_SETTLE_PS so
// that routing settles (an MRAI of 30 s included), and is measured over the SWEEP_WINDOW_PS that
// follow. To keep a case short, sampled flows faster than one request a second are thinned to that,
// each request standing for more users, so that demand stays what it was. Results are in case order
// whatever the number of jobs.
#ifndef ANYSIM_RUN_SWEEP_H
#define ANYSIM_RUN_SWEEP_H

#include "run/run.h"

#define SWEEP_BEFORE_PS (5 * PS_PER_S)
#define SWEEP_SETTLE_PS (40 * PS_PER_S)
#define SWEEP_WINDOW_PS (5 * PS_PER_S)

enum sweep_kind { SWEEP_LINKS, SWEEP_NODES, SWEEP_POPS };
extern const char *const sweep_kind_names[]; // "links", "nodes", "pops"
#define SWEEP_KINDS 3

struct sweep_case {
    const char *name; // "telecom/beijing-1~telecom/shanghai-1", "cloud/beijing-1", "shanghai"
    struct fault fault;
    bool ok;                   // false: the case crashed; nothing below is valid
    double availability;       // of all requests in the window after settling
    double availability_worst; // of the worst client group × service there
    uint32_t groups_cut;       // client group × service pairs that lost requests there
    uint32_t groups_moved;     // pairs whose POP differs from before
    double failover_worst_s;   // longest failover; −1: nobody was cut off, infinity: not restored
    double rtt_mean_ms;        // over all answered requests in the window; NaN: none
    int worst_link;            // port with the highest utilisation in the window
    double worst_util;         // of it, as a share
};

struct sweep_link { // one direction
    const char *name;
    double baseline, worst; // utilisation before any failure, and in the worst case
    int worst_case;         // index, −1: no case is worse than the baseline
    bool backbone;          // not an access or site link
};

struct sweep {
    struct scenario scenario; // the shortened one; shares data with the original
    struct world *world;
    struct sweep_case *cases;
    size_t ncases;
    struct sweep_link *links;
    size_t nlinks;
    double baseline_rtt_ms;
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
