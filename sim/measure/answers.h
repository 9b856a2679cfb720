// SPDX-License-Identifier: GPL-3.0-or-later
// answers: what DNS answered for a name, which addresses users held, and where their requests went.
//
// A request is *stale* when it goes to an address that DNS would not answer its sender any more, or
// that is dead; *misplaced* when it is not stale, but DNS would answer something else if it knew where
// the sender stands (and not only where his resolver does); *unresolved* when its sender has no
// address. It counts with the number of users that it stands for, in the phase in which it was sent.
#ifndef ANYSIM_MEASURE_ANSWERS_H
#define ANYSIM_MEASURE_ANSWERS_H

#include "scenario/scenario.h"

struct answers_cell { // of a time bucket and an answer; the last of a bucket: no address
    uint64_t given;   // by name servers
    uint64_t requests, stale;
    double users, users_stale; // shares of the users, at the end of the bucket
    bool up;                   // as DNS sees it at the end
};

struct answers_client { // of a client group and a phase
    uint64_t requests, stale, misplaced, unresolved;
};

struct answers_lookups { // of users, in a phase
    uint64_t ended, failed;
    int64_t took_ps; // sum, of those that did not fail
};

struct answers_result {
    int service;
    int n; // answers
    int nbuckets;
    struct answers_cell *cells;     // [bucket * (n + 1) + answer]
    struct answers_client *clients; // [group * PHASE_COUNT + phase]
    struct answers_lookups lookups[PHASE_COUNT];
};

enum answers_fate { ANSWERS_RIGHT, ANSWERS_STALE, ANSWERS_MISPLACED, ANSWERS_UNRESOLVED };

struct answers;

struct answers *answers_new(const struct scenario *s, int service);
void answers_free(struct answers *a); // may be NULL

// Times are scenario times; what happens outside of the run is not counted. `answer`: a place among
// the service's answers, or their number for none.
void answers_given(struct answers *a, int64_t t_ps, int answer);
struct answers_request {
    int group, answer;
    uint32_t weight;
    enum answers_fate fate;
};
void answers_request(struct answers *a, int64_t t_ps, const struct answers_request *r);
// A user's look-up ended; `took_ps` −1: it failed.
void answers_lookup(struct answers *a, int64_t t_ps, int64_t took_ps);
// The cell of the bucket that ends at t_ps, for shares and state; NULL: there is none.
struct answers_cell *answers_cell(struct answers *a, int64_t t_ps, int answer);

// A copy for the results.
void answers_collect(const struct answers *a, struct answers_result *out);
void answers_result_free(struct answers_result *r);

#endif
