// SPDX-License-Identifier: GPL-3.0-or-later
// exchange_server: a flow's connections at one server host.
#include "traffic/exchange_parts.h"

#include <stdlib.h>

static struct exchange *client_of(const struct exchange_server *s)
{
    return s->flow->state;
}

static void free_peer(struct exchange_server *s, struct exchange_peer *c)
{
    const struct stream_ops *ops = client_of(s)->ops;
    struct exchange *x = client_of(s);
    struct stream_status is;
    ops->status(c->stream, &is);
    x->counters.retransmitted += is.counters->retransmitted;
    x->counters.segments += is.counters->segments;
    x->counters.timeouts += is.counters->timeouts;
    ops->free(c->stream);
    free(c->stream);
    vec_free(&c->due);
    free(c);
}

static void put(struct exchange_server *s, struct packet *p)
{
    p->seq = client_of(s)->numbers[TRAFFIC_TO_CLIENT]++;
    p->entry = 0;
    traffic_server_send(s->server, s->flow, p);
}

static void send_due(struct exchange_server *s, struct exchange_peer *c, int64_t now_ps)
{
    for (;;) {
        struct packet *p = flow_packet(s->flow);
        if (!client_of(s)->ops->output(c->stream, &c->ends, false, now_ps, p)) {
            flow_give(s->flow, p);
            return;
        }
        put(s, p);
    }
}

// When the answer to a connection's next request will be ready. A full server takes no connection
// more: the first request is refused. On those that it has it reads when it has time.
static bool begin(struct exchange_server *s, const struct exchange_peer *c, int64_t now_ps,
                  int64_t *ready_ps)
{
    if (c->asked == 0)
        return traffic_server_begin(s->server, s->flow, now_ps, ready_ps);
    *ready_ps = traffic_server_wait(s->server, s->flow, now_ps);
    return true;
}

// Requests that are here whole, and answers whose time has come.
static void serve(struct exchange_server *s, struct exchange_peer *c, int64_t now_ps)
{
    const struct exchange *x = client_of(s);
    struct stream_status is;
    x->ops->status(c->stream, &is);
    while (is.ended == TCP_END_NONE &&
           exchange_asked_to(x, c->client_key, c->asked) <= is.received) {
        struct exchange_reply r = {.octets = exchange_wanted(x, c->client_key, c->asked)};
        if (!begin(s, c, now_ps, &r.at_ps)) { // it says so by a reset
            x->ops->abort(c->stream);
            return;
        }
        c->asked++;
        vec_push(&c->due, r);
    }
    while (c->next < c->due.n && c->due.v[c->next].at_ps <= now_ps)
        x->ops->write(c->stream, c->due.v[c->next++].octets);
    if (is.peer_done && is.ended == TCP_END_NONE && c->next == c->due.n)
        x->ops->close(c->stream);
}

static void arm(struct exchange_server *s, int64_t now_ps)
{
    int64_t at_ps = TIME_NEVER;
    for (size_t i = 0; i < s->peers.n; i++) {
        const struct exchange_peer *c = s->peers.v[i];
        int64_t t = client_of(s)->ops->deadline(c->stream);
        if (c->next < c->due.n && c->due.v[c->next].at_ps < t)
            t = c->due.v[c->next].at_ps;
        if (t < at_ps)
            at_ps = t;
    }
    if (at_ps == TIME_NEVER)
        timer_cancel(&s->timer);
    else
        timer_set(flow_sim(s->flow), &s->timer, at_ps > now_ps ? at_ps : now_ps);
}

static void pump(struct exchange_server *s, int64_t now_ps)
{
    const struct stream_ops *ops = client_of(s)->ops;
    for (size_t i = 0; i < s->peers.n;) {
        struct exchange_peer *c = s->peers.v[i];
        struct stream_status is;
        serve(s, c, now_ps);
        send_due(s, c, now_ps);
        ops->status(c->stream, &is);
        if (is.ended == TCP_END_NONE) {
            i++;
            continue;
        }
        memmove(&s->peers.v[i], &s->peers.v[i + 1], (s->peers.n - i - 1) * sizeof *s->peers.v);
        s->peers.n--;
        free_peer(s, c);
    }
    arm(s, now_ps);
}

static void wake(struct sim *sim, struct timer *t)
{
    struct exchange_server *s = t->owner;
    int64_t now_ps = sim_now(sim);
    for (size_t i = 0; i < s->peers.n; i++)
        if (client_of(s)->ops->deadline(s->peers.v[i]->stream) <= now_ps)
            client_of(s)->ops->tick(s->peers.v[i]->stream, now_ps);
    pump(s, now_ps);
}

static struct exchange_peer *find(const struct exchange_server *s, uint64_t key)
{
    for (size_t i = 0; i < s->peers.n; i++)
        if (s->peers.v[i]->key == key)
            return s->peers.v[i];
    return NULL;
}

// A packet of a connection that is not known here: an opening, or refused.
static void unknown(struct exchange_server *s, const struct packet *p, uint64_t key, int64_t now_ps)
{
    struct exchange *x = client_of(s);
    struct exchange_peer *c = xcalloc(1, sizeof *c);
    c->stream = xcalloc(1, x->ops->size);
    c->key = key;
    c->client_key = exchange_opener(x, p->seq, key);
    c->ends = (struct stream_ends){.client = packet_src(p), .server = packet_dst(p)};
    // Drawn from the client's stream of random numbers: a server has none of its own for a flow.
    uint64_t identity = gsl_rng_get(x->rng);
    if (x->ops->accept(c->stream, &x->options, p, identity, now_ps)) {
        vec_push(&s->peers, c);
        return;
    }
    free(c->stream);
    free(c);
    struct packet *answer = flow_packet(s->flow);
    if (x->ops->refuse(p, answer))
        put(s, answer);
    else
        flow_give(s->flow, answer);
}

void exchange_at_server(struct flow *f, struct traffic_server *server, struct packet *p,
                        int64_t now_ps)
{
    struct exchange *x = f->state;
    struct exchange_server *s = traffic_server_state(server, f);
    uint64_t key;
    if (!s->flow) {
        s->flow = f;
        s->server = server;
        timer_init(flow_sim(f), &s->timer, wake, s, SIM_PHASE_DATA);
    }
    if (!x->stopped && x->ops->key(p, false, &key)) {
        struct exchange_peer *c = find(s, key);
        if (c)
            x->ops->input(c->stream, p, now_ps);
        else
            unknown(s, p, key, now_ps);
        pump(s, now_ps);
    }
    flow_give(f, p);
}

void exchange_server_stop(struct exchange_server *s)
{
    if (!s->flow)
        return;
    timer_cancel(&s->timer);
    for (size_t i = 0; i < s->peers.n; i++)
        free_peer(s, s->peers.v[i]);
    vec_free(&s->peers);
}
