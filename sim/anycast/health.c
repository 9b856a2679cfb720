// SPDX-License-Identifier: GPL-3.0-or-later
#include "anycast/health.h"

#include "base/units.h"

void checker_init(struct checker *c, const struct health_options *o)
{
    *c = (struct checker){.is = *o};
}

void checker_free(struct checker *c)
{
    vec_free(&c->targets);
}

uint32_t checker_add(struct checker *c, int64_t now_ps)
{
    struct health fresh = {.up = true, .since_ps = now_ps};
    vec_push(&c->targets, fresh);
    c->up++;
    return (uint32_t)c->targets.n - 1;
}

enum health_change checker_result(struct checker *c, uint32_t target, bool good, int64_t now_ps)
{
    struct health *h = &c->targets.v[target];
    if (good)
        h->good++;
    else
        h->bad++;
    if (good == h->up) {
        h->against = 0;
        return HEALTH_SAME;
    }
    if (++h->against < (h->up ? c->is.fall : c->is.rise))
        return HEALTH_SAME;
    h->against = 0;
    h->up = good;
    h->since_ps = now_ps;
    if (!good) {
        c->up--;
        return HEALTH_FELL;
    }
    c->up++;
    return HEALTH_ROSE;
}

int64_t health_earliest_ps(const struct health_options *o)
{
    return (o->fall - 1) * o->interval_ps + o->timeout_ps;
}

int64_t health_latest_ps(const struct health_options *o)
{
    return o->fall * o->interval_ps + o->timeout_ps;
}

void guard_init(struct guard *g, int64_t hold_ps, int64_t now_ps)
{
    *g = (struct guard){.hold_ps = hold_ps, .alive = true, .announced = true, .since_ps = now_ps};
}

bool guard_update(struct guard *g, bool alive, int64_t now_ps)
{
    bool before = g->announced;
    if (alive != g->alive) {
        g->alive = alive;
        g->since_ps = now_ps;
    }
    if (!alive)
        g->announced = false;
    else if (!g->announced && now_ps - g->since_ps >= g->hold_ps)
        g->announced = true;
    return g->announced != before;
}

int64_t guard_due_ps(const struct guard *g)
{
    return g->alive && !g->announced ? g->since_ps + g->hold_ps : TIME_NEVER;
}
