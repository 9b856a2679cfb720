// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/prober.h"

#include "traffic/health.h"

#include <stdlib.h>

struct prober_target {
    const char *name;
    const struct truth *truth;
    bool mistaken; // is down, by a false alarm
};

struct prober {
    struct world *world;
    struct prober_options is;
    struct checker checker;
    VEC(struct prober_target) targets;
};

struct prober *prober_new(struct world *w, const struct prober_options *o)
{
    struct prober *p = xcalloc(1, sizeof *p);
    p->world = w;
    p->is = *o;
    checker_init(&p->checker, &o->is);
    w->health->counts[o->service].checked = true;
    return p;
}

void prober_free(struct prober *p)
{
    if (!p)
        return;
    checker_free(&p->checker);
    vec_free(&p->targets);
    free(p);
}

static void tell(struct prober *p, uint32_t target, bool up, int64_t now_ps)
{
    struct prober_target *t = &p->targets.v[target];
    bool works = p->world->net->nodes[t->truth->node].downs == 0, was_mistaken = t->mistaken;
    bool told = works || t->truth->fails > 0; // else its POP has failed, and nobody noted when
    t->mistaken = !up && works;
    struct health_record r = {.at_ps = now_ps - p->world->epoch_ps,
                              .service = p->is.service,
                              .what = HEALTH_TARGET,
                              .prober = (char *)(uintptr_t)p->is.name,
                              .target = (char *)(uintptr_t)t->name,
                              .up = up,
                              .is_false = t->mistaken,
                              .after_ps = -1};
    if (up == works && told && !was_mistaken && t->truth->since_ps != TIME_NEVER)
        r.after_ps = now_ps - t->truth->since_ps;
    health_log_add(p->world->health, &r);
}

static void ended(void *ctx, uint32_t number, bool good, int64_t now_ps)
{
    struct prober *p = ctx;
    enum health_change change = checker_result(&p->checker, number, good, now_ps);
    if (change == HEALTH_SAME)
        return;
    tell(p, number, change == HEALTH_ROSE, now_ps);
    p->is.changed(p->is.ctx);
}

uint32_t prober_target(struct prober *p, const char *name, ip4_addr address,
                       const struct truth *truth)
{
    const struct world *w = p->world;
    struct prober_target t = {.name = name, .truth = truth};
    struct health_probe probe = {
        .name = arena_printf(&p->world->arena, "health %s %s",
                             w->scenario->services[p->is.service].name, p->is.name),
        .node = p->is.node,
        .from = p->is.address,
        .to = address,
        .start_ps = w->epoch_ps - p->is.is.interval_ps, // opinions are there at time 0
        .stop_ps = w->epoch_ps + w->scenario->duration_ps,
        .interval_ps = p->is.is.interval_ps,
        .timeout_ps = p->is.is.timeout_ps,
        .ended = ended,
        .ctx = p,
        .number = checker_add(&p->checker, w->epoch_ps)};
    probe.name = arena_printf(&p->world->arena, "%s %s", probe.name, name);
    if (probe.start_ps < 0)
        probe.start_ps = 0;
    vec_push(&p->targets, t);
    health_probe_add(w->traffic, &probe);
    return probe.number;
}

bool prober_is_up(const struct prober *p, uint32_t target)
{
    return checker_is_up(&p->checker, target);
}

void prober_collect(const struct prober *p)
{
    struct health_count *count = &p->world->health->counts[p->is.service];
    for (size_t i = 0; i < p->checker.targets.n; i++) {
        count->good += p->checker.targets.v[i].good;
        count->bad += p->checker.targets.v[i].bad;
    }
}
