// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/cpu.h"

#include "bgp/instance.h"
#include "bgp/session.h"

int64_t bgp_cpu_cost_ps(const struct bgp_cpu *c, const struct bgp_message *m)
{
    const struct bgp_timers *t = &c->speaker->is.timers;
    uint32_t prefixes = m->kind == BGP_MSG_UPDATE ? m->update.nannounced + m->update.nwithdrawn : 0;
    return (t->processing_ps + prefixes * t->processing_each_ps) * c->slowness;
}

static void start(struct bgp_cpu *c)
{
    const struct bgp_speaker *s = c->speaker;
    int64_t now_ps = sim_now(s->bgp->sim);
    sim_at(s->bgp->sim, &c->entity, &c->entity,
           now_ps + bgp_cpu_cost_ps(c, c->q.v[c->head].message), SIM_PHASE_CONTROL, c->epoch);
}

static void compact(struct bgp_cpu *c)
{
    if (c->head == c->q.n) {
        c->head = c->q.n = 0;
    } else if (c->head >= 64 && 2 * c->head >= c->q.n) {
        memmove(c->q.v, c->q.v + c->head, (c->q.n - c->head) * sizeof *c->q.v);
        c->q.n -= c->head;
        c->head = 0;
    }
}

static void finish(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct bgp_cpu *c = (struct bgp_cpu *)self;
    if (arg != c->epoch)
        return; // of a process that has died
    SIM_ASSERT(sim, c->head < c->q.n);
    struct bgp_job job = c->q.v[c->head++];
    bgp_session_process(job.peer, job.message, job.conn);
    bgp_message_put(&c->speaker->bgp->attrs, job.message);
    if (c->head < c->q.n)
        start(c);
    compact(c);
}

void bgp_cpu_init(struct bgp_cpu *c, struct bgp_speaker *speaker)
{
    memset(c, 0, sizeof *c);
    c->speaker = speaker;
    c->slowness = 1;
    sim_entity(speaker->bgp->sim, &c->entity, finish);
}

static void drop_all(struct bgp_cpu *c)
{
    for (size_t i = c->head; i < c->q.n; i++)
        bgp_message_put(&c->speaker->bgp->attrs, c->q.v[i].message);
    c->head = c->q.n = 0;
}

void bgp_cpu_free(struct bgp_cpu *c)
{
    drop_all(c);
    vec_free(&c->q);
}

void bgp_cpu_add(struct bgp_cpu *c, struct bgp_peer *peer, struct bgp_message *m, uint32_t conn)
{
    struct bgp_job job = {peer, m, conn};
    bool idle = c->head == c->q.n;
    vec_push(&c->q, job);
    if (idle)
        start(c);
}

void bgp_cpu_reset(struct bgp_cpu *c)
{
    drop_all(c);
    c->epoch++;
}
