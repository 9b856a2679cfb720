// SPDX-License-Identifier: GPL-3.0-or-later
// exchange: the client's side.
#include "traffic/exchange_parts.h"

#include <stdlib.h>

#define FIRST_PORT 49152u // dynamic ports, RFC 6335 §6
#define PORTS      16384u
#define PORT_STEP  1031u // flows of a client start apart from each other

static void release(struct exchange_conn *c)
{
    struct exchange *x = c->owner;
    struct stream_status s;
    x->ops->status(c->stream, &s);
    x->counters.retransmitted += s.counters->retransmitted;
    x->counters.segments += s.counters->segments;
    x->counters.timeouts += s.counters->timeouts;
    x->ops->free(c->stream);
    free(c->stream);
    vec_free(&c->requests);
    free(c);
}

static void forget(struct exchange *x, size_t at)
{
    struct exchange_conn *c = x->conns.v[at];
    memmove(&x->conns.v[at], &x->conns.v[at + 1], (x->conns.n - at - 1) * sizeof *x->conns.v);
    x->conns.n--;
    release(c);
}

static void send_due(struct exchange_conn *c, int64_t now_ps)
{
    struct exchange *x = c->owner;
    for (;;) {
        struct packet *p = flow_packet(x->flow);
        if (!x->ops->output(c->stream, &c->ends, true, now_ps, p)) {
            flow_give(x->flow, p);
            return;
        }
        p->seq = x->numbers[TRAFFIC_TO_SERVER]++;
        c->last = c->heard ? c->last : p->seq;
        flow_send(x->flow, p);
    }
}

static bool waiting(const struct exchange_conn *c)
{
    return c->next < c->requests.n;
}

// Ended, whether the application knows or not; true when the connection is gone.
static bool settle(struct exchange *x, size_t at, int64_t now_ps)
{
    struct exchange_conn *c = x->conns.v[at];
    struct stream_status s;
    x->ops->status(c->stream, &s);
    if (s.ended == TCP_END_NONE && s.peer_done && !c->closing) { // the server has no more to say
        c->closing = true;
        x->ops->close(c->stream);
    }
    if (s.ended == TCP_END_NONE)
        return false;
    // A connection that was closed, and had nothing due, is nobody's concern any more.
    // One that fell asleep (an idle time-out) broke nothing.
    bool idle = s.ended == TCP_END_TIMEOUT && !waiting(c);
    if (waiting(c) || !c->closing)
        x->app->ended(c, idle ? TCP_END_CLOSED : s.ended, now_ps);
    forget(x, at);
    return true;
}

// Nothing came for too long: told as a time-out, and the server hears of it.
static void give_up(struct exchange *x, size_t at, int64_t now_ps)
{
    struct exchange_conn *c = x->conns.v[at];
    x->ops->abort(c->stream);
    send_due(c, now_ps);
    x->app->ended(c, TCP_END_TIMEOUT, now_ps);
    forget(x, at);
}

static void arm(struct exchange *x)
{
    int64_t at_ps = TIME_NEVER;
    for (size_t i = 0; i < x->conns.n; i++) {
        const struct exchange_conn *c = x->conns.v[i];
        int64_t t = x->ops->deadline(c->stream);
        if (waiting(c) && c->heard_ps + x->give_up_ps < t)
            t = c->heard_ps + x->give_up_ps;
        if (t < at_ps)
            at_ps = t;
    }
    int64_t now_ps = sim_now(flow_sim(x->flow));
    if (at_ps == TIME_NEVER)
        timer_cancel(&x->timer);
    else
        timer_set(flow_sim(x->flow), &x->timer, at_ps > now_ps ? at_ps : now_ps);
}

void exchange_pump(struct exchange *x, int64_t now_ps)
{
    // What the application does when it is told may open connections: those are behind.
    for (size_t i = 0; i < x->conns.n;) {
        send_due(x->conns.v[i], now_ps);
        if (!settle(x, i, now_ps))
            i++;
    }
    arm(x);
}

static void wake(struct sim *sim, struct timer *t)
{
    struct exchange *x = t->owner;
    int64_t now_ps = sim_now(sim);
    for (size_t i = 0; i < x->conns.n;) {
        struct exchange_conn *c = x->conns.v[i];
        if (x->ops->deadline(c->stream) <= now_ps)
            x->ops->tick(c->stream, now_ps);
        if (waiting(c) && c->heard_ps + x->give_up_ps <= now_ps)
            give_up(x, i, now_ps);
        else
            i++;
    }
    exchange_pump(x, now_ps);
}

static struct stream_options translated(const struct transport_options *t)
{
    struct tcp_options o = tcp_usual;
    o.congestion = congestion_at((enum congestion_kind)t->control);
    o.mss = (uint16_t)t->mss_bytes;
    o.initial_segments = (uint16_t)t->initial_segments;
    o.sack = t->sack;
    o.timestamps = t->timestamps;
    o.ecn = t->ecn;
    if (t->window_bytes)
        o.window_octets = o.window_max_octets = (uint32_t)t->window_bytes;
    o.delayed_ack_ps = t->delayed_ack_ps;
    o.min_rto_ps = t->min_rto_ps;
    o.syn_retries = (uint8_t)t->syn_retries;
    o.retries = (uint8_t)t->retries;
    return (struct stream_options){.tcp = o, .move_ps = t->migrate_ps};
}

const struct stream_traffic_options *exchange_options(const struct exchange *x)
{
    return &x->flow->is.options->stream;
}

static void init(struct exchange *x, struct flow *f, const struct exchange_app *app)
{
    const struct transport_options *t = &f->is.options->stream.transport;
    x->flow = f;
    x->app = app;
    x->ops = stream_at((enum stream_kind)t->protocol);
    x->options = translated(t);
    x->give_up_ps = t->give_up_ps;
    x->rng = flow_rng(f, "identity");
    x->port = UINT32_MAX;
    timer_init(flow_sim(f), &x->timer, wake, x, SIM_PHASE_DATA);
}

static void beat(struct exchange *x, int64_t now_ps)
{
    struct flow *f = x->flow;
    if (x->stopped || flow_over(f, now_ps))
        return;
    if (!x->app->woken)
        flow_wake(f, now_ps + f->is.interval_ps, 0);
    x->app->due(x, now_ps);
    exchange_pump(x, now_ps);
}

void exchange_start(struct flow *f, const struct exchange_app *app, int64_t now_ps)
{
    init(f->state, f, app);
    beat(f->state, now_ps);
}

void exchange_wake(struct flow *f, uint64_t arg, int64_t now_ps)
{
    struct exchange *x = f->state;
    if (!x->app->woken)
        beat(x, now_ps);
    else if (!x->stopped)
        x->app->woken(x, arg, now_ps);
}

struct exchange_conn *exchange_open(struct exchange *x, int64_t now_ps)
{
    struct exchange_conn *c = xcalloc(1, sizeof *c);
    uint64_t identity = (uint64_t)gsl_rng_get(x->rng) << 32;
    identity |= gsl_rng_get(x->rng) & UINT32_MAX;
    c->owner = x;
    c->stream = xcalloc(1, x->ops->size);
    flow_resolve(x->flow);
    c->ends.client = x->flow->is.client;
    c->ends.server = x->flow->is.server;
    c->ends.port = (uint16_t)(FIRST_PORT + (x->flow->index * PORT_STEP + x->opened++) % PORTS);
    c->opened_ps = c->heard_ps = now_ps;
    x->ops->connect(c->stream, &x->options, c->ends.port, identity, now_ps);
    c->key = x->ops->key_of(c->stream, true);
    c->first = c->last = x->numbers[TRAFFIC_TO_SERVER];
    vec_push(&x->conns, c);
    return c;
}

void exchange_ask(struct exchange_conn *c, uint64_t octets, uint64_t answer, uint32_t tag,
                  int64_t now_ps)
{
    struct exchange_request r = {
        .asked_to = octets, .answered_to = answer, .answer = answer, .tag = tag};
    if (c->requests.n) {
        const struct exchange_request *before = &c->requests.v[c->requests.n - 1];
        r.asked_to += before->asked_to;
        r.answered_to += before->answered_to;
    }
    if (!waiting(c))
        c->heard_ps = now_ps;
    vec_push(&c->requests, r);
    c->owner->ops->write(c->stream, octets);
}

void exchange_close(struct exchange_conn *c)
{
    if (c->closing)
        return;
    c->closing = true;
    c->owner->ops->close(c->stream);
}

void exchange_abort(struct exchange_conn *c)
{
    c->closing = true;
    c->next = c->requests.n;
    c->owner->ops->abort(c->stream);
}

static struct exchange_conn *find(const struct exchange *x, uint64_t key)
{
    for (size_t i = 0; i < x->conns.n; i++)
        if (x->conns.v[i]->key == key)
            return x->conns.v[i];
    return NULL;
}

uint64_t exchange_opener(const struct exchange *x, uint32_t number, uint64_t key)
{
    for (size_t i = 0; i < x->conns.n; i++)
        if (x->conns.v[i]->first == number || x->conns.v[i]->last == number)
            return x->conns.v[i]->key;
    return key;
}

uint64_t exchange_asked_to(const struct exchange *x, uint64_t key, size_t n)
{
    const struct exchange_conn *c = find(x, key);
    return c && n < c->requests.n ? c->requests.v[n].asked_to : UINT64_MAX;
}

uint64_t exchange_wanted(const struct exchange *x, uint64_t key, size_t n)
{
    const struct exchange_conn *c = find(x, key);
    return c && n < c->requests.n ? c->requests.v[n].answer : 0;
}

// Octets came: whose answers they are. An application may close or ask when it is told; the requests
// may move then, so each is looked up afresh.
static void credit(struct exchange_conn *c, const struct packet *p, int64_t now_ps)
{
    const struct exchange_app *app = c->owner->app;
    struct stream_status s;
    c->owner->ops->status(c->stream, &s);
    if (s.received > c->received)
        c->heard_ps = now_ps;
    c->received = s.received;
    while (waiting(c)) {
        struct exchange_request *r = &c->requests.v[c->next];
        if (c->received <= r->answered_to - r->answer)
            return;
        if (!r->begun) {
            r->begun = true;
            if (app->begun)
                app->begun(c, r, p);
        }
        if (c->received < c->requests.v[c->next].answered_to)
            return;
        c->next++;
        app->answered(c, &c->requests.v[c->next - 1], p, now_ps);
    }
}

static void refuse(struct exchange *x, const struct packet *in)
{
    struct packet *p = flow_packet(x->flow);
    if (!x->ops->refuse(in, p)) {
        flow_give(x->flow, p);
        return;
    }
    p->seq = x->numbers[TRAFFIC_TO_SERVER]++;
    flow_send(x->flow, p);
}

void exchange_at_client(struct flow *f, struct packet *p, int64_t now_ps)
{
    struct exchange *x = f->state;
    uint64_t key;
    if (!x->stopped && x->ops->key(p, true, &key)) {
        struct exchange_conn *c = find(x, key);
        if (c) {
            c->heard = true;
            x->ops->input(c->stream, p, now_ps);
            credit(c, p, now_ps);
            exchange_pump(x, now_ps);
        } else {
            refuse(x, p);
        }
    }
    flow_give(f, p);
}

void exchange_dropped(struct flow *f, const struct packet *p, enum fwd_drop reason, uint32_t port,
                      int64_t now_ps)
{
    struct exchange *x = f->state;
    (void)now_ps;
    if (p->seq == TRAFFIC_PROBE) {
        flow_lost(f, TRAFFIC_PROBE, p, reason, port);
        return;
    }
    x->reason = reason;
    x->port = port;
}

void exchange_stop(struct flow *f, int64_t now_ps)
{
    struct exchange *x = f->state;
    if (x->app->over)
        x->app->over(x, now_ps);
    x->stopped = true;
    timer_cancel(&x->timer);
    while (x->conns.n)
        forget(x, x->conns.n - 1);
    vec_free(&x->conns);
    for (size_t i = 0; i < x->flow->servers.n; i++)
        exchange_server_stop(x->flow->servers.v[i].state);
}

void exchange_tell_begun(struct exchange_conn *c, struct exchange_request *r,
                         const struct packet *p)
{
    r->told = true;
    flow_answered(c->owner->flow, r->tag, p);
}

enum traffic_end exchange_end(enum tcp_end why)
{
    return why == TCP_END_TIMEOUT ? TRAFFIC_END_TIMEOUT : TRAFFIC_END_RESET;
}

enum traffic_break exchange_break(enum tcp_end why)
{
    return why == TCP_END_TIMEOUT ? TRAFFIC_BREAK_TIMEOUT : TRAFFIC_BREAK_RESET;
}

void exchange_lose(const struct exchange_conn *c, enum tcp_end why)
{
    const struct exchange *x = c->owner;
    bool late = why == TCP_END_TIMEOUT;
    for (size_t i = c->next; i < c->requests.n; i++)
        if (!c->requests.v[i].told)
            flow_lost(x->flow, c->requests.v[i].tag, NULL, late ? x->reason : FWD_DROP_NO_SERVICE,
                      late ? x->port : UINT32_MAX);
}
