// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/session.h"

#include "bgp/adjout.h"
#include "bgp/instance.h"

#define CONNECT_RETRY_DEFAULT_PS (120 * PS_PER_S) // RFC 4271 §10
#define OPEN_HOLD_PS             (240 * PS_PER_S) // §8.2.2: "a large value", 4 minutes suggested

static struct sim *sim_of(const struct bgp_peer *p)
{
    return p->speaker->bgp->sim;
}

static void arm(struct bgp_peer *p, enum bgp_deadline which, int64_t after_ps)
{
    bgp_clock_set(sim_of(p), &p->clock, which, sim_now(sim_of(p)) + after_ps);
}

static void arm_connect_retry(struct bgp_peer *p)
{
    struct bgp_speaker *s = p->speaker;
    int64_t base_ps = s->is.timers.connect_retry_ps;
    if (base_ps == 0)
        base_ps = CONNECT_RETRY_DEFAULT_PS;
    arm(p, BGP_DEADLINE_CONNECT, bgp_jitter_ps(&s->jitter, BGP_JITTER_CONNECT, base_ps));
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

static int64_t own_hold_ps(const struct bgp_peer *p)
{
    return p->is.hold_ps ? p->is.hold_ps : p->speaker->is.timers.hold_ps;
}

static void send_open(struct bgp_peer *p)
{
    const struct bgp_speaker *s = p->speaker;
    struct bgp_open open = {.version = 4,
                            .asn = s->is.asn,
                            .id = s->is.id,
                            .hold_ps = own_hold_ps(p),
                            .capabilities = bgp_capabilities_offer(&p->is, false, false)};
    bgp_pipe_send(&p->pipe, bgp_message_open(&open), p->conn);
    p->state = BGP_OPENSENT;
    bgp_clock_cancel(&p->clock, BGP_DEADLINE_CONNECT);
    arm(p, BGP_DEADLINE_HOLD, OPEN_HOLD_PS);
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
        bgp_clock_cancel(&p->clock, (enum bgp_deadline)i);
    bgp_pipe_reset(&p->pipe);
}

static bool may_run(const struct bgp_peer *p)
{
    return p->usable && p->speaker->up;
}

// Begins to set the session up, from Idle or again. `ask`: the listening side asks the other to
// open the connection.
static void start(struct bgp_peer *p, bool ask)
{
    drop_connection(p);
    p->state = BGP_IDLE;
    p->started = true;
    if (!may_run(p))
        return;
    arm_connect_retry(p);
    if (p->opens) {
        p->state = BGP_CONNECT;
        p->conn = ++p->last_conn;
        send_new(p, BGP_MSG_SYN, p->conn);
    } else {
        p->state = BGP_ACTIVE;
        if (ask)
            send_new(p, BGP_MSG_SYN, 0);
    }
}

static struct bgp_peer *opening_side(struct bgp_peer *p)
{
    return p->opens ? p : p->remote;
}

static void established(struct bgp_peer *p)
{
    struct bgp *b = p->speaker->bgp;
    p->state = BGP_ESTABLISHED;
    arm_hold(p);
    if (p->remote->state == BGP_ESTABLISHED && p->remote->conn == p->conn) {
        opening_side(p)->counted = true;
        b->stats.sessions_up++;
    }
    if (b->env.session_changed)
        b->env.session_changed(b->env.ctx, p->speaker->router, p->remote->speaker->router, true,
                               "established");
    bgp_speaker_peer_up(p);
}

// Leaves whatever state for Idle; an Established session is lost with all its routes.
static void go_idle(struct bgp_peer *p, const char *why)
{
    struct bgp *b = p->speaker->bgp;
    bool was_established = p->state == BGP_ESTABLISHED;
    drop_connection(p);
    p->state = BGP_IDLE;
    if (!was_established)
        return;
    if (opening_side(p)->counted) {
        opening_side(p)->counted = false;
        b->stats.sessions_up--;
        b->stats.session_losses++;
    }
    if (b->env.session_changed)
        b->env.session_changed(b->env.ctx, p->speaker->router, p->remote->speaker->router, false,
                               why);
    bgp_adjout_clear(p);
    bgp_speaker_peer_lost(p);
}

// Ends the session, telling the other side when the path still carries it, and tries again later.
static void lose(struct bgp_peer *p, struct bgp_notification n, const char *why)
{
    uint32_t conn = p->conn;
    bool tell = n.error != BGP_ERROR_NONE && conn && p->state >= BGP_OPENSENT;
    go_idle(p, why);
    if (tell) {
        p->last_sent = n;
        bgp_pipe_send_once(&p->pipe, bgp_message_notification(&n), conn);
    }
    if (may_run(p))
        arm_connect_retry(p);
}

static const struct bgp_notification none = {.error = BGP_ERROR_NONE};

static struct bgp_notification cease(enum bgp_cease subcode)
{
    return (struct bgp_notification){.error = BGP_ERROR_CEASE, .subcode = (uint8_t)subcode};
}

// A message that the present state does not expect (RFC 6608 §3).
static struct bgp_notification unexpected(const struct bgp_peer *p)
{
    struct bgp_notification n = {.error = BGP_ERROR_FSM};
    if (p->state == BGP_OPENSENT)
        n.subcode = BGP_FSM_IN_OPENSENT;
    else if (p->state == BGP_OPENCONFIRM)
        n.subcode = BGP_FSM_IN_OPENCONFIRM;
    else if (p->state == BGP_ESTABLISHED)
        n.subcode = BGP_FSM_IN_ESTABLISHED;
    return n;
}

static void refuse(struct bgp_peer *p, uint32_t conn)
{
    bgp_pipe_send_once(&p->pipe, bgp_message_new(BGP_MSG_RST), conn);
}

static void on_syn(struct bgp_peer *p, uint32_t conn)
{
    if (!p->usable)
        return;
    if (p->opens) { // the other side asks
        if (p->state <= BGP_CONNECT)
            start(p, false);
        return;
    }
    if (p->state == BGP_ESTABLISHED) { // §6.8: the new connection is the one to close
        refuse(p, conn);
        return;
    }
    drop_connection(p);
    p->conn = conn;
    p->state = BGP_ACTIVE;
    arm_connect_retry(p); // in case nothing follows
    send_new(p, BGP_MSG_SYNACK, conn);
}

void bgp_session_arrive(struct bgp_peer *p, struct bgp_message *m, uint32_t conn)
{
    bool mine = conn && conn == p->conn;
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
        if (mine && p->state == BGP_CONNECT)
            send_open(p);
        break;
    case BGP_MSG_RST:
        if (mine && p->state != BGP_CONNECT) // refused: the connect retry timer is running already
            lose(p, none, "connection reset");
        break;
    case BGP_MSG_OPEN:
    case BGP_MSG_UPDATE:
    case BGP_MSG_KEEPALIVE:
    case BGP_MSG_NOTIFICATION:
    case BGP_MSG_ROUTE_REFRESH:
        if (mine) {
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
    int64_t ours_ps = own_hold_ps(p), theirs_ps = m->open.hold_ps;
    if (p->state == BGP_ACTIVE) // the first that the listening side hears
        send_open(p);
    SIM_ASSERT(sim_of(p), m->open.id == p->remote->speaker->is.id);
    if (p->state != BGP_OPENSENT) {
        lose(p, unexpected(p), "unexpected OPEN");
        return;
    }
    p->hold_ps = ours_ps < theirs_ps ? ours_ps : theirs_ps; // §4.2; 0: no keepalives
    bgp_clock_cancel(&p->clock, BGP_DEADLINE_HOLD);
    struct bgp_capabilities ours = bgp_capabilities_offer(&p->is, false, false);
    p->theirs = m->open.capabilities;
    p->may = bgp_capabilities_negotiate(&ours, &p->theirs);
    p->add_path_in = p->may.add_path_in;
    p->add_path_out = p->may.add_path_out;
    p->state = BGP_OPENCONFIRM;
    arm_hold(p);
    send_keepalive(p);
}

void bgp_session_process(struct bgp_peer *p, struct bgp_message *m, uint32_t conn)
{
    if (conn != p->conn)
        return; // its connection ended while it waited
    switch (m->kind) {
    case BGP_MSG_OPEN:
        on_open(p, m);
        break;
    case BGP_MSG_KEEPALIVE:
        if (p->state == BGP_OPENCONFIRM)
            established(p);
        else if (p->state == BGP_ESTABLISHED)
            arm_hold(p);
        else
            lose(p, unexpected(p), "unexpected KEEPALIVE");
        break;
    case BGP_MSG_UPDATE:
        if (p->state == BGP_ESTABLISHED) {
            arm_hold(p);
            bgp_speaker_learn(p, m);
        } else {
            lose(p, unexpected(p), "unexpected UPDATE");
        }
        break;
    case BGP_MSG_NOTIFICATION:
        p->last_received = m->notification;
        lose(p, none, bgp_error_text(m->notification.error));
        break;
    case BGP_MSG_ROUTE_REFRESH:
        if (p->state != BGP_ESTABLISHED)
            lose(p, unexpected(p), "unexpected ROUTE-REFRESH");
        break;
    case BGP_MSG_SYN:
    case BGP_MSG_SYNACK:
    case BGP_MSG_RST:
        SIM_ASSERT(sim_of(p), !"a segment without data reached BGP");
    }
}

void bgp_session_deadline(struct bgp_peer *p, enum bgp_deadline which)
{
    switch (which) {
    case BGP_DEADLINE_RTO:
        bgp_pipe_retransmit(&p->pipe);
        break;
    case BGP_DEADLINE_HOLD:
        lose(p, (struct bgp_notification){.error = BGP_ERROR_HOLD_TIMER}, "hold timer expired");
        break;
    case BGP_DEADLINE_KEEPALIVE:
        send_keepalive(p);
        break;
    case BGP_DEADLINE_MRAI:
        bgp_adjout_flush(p);
        break;
    case BGP_DEADLINE_CONNECT:
        start(p, p->started); // at its first start the listening side only listens
        break;
    case BGP_DEADLINES:
        break;
    }
}

void bgp_session_interface(struct bgp_peer *p, bool up, const char *why)
{
    bool was_usable = p->usable;
    p->usable = up;
    if (!up && was_usable && p->started)
        lose(p, cease(BGP_CEASE_BFD_DOWN), why);
    else if (up && p->started && p->state < BGP_OPENSENT)
        start(p, true);
}

void bgp_session_reset(struct bgp_peer *p, const char *why)
{
    lose(p, cease(BGP_CEASE_RESET), why);
}

void bgp_session_vanish(struct bgp_peer *p)
{
    go_idle(p, "speaker down");
}

void bgp_session_restart(struct bgp_peer *p)
{
    p->usable = true; // a new process knows of no fault before it is told
    start(p, true);
}
