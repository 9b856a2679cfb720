// SPDX-License-Identifier: GPL-3.0-or-later
// desk: where requests wait for a server that serves so many a second, and no more.
//
// First come, first served: a request begins when those before it have had their turn, 1/rate each,
// and its answer is ready a service time later. A request that finds more than `queue` turns before
// it is refused.
// A request that stands for many (its weight) loads the desk with all of them: the others are a fluid
// from the next window on (docs/queueing.md, the smooth port). While more come than are served the
// queue grows by the excess up to its limit, and while it stands there the share (ρ − 1)/ρ of the
// requests is refused.
// Some cannot be refused: a server that has no time stops reading from the connections that it has, and
// what comes on them waits there. Such a request takes its turn behind all that came before, however
// many, and the users that it stands for do the same; while they leave too few turns the others find
// the queue full.
#ifndef ANYSIM_TRAFFIC_DESK_H
#define ANYSIM_TRAFFIC_DESK_H

#include "traffic/traffic.h"
#include <gsl/gsl_rng.h>

struct desk { // private but for the counters
    struct traffic_capacity is;
    gsl_rng *rng;
    int64_t each_ps;   // a turn; 0: nobody waits
    int64_t limit_ps;  // of the queue
    double backlog_ps; // turns of who waits, at seen_ps
    double others;     // load by the fluid, a share of the rate
    double load;       // with the requests themselves
    double waiting;    // as `others`, of those that cannot be refused
    double room;       // that they and their requests leave: 1 without them
    int64_t seen_ps;
    int64_t window_ps;             // begin of the running window
    uint64_t own, stood;           // requests in it, and what they stood for besides themselves
    uint64_t wait_own, wait_stood; // the same of those that cannot be refused
    uint64_t served, refused;
};

void desk_init(struct desk *d, uint64_t seed, const struct traffic_capacity *c);
void desk_free(struct desk *d);

// A request arrives, not before the last one. False: refused. Else when its answer is ready: `own_ps`
// after its begin, if the server has no service time of its own.
bool desk_begin(struct desk *d, uint32_t weight, int64_t own_ps, int64_t now_ps, int64_t *ready_ps);
// The same of one that cannot be refused. When its answer is ready.
int64_t desk_wait(struct desk *d, uint32_t weight, int64_t own_ps, int64_t now_ps);

#endif
