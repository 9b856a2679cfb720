// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/queueing.h"

#include "base/arena.h"

#include <stdlib.h>

struct port_phase {
    struct hist waited_ns; // of those that waited
    uint64_t packets;
};

struct queueing {
    struct entity entity; // must stay first: its event is a border between phases
    const struct scenario *scenario;
    struct net *net;
    int64_t epoch_ps;
    int phase;                // the one that goes on, −1: none
    struct port_phase *ports; // [port * PHASE_COUNT + phase]
    uint64_t *since;          // [port]: packets sent before the phase
};

static void border(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct queueing *q = (struct queueing *)self;
    int64_t t_ps = sim_now(sim) - q->epoch_ps;
    int next = t_ps < q->scenario->duration_ps ? (int)scenario_phase(q->scenario, t_ps) : -1;
    (void)arg;
    for (uint32_t i = 0; i < q->net->nports; i++) {
        struct port *p = q->net->ports[i];
        struct port_phase *of = &q->ports[(size_t)i * PHASE_COUNT];
        if (q->phase >= 0)
            of[q->phase].packets += p->packets - q->since[i];
        q->since[i] = p->packets;
        p->waited_ns = next >= 0 ? &of[next].waited_ns : NULL;
    }
    q->phase = next;
}

struct queueing *queueing_new(const struct scenario *s, struct sim *sim, struct net *net,
                              int64_t epoch_ps)
{
    struct queueing *q = xcalloc(1, sizeof *q);
    const int64_t borders_ps[] = {0, s->outage_from_ps, s->outage_to_ps, s->duration_ps};
    sim_entity(sim, &q->entity, border);
    q->scenario = s;
    q->net = net;
    q->epoch_ps = epoch_ps;
    q->phase = -1;
    q->ports = xcalloc((size_t)net->nports * PHASE_COUNT, sizeof *q->ports);
    q->since = xcalloc(net->nports, sizeof *q->since);
    for (size_t i = 0; i < (size_t)net->nports * PHASE_COUNT; i++)
        hist_init(&q->ports[i].waited_ns);
    for (size_t i = 0; i < sizeof borders_ps / sizeof *borders_ps; i++)
        sim_at(sim, &q->entity, &q->entity, epoch_ps + borders_ps[i], SIM_PHASE_METER, 0);
    return q;
}

void queueing_free(struct queueing *q)
{
    if (!q)
        return;
    for (size_t i = 0; q->ports && i < (size_t)q->net->nports * PHASE_COUNT; i++)
        hist_free(&q->ports[i].waited_ns);
    free(q->ports);
    free(q->since);
    free(q);
}

void queueing_collect(struct queueing *q, struct results *r)
{
    for (uint32_t i = 0; i < q->net->nports; i++)
        for (int ph = 0; ph < PHASE_COUNT; ph++) {
            struct port_phase *from = &q->ports[(size_t)i * PHASE_COUNT + (size_t)ph];
            struct link_phase *to = &r->links[i].in[ph];
            uint64_t waited = from->waited_ns.count;
            to->packets = from->packets;
            to->waited_ns = from->waited_ns;
            hist_init(&from->waited_ns);
            if (from->packets > waited)
                hist_add_n(&to->waited_ns, 0, from->packets - waited);
        }
}
