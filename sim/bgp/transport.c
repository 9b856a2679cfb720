// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/transport.h"

#include "bgp/instance.h"
#include "bgp/session.h"

#define RTO_FIRST_PS (1 * PS_PER_S)
#define RTO_MAX_PS   (60 * PS_PER_S)

static struct bgp *instance(const struct bgp_pipe *p)
{
    return p->peer->speaker->bgp;
}

static int64_t path_delay_ps(const struct bgp_pipe *p)
{
    const struct bgp_env *env = &instance(p)->env;
    return env->path_delay_ps(env->ctx, p->peer->speaker->router, p->peer->remote->speaker->router,
                              p->peer->link);
}

static void compact(struct bgp_pipe *p)
{
    if (p->head == p->q.n) {
        p->head = p->departed = p->q.n = 0;
    } else if (p->head >= 64 && 2 * p->head >= p->q.n) {
        memmove(p->q.v, p->q.v + p->head, (p->q.n - p->head) * sizeof *p->q.v);
        p->q.n -= p->head;
        p->departed -= p->head;
        p->head = 0;
    }
}

static void schedule_head(struct bgp_pipe *p)
{
    sim_at(instance(p)->sim, &p->entity, &p->entity, p->q.v[p->head].arrive_ps, SIM_PHASE_CONTROL,
           0);
}

static void arrive(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct bgp_pipe *p = (struct bgp_pipe *)self;
    (void)arg;
    SIM_ASSERT(sim, p->head < p->departed);
    struct bgp_segment seg = p->q.v[p->head++];
    if (p->head < p->departed)
        schedule_head(p);
    compact(p);
    bgp_session_arrive(p->peer->remote, seg.message, seg.conn);
}

// All that waits leaves now.
static void depart(struct bgp_pipe *p, int64_t delay_ps)
{
    int64_t at_ps = sim_now(instance(p)->sim) + delay_ps;
    bool idle = p->head == p->departed;
    if (at_ps < p->last_arrive_ps) // a shorter path does not overtake
        at_ps = p->last_arrive_ps;
    for (; p->departed < p->q.n; p->departed++)
        p->q.v[p->departed].arrive_ps = at_ps;
    p->last_arrive_ps = at_ps;
    p->rto_ps = 0;
    if (idle && p->head < p->departed)
        schedule_head(p);
}

static void try_depart(struct bgp_pipe *p)
{
    struct sim *sim = instance(p)->sim;
    int64_t delay_ps = path_delay_ps(p);
    if (delay_ps >= 0) {
        depart(p, delay_ps);
        return;
    }
    p->rto_ps = p->rto_ps ? 2 * p->rto_ps : RTO_FIRST_PS;
    if (p->rto_ps > RTO_MAX_PS)
        p->rto_ps = RTO_MAX_PS;
    bgp_clock_set(sim, &p->peer->clock, BGP_DEADLINE_RTO, sim_now(sim) + p->rto_ps);
}

static void append(struct bgp_pipe *p, struct bgp_message *m, uint32_t conn)
{
    struct bgp_segment seg = {.message = m, .conn = conn};
    vec_push(&p->q, seg);
}

void bgp_pipe_init(struct bgp_pipe *p, struct bgp_peer *peer)
{
    memset(p, 0, sizeof *p);
    p->peer = peer;
    sim_entity(peer->speaker->bgp->sim, &p->entity, arrive);
}

void bgp_pipe_free(struct bgp_pipe *p)
{
    for (size_t i = p->head; i < p->q.n; i++)
        bgp_message_put(&instance(p)->attrs, p->q.v[i].message);
    vec_free(&p->q);
}

void bgp_pipe_send(struct bgp_pipe *p, struct bgp_message *m, uint32_t conn)
{
    append(p, m, conn);
    if (p->departed == p->q.n - 1) // nothing is stuck before it
        try_depart(p);
}

void bgp_pipe_send_once(struct bgp_pipe *p, struct bgp_message *m, uint32_t conn)
{
    int64_t delay_ps = path_delay_ps(p);
    if (delay_ps < 0 || p->departed < p->q.n) {
        bgp_message_put(&instance(p)->attrs, m);
        return;
    }
    append(p, m, conn);
    depart(p, delay_ps);
}

void bgp_pipe_retransmit(struct bgp_pipe *p)
{
    if (p->departed < p->q.n)
        try_depart(p);
}

void bgp_pipe_reset(struct bgp_pipe *p, uint32_t keep)
{
    size_t kept = p->departed;
    for (size_t i = p->departed; i < p->q.n; i++) {
        if (keep && p->q.v[i].conn == keep)
            p->q.v[kept++] = p->q.v[i];
        else
            bgp_message_put(&instance(p)->attrs, p->q.v[i].message);
    }
    p->q.n = kept;
    if (kept > p->departed)
        return;
    p->rto_ps = 0;
    bgp_clock_cancel(&p->peer->clock, BGP_DEADLINE_RTO);
    compact(p);
}
