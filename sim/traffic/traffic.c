// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/traffic.h"

#include "base/rng.h"
#include "traffic/run.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_PORT 32768u
#define PORTS      16384u

static struct flow *flow_of(const struct traffic_run *t, const struct packet *p)
{
    return p->flow == NET_NO_FLOW ? NULL : t->flows.v[p->flow];
}

static struct traffic_server *server_at(const struct traffic_run *t, uint32_t node)
{
    return node < t->servers.n ? t->servers.v[node] : NULL;
}

// Is it for the kind?
static bool received(const struct traffic_run *t, struct flow *f, enum traffic_direction d,
                     const struct packet *p)
{
    struct flight_item is;
    if (f->is.ops->hostile || p->seq == TRAFFIC_PROBE)
        return true;
    if (!flight_ended(&f->flight[d], p->seq, &is))
        return f->is.ops->takes_copies;
    if (t->hooks.packet_received)
        t->hooks.packet_received(t->hooks.ctx, f, d, is.number, is.sent_ps, p);
    return is.open || f->is.ops->takes_copies;
}

static void at_client(const struct traffic_run *t, struct flow *f, uint32_t node, struct packet *p)
{
    if (p->kind & PACKET_TRACED && t->hooks.hop)
        t->hooks.hop(t->hooks.ctx, f, node, p);
    if (p->seq == TRAFFIC_PROBE) {
        flow_answered(f, p->seq, p);
        packet_give(&t->net->pool, p);
        return;
    }
    if (received(t, f, TRAFFIC_TO_CLIENT, p) && f->is.ops->at_client)
        f->is.ops->at_client(f, p, sim_now(t->sim));
    else
        packet_give(&t->net->pool, p);
}

void traffic_struck(const struct traffic_run *t, const struct flow *f,
                    const struct traffic_strike *s)
{
    bool answer = (s->packet->kind & ~PACKET_TRACED) == TRAFFIC_DOWN;
    if (f->is.ops->hostile && !f->is.ops->unseen && answer == f->is.ops->reflected &&
        t->hooks.struck)
        t->hooks.struck(t->hooks.ctx, f, s);
}

// A host took a packet, or had no place for it. `s`: as what it answers, or NULL.
static void absorbed(const struct traffic_run *t, const struct flow *f,
                     const struct traffic_server *s, const struct packet *p, bool refused)
{
    traffic_struck(
        t, f,
        &(struct traffic_strike){.end = refused ? TRAFFIC_STRIKE_REFUSED : TRAFFIC_STRIKE_ABSORBED,
                                 .node = s ? s->node : UINT32_MAX,
                                 .port = UINT32_MAX,
                                 .entry = p->entry || !s ? p->entry : s->entry,
                                 .packet = p});
}

static void at_server(const struct traffic_run *t, struct flow *f, struct traffic_server *s,
                      struct packet *p)
{
    struct flow_server *here = server_flow(s, f);
    here->entry = p->entry;
    here->hops = p->hops;
    if (!f->is.ops->hostile || f->is.ops->unseen) // attackers packets may lie about it
        translation_learn(&here->translation, p, f->is.client, f->port);
    bool refused = server_refuses(s, f, p);
    absorbed(t, f, s, p, refused);
    if (received(t, f, TRAFFIC_TO_SERVER, p) && !refused)
        f->is.ops->at_server(f, s, p, sim_now(t->sim));
    else
        packet_give(&t->net->pool, p);
}

static void delivered(void *ctx, uint32_t node, struct packet *p)
{
    struct traffic_run *t = ctx;
    struct flow *f = flow_of(t, p);
    struct traffic_server *s = server_at(t, node);
    bool up = (p->kind & ~PACKET_TRACED) == TRAFFIC_UP;
    if (s && p->entry == 0)
        p->entry = s->entry;
    if (t->watch.ended)
        t->watch.ended(t->watch.ctx, node, p, FWD_DROP_NONE);
    if (f && node == f->is.client_node && !up)
        at_client(t, f, node, p);
    else if (f && s && f->is.ops->at_server && up)
        at_server(t, f, s, p);
    else {
        if (f)
            absorbed(t, f, s, p, false);
        packet_give(&t->net->pool, p);
    }
}

// The forwarding core turned an echo request into its reply.
static void replied(void *ctx, uint32_t node, struct packet *p)
{
    struct traffic_run *t = ctx;
    const struct traffic_server *s = server_at(t, node);
    struct flow *f = flow_of(t, p);
    p->kind = (uint8_t)(TRAFFIC_DOWN | (p->kind & PACKET_TRACED));
    if (s && p->entry == 0)
        p->entry = s->entry;
    if (t->watch.turned)
        t->watch.turned(t->watch.ctx, node, p);
    if (f && p->seq != TRAFFIC_PROBE && received(t, f, TRAFFIC_TO_SERVER, p))
        traffic_sent(t, f, TRAFFIC_TO_CLIENT, p); // a copy's reply is a copy
}

static void dropped(void *ctx, uint32_t node, uint32_t port, const struct packet *p,
                    enum fwd_drop reason)
{
    struct traffic_run *t = ctx;
    struct flow *f = flow_of(t, p);
    struct flight_item is;
    if (f && f->is.ops->hostile)
        traffic_struck(
            t, f,
            &(struct traffic_strike){TRAFFIC_STRIKE_DROPPED, node, port, reason, p->entry, p});
    if (t->watch.ended)
        t->watch.ended(t->watch.ctx, node, p, reason);
    if (!f || f->is.ops->hostile)
        return;
    if (p->kind & PACKET_TRACED && t->hooks.hop)
        t->hooks.hop(t->hooks.ctx, f, node, p);
    bool down = (p->kind & ~PACKET_TRACED) == TRAFFIC_DOWN;
    bool known =
        flight_ended(&f->flight[down ? TRAFFIC_TO_CLIENT : TRAFFIC_TO_SERVER], p->seq, &is);
    if (p->seq != TRAFFIC_PROBE && !(known && is.open) && !f->is.ops->takes_copies)
        return;
    if (f->is.ops->dropped && p->seq != TRAFFIC_PROBE)
        f->is.ops->dropped(f, p, reason, port, sim_now(t->sim));
    else
        flow_lost(f, p->seq, p, reason, port);
}

static void hop(void *ctx, uint32_t node, const struct packet *p)
{
    struct traffic_run *t = ctx;
    const struct flow *f = flow_of(t, p);
    if (f && t->hooks.hop)
        t->hooks.hop(t->hooks.ctx, f, node, p);
}

struct traffic_run *traffic_new(struct sim *sim, struct net *net, const struct traffic_hooks *hooks)
{
    struct traffic_run *t = xcalloc(1, sizeof *t);
    t->sim = sim;
    t->net = net;
    t->hooks = *hooks;
    net->hooks = (struct net_hooks){t, delivered, replied, dropped, hop};
    return t;
}

void traffic_set_watch(struct traffic_run *t, const struct traffic_watch *w)
{
    t->watch = *w;
}

void traffic_stop(struct traffic_run *t)
{
    for (size_t i = 0; !t->stopped && i < t->flows.n; i++) {
        struct flow *f = t->flows.v[i];
        if (f->started && f->is.ops->stop)
            f->is.ops->stop(f, sim_now(t->sim));
    }
    t->stopped = true;
}

static void free_flow(struct flow *f)
{
    for (size_t i = 0; i < f->rngs.n; i++)
        gsl_rng_free(f->rngs.v[i]);
    for (size_t i = 0; i < f->servers.n; i++) {
        free(f->servers.v[i].state);
        translation_free(&f->servers.v[i].translation);
    }
    vec_free(&f->rngs);
    vec_free(&f->servers);
    for (int d = 0; d < TRAFFIC_DIRECTIONS; d++)
        flight_free(&f->flight[d]);
    free(f->state);
    free(f->name);
    free(f);
}

void traffic_free(struct traffic_run *t)
{
    if (!t)
        return;
    traffic_stop(t);
    for (size_t i = 0; i < t->flows.n; i++)
        free_flow(t->flows.v[i]);
    for (size_t i = 0; i < t->servers.n; i++)
        server_free(t->servers.v[i]);
    vec_free(&t->flows);
    vec_free(&t->servers);
    free(t);
}

void traffic_add_server(struct traffic_run *t, uint32_t node, ip4_addr entry)
{
    while (t->servers.n <= node)
        vec_push(&t->servers, NULL);
    if (!t->servers.v[node]) // one host may serve several services
        t->servers.v[node] = server_new(t, node, entry);
}

void traffic_limit_server(struct traffic_run *t, uint32_t node, const struct traffic_capacity *c)
{
    struct traffic_server *s = t->servers.v[node];
    SIM_ASSERT(t->sim, s && !s->desk);
    s->desk = xcalloc(1, sizeof *s->desk);
    desk_init(s->desk, sim_seed(t->sim), c);
}

// The first event of a flow is its start, the others it asked for.
static void due(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct flow *f = (struct flow *)self;
    if (f->started) {
        f->is.ops->wake(f, arg, sim_now(sim));
        return;
    }
    f->started = true;
    f->is.ops->start(f, sim_now(sim));
}

struct flow *traffic_add_flow(struct traffic_run *t, const char *name, const struct flow_options *o)
{
    struct flow *f = xcalloc(1, sizeof *f);
    gsl_rng *rng = rng_stream(sim_seed(t->sim), name, "phase");
    sim_entity(t->sim, &f->entity, due);
    f->traffic = t;
    f->is = *o;
    f->name = strcpy(xmalloc(strlen(name) + 1), name);
    f->index = (uint32_t)t->flows.n;
    f->first_ps = o->start_ps + (int64_t)(rng_uniform(rng) * (double)o->interval_ps);
    f->port = (uint16_t)(FIRST_PORT + f->index % PORTS);
    f->state = xcalloc(1, o->ops->client_size);
    gsl_rng_free(rng);
    if (o->names)
        f->users = flow_rng(f, "user");
    vec_push(&t->flows, f);
    if (f->first_ps < o->stop_ps)
        flow_wake(f, f->first_ps, 0);
    return f;
}

uint32_t traffic_flows(const struct traffic_run *t)
{
    return (uint32_t)t->flows.n;
}

struct flow *traffic_flow(const struct traffic_run *t, uint32_t index)
{
    return t->flows.v[index];
}

void traffic_probe(struct flow *f)
{
    struct packet_payload payload = {f->index, TRAFFIC_PROBE, sim_now(f->traffic->sim)};
    flow_resolve(f);
    struct packet *p = flow_packet(f);
    if (f->is.ops->probe)
        f->is.ops->probe(f, sim_now(f->traffic->sim), p);
    else
        packet_build_icmp_echo(p, f->is.client, f->is.server, f->port, 0, FLOW_TTL,
                               PACKET_UDP_MIN + PACKET_PAYLOAD, &payload);
    p->seq = TRAFFIC_PROBE;
    p->kind = PACKET_TRACED;
    flow_send(f, p);
}
