// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/fsm.h"

#include <assert.h>

enum when { ALWAYS, WHEN_DELAYING, WHEN_DELAY_RUNS };

struct row { // the first that fits counts
    uint32_t events;
    enum when when;
    enum bgp_state next;
    uint32_t actions;
};

#define ON(event) (UINT32_C(1) << (event))
#define ALL       UINT32_MAX

// Starts while the machine runs are ignored in every state but Idle.
#define STARTS                                                                                     \
    (ON(BGP_EV_MANUAL_START) | ON(BGP_EV_AUTO_START) | ON(BGP_EV_MANUAL_START_PASSIVE) |           \
     ON(BGP_EV_AUTO_START_PASSIVE) | ON(BGP_EV_AUTO_START_DAMPED) |                                \
     ON(BGP_EV_AUTO_START_DAMPED_PASSIVE))
#define TCP_UP (ON(BGP_EV_TCP_ACKED) | ON(BGP_EV_TCP_CONFIRMED))
// A second connection is kept apart until its OPEN comes (bgp/crossing.h).
#define TCP_OTHER (ON(BGP_EV_TCP_VALID) | ON(BGP_EV_TCP_INVALID) | TCP_UP)
#define ERRORS    (ON(BGP_EV_HEADER_ERROR) | ON(BGP_EV_OPEN_ERROR))

#define CLEAN  (BGP_DO_DROP | BGP_DO_STOP_RETRY | BGP_DO_STOP_DELAY)
#define FAILED (CLEAN | BGP_DO_COUNT)
#define LOST   (FAILED | BGP_DO_DELETE_ROUTES)
#define OPENED (BGP_DO_STOP_RETRY | BGP_DO_STOP_DELAY | BGP_DO_OPEN | BGP_DO_HOLD_LARGE)
#define AGREED                                                                                     \
    (BGP_DO_COLLISION | BGP_DO_STOP_RETRY | BGP_DO_STOP_DELAY | BGP_DO_NEGOTIATE | BGP_DO_KEEPALIVE)
#define AGAIN (BGP_DO_START_RETRY | BGP_DO_CONNECT)

static const struct row idle[] = {
    {ON(BGP_EV_MANUAL_START) | ON(BGP_EV_AUTO_START), ALWAYS, BGP_CONNECT,
     AGAIN | BGP_DO_ZERO_COUNTER},
    {ON(BGP_EV_MANUAL_START_PASSIVE) | ON(BGP_EV_AUTO_START_PASSIVE), ALWAYS, BGP_ACTIVE,
     BGP_DO_START_RETRY | BGP_DO_ZERO_COUNTER},
    // Damping remembers how often it failed.
    {ON(BGP_EV_AUTO_START_DAMPED) | ON(BGP_EV_IDLE_HOLD), ALWAYS, BGP_CONNECT, AGAIN},
    {ON(BGP_EV_AUTO_START_DAMPED_PASSIVE), ALWAYS, BGP_ACTIVE, BGP_DO_START_RETRY},
    {ALL, ALWAYS, BGP_IDLE, 0},
};

static const struct row connecting[] = {
    {STARTS | ON(BGP_EV_TCP_VALID) | ON(BGP_EV_TCP_INVALID), ALWAYS, BGP_CONNECT, 0},
    {ON(BGP_EV_MANUAL_STOP), ALWAYS, BGP_IDLE, CLEAN | BGP_DO_ZERO_COUNTER},
    {ON(BGP_EV_CONNECT_RETRY), ALWAYS, BGP_CONNECT, BGP_DO_DROP | BGP_DO_STOP_DELAY | AGAIN},
    {ON(BGP_EV_DELAY_OPEN), ALWAYS, BGP_OPENSENT, OPENED},
    {TCP_UP, WHEN_DELAYING, BGP_CONNECT, BGP_DO_STOP_RETRY | BGP_DO_START_DELAY},
    {TCP_UP, ALWAYS, BGP_OPENSENT, OPENED},
    {ON(BGP_EV_TCP_FAILS), WHEN_DELAY_RUNS, BGP_ACTIVE,
     BGP_DO_DROP | BGP_DO_START_RETRY | BGP_DO_STOP_DELAY},
    {ON(BGP_EV_TCP_FAILS), ALWAYS, BGP_IDLE, CLEAN},
    {ON(BGP_EV_OPEN_DELAYED), ALWAYS, BGP_OPENCONFIRM, AGREED | BGP_DO_OPEN},
    {ON(BGP_EV_NOTIFICATION_VERSION), WHEN_DELAY_RUNS, BGP_IDLE, CLEAN},
    {ALL, ALWAYS, BGP_IDLE, FAILED},
};

static const struct row active[] = {
    {STARTS | ON(BGP_EV_TCP_VALID) | ON(BGP_EV_TCP_INVALID), ALWAYS, BGP_ACTIVE, 0},
    {ON(BGP_EV_MANUAL_STOP), ALWAYS, BGP_IDLE, CLEAN | BGP_DO_ZERO_COUNTER},
    {ON(BGP_EV_CONNECT_RETRY), ALWAYS, BGP_CONNECT, AGAIN},
    {ON(BGP_EV_DELAY_OPEN), ALWAYS, BGP_OPENSENT, OPENED},
    {TCP_UP, WHEN_DELAYING, BGP_ACTIVE, BGP_DO_STOP_RETRY | BGP_DO_START_DELAY},
    {TCP_UP, ALWAYS, BGP_OPENSENT, OPENED},
    {ON(BGP_EV_TCP_FAILS), ALWAYS, BGP_IDLE,
     BGP_DO_DROP | BGP_DO_START_RETRY | BGP_DO_STOP_DELAY | BGP_DO_COUNT},
    {ON(BGP_EV_OPEN_DELAYED), ALWAYS, BGP_OPENCONFIRM, AGREED | BGP_DO_OPEN},
    {ON(BGP_EV_NOTIFICATION_VERSION), WHEN_DELAY_RUNS, BGP_IDLE, CLEAN},
    {ALL, ALWAYS, BGP_IDLE, FAILED},
};

static const struct row opensent[] = {
    {STARTS | TCP_OTHER, ALWAYS, BGP_OPENSENT, 0},
    {ON(BGP_EV_MANUAL_STOP), ALWAYS, BGP_IDLE, CLEAN | BGP_DO_ZERO_COUNTER | BGP_DO_NOTIFY_CEASE},
    {ON(BGP_EV_AUTO_STOP) | ON(BGP_EV_COLLISION), ALWAYS, BGP_IDLE, FAILED | BGP_DO_NOTIFY_CEASE},
    {ON(BGP_EV_HOLD), ALWAYS, BGP_IDLE, FAILED | BGP_DO_NOTIFY_HOLD},
    {ON(BGP_EV_TCP_FAILS), ALWAYS, BGP_ACTIVE, BGP_DO_DROP | BGP_DO_START_RETRY},
    {ON(BGP_EV_OPEN), ALWAYS, BGP_OPENCONFIRM, AGREED},
    {ERRORS, ALWAYS, BGP_IDLE, FAILED | BGP_DO_NOTIFY_ERROR},
    {ON(BGP_EV_NOTIFICATION_VERSION), ALWAYS, BGP_IDLE, CLEAN},
    {ALL, ALWAYS, BGP_IDLE, FAILED | BGP_DO_NOTIFY_FSM},
};

static const struct row openconfirm[] = {
    {STARTS | TCP_OTHER, ALWAYS, BGP_OPENCONFIRM, 0},
    {ON(BGP_EV_KEEPALIVE), ALWAYS, BGP_ESTABLISHED, BGP_DO_RESTART_HOLD},
    {ON(BGP_EV_KEEPALIVE_DUE), ALWAYS, BGP_OPENCONFIRM, BGP_DO_KEEPALIVE},
    {ON(BGP_EV_MANUAL_STOP), ALWAYS, BGP_IDLE, CLEAN | BGP_DO_ZERO_COUNTER | BGP_DO_NOTIFY_CEASE},
    {ON(BGP_EV_AUTO_STOP) | ON(BGP_EV_COLLISION), ALWAYS, BGP_IDLE, FAILED | BGP_DO_NOTIFY_CEASE},
    {ON(BGP_EV_HOLD), ALWAYS, BGP_IDLE, FAILED | BGP_DO_NOTIFY_HOLD},
    {ON(BGP_EV_TCP_FAILS) | ON(BGP_EV_NOTIFICATION), ALWAYS, BGP_IDLE, FAILED},
    {ON(BGP_EV_NOTIFICATION_VERSION), ALWAYS, BGP_IDLE, CLEAN},
    {ON(BGP_EV_OPEN), ALWAYS, BGP_OPENCONFIRM, BGP_DO_COLLISION},
    {ERRORS, ALWAYS, BGP_IDLE, FAILED | BGP_DO_NOTIFY_ERROR},
    {ON(BGP_EV_SEND_HOLD), ALWAYS, BGP_IDLE, FAILED | BGP_DO_NOTIFY_SEND_HOLD},
    {ALL, ALWAYS, BGP_IDLE, FAILED | BGP_DO_NOTIFY_FSM},
};

static const struct row established[] = {
    {ON(BGP_EV_KEEPALIVE), ALWAYS, BGP_ESTABLISHED, BGP_DO_RESTART_HOLD},
    {ON(BGP_EV_UPDATE), ALWAYS, BGP_ESTABLISHED, BGP_DO_RESTART_HOLD | BGP_DO_PROCESS},
    {ON(BGP_EV_KEEPALIVE_DUE), ALWAYS, BGP_ESTABLISHED, BGP_DO_KEEPALIVE},
    // CollisionDetectEstablishedState is off: an Established connection stays.
    {STARTS | TCP_OTHER | ON(BGP_EV_OPEN), ALWAYS, BGP_ESTABLISHED, 0},
    {ON(BGP_EV_MANUAL_STOP), ALWAYS, BGP_IDLE,
     CLEAN | BGP_DO_DELETE_ROUTES | BGP_DO_ZERO_COUNTER | BGP_DO_NOTIFY_CEASE},
    {ON(BGP_EV_AUTO_STOP) | ON(BGP_EV_COLLISION), ALWAYS, BGP_IDLE, LOST | BGP_DO_NOTIFY_CEASE},
    {ON(BGP_EV_HOLD), ALWAYS, BGP_IDLE, LOST | BGP_DO_NOTIFY_HOLD},
    {ON(BGP_EV_TCP_FAILS) | ON(BGP_EV_NOTIFICATION_VERSION) | ON(BGP_EV_NOTIFICATION), ALWAYS,
     BGP_IDLE, LOST},
    {ON(BGP_EV_UPDATE_ERROR), ALWAYS, BGP_IDLE, LOST | BGP_DO_NOTIFY_ERROR},
    {ON(BGP_EV_SEND_HOLD), ALWAYS, BGP_IDLE, LOST | BGP_DO_NOTIFY_SEND_HOLD},
    {ALL, ALWAYS, BGP_IDLE, LOST | BGP_DO_NOTIFY_FSM},
};

static const struct row *const rows_of[BGP_STATES] = {
    [BGP_IDLE] = idle,         [BGP_CONNECT] = connecting,      [BGP_ACTIVE] = active,
    [BGP_OPENSENT] = opensent, [BGP_OPENCONFIRM] = openconfirm, [BGP_ESTABLISHED] = established,
};

static bool fits(enum when when, struct bgp_fsm_options o)
{
    return when == ALWAYS || (when == WHEN_DELAYING ? o.delay_open : o.delay_running);
}

struct bgp_fsm_step bgp_fsm(enum bgp_state state, enum bgp_event event,
                            struct bgp_fsm_options options)
{
    assert(event > 0 && event < BGP_EVENTS);
    const struct row *r = rows_of[state]; // its last row fits everything
    while (!(r->events & ON(event)) || !fits(r->when, options))
        r++;
    return (struct bgp_fsm_step){r->next, r->actions};
}

const char *bgp_state_name(enum bgp_state state)
{
    static const char *const names[BGP_STATES] = {"Idle",     "Connect",     "Active",
                                                  "OpenSent", "OpenConfirm", "Established"};
    return names[state];
}
