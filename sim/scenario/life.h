// SPDX-License-Identifier: GPL-3.0-or-later
// life: the life of an EIP, as products have it: a state machine that knows no network.
//
//                allocate            bind                        unbind             release
//     NONE ─────────▶ CREATING ─▶ UNBIND ──▶ BINDING ─▶ BIND ──▶ UNBINDING ─▶ UNBIND ──▶ OFFLINING ─▶ NONE
//                                                ▲        │
//                                                └────────┘ bind to another backend: a move
//
// CREATING, BINDING, UNBINDING and OFFLINING end by themselves after their delays. Until then what was
// there before goes on: a BINDING EIP forwards to the backend it had (a move), or to none; an
// UNBINDING one forwards still.
// Besides its state an EIP may be blocked (arrears, or an attack that the operator will not carry): at
// once, and it carries nothing until it is unblocked. A blocked EIP cannot be bound, unbound or
// released; what had begun before it was blocked goes on.
//
// It stands here, below everything that runs, because the reader walks it over the timeline to refuse
// what cannot be done then (life_check.c); anycast/eip.h is an EIP that runs.
#ifndef ANYSIM_SCENARIO_LIFE_H
#define ANYSIM_SCENARIO_LIFE_H

#include <stdbool.h>
#include <stdint.h>

enum life_state {
    LIFE_NONE, // not allocated
    LIFE_CREATING,
    LIFE_UNBIND,
    LIFE_BINDING,
    LIFE_BIND,
    LIFE_UNBINDING,
    LIFE_OFFLINING,
    LIFE_STATES
};
extern const char *const life_state_names[LIFE_STATES]; // "NONE", "CREATING", …

enum life_act {
    LIFE_DO_ALLOCATE,
    LIFE_DO_RELEASE,
    LIFE_DO_BIND,
    LIFE_DO_UNBIND,
    LIFE_DO_BLOCK,
    LIFE_DO_UNBLOCK
};

// What stands behind an EIP.
enum life_backend_kind { LIFE_SERVERS, LIFE_NAT, LIFE_BALANCER, LIFE_BACKEND_KINDS };
extern const char *const life_backend_names[LIFE_BACKEND_KINDS]; // as the file writes them

struct life_backend {
    int pop; // index of the POP behind which it stands; -1: none
    enum life_backend_kind kind;
};

struct life_delays {
    int64_t create_ps, bind_ps, unbind_ps, offline_ps;
};

struct service_life {
    bool given;            // the file says something about it
    enum life_state first; // NONE, UNBIND or BIND
    enum life_backend_kind kind;
    struct life_delays delays;
    int64_t linger_ps; // that the gateway of a backend that was left still knows its flows
};

struct life {
    enum life_state state;
    bool blocked;
    struct life_backend backend; // that it forwards to when it is not blocked
    struct life_backend next;    // BINDING: that it will
    int64_t due_ps;              // when the state ends by itself; INT64_MAX: never
};

void life_init(struct life *l, enum life_state first, struct life_backend backend);

// Why `act` cannot be done now, as the end of the sentence "it is …"; NULL: it can. `to`: of BIND.
const char *life_refuses(const struct life *l, enum life_act act, struct life_backend to);
// Does it; it must not be refused.
void life_do(struct life *l, enum life_act act, struct life_backend to, const struct life_delays *d,
             int64_t now_ps);
// Ends the state if its time has come; true: it did.
bool life_pass(struct life *l, int64_t now_ps);

// Is the address announced? From its creation to its release; also while it is bound to nothing.
static inline bool life_announced(const struct life *l)
{
    return l->state != LIFE_NONE && l->state != LIFE_CREATING && l->state != LIFE_OFFLINING;
}

#endif
