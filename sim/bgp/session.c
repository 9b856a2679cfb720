// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/session.h"

#include "bgp/act.h"
#include "bgp/adjout.h"
#include "bgp/crossing.h"
#include "bgp/graceful.h"
#include "bgp/instance.h"
#include "bgp/policy.h"
#include "bgp/open.h"
#include "bgp/restart.h"

static struct sim *sim_of(const struct bgp_peer *p)
{
    return p->speaker->bgp->sim;
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
    static const struct bgp_cause none = {0}, reset = {.why = "connection reset"};
    // RFC 4724 §4.2: who restarts knows nothing of the old connection.
    if (p->state == BGP_ESTABLISHED && p->may.graceful)
        bgp_act(p, BGP_EV_TCP_FAILS, &reset);
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
        bgp_act_drop(p);
    p->conn = conn;
    p->mine = false;
    p->state = BGP_ACTIVE;
    bgp_pipe_send(&p->pipe, bgp_message_new(BGP_MSG_SYNACK), conn);
    bgp_act(p, BGP_EV_TCP_CONFIRMED, &none);
    bgp_crossing_settle(p);
}

static void on_syn(struct bgp_peer *p, uint32_t conn)
{
    if (!p->usable)
        return;
    if (p->shut || p->over_limit) { // until the operator wants it
        if (conn)
            refuse(p, conn);
        return;
    }
    if (conn) {
        on_connection(p, conn);
    } else if (p->opens && p->state < BGP_OPENSENT && !holds_idle(p)) { // the other side asks
        bgp_act_start(p, false);
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
    static const struct bgp_cause acked = {0}, reset = {.why = "connection reset"};
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
            bgp_act(p, m->kind == BGP_MSG_RST ? BGP_EV_TCP_FAILS : BGP_EV_TCP_ACKED,
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
    bool delaying =
        p->state < BGP_OPENSENT &&
        (bgp_act_waits_for_open(p) || bgp_clock_armed(&p->clock, BGP_DEADLINE_DELAY_OPEN));
    struct bgp_cause c = {
        .why = "unacceptable OPEN", .error = bgp_open_check(p, &m->open), .message = m};
    if (c.error.error == BGP_ERROR_NONE) {
        c.why = "unexpected OPEN";
        bgp_act(p, delaying ? BGP_EV_OPEN_DELAYED : BGP_EV_OPEN, &c);
        return;
    }
    if (p->state <
        BGP_OPENSENT) // §8.2.2: SendNOTIFICATIONwithoutOPEN, so that the other side knows
        bgp_pipe_send(&p->pipe, bgp_message_notification(&c.error), p->conn);
    bgp_act(p, BGP_EV_OPEN_ERROR, &c);
}

static void on_notification(struct bgp_peer *p, const struct bgp_message *m)
{
    const struct bgp_notification *n = &m->notification;
    bool version = n->error == BGP_ERROR_OPEN && n->subcode == BGP_OPEN_VERSION;
    struct bgp_cause c = {.why = bgp_error_text(n->error), .error = *n};
    p->last_received = *n;
    p->last_received_ps = sim_now(sim_of(p));
    bgp_act(p, version ? BGP_EV_NOTIFICATION_VERSION : BGP_EV_NOTIFICATION, &c);
}

static void process(struct bgp_peer *p, const struct bgp_message *m)
{
    struct bgp_cause c = {.message = m};
    switch (m->kind) {
    case BGP_MSG_OPEN:
        on_open(p, m);
        break;
    case BGP_MSG_KEEPALIVE:
        c.why = "unexpected KEEPALIVE";
        bgp_act(p, BGP_EV_KEEPALIVE, &c);
        break;
    case BGP_MSG_UPDATE:
        c.why = "unexpected UPDATE";
        bgp_act(p, BGP_EV_UPDATE, &c);
        break;
    case BGP_MSG_ROUTE_REFRESH: // as an UPDATE: expected in Established only
        c.why = "unexpected ROUTE-REFRESH";
        bgp_act(p, BGP_EV_UPDATE, &c);
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
    if (bgp_policy_over_limit(p)) { // stays down until an operator resets it
        struct bgp_cause c = {
            .why = "too many prefixes",
            .error = {.error = BGP_ERROR_CEASE, .subcode = BGP_CEASE_MAX_PREFIXES}};
        p->over_limit = true;
        bgp_act_end(p, BGP_EV_MANUAL_STOP, &c);
    }
}

void bgp_session_malformed(struct bgp_peer *p, struct bgp_notification error)
{
    struct bgp_cause c = {.why = "malformed message", .error = error};
    bgp_act(p, error.error == BGP_ERROR_UPDATE ? BGP_EV_UPDATE_ERROR : BGP_EV_HEADER_ERROR, &c);
}

static void connect_due(struct bgp_peer *p)
{
    static const struct bgp_cause none = {0};
    if (p->opens && (p->state == BGP_CONNECT || p->state == BGP_ACTIVE))
        bgp_act(p, BGP_EV_CONNECT_RETRY, &none);
    else
        bgp_act_start(p, p->started); // at its first start the listening side only listens
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
    static const struct bgp_cause none = {0}, hold = {.why = "hold timer expired"},
                                  send_hold = {.why = "send hold timer expired"};
    switch (which) {
    case BGP_DEADLINE_RTO:
        bgp_pipe_retransmit(&p->pipe);
        break;
    case BGP_DEADLINE_HOLD:
        if (p->stalled) { // the process that would look at it is stuck
            bgp_clock_set(sim_of(p), &p->clock, which, sim_now(sim_of(p)) + p->hold_ps);
            break;
        }
        bgp_act(p, BGP_EV_HOLD, &hold);
        break;
    case BGP_DEADLINE_KEEPALIVE:
        bgp_act(p, BGP_EV_KEEPALIVE_DUE, &none);
        break;
    case BGP_DEADLINE_MRAI:
        bgp_adjout_flush(p);
        break;
    case BGP_DEADLINE_CONNECT:
        connect_due(p);
        break;
    case BGP_DEADLINE_DELAY_OPEN:
        bgp_act(p, BGP_EV_DELAY_OPEN, &none);
        break;
    case BGP_DEADLINE_SEND_HOLD:
        bgp_act(p, BGP_EV_SEND_HOLD, &send_hold);
        break;
    case BGP_DEADLINE_CROSSING:
        crossing_due(p);
        break;
    case BGP_DEADLINE_STALE:
        bgp_graceful_due(p);
        break;
    case BGP_DEADLINES:
        break;
    }
    bgp_crossing_settle(p);
}

void bgp_session_send_refresh(struct bgp_peer *p, enum bgp_refresh_kind kind)
{
    bgp_pipe_send(&p->pipe, bgp_message_refresh(BGP_FAMILY_IPV4, kind), p->conn);
}

void bgp_session_send_end_of_rib(struct bgp_peer *p)
{
    bgp_adjout_flush(p); // the end comes last
    bgp_session_send_update(p, bgp_message_update(NULL, 0, 0));
}

void bgp_session_refreshed(struct bgp_peer *p, enum bgp_refresh_kind kind)
{
    if (kind != BGP_REFRESH_REQUEST) {
        bgp_graceful_refresh(p, kind == BGP_REFRESH_BEGIN);
        return;
    }
    if (p->may.enhanced_refresh)
        bgp_session_send_refresh(p, BGP_REFRESH_BEGIN);
    bgp_adjout_replay(p);
    if (p->may.enhanced_refresh)
        bgp_session_send_refresh(p, BGP_REFRESH_END);
}

void bgp_session_interface(struct bgp_peer *p, bool up, const char *why)
{
    bool was_usable = p->usable;
    struct bgp_cause c = {.why = why,
                          .error = {.error = BGP_ERROR_CEASE, .subcode = BGP_CEASE_BFD_DOWN}};
    p->usable = up;
    if (!up && was_usable && p->started)
        bgp_act_end(p, BGP_EV_AUTO_STOP, &c);
    else if (up && p->started && p->state < BGP_OPENSENT)
        bgp_act_start(p, true);
}

void bgp_session_reset(struct bgp_peer *p, const char *text)
{
    struct bgp_cause c = {
        .why = "administrative reset",
        .error = {.error = BGP_ERROR_CEASE, .subcode = BGP_CEASE_RESET, .text = text}};
    if (p->shut)
        return; // nothing to reset
    p->over_limit = false;
    bgp_act_end(p, BGP_EV_MANUAL_STOP, &c);
}

void bgp_session_shutdown(struct bgp_peer *p, const char *text)
{
    struct bgp_cause c = {
        .why = "administrative shutdown",
        .error = {.error = BGP_ERROR_CEASE, .subcode = BGP_CEASE_SHUTDOWN, .text = text}};
    if (p->shut)
        return;
    p->shut = true;
    bgp_act_end(p, BGP_EV_MANUAL_STOP, &c);
}

void bgp_session_no_shutdown(struct bgp_peer *p)
{
    bool was = p->shut;
    p->shut = false;
    if (was && p->started)
        bgp_act_start(p, true);
}

void bgp_session_vanish(struct bgp_peer *p)
{
    bgp_act_vanish(p, "speaker down");
}

void bgp_session_abort(struct bgp_peer *p)
{
    if (p->crossing)
        refuse(p, p->crossing->conn);
    if (p->conn)
        refuse(p, p->conn);
}

void bgp_session_restart(struct bgp_peer *p)
{
    p->usable = true; // a new process knows of no fault before it is told
    bgp_act_start(p, true);
}
