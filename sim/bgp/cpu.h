// SPDX-License-Identifier: GPL-3.0-or-later
// cpu: a speaker's queue of received messages, processed one at a time, `processing_ps` each
// and `processing_each_ps` for every prefix in it.
#ifndef ANYSIM_BGP_CPU_H
#define ANYSIM_BGP_CPU_H

#include "base/vec.h"
#include "bgp/message.h"
#include "engine/sim.h"

struct bgp_peer;
struct bgp_speaker;

struct bgp_job {
    struct bgp_peer *peer;       // the receiving side
    struct bgp_message *message; // one reference
    uint32_t conn;
};

struct bgp_cpu {          // a FIFO with one pending event; must not move
    struct entity entity; // must stay first
    struct bgp_speaker *speaker;
    VEC(struct bgp_job) q;
    size_t head;
    uint32_t slowness; // everything takes so many times as long; 1 as it should be
    uint64_t epoch;    // events of an earlier one are stale
};

void bgp_cpu_init(struct bgp_cpu *c, struct bgp_speaker *speaker);
void bgp_cpu_free(struct bgp_cpu *c);
void bgp_cpu_add(struct bgp_cpu *c, struct bgp_peer *peer, struct bgp_message *m, uint32_t conn);
// Processing time of a message.
int64_t bgp_cpu_cost_ps(const struct bgp_cpu *c, const struct bgp_message *m);
void bgp_cpu_reset(struct bgp_cpu *c); // the process died: everything queued is forgotten

#endif
