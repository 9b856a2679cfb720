// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/traffic.h"

#include "base/rng.h"
#include "base/vec.h"

#include <stdlib.h>

#define FIRST_PORT 32768u
#define PORTS      16384u

struct host {             // answers for services at a node
    struct entity entity; // must stay first: its event is an answer that is ready
    struct traffic_run *traffic;
    uint32_t node;
    ip4_addr entry;
};

struct traffic_run {
    struct sim *sim;
    struct net *net;
    struct traffic_hooks hooks;
    VEC(struct flow *) flows;
    VEC(struct host *) hosts; // by node; NULL: not a server
};

static struct flow *flow_of(const struct traffic_run *t, const struct packet *p)
{
    return p->flow == NET_NO_FLOW ? NULL : t->flows.v[p->flow];
}

static struct host *host_at(const struct traffic_run *t, uint32_t node)
{
    return node < t->hosts.n ? t->hosts.v[node] : NULL;
}

static void answer_ready(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct host *h = (struct host *)self;
    struct packet *p = (struct packet *)(uintptr_t)arg;
    const struct flow *f = flow_of(h->traffic, p);
    ip4_addr entry = p->entry ? p->entry : h->entry;
    uint16_t hops = p->hops;
    f->is.ops->answer(f, sim_now(sim), p);
    p->entry = entry;
    p->hops = hops;
    p->kind = (uint8_t)(TRAFFIC_ANSWER | (p->kind & PACKET_TRACED));
    net_originate(h->traffic->net, h->node, p);
}

static void delivered(void *ctx, uint32_t node, struct packet *p)
{
    struct traffic_run *t = ctx;
    const struct flow *f = flow_of(t, p);
    struct host *h = host_at(t, node);
    if (f && node == f->is.client_node) {
        if (p->kind & PACKET_TRACED)
            t->hooks.hop(t->hooks.ctx, f, node, p);
        t->hooks.answered(t->hooks.ctx, f, p->seq, p);
    } else if (f && h && f->is.ops->answer && (p->kind & ~PACKET_TRACED) == TRAFFIC_REQUEST) {
        sim_at(t->sim, &h->entity, &h->entity, sim_now(t->sim) + f->is.server_ps, SIM_PHASE_DATA,
               (uint64_t)(uintptr_t)p);
        return;
    }
    packet_give(&t->net->pool, p);
}

// The forwarding core turned an echo request into its reply.
static void replied(void *ctx, uint32_t node, struct packet *p)
{
    const struct host *h = host_at(ctx, node);
    p->kind = (uint8_t)(TRAFFIC_ANSWER | (p->kind & PACKET_TRACED));
    if (h && p->entry == 0)
        p->entry = h->entry;
}

static void dropped(void *ctx, uint32_t node, uint32_t port, const struct packet *p,
                    enum fwd_drop reason)
{
    struct traffic_run *t = ctx;
    const struct flow *f = flow_of(t, p);
    if (!f)
        return;
    if (p->kind & PACKET_TRACED)
        t->hooks.hop(t->hooks.ctx, f, node, p);
    t->hooks.lost(t->hooks.ctx, f, p->seq, p, reason, port);
}

static void hop(void *ctx, uint32_t node, const struct packet *p)
{
    struct traffic_run *t = ctx;
    const struct flow *f = flow_of(t, p);
    if (f)
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

void traffic_free(struct traffic_run *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->flows.n; i++)
        free(t->flows.v[i]);
    for (size_t i = 0; i < t->hosts.n; i++)
        free(t->hosts.v[i]);
    vec_free(&t->flows);
    vec_free(&t->hosts);
    free(t);
}

void traffic_add_server(struct traffic_run *t, uint32_t node, ip4_addr entry)
{
    while (t->hosts.n <= node)
        vec_push(&t->hosts, NULL);
    if (t->hosts.v[node])
        return; // one host may serve several services
    struct host *h = xcalloc(1, sizeof *h);
    sim_entity(t->sim, &h->entity, answer_ready);
    h->traffic = t;
    h->node = node;
    h->entry = entry;
    t->hosts.v[node] = h;
}

static void send_request(struct flow *f, uint32_t seq)
{
    struct net *net = f->traffic->net;
    struct packet *p = packet_take(&net->pool);
    p->flow = f->index;
    p->seq = seq;
    p->kind = (uint8_t)(TRAFFIC_REQUEST | (f->traced ? PACKET_TRACED : 0));
    p->weight = f->is.weight;
    f->is.ops->request(f, seq, sim_now(f->traffic->sim), p);
    net_originate(net, f->is.client_node, p);
}

static void tick(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct flow *f = (struct flow *)self;
    (void)arg;
    uint32_t seq = f->seq++;
    int64_t next_ps = flow_sent_ps(f, f->seq);
    if (next_ps < f->is.stop_ps)
        sim_at(sim, self, self, next_ps, SIM_PHASE_DATA, 0);
    f->traffic->hooks.sent(f->traffic->hooks.ctx, f, seq);
    send_request(f, seq);
}

struct flow *traffic_add_flow(struct traffic_run *t, const char *name, const struct flow_options *o)
{
    struct flow *f = xcalloc(1, sizeof *f);
    gsl_rng *rng = rng_stream(sim_seed(t->sim), name, "phase");
    sim_entity(t->sim, &f->entity, tick);
    f->traffic = t;
    f->is = *o;
    f->index = (uint32_t)t->flows.n;
    f->first_ps = o->start_ps + (int64_t)(rng_uniform(rng) * (double)o->interval_ps);
    f->port = (uint16_t)(FIRST_PORT + f->index % PORTS);
    gsl_rng_free(rng);
    vec_push(&t->flows, f);
    if (f->first_ps < o->stop_ps)
        sim_at(t->sim, &f->entity, &f->entity, f->first_ps, SIM_PHASE_DATA, 0);
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
    bool traced = f->traced;
    f->traced = true;
    send_request(f, UINT32_MAX);
    f->traced = traced;
}

uint32_t flow_requests(const struct flow *f)
{
    if (f->first_ps >= f->is.stop_ps)
        return 0;
    return (uint32_t)((f->is.stop_ps - 1 - f->first_ps) / f->is.interval_ps) + 1;
}
