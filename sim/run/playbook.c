// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/playbook.h"

#include "run/jobs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const play_rank_names[RANK_KEYS] = {"users", "lost", "utilisation", "rtt"};

struct playbook_job {
    struct playbook *book;
    const struct playbook_options *options;
};

// --- the scenario

static bool is_attack(const struct traffic *t)
{
    return t->kind == TRAFFIC_SYNFLOOD || t->kind == TRAFFIC_REFLECTION ||
           t->kind == TRAFFIC_CARPET;
}

// When the first thing happens; the scenario's end: nothing does.
static int64_t begins_ps(const struct scenario *s)
{
    int64_t first_ps = s->outage_from_ps;
    for (int i = 0; i < s->ntraffic; i++)
        if (is_attack(&s->traffic[i]) && s->traffic[i].options.attack.begin_ps < first_ps)
            first_ps = s->traffic[i].options.attack.begin_ps;
    return first_ps > 0 ? first_ps : 0;
}

bool playbook_is_used(const struct scenario *s, int service)
{
    for (int i = 0; i < s->ntraffic; i++)
        for (int k = 0; k < s->traffic[i].nto; k++)
            if (s->traffic[i].to[k] == service)
                return true;
    for (int d = 0; d < s->ndemands; d++)
        for (int k = 0; k < s->demands[d].npairs; k++)
            if (s->demands[d].pairs[k].to.kind == DEMAND_SERVICE &&
                s->demands[d].pairs[k].to.index == service)
                return true;
    return false;
}

const char *playbook_check(const struct scenario *s, const struct playbook_options *o)
{
    if (begins_ps(s) >= s->duration_ps)
        return "nothing happens in it: neither an event on the timeline nor an attack";
    if (begins_ps(s) + o->react_ps + 2 * s->bucket_ps > s->duration_ps)
        return "it ends before the operator reacts and something can be measured";
    return NULL;
}

static bool publishes(const struct service *s, int pop)
{
    for (int i = 0; i < s->npublish; i++)
        if (s->publish[i] == pop)
            return true;
    return false;
}

// The service, published besides at every other POP of a network in which it is.
static void add_pops(struct playbook *p, struct service *s)
{
    const struct topology *t = &p->scenario.topology;
    int *publish = arena_array(&p->arena, int, t->npops + s->npublish);
    int n = s->npublish, network = n ? t->pops[s->publish[0]].network : -1;
    if (s->mode == MODE_UNICAST)
        return;
    if (n)
        memcpy(publish, s->publish, (size_t)n * sizeof *publish);
    for (int pop = 0; pop < t->npops; pop++)
        if (t->pops[pop].network == network && !publishes(s, pop))
            publish[n++] = pop;
    s->publish = publish;
    s->npublish = n;
}

static void prepare(struct playbook *p, const struct scenario *s, const struct playbook_options *o)
{
    struct scenario *out = &p->scenario;
    *out = *s;
    p->begins_ps = begins_ps(s);
    p->acts_ps = p->begins_ps + o->react_ps;
    out->nexpectations = 0;
    out->outage_from_ps = p->acts_ps; // what is measured by phase
    out->outage_to_ps = out->duration_ps;
    out->services = arena_array(&p->arena, struct service, s->nservices);
    memcpy(out->services, s->services, (size_t)s->nservices * sizeof *s->services);
    for (int i = 0; i < s->nservices && (o->kinds[PLAY_ADD] || o->kinds[PLAY_REPLACE]); i++)
        add_pops(p, &out->services[i]);
}

// --- the world

static bool prefers_oldest(const struct control *c)
{
    for (uint32_t r = 0; r < control_routers(c); r++) {
        const struct control_router *is = control_router(c, r);
        struct bgp_decision d;
        if (!is->bgp.asn)
            continue;
        bgp_decision_init(&d, &is->bgp.decide);
        if (d.is.prefer_oldest == BGP_ON)
            return true;
    }
    return false;
}

static void list_links(struct playbook *p)
{
    const struct net *net = p->world->net;
    p->links = arena_array(&p->arena, const char *, net->nports);
    for (uint32_t i = 0; i < net->nports; i++)
        p->links[i] = arena_printf(&p->arena, "%s>%s", net->nodes[net->ports[i]->from].name,
                                   net->nodes[net->ports[i]->to].name);
}

static void build(struct playbook *p, const struct scenario *s)
{
    p->world = world_new(&p->scenario);
    for (int i = 0; i < s->nservices; i++)
        for (int k = s->services[i].npublish; k < p->scenario.services[i].npublish; k++)
            anycast_withdraw(&p->world->services[i], p->world->control,
                             (uint32_t)p->scenario.services[i].publish[k]);
    p->oldest = prefers_oldest(p->world->control);
    list_links(p);
}

// --- one play, in its child

static void work(void *ctx, size_t i, FILE *out)
{
    const struct playbook_job *j = ctx;
    struct playbook *p = j->book;
    const struct play *play = &p->plays[i];
    for (int step = 0; step < playbook_steps(play); step++) {
        int64_t at_ps = p->acts_ps + step * PLAYBOOK_STEP_PS;
        if (at_ps >= p->scenario.duration_ps)
            break;
        run_until(p->world, at_ps, NULL);
        playbook_act(p, play, step);
    }
    run_until(p->world, p->scenario.duration_ps, NULL);
    struct results *r = run_collect(p->world);
    playbook_write(p, r, out);
    results_free(r);
}

// --- in the parent

static void done(void *ctx, size_t i, bool ok, const char *text, size_t len)
{
    struct playbook *p = ((struct playbook_job *)ctx)->book;
    (void)len;
    p->plays[i].ok = ok && playbook_read(p, i, text);
}

static void progress(void *ctx, size_t ended, size_t tasks)
{
    const struct playbook_options *o = ((struct playbook_job *)ctx)->options;
    if (o->progress)
        o->progress(o->ctx, (double)ended / (double)tasks);
}

// What needs two outcomes.
static void compare(struct playbook *p)
{
    for (size_t i = 0; i < p->nplays; i++) {
        struct play *play = &p->plays[i];
        if (!play->ok)
            continue;
        if (p->plays[0].ok)
            play->users_moved = playbook_moved(p, play, &p->plays[0]);
        if (play->twin >= 0 && p->plays[play->twin].ok)
            play->twin_users = playbook_moved(p, play, &p->plays[play->twin]);
    }
}

bool playbook_run(const struct scenario *s, const struct playbook_options *o, struct playbook *out)
{
    int *published = xcalloc((size_t)s->nservices, sizeof *published);
    *out = (struct playbook){0};
    arena_init(&out->arena);
    for (int i = 0; i < s->nservices; i++)
        published[i] = s->services[i].npublish;
    prepare(out, s, o);
    build(out, s);
    playbook_list(out, o, published);
    free(published);
    struct timeline *t = timeline_new(out->world);
    run_warm_up(out->world, NULL);
    run_until(out->world, out->acts_ps, NULL);
    struct playbook_job ctx = {out, o};
    struct jobs j = {.parallel = o->jobs,
                     .tasks = out->nplays,
                     .ctx = &ctx,
                     .work = work,
                     .done = done,
                     .progress = progress};
    bool ran = jobs_run(&j);
    timeline_free(t);
    compare(out);
    return ran;
}

void playbook_free(struct playbook *p)
{
    world_free(p->world);
    arena_free(&p->arena);
}

// --- the ranking

// Rounded: what nobody would notice decides nothing.
static double figure(const struct play *p, enum play_rank key)
{
    switch (key) {
    case RANK_USERS:
        return rint(p->users);
    case RANK_LOST:
        return rint(p->lost_bps / 1e6);
    case RANK_UTILISATION:
        return rint(p->utilisation * 100);
    default: // who cannot be asked is worst
        return isnan(p->added_rtt_ms) ? INFINITY : rint(p->added_rtt_ms * 10);
    }
}

static bool better(const struct play *a, const struct play *b, const enum play_rank keys[RANK_KEYS])
{
    for (int k = 0; k < RANK_KEYS; k++) {
        double x = figure(a, keys[k]), y = figure(b, keys[k]);
        if (x < y || x > y)
            return x < y;
    }
    return false;
}

// By insertion: stable.
void playbook_rank(const struct playbook *p, const enum play_rank keys[RANK_KEYS], size_t *order,
                   size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < p->nplays; i++) {
        size_t k = *n;
        if (!p->plays[i].ok)
            continue;
        for (; k > 0 && better(&p->plays[i], &p->plays[order[k - 1]], keys); k--)
            order[k] = order[k - 1];
        order[k] = i;
        (*n)++;
    }
}
