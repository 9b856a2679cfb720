// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/act.h"

#include "bgp/adjout.h"
#include "bgp/crossing.h"
#include "bgp/graceful.h"
#include "bgp/instance.h"
#include "bgp/open.h"
#include "bgp/restart.h"
#include "bgp/session.h"

#define CONNECT_RETRY_DEFAULT_PS (120 * PS_PER_S) // RFC 4271 §10
#define OPEN_HOLD_PS             (240 * PS_PER_S) // §8.2.2: "a large value", 4 minutes suggested
#define IDLE_HOLD_MAX_PS         (120 * PS_PER_S)

static struct sim *sim_of(const struct bgp_peer *p)
{
    return p->speaker->bgp->sim;
}

static void arm(struct bgp_peer *p, enum bgp_deadline which, int64_t after_ps)
{
    bgp_clock_set(sim_of(p), &p->clock, which, sim_now(sim_of(p)) + after_ps);
}

static int64_t connect_retry_ps(const struct bgp_peer *p)
{
    int64_t base_ps = p->speaker->is.timers.connect_retry_ps;
    return base_ps ? base_ps : CONNECT_RETRY_DEFAULT_PS;
}

static void arm_connect(struct bgp_peer *p, int64_t base_ps)
{
    arm(p, BGP_DEADLINE_CONNECT, bgp_jitter_ps(&p->speaker->jitter, BGP_JITTER_CONNECT, base_ps));
}

static int64_t idle_hold_ps(const struct bgp_peer *p, bool after_error)
{
    const struct bgp_timers *t = &p->speaker->is.timers;
    int64_t ps = after_error && t->error_wait_ps ? t->error_wait_ps
                 : t->idle_hold_ps               ? t->idle_hold_ps
                                                 : connect_retry_ps(p);
    for (uint32_t i = 1; p->is.damp_oscillations && i < p->retries && ps < IDLE_HOLD_MAX_PS; i++)
        ps = 2 * ps < IDLE_HOLD_MAX_PS ? 2 * ps : IDLE_HOLD_MAX_PS;
    return ps;
}

static void arm_hold(struct bgp_peer *p)
{
    if (p->hold_ps)
        arm(p, BGP_DEADLINE_HOLD, p->hold_ps);
}

// RFC 4271 §4.4: a third of the hold time.
static void arm_keepalive(struct bgp_peer *p)
{
    if (p->hold_ps)
        arm(p, BGP_DEADLINE_KEEPALIVE,
            bgp_jitter_ps(&p->speaker->jitter, BGP_JITTER_KEEPALIVE, p->hold_ps / 3));
}

static void send_new(struct bgp_peer *p, enum bgp_message_kind kind, uint32_t conn)
{
    bgp_pipe_send(&p->pipe, bgp_message_new(kind), conn);
}

static void send_keepalive(struct bgp_peer *p)
{
    struct bgp *b = p->speaker->bgp;
    b->stats.keepalives_sent++;
    bgp_pipe_send(&p->pipe, bgp_message_get(b->keepalive), p->conn);
    arm_keepalive(p);
}

void bgp_session_send_update(struct bgp_peer *p, struct bgp_message *m)
{
    struct bgp_stats *stats = &p->speaker->bgp->stats;
    SIM_ASSERT(sim_of(p), p->state == BGP_ESTABLISHED);
    stats->updates_sent++;
    stats->announces_sent += m->update.nannounced;
    stats->withdraws_sent += m->update.nwithdrawn;
    bgp_pipe_send(&p->pipe, m, p->conn);
    arm_keepalive(p); // §8.2.2: an UPDATE restarts the KeepaliveTimer
}

void bgp_act_drop(struct bgp_peer *p)
{
    p->conn = 0;
    p->hold_ps = 0;
    p->may = (struct bgp_negotiated){0};
    p->told_all = false;
    for (int i = 0; i < BGP_DEADLINES; i++)
        if (bgp_clock_of_connection((enum bgp_deadline)i))
            bgp_clock_cancel(&p->clock, (enum bgp_deadline)i);
    bgp_pipe_reset(&p->pipe, p->crossing ? p->crossing->conn : 0);
}

static bool may_run(const struct bgp_peer *p)
{
    return p->usable && p->speaker->up && !p->over_limit && !p->shut;
}

// This side never opens a connection, but holds its OPEN back until the other's has come.
bool bgp_act_waits_for_open(const struct bgp_peer *p)
{
    return p->is.opening == BGP_OPEN_ELECTED && !p->opens;
}

// --- What the state machine asks for

static void went_up(struct bgp_peer *p)
{
    struct bgp *b = p->speaker->bgp;
    bgp_suspects_cause(&b->suspects);
    p->changed_ps = sim_now(b->sim);
    if (p->remote->state == BGP_ESTABLISHED && p->remote->conn == p->conn) {
        (p->elected ? p : p->remote)->counted = true;
        b->stats.sessions_up++;
    }
    if (b->env.session_changed)
        b->env.session_changed(b->env.ctx, p->speaker->router, p->remote->speaker->router, true,
                               "established");
    bgp_speaker_peer_up(p);
    bgp_graceful_up(p);
    if (p->may.graceful &&
        !bgp_restart_defers(p->speaker)) // all of it has been sent (RFC 4724 §4.1)
        bgp_session_send_end_of_rib(p);
    bgp_restart_check(p->speaker);
}

// `keeps`: what held on the session, when its routes are to stay for now; else NULL.
static void went_down(struct bgp_peer *p, const char *why, const struct bgp_negotiated *keeps)
{
    struct bgp *b = p->speaker->bgp;
    struct bgp_peer *counts = p->elected ? p : p->remote;
    bgp_suspects_cause(&b->suspects);
    p->changed_ps = sim_now(b->sim);
    if (counts->counted) {
        counts->counted = false;
        b->stats.sessions_up--;
        b->stats.session_losses++;
    }
    if (b->env.session_changed)
        b->env.session_changed(b->env.ctx, p->speaker->router, p->remote->speaker->router, false,
                               why);
    bgp_adjout_clear(p);
    if (keeps)
        bgp_graceful_lost(p, keeps);
    else
        bgp_speaker_peer_lost(p);
}

static struct bgp_notification notification(enum bgp_state state, uint32_t actions,
                                            const struct bgp_cause *c)
{
    struct bgp_notification n = c->error;
    if (actions & BGP_DO_NOTIFY_HOLD)
        n = (struct bgp_notification){.error = BGP_ERROR_HOLD_TIMER};
    if (actions & BGP_DO_NOTIFY_SEND_HOLD)
        n = (struct bgp_notification){.error = BGP_ERROR_SEND_HOLD};
    if (actions & BGP_DO_NOTIFY_FSM) // RFC 6608 §3: OpenSent 1, OpenConfirm 2, Established 3
        n = (struct bgp_notification){.error = BGP_ERROR_FSM,
                                      .subcode = (uint8_t)(state - BGP_CONNECT - 1)};
    return n;
}

static bool is_error(enum bgp_state state, uint32_t actions, const struct bgp_cause *c)
{
    struct bgp_notification n = notification(state, actions, c);
    return n.error != BGP_ERROR_NONE && n.error != BGP_ERROR_CEASE;
}

static void open_connection(struct bgp_peer *p)
{
    p->mine = true;
    p->conn = 2 * ++p->opened + p->elected; // the two sides never give the same number
    send_new(p, BGP_MSG_SYN, p->conn);
}

static void delay_open(struct bgp_peer *p)
{
    if (bgp_act_waits_for_open(p))
        arm_connect(p, connect_retry_ps(p)); // in case nothing follows
    else
        arm(p, BGP_DEADLINE_DELAY_OPEN, p->is.delay_open_ps);
}

static void send_open(struct bgp_peer *p)
{
    struct bgp_open open = bgp_open_make(p);
    bgp_pipe_send(&p->pipe, bgp_message_open(&open), p->conn);
}

// §6.8, as the present connection's OPEN has come. False: the present one has given way.
static bool resolve_collision(struct bgp_peer *p)
{
    static const struct bgp_cause lost = {
        .why = "connection collision",
        .error = {.error = BGP_ERROR_CEASE, .subcode = BGP_CEASE_COLLISION}};
    if (!p->crossing || p->crossing->state < BGP_OPENCONFIRM)
        return true;
    if (bgp_crossing_yields(p)) {
        bgp_act(p, BGP_EV_COLLISION, &lost);
        return false;
    }
    bgp_crossing_swap(p);
    bgp_act(p, BGP_EV_COLLISION, &lost);
    bgp_crossing_swap(p);
    bgp_crossing_forget(p);
    return true;
}

// What ends a connection.
static void end(struct bgp_peer *p, enum bgp_state was, enum bgp_event e, uint32_t actions,
                const struct bgp_cause *c)
{
    uint32_t conn = p->conn;
    struct bgp_negotiated may = p->may;
    if (actions & BGP_DO_DROP)
        bgp_act_drop(p);
    if (actions & BGP_DO_DELETE_ROUTES)
        went_down(p, c->why, bgp_graceful_keeps(&may, e, &c->error) ? &may : NULL);
    struct bgp_notification n = notification(was, actions, c);
    if ((actions & BGP_DO_NOTIFY) && n.error != BGP_ERROR_NONE && conn) {
        p->last_sent = n;
        p->last_sent_ps = sim_now(sim_of(p));
        bgp_pipe_send_once(&p->pipe, bgp_message_notification(&n), conn);
    }
    if (actions & BGP_DO_ZERO_COUNTER)
        p->retries = 0;
    if (actions & BGP_DO_COUNT)
        p->retries++;
}

static void process(struct bgp_peer *p, const struct bgp_message *m)
{
    if (m->kind == BGP_MSG_ROUTE_REFRESH) {
        bgp_session_refreshed(p, m->refresh.kind);
    } else if (bgp_message_is_end_of_rib(m)) {
        p->told_all = true;
        bgp_graceful_end_of_rib(p);
        bgp_restart_check(p->speaker);
    } else {
        bgp_speaker_learn(p, m);
    }
}

// What sets one up and keeps it.
static void proceed(struct bgp_peer *p, uint32_t actions, const struct bgp_cause *c)
{
    if (actions & BGP_DO_STOP_RETRY)
        bgp_clock_cancel(&p->clock, BGP_DEADLINE_CONNECT);
    if (actions & BGP_DO_START_RETRY)
        arm_connect(p, connect_retry_ps(p));
    if (actions & BGP_DO_STOP_DELAY)
        bgp_clock_cancel(&p->clock, BGP_DEADLINE_DELAY_OPEN);
    if (actions & BGP_DO_START_DELAY)
        delay_open(p);
    if (actions & BGP_DO_CONNECT)
        open_connection(p);
    if (actions & BGP_DO_OPEN)
        send_open(p);
    if (actions & BGP_DO_HOLD_LARGE)
        arm(p, BGP_DEADLINE_HOLD, OPEN_HOLD_PS);
    if (actions & BGP_DO_NEGOTIATE) {
        bgp_clock_cancel(&p->clock, BGP_DEADLINE_HOLD);
        bgp_open_agree(p, &c->message->open);
        arm_hold(p);
    }
    if (actions & BGP_DO_KEEPALIVE)
        send_keepalive(p);
    if (actions & BGP_DO_RESTART_HOLD)
        arm_hold(p);
    if (actions & BGP_DO_PROCESS)
        process(p, c->message);
}

void bgp_act(struct bgp_peer *p, enum bgp_event e, const struct bgp_cause *c)
{
    enum bgp_state was = p->state;
    bool delay_runs = bgp_clock_armed(&p->clock, BGP_DEADLINE_DELAY_OPEN);
    struct bgp_fsm_options o = {.delay_open = p->is.delay_open_ps || bgp_act_waits_for_open(p),
                                .delay_running = delay_runs || bgp_act_waits_for_open(p)};
    struct bgp_fsm_step step = bgp_fsm(was, e, o);
    int64_t retry_ps = p->clock.at_ps[BGP_DEADLINE_CONNECT];
    if ((step.actions & BGP_DO_COLLISION) && !resolve_collision(p))
        return;
    p->state = step.next;
    end(p, was, e, step.actions, c);
    if (step.next != BGP_IDLE)
        proceed(p, step.actions, c);
    else if (was == BGP_CONNECT && e == BGP_EV_TCP_FAILS)
        bgp_clock_set(sim_of(p), &p->clock, BGP_DEADLINE_CONNECT, retry_ps); // no sooner than so
    else if (was != BGP_IDLE && may_run(p) && !p->crossing)
        arm_connect(p, idle_hold_ps(p, is_error(was, step.actions, c)));
    if (step.next == BGP_ESTABLISHED && was != BGP_ESTABLISHED)
        went_up(p);
}

// --- Where the events come from

// Begins to set the session up, from Idle or again. `ask`: the listening side asks the other to
// open the connection.
void bgp_act_start(struct bgp_peer *p, bool ask)
{
    static const struct bgp_cause none = {0};
    bool first = !p->started, damp = p->is.damp_oscillations;
    bgp_act_drop(p);
    p->state = BGP_IDLE;
    p->started = true;
    if (!may_run(p))
        return;
    if (p->opens) {
        bgp_act(p,
                first  ? BGP_EV_MANUAL_START
                : damp ? BGP_EV_IDLE_HOLD
                       : BGP_EV_AUTO_START,
                &none);
        return;
    }
    bgp_act(p,
            first  ? BGP_EV_MANUAL_START_PASSIVE
            : damp ? BGP_EV_AUTO_START_DAMPED_PASSIVE
                   : BGP_EV_AUTO_START_PASSIVE,
            &none);
    if (ask && p->is.opening == BGP_OPEN_ELECTED)
        send_new(p, BGP_MSG_SYN, 0);
}

// Both connections end, if there are two, and nothing of the session is left but a wait.
void bgp_act_end(struct bgp_peer *p, enum bgp_event e, const struct bgp_cause *c)
{
    if (p->crossing) {
        bgp_crossing_swap(p);
        bgp_act(p, e, c);
        bgp_crossing_swap(p);
        bgp_crossing_forget(p);
    }
    bool idle = p->state == BGP_IDLE;
    bgp_act(p, e, c);
    if (!idle)
        return;
    bgp_act_drop(p);
    if (may_run(p))
        arm_connect(p, idle_hold_ps(p, false));
}

void bgp_act_vanish(struct bgp_peer *p, const char *why)
{
    bool was_established = p->state == BGP_ESTABLISHED;
    if (p->crossing)
        bgp_crossing_forget(p);
    bgp_graceful_forget(p);
    bgp_act_drop(p);
    p->state = BGP_IDLE;
    if (was_established)
        went_down(p, why, NULL);
}
