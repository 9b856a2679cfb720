// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/server.h"

#include "base/rng.h"
#include "traffic/run.h"
#include "transport/segment.h"
#include "fwd/headers.h"

#include <stdlib.h>

struct server_wake {
    struct flow *flow;
    uint64_t arg;
    struct server_wake *next;
};

static void due(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct traffic_server *s = (struct traffic_server *)self;
    struct server_wake *w = (struct server_wake *)(uintptr_t)arg;
    struct server_wake is = *w;
    w->next = s->idle;
    s->idle = w;
    is.flow->is.ops->server_wake(is.flow, s, is.arg, sim_now(sim));
}

struct traffic_server *server_new(struct traffic_run *t, uint32_t node, ip4_addr entry)
{
    struct traffic_server *s = xcalloc(1, sizeof *s);
    sim_entity(t->sim, &s->entity, due);
    s->traffic = t;
    s->node = node;
    s->entry = entry;
    return s;
}

void server_free(struct traffic_server *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->wakes.n; i++)
        free(s->wakes.v[i]);
    vec_free(&s->wakes);
    vec_free(&s->backlogs);
    if (s->chance)
        gsl_rng_free(s->chance);
    if (s->desk)
        desk_free(s->desk);
    free(s->desk);
    free(s);
}

struct flow_server *server_flow(struct traffic_server *s, struct flow *f)
{
    for (size_t i = 0; i < f->servers.n; i++)
        if (f->servers.v[i].server == s)
            return &f->servers.v[i];
    struct flow_server fresh = {.server = s, .state = xcalloc(1, f->is.ops->server_size)};
    vec_push(&f->servers, fresh);
    return &f->servers.v[f->servers.n - 1];
}

static struct backlog *backlog_of(struct traffic_server *s, const struct flow *f, int64_t now_ps)
{
    for (size_t i = 0; i < s->backlogs.n; i++)
        if (s->backlogs.v[i].service == f->is.server)
            return &s->backlogs.v[i].backlog;
    struct server_backlog fresh = {.service = f->is.server};
    backlog_init(&fresh.backlog, f->is.backlog, now_ps);
    vec_push(&s->backlogs, fresh);
    return &s->backlogs.v[s->backlogs.n - 1].backlog;
}

static bool opens(const struct packet *p)
{
    struct segment s;
    return segment_read(p, &s) && (s.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

bool server_refuses(struct traffic_server *s, const struct flow *f, const struct packet *p)
{
    const struct traffic_run *t = s->traffic;
    int64_t now_ps = sim_now(t->sim);
    if (!f->is.backlog || p->seq == TRAFFIC_PROBE || !opens(p))
        return false;
    if (!s->chance)
        s->chance = rng_stream(sim_seed(t->sim), t->net->nodes[s->node].name, "backlog");
    bool refused = !backlog_admits(backlog_of(s, f, now_ps), p->weight, f->is.ops->hostile,
                                   rng_uniform(s->chance), now_ps);
    if (t->hooks.opening)
        t->hooks.opening(t->hooks.ctx, f, p, refused);
    return refused;
}

void *traffic_server_state(struct traffic_server *s, struct flow *f)
{
    return server_flow(s, f)->state;
}

bool traffic_server_begin(struct traffic_server *s, const struct flow *f, int64_t now_ps,
                          int64_t *ready_ps)
{
    *ready_ps = now_ps + f->is.server_ps;
    return !s->desk || desk_begin(s->desk, f->is.weight, f->is.server_ps, now_ps, ready_ps);
}

int64_t traffic_server_wait(struct traffic_server *s, const struct flow *f, int64_t now_ps)
{
    return s->desk ? desk_wait(s->desk, f->is.weight, f->is.server_ps, now_ps)
                   : now_ps + f->is.server_ps;
}

void traffic_server_send(struct traffic_server *s, struct flow *f, struct packet *p)
{
    const struct flow_server *here = server_flow(s, f);
    if (p->entry == 0) {
        p->entry = here->entry;
        p->hops = here->hops;
    }
    translation_apply(&here->translation, p);
    p->kind = (uint8_t)(TRAFFIC_DOWN | (p->kind & PACKET_TRACED));
    flow_mark(f, p);
    if (s->traffic->watch.begun)
        s->traffic->watch.begun(s->traffic->watch.ctx, s->node, p);
    if (p->seq != TRAFFIC_PROBE)
        traffic_sent(s->traffic, f, TRAFFIC_TO_CLIENT, p);
    net_originate(s->traffic->net, s->node, p);
}

void traffic_server_wake(struct traffic_server *s, struct flow *f, int64_t at_ps, uint64_t arg)
{
    struct server_wake *w = s->idle;
    if (w) {
        s->idle = w->next;
    } else {
        w = xmalloc(sizeof *w);
        vec_push(&s->wakes, w);
    }
    *w = (struct server_wake){.flow = f, .arg = arg};
    sim_at(s->traffic->sim, &s->entity, &s->entity, at_ps, SIM_PHASE_DATA, (uint64_t)(uintptr_t)w);
}
