// SPDX-License-Identifier: GPL-3.0-or-later
#include "router/multihop.h"

#include "router/state.h"

#include <stdio.h>
#include <stdlib.h>

#define LOOK_PS PS_PER_MS

static void noticed(void *ctx, const struct liveness *l, bool up, const char *why)
{
    struct control *c = ctx;
    const struct multihop *m = c->multihops.v[l->link];
    int end = l == &m->ends[1];
    if (c->routers.v[l->router]->up)
        bgp_multihop(c->bgp, m->routers[end], m->routers[!end], up, why);
}

static void look_at(struct control *c, struct multihop *m, int end)
{
    uint32_t from = m->routers[!end], to = m->routers[end];
    bool heard = transport_delay_ps(c, from, to, -1) >= 0;
    if (heard && !m->heard[end])
        liveness_repaired(&m->ends[end], c->sim, true);
    else if (!heard && m->heard[end])
        liveness_failed(&m->ends[end], c->sim, true);
    m->heard[end] = heard;
    uint32_t loss_ppm = heard ? transport_loss_ppm(c, from, to, -1) : m->ends[end].loss_ppm;
    if (loss_ppm != m->ends[end].loss_ppm)
        liveness_lossy(&m->ends[end], c->sim, loss_ppm);
}

static void look(struct sim *sim, struct timer *t)
{
    struct control *c = t->owner;
    (void)sim;
    for (size_t i = 0; i < c->multihops.n; i++) {
        look_at(c, c->multihops.v[i], 0);
        look_at(c, c->multihops.v[i], 1);
    }
}

void multihop_add(struct control *c, uint32_t a, uint32_t b)
{
    const struct control_network *n = &c->networks.v[c->routers.v[a]->is.network].is;
    struct liveness_timers t = {.bfd_ps = n->ibgp_bfd_ps, .bfd_multiplier = n->bgp_bfd_multiplier};
    struct multihop *m = xcalloc(1, sizeof *m);
    char name[128];
    snprintf(name, sizeof name, "%s~%s", c->routers.v[a]->is.name, c->routers.v[b]->is.name);
    if (c->multihops.n == 0)
        timer_init(c->sim, &c->multihop_look, look, c, SIM_PHASE_CONTROL);
    m->routers[0] = a;
    m->routers[1] = b;
    m->heard[0] = m->heard[1] = true; // BGP itself waits for the first path
    for (int end = 0; end < 2; end++)
        liveness_init(&m->ends[end], c->sim, name, m->routers[end], (uint32_t)c->multihops.n, &t,
                      noticed, c);
    vec_push(&c->multihops, m);
}

void multihop_free(struct control *c)
{
    for (size_t i = 0; i < c->multihops.n; i++) {
        liveness_free(&c->multihops.v[i]->ends[0]);
        liveness_free(&c->multihops.v[i]->ends[1]);
        free(c->multihops.v[i]);
    }
    vec_free(&c->multihops);
}

void multihop_paths_changed(struct control *c)
{
    if (c->multihops.n && !timer_armed(&c->multihop_look))
        timer_set(c->sim, &c->multihop_look, sim_now(c->sim) + LOOK_PS);
}
