// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/session.h"

#include "bgp/adjout.h"
#include "bgp/crossing.h"
#include "bgp/instance.h"
#include "bgp/open.h"

#define CONNECT_RETRY_DEFAULT_PS (120 * PS_PER_S) // RFC 4271 §10
#define OPEN_HOLD_PS             (240 * PS_PER_S) // §8.2.2: "a large value", 4 minutes suggested
#define IDLE_HOLD_MAX_PS         (120 * PS_PER_S)

// What comes with an event.
struct cause {
    const char *why;                   // of a session's end, static text
    struct bgp_notification error;     // found in a message, or the Cease to be sent
    const struct bgp_message *message; // OPEN, UPDATE, ROUTE-REFRESH
};

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

static int64_t idle_hold_ps(const struct bgp_peer *p)
{
    int64_t ps = connect_retry_ps(p);
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

// Forgets the present connection. No word is sent.
static void drop_connection(struct bgp_peer *p)
{
    p->conn = 0;
    p->hold_ps = 0;
    p->may = (struct bgp_negotiated){0};
    for (int i = 0; i < BGP_DEADLINES; i++)
        if (bgp_clock_of_connection((enum bgp_deadline)i))
            bgp_clock_cancel(&p->clock, (enum bgp_deadline)i);
    bgp_pipe_reset(&p->pipe, p->crossing ? p->crossing->conn : 0);
}

static bool may_run(const struct bgp_peer *p)
{
    return p->usable && p->speaker->up;
}

// This side never opens a connection, but holds its OPEN back until the other's has come.
static bool waits_for_open(const struct bgp_peer *p)
{
    return p->is.opening == BGP_OPEN_ELECTED && !p->opens;
}

// --- What the state machine asks for

static void went_up(struct bgp_peer *p)
{
    struct bgp *b = p->speaker->bgp;
    if (p->remote->state == BGP_ESTABLISHED && p->remote->conn == p->conn) {
        (p->elected ? p : p->remote)->counted = true;
        b->stats.sessions_up++;
    }
    if (b->env.session_changed)
        b->env.session_changed(b->env.ctx, p->speaker->router, p->remote->speaker->router, true,
                               "established");
    bgp_speaker_peer_up(p);
}

static void went_down(struct bgp_peer *p, const char *why)
{
    struct bgp *b = p->speaker->bgp;
    struct bgp_peer *counts = p->elected ? p : p->remote;
    if (counts->counted) {
        counts->counted = false;
        b->stats.sessions_up--;
        b->stats.session_losses++;
    }
    if (b->env.session_changed)
        b->env.session_changed(b->env.ctx, p->speaker->router, p->remote->speaker->router, false,
                               why);
    bgp_adjout_clear(p);
    bgp_speaker_peer_lost(p);
}

static struct bgp_notification notification(enum bgp_state state, uint32_t actions,
                                            const struct cause *c)
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

static void open_connection(struct bgp_peer *p)
{
    p->mine = true;
    p->conn = 2 * ++p->opened + p->elected; // the two sides never give the same number
    send_new(p, BGP_MSG_SYN, p->conn);
}

static void delay_open(struct bgp_peer *p)
{
    if (waits_for_open(p))
        arm_connect(p, connect_retry_ps(p)); // in case nothing follows
    else
        arm(p, BGP_DEADLINE_DELAY_OPEN, p->is.delay_open_ps);
}

static void send_open(struct bgp_peer *p)
{
    struct bgp_open open = bgp_open_make(p);
    bgp_pipe_send(&p->pipe, bgp_message_open(&open), p->conn);
}

static void event(struct bgp_peer *p, enum bgp_event e, const struct cause *c);

// §6.8, as the present connection's OPEN has come. False: the present one has given way.
static bool resolve_collision(struct bgp_peer *p)
{
    static const struct cause lost = {
        .why = "connection collision",
        .error = {.error = BGP_ERROR_CEASE, .subcode = BGP_CEASE_COLLISION}};
    if (!p->crossing || p->crossing->state < BGP_OPENCONFIRM)
        return true;
    if (bgp_crossing_yields(p)) {
        event(p, BGP_EV_COLLISION, &lost);
        return false;
    }
    bgp_crossing_swap(p);
    event(p, BGP_EV_COLLISION, &lost);
    bgp_crossing_swap(p);
    bgp_crossing_forget(p);
    return true;
}

// What ends a connection.
static void end(struct bgp_peer *p, enum bgp_state was, uint32_t actions, const struct cause *c)
{
    uint32_t conn = p->conn;
    if (actions & BGP_DO_DROP)
        drop_connection(p);
    if (actions & BGP_DO_DELETE_ROUTES)
        went_down(p, c->why);
    struct bgp_notification n = notification(was, actions, c);
    if ((actions & BGP_DO_NOTIFY) && n.error != BGP_ERROR_NONE && conn) {
        p->last_sent = n;
        bgp_pipe_send_once(&p->pipe, bgp_message_notification(&n), conn);
    }
    if (actions & BGP_DO_ZERO_COUNTER)
        p->retries = 0;
    if (actions & BGP_DO_COUNT)
        p->retries++;
}

// What sets one up and keeps it.
static void proceed(struct bgp_peer *p, uint32_t actions, const struct cause *c)
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
    if ((actions & BGP_DO_PROCESS) && c->message->kind == BGP_MSG_UPDATE)
        bgp_speaker_learn(p, c->message);
}

static void event(struct bgp_peer *p, enum bgp_event e, const struct cause *c)
{
    enum bgp_state was = p->state;
    bool delay_runs = bgp_clock_armed(&p->clock, BGP_DEADLINE_DELAY_OPEN);
    struct bgp_fsm_options o = {.delay_open = p->is.delay_open_ps || waits_for_open(p),
                                .delay_running = delay_runs || waits_for_open(p)};
    struct bgp_fsm_step step = bgp_fsm(was, e, o);
    int64_t retry_ps = p->clock.at_ps[BGP_DEADLINE_CONNECT];
    if ((step.actions & BGP_DO_COLLISION) && !resolve_collision(p))
        return;
    p->state = step.next;
    end(p, was, step.actions, c);
    if (step.next != BGP_IDLE)
        proceed(p, step.actions, c);
    else if (was == BGP_CONNECT && e == BGP_EV_TCP_FAILS)
        bgp_clock_set(sim_of(p), &p->clock, BGP_DEADLINE_CONNECT, retry_ps); // no sooner than so
    else if (was != BGP_IDLE && may_run(p) && !p->crossing)
        arm_connect(p, idle_hold_ps(p));
    if (step.next == BGP_ESTABLISHED && was != BGP_ESTABLISHED)
        went_up(p);
}

// --- Where the events come from

// Begins to set the session up, from Idle or again. `ask`: the listening side asks the other to
// open the connection.
static void start(struct bgp_peer *p, bool ask)
{
    static const struct cause none = {0};
    bool first = !p->started, damp = p->is.damp_oscillations;
    drop_connection(p);
    p->state = BGP_IDLE;
    p->started = true;
    if (!may_run(p))
        return;
    if (p->opens) {
        event(p, first ? BGP_EV_MANUAL_START : damp ? BGP_EV_IDLE_HOLD : BGP_EV_AUTO_START, &none);
        return;
    }
    event(p,
          first  ? BGP_EV_MANUAL_START_PASSIVE
          : damp ? BGP_EV_AUTO_START_DAMPED_PASSIVE
                 : BGP_EV_AUTO_START_PASSIVE,
          &none);
    if (ask && p->is.opening == BGP_OPEN_ELECTED)
        send_new(p, BGP_MSG_SYN, 0);
}

// Both connections end, if there are two, and nothing of the session is left but a wait.
static void end_all(struct bgp_peer *p, enum bgp_event e, const struct cause *c)
{
    if (p->crossing) {
        bgp_crossing_swap(p);
        event(p, e, c);
        bgp_crossing_swap(p);
        bgp_crossing_forget(p);
    }
    bool idle = p->state == BGP_IDLE;
    event(p, e, c);
    if (!idle)
        return;
    drop_connection(p);
    if (may_run(p))
        arm_connect(p, idle_hold_ps(p));
}

static void refuse(struct bgp_peer *p, uint32_t conn)
{
    bgp_pipe_send_once(&p->pipe, bgp_message_new(BGP_MSG_RST), conn);
}

// An IdleHoldTimer for damping has to be waited out; else a connection ends the wait.
static bool holds_idle(const struct bgp_peer *p)
{
    return p->state == BGP_IDLE && p->is.damp_oscillations;
}

// The other side opens a connection.
static void on_connection(struct bgp_peer *p, uint32_t conn)
{
    static const struct cause none = {0};
    // §6.8: of an Established session and a new connection the new one is to be closed.
    if (p->state == BGP_ESTABLISHED || holds_idle(p)) {
        refuse(p, conn);
        return;
    }
    if (p->crossing && !p->crossing->mine)
        bgp_crossing_forget(p); // the other side gave it up
    if (p->mine && p->conn)
        bgp_crossing_make(p);
    else
        drop_connection(p);
    p->conn = conn;
    p->mine = false;
    p->state = BGP_ACTIVE;
    send_new(p, BGP_MSG_SYNACK, conn);
    event(p, BGP_EV_TCP_CONFIRMED, &none);
    bgp_crossing_settle(p);
}

static void on_syn(struct bgp_peer *p, uint32_t conn)
{
    if (!p->usable)
        return;
    if (conn) {
        on_connection(p, conn);
    } else if (p->opens && p->state < BGP_OPENSENT && !holds_idle(p)) { // the other side asks
        start(p, false);
    }
}

// Makes the connection of a message the leading one; false when it is neither. To be followed by
// bgp_crossing_settle.
static bool lead(struct bgp_peer *p, uint32_t conn)
{
    if (!conn)
        return false;
    if (conn != p->conn && p->crossing && p->crossing->conn == conn)
        bgp_crossing_swap(p);
    return conn == p->conn;
}

void bgp_session_arrive(struct bgp_peer *p, struct bgp_message *m, uint32_t conn)
{
    static const struct cause acked = {0}, reset = {.why = "connection reset"};
    bool known = conn && (conn == p->conn || (p->crossing && p->crossing->conn == conn));
    struct bgp *b = p->speaker->bgp;
    if (!p->speaker->up) {
        bgp_message_put(&b->attrs, m);
        return; // a dead router answers nothing
    }
    switch (m->kind) {
    case BGP_MSG_SYN:
        on_syn(p, conn);
        break;
    case BGP_MSG_SYNACK:
    case BGP_MSG_RST:
        if (lead(p, conn) && (m->kind == BGP_MSG_RST || p->state == BGP_CONNECT))
            event(p, m->kind == BGP_MSG_RST ? BGP_EV_TCP_FAILS : BGP_EV_TCP_ACKED,
                  m->kind == BGP_MSG_RST ? &reset : &acked);
        bgp_crossing_settle(p);
        break;
    case BGP_MSG_OPEN:
    case BGP_MSG_UPDATE:
    case BGP_MSG_KEEPALIVE:
    case BGP_MSG_NOTIFICATION:
    case BGP_MSG_ROUTE_REFRESH:
        if (known) {
            if (b->env.heard)
                b->env.heard(b->env.ctx, p, m);
            bgp_cpu_add(&p->speaker->cpu, p, m, conn);
            return;
        }
        if (m->kind != BGP_MSG_NOTIFICATION) // the last word of a connection wants no answer
            refuse(p, conn);
        break;
    }
    bgp_message_put(&b->attrs, m);
}

static void on_open(struct bgp_peer *p, const struct bgp_message *m)
{
    bool delaying = p->state < BGP_OPENSENT &&
                    (waits_for_open(p) || bgp_clock_armed(&p->clock, BGP_DEADLINE_DELAY_OPEN));
    struct cause c = {
        .why = "unacceptable OPEN", .error = bgp_open_check(p, &m->open), .message = m};
    if (c.error.error == BGP_ERROR_NONE) {
        c.why = "unexpected OPEN";
        event(p, delaying ? BGP_EV_OPEN_DELAYED : BGP_EV_OPEN, &c);
        return;
    }
    if (p->state <
        BGP_OPENSENT) // §8.2.2: SendNOTIFICATIONwithoutOPEN, so that the other side knows
        bgp_pipe_send(&p->pipe, bgp_message_notification(&c.error), p->conn);
    event(p, BGP_EV_OPEN_ERROR, &c);
}

static void on_notification(struct bgp_peer *p, const struct bgp_message *m)
{
    const struct bgp_notification *n = &m->notification;
    bool version = n->error == BGP_ERROR_OPEN && n->subcode == BGP_OPEN_VERSION;
    struct cause c = {.why = bgp_error_text(n->error)};
    p->last_received = *n;
    event(p, version ? BGP_EV_NOTIFICATION_VERSION : BGP_EV_NOTIFICATION, &c);
}

static void process(struct bgp_peer *p, const struct bgp_message *m)
{
    struct cause c = {.message = m};
    switch (m->kind) {
    case BGP_MSG_OPEN:
        on_open(p, m);
        break;
    case BGP_MSG_KEEPALIVE:
        c.why = "unexpected KEEPALIVE";
        event(p, BGP_EV_KEEPALIVE, &c);
        break;
    case BGP_MSG_UPDATE:
        c.why = "unexpected UPDATE";
        event(p, BGP_EV_UPDATE, &c);
        break;
    case BGP_MSG_ROUTE_REFRESH: // as an UPDATE: expected in Established only
        c.why = "unexpected ROUTE-REFRESH";
        event(p, BGP_EV_UPDATE, &c);
        break;
    case BGP_MSG_NOTIFICATION:
        on_notification(p, m);
        break;
    case BGP_MSG_SYN:
    case BGP_MSG_SYNACK:
    case BGP_MSG_RST:
        SIM_ASSERT(sim_of(p), !"a segment without data reached BGP");
    }
}

void bgp_session_process(struct bgp_peer *p, struct bgp_message *m, uint32_t conn)
{
    if (lead(p, conn)) // else its connection ended while it waited
        process(p, m);
    bgp_crossing_settle(p);
}

void bgp_session_malformed(struct bgp_peer *p, struct bgp_notification error)
{
    struct cause c = {.why = "malformed message", .error = error};
    event(p, error.error == BGP_ERROR_UPDATE ? BGP_EV_UPDATE_ERROR : BGP_EV_HEADER_ERROR, &c);
}

static void connect_due(struct bgp_peer *p)
{
    static const struct cause none = {0};
    if (p->opens && (p->state == BGP_CONNECT || p->state == BGP_ACTIVE))
        event(p, BGP_EV_CONNECT_RETRY, &none);
    else
        start(p, p->started); // at its first start the listening side only listens
}

// A deadline of the connection that is put aside.
static void crossing_due(struct bgp_peer *p)
{
    int64_t now_ps = sim_now(sim_of(p));
    bgp_crossing_swap(p);
    for (int i = 0; i < BGP_DEADLINES; i++) {
        if (!bgp_clock_of_connection((enum bgp_deadline)i) || p->clock.at_ps[i] > now_ps)
            continue;
        bgp_clock_cancel(&p->clock, (enum bgp_deadline)i);
        bgp_session_deadline(p, (enum bgp_deadline)i);
        return; // the others of the same instant come with the next event
    }
}

void bgp_session_deadline(struct bgp_peer *p, enum bgp_deadline which)
{
    static const struct cause none = {0}, hold = {.why = "hold timer expired"},
                              send_hold = {.why = "send hold timer expired"};
    switch (which) {
    case BGP_DEADLINE_RTO:
        bgp_pipe_retransmit(&p->pipe);
        break;
    case BGP_DEADLINE_HOLD:
        event(p, BGP_EV_HOLD, &hold);
        break;
    case BGP_DEADLINE_KEEPALIVE:
        event(p, BGP_EV_KEEPALIVE_DUE, &none);
        break;
    case BGP_DEADLINE_MRAI:
        bgp_adjout_flush(p);
        break;
    case BGP_DEADLINE_CONNECT:
        connect_due(p);
        break;
    case BGP_DEADLINE_DELAY_OPEN:
        event(p, BGP_EV_DELAY_OPEN, &none);
        break;
    case BGP_DEADLINE_SEND_HOLD:
        event(p, BGP_EV_SEND_HOLD, &send_hold);
        break;
    case BGP_DEADLINE_CROSSING:
        crossing_due(p);
        break;
    case BGP_DEADLINE_STALE:
    case BGP_DEADLINES:
        break;
    }
    bgp_crossing_settle(p);
}

void bgp_session_interface(struct bgp_peer *p, bool up, const char *why)
{
    bool was_usable = p->usable;
    struct cause c = {.why = why,
                      .error = {.error = BGP_ERROR_CEASE, .subcode = BGP_CEASE_BFD_DOWN}};
    p->usable = up;
    if (!up && was_usable && p->started)
        end_all(p, BGP_EV_AUTO_STOP, &c);
    else if (up && p->started && p->state < BGP_OPENSENT)
        start(p, true);
}

void bgp_session_reset(struct bgp_peer *p, const char *why)
{
    struct cause c = {.why = why, .error = {.error = BGP_ERROR_CEASE, .subcode = BGP_CEASE_RESET}};
    end_all(p, BGP_EV_MANUAL_STOP, &c);
}

void bgp_session_vanish(struct bgp_peer *p)
{
    if (p->crossing)
        bgp_crossing_forget(p);
    bool was_established = p->state == BGP_ESTABLISHED;
    drop_connection(p);
    p->state = BGP_IDLE;
    if (was_established)
        went_down(p, "speaker down");
}

void bgp_session_restart(struct bgp_peer *p)
{
    p->usable = true; // a new process knows of no fault before it is told
    start(p, true);
}
