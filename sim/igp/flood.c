// SPDX-License-Identifier: GPL-3.0-or-later
#include "igp/flood.h"

static void push(struct flood_line *line, struct flood_message m)
{
    if (line->n == line->cap) {
        uint32_t cap = line->cap ? 2 * line->cap : 8;
        struct flood_message *ring = xmalloc(cap * sizeof *ring);
        for (uint32_t i = 0; i < line->n; i++)
            ring[i] = line->ring[(line->head + i) % line->cap];
        free(line->ring);
        line->ring = ring;
        line->head = 0;
        line->cap = cap;
    }
    line->ring[(line->head + line->n++) % line->cap] = m;
}

static struct flood_message take(struct flood_line *line)
{
    struct flood_message m = line->ring[line->head];
    line->head = (line->head + 1) % line->cap;
    line->n--;
    return m;
}

// The one pending event of a line stands for its oldest message.
static void schedule(struct flood *f, struct flood_line *line)
{
    sim_at(f->sim, &line->entity, &line->entity, line->ring[line->head].arrive_ps,
           SIM_PHASE_CONTROL, 0);
}

static void send(struct flood *f, uint32_t half, enum flood_kind kind, struct lsa *l)
{
    struct flood_line *line = &f->lines[half];
    int64_t delay_ps = f->hooks.delay_ps(f->hooks.ctx, half);
    if (delay_ps < 0) {
        line->lost = true;
        f->hooks.lost(f->hooks.ctx, f->graph->from[half]);
        return;
    }
    int64_t arrive_ps = sim_now(f->sim) + delay_ps + f->flood_ps;
    *f->sent += kind == FLOOD_LSA;
    push(line, (struct flood_message){arrive_ps, l ? lsa_hold(l) : NULL, kind});
    if (line->n == 1)
        schedule(f, line);
}

static void send_database(struct flood *f, uint32_t half)
{
    const struct lsdb *db = &f->dbs[f->graph->from[half]];
    f->lines[half].dumped = true;
    for (uint32_t r = 0; r < db->nrouters; r++)
        if (db->newest[r])
            send(f, half, FLOOD_LSA, db->newest[r]);
}

void flood_lsa(struct flood *f, uint32_t router, struct lsa *l, uint32_t except)
{
    const struct igp_graph *g = f->graph;
    for (uint32_t i = g->first[router]; i < g->first[router + 1]; i++) {
        const struct flood_line *line = &f->lines[g->row[i]];
        if (line->up && !line->greet && g->row[i] != except)
            send(f, g->row[i], FLOOD_LSA, l);
    }
}

void flood_hello(struct flood *f, uint32_t half)
{
    struct flood_line *line = &f->lines[half];
    line->greet = false;
    line->dumped = false;
    line->lost = false;
    send(f, half, FLOOD_HELLO, NULL);
}

void flood_set(struct flood *f, uint32_t half, bool up)
{
    struct flood_line *line = &f->lines[half];
    line->up = up;
    line->greet = up;
    line->lost = false;
}

void flood_settled(struct flood *f, uint32_t half)
{
    f->lines[half].up = true;
    f->lines[half].dumped = true;
}

// `l` has come to `router`, which can answer over its half `back`.
static void receive_lsa(struct flood *f, uint32_t router, uint32_t back, struct lsa *l)
{
    struct lsdb *db = &f->dbs[router];
    struct lsa *own = db->newest[l->origin];
    if (l == own)
        return;
    if (l->origin == router && !lsa_newer(own, l)) {
        f->hooks.outbid(f->hooks.ctx, router, l->seq);
        return;
    }
    if (!lsa_newer(l, own))
        return;
    bool differs = lsdb_install(db, f->pool, l);
    flood_lsa(f, router, l, back);
    if (differs)
        f->hooks.changed(f->hooks.ctx, router);
}

static void receive(struct flood *f, uint32_t half, struct flood_message m)
{
    uint32_t back = half ^ 1;
    struct flood_line *line = &f->lines[back];
    if (!line->up)
        return;
    switch (m.kind) {
    case FLOOD_LSA:
        receive_lsa(f, f->graph->from[back], back, m.lsa);
        break;
    case FLOOD_HELLO:
        send_database(f, back);
        send(f, back, FLOOD_WELCOME, NULL);
        break;
    case FLOOD_WELCOME:
        if (!line->dumped)
            send_database(f, back);
        break;
    }
}

static void arrive(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct flood_line *line = (struct flood_line *)self;
    struct flood *f = line->flood;
    uint32_t half = (uint32_t)(line - f->lines);
    (void)arg;
    while (line->n > 0 && line->ring[line->head].arrive_ps <= sim_now(sim)) {
        struct flood_message m = take(line);
        receive(f, half, m); // sends over lines of the receiver, never over this one
        lsa_drop(f->pool, m.lsa);
    }
    if (line->n > 0)
        schedule(f, line);
}

void flood_init(struct flood *f, struct sim *sim, const struct igp_graph *graph,
                struct lsa_pool *pool, struct lsdb *dbs, int64_t flood_ps,
                const struct flood_hooks *hooks, uint64_t *sent)
{
    *f = (struct flood){.sim = sim,
                        .graph = graph,
                        .pool = pool,
                        .dbs = dbs,
                        .flood_ps = flood_ps,
                        .hooks = *hooks,
                        .sent = sent};
    uint32_t nhalves = 2 * graph->nlinks;
    f->lines = xcalloc(nhalves, sizeof *f->lines);
    for (uint32_t h = 0; h < nhalves; h++) {
        f->lines[h].flood = f;
        sim_entity(sim, &f->lines[h].entity, arrive);
    }
}

void flood_free(struct flood *f)
{
    for (uint32_t h = 0; f->lines && h < 2 * f->graph->nlinks; h++) {
        struct flood_line *line = &f->lines[h];
        while (line->n > 0)
            lsa_drop(f->pool, take(line).lsa);
        free(line->ring);
    }
    free(f->lines);
    f->lines = NULL;
}
