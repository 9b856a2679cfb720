// SPDX-License-Identifier: GPL-3.0-or-later
// oscillation: finds prefixes whose best paths never settle (Griffin's BAD GADGET, RFC 3345's MED
// oscillations), and the cycle that they go through.
//
// The state of a prefix is who has which best path. When it changes again and again without a
// cause from outside (an origination, a session, an IGP), and comes back to where it was, it goes
// in a circle. So the changes of a prefix are counted from the last outside cause on; beyond a number
// that convergence does not need they are remembered, each with a fingerprint of the state it led
// to, and a fingerprint that turns up again and again gives the cycle away. A change costs a few
// additions; memory is used by prefixes that are suspect alone.
#ifndef ANYSIM_BGP_OSCILLATION_H
#define ANYSIM_BGP_OSCILLATION_H

#include "base/ip.h"
#include "base/vec.h"
#include "bgp/bgp.h"
#include <stdint.h>
#include <stdio.h>

struct bgp_watch; // what is remembered of a suspect prefix; opaque

struct bgp_suspect {  // one prefix
    uint32_t cause;   // number of the outside cause that its changes are counted from
    uint32_t changes; // since then
    struct bgp_watch *watch;
};

struct bgp_suspects {          // of one struct bgp; zero-initialised
    uint32_t causes;           // outside ones so far
    VEC(struct bgp_suspect) v; // by prefix index
};

void bgp_suspects_free(struct bgp_suspects *s, struct bgp *b);
// Something happened that explains changes from now on.
void bgp_suspects_cause(struct bgp_suspects *s);
// The best path of `prefix` at a speaker changed (NULL: gone).
void bgp_suspects_note(struct bgp *b, uint32_t prefix, const struct bgp_speaker *s,
                       const struct bgp_route *best);

#define BGP_CYCLE_STEPS 24

enum bgp_cycle_kind {
    BGP_CYCLE_DISPUTE, // policies of several ASes (Griffin, Shepherd & Wilfong 2002)
    BGP_CYCLE_MED,     // within one AS, and MEDs decide (RFC 3345)
    BGP_CYCLE_INTERNAL // within one AS without MED: reflection or metrics (RFC 3345 §1, RFC 4456 §11)
};
extern const char *const bgp_cycle_names[]; // in words

struct bgp_cycle {
    struct prefix prefix;
    enum bgp_cycle_kind kind;
    uint32_t times;    // seen of the state that it returns to
    uint32_t changes;  // in one round
    int64_t period_ps; // of the last round
    int64_t last_ps;   // of the last change
    uint32_t nsteps;   // shown: the first BGP_CYCLE_STEPS of one round
    struct {
        char router[64];
        char path[64]; // its new best path: AS path, "its own", or "no route"
        char from[64]; // who told it; "" otherwise
    } step[BGP_CYCLE_STEPS];
};

// Whether the prefix oscillates now; then *out tells how.
bool bgp_oscillates(const struct bgp *b, struct prefix p, struct bgp_cycle *out);
// Calls `visit` for every prefix that does, in order of origination.
void bgp_oscillations(const struct bgp *b, void (*visit)(void *ctx, const struct bgp_cycle *c),
                      void *ctx);
// "203.0.113.0/24 never settles: policy dispute …" and a line for each step.
void bgp_cycle_print(const struct bgp_cycle *c, FILE *out);

#endif
