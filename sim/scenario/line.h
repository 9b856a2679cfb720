// SPDX-License-Identifier: GPL-3.0-or-later
// line: what the ports and lines of a network may have besides a rate, a delay and a plain buffer:
// queue disciplines and impairments, by name, as passive data. docs/links.md explains them to users;
// net/qdisc.h and net/impair.h say what they do.
#ifndef ANYSIM_SCENARIO_LINE_H
#define ANYSIM_SCENARIO_LINE_H

#include "base/curve.h"
#include "base/diag.h"
#include "base/variate.h"
#include <stdbool.h>
#include <stdint.h>

enum queue_kind {
    QUEUE_DROP_TAIL,
    QUEUE_RED,
    QUEUE_CODEL,
    QUEUE_FQ_CODEL,
    QUEUE_PRIORITY,
    QUEUE_DRR,
    QUEUE_SHAPER,
    QUEUE_KINDS
};
extern const char *const queue_kind_names[QUEUE_KINDS]; // as the file writes them

struct queue_class {
    const char *name;
    uint64_t dscp;         // bit n: DSCP n; 0: every other
    int64_t limit_bytes;   // 0: none
    int64_t quantum_bytes; // drr
};

// What a kind does not have is 0.
struct queue {
    const char *name;
    int kind;                                     // enum queue_kind
    int64_t limit_bytes, limit_packets, limit_ps; // 0: none; limit_ps: drop-tail, instead of others
    bool ecn, gentle;
    int64_t min_bytes, max_bytes, mean_packet_bytes, probability_ppm, weight_ppm; // red
    int64_t target_ps, interval_ps, flows;                                        // codel, fq-codel
    int64_t quantum_bytes;                                                        // fq-codel
    struct queue_class *classes;                                                  // priority, drr
    int nclasses, fluid_class;
    int64_t rate_bps, burst_bytes; // shaper
    struct srcpos at;
};

struct flap {               // the line goes down and up
    int64_t up_ps, down_ps; // how long it is each; means where they are random
    bool random;            // exponential times
    bool silent;            // nobody is told by an interface that goes down
};

struct impairment { // of one direction of a line; probabilities in millionths
    const char *name;
    int64_t loss_ppm;
    bool bursty;
    int64_t p_ppm, r_ppm, h_ppm, k_ppm; // Gilbert–Elliott
    bool delayed, reorder;
    struct variate delay;
    int64_t duplicate_ppm, corrupt_ppm;
    struct curve curve;      // factor by time of day; n is 0: always 1
    const struct flap *flap; // of the whole link; NULL: none
    bool congestion;         // made by a profile of congestion: routers' own packets do not suffer
    struct srcpos at;
};

struct line_traits {                      // of a link; zeros: an ordinary one
    int64_t rate_back_bps, delay_back_ps; // 0: as in the other direction
    int64_t mtu_bytes;                    // 0: none
    const struct queue *queue; // of both ends' ports; NULL: a buffer of the topology's time
    bool own_queue;            // also where that is NULL, whatever its network has
    const struct impairment *impair[2]; // a→b, b→a; or NULL
};

#endif
