// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/lines.h"

#include "base/rng.h"
#include "run/fault.h"

#include <gsl/gsl_randist.h>
#include <stdlib.h>
#include <string.h>

#define MILLION 1e6

// --- what the net is told

static struct qdisc_options *queue_options(struct world *w, const struct queue *q)
{
    struct qdisc_options *o = arena_new(&w->arena, struct qdisc_options);
    struct qdisc_class *classes = arena_array(&w->arena, struct qdisc_class, q->nclasses);
    for (int i = 0; i < q->nclasses; i++)
        classes[i] = (struct qdisc_class){q->classes[i].dscp, q->classes[i].limit_bytes,
                                          q->classes[i].quantum_bytes};
    *o = (struct qdisc_options){
        .ops = qdisc_kind(queue_kind_names[q->kind]),
        .limit_bytes = q->limit_bytes,
        .limit_packets = q->limit_packets,
        .ecn = q->ecn,
        .min_bytes = q->min_bytes,
        .max_bytes = q->max_bytes,
        .mean_packet_bytes = q->mean_packet_bytes,
        .max_probability = (double)q->probability_ppm / MILLION,
        .weight = (double)q->weight_ppm / MILLION,
        .gentle = q->gentle,
        .target_ps = q->target_ps,
        .interval_ps = q->interval_ps,
        .flows = (uint32_t)q->flows,
        .quantum_bytes = q->quantum_bytes,
        .classes = classes,
        .nclasses = q->nclasses,
        .fluid_class = q->fluid_class,
        .shaper_bps = q->rate_bps,
        .burst_bytes = q->burst_bytes,
    };
    SIM_ASSERT(w->sim, o->ops); // the names are the same on both sides
    return o;
}

// People at the line live by the time of `city` (scenario/demand.h, struct daytime).
static struct impair_options impair_options(const struct world *w, const struct impairment *i,
                                            const struct city *city)
{
    const struct daytime *d = &w->scenario->daytime;
    return (struct impair_options){
        .loss = (double)i->loss_ppm / MILLION,
        .bursty = i->bursty,
        .bursts = {(double)i->p_ppm / MILLION, (double)i->r_ppm / MILLION,
                   (double)i->h_ppm / MILLION, (double)i->k_ppm / MILLION},
        .delayed = i->delayed,
        .reorder = i->reorder,
        .delay = i->delay,
        .duplicate = (double)i->duplicate_ppm / MILLION,
        .corrupt = (double)i->corrupt_ppm / MILLION,
        .curve = i->curve.n ? &i->curve : NULL,
        .clock_ps = w->scenario->clock_ps + (d->one_zone ? 0 : city->utc_offset_ps - d->zone_ps),
        .epoch_ps = w->epoch_ps,
        .clock_speed = (double)d->speed_ppm / MILLION,
        .congestion = i->congestion,
    };
}

void lines_options(struct world *w, const struct line_traits *t, const struct network *n,
                   const struct city *const ends[2], int parallel, struct net_link_options *o)
{
    const struct queue *q = t->own_queue || !n ? t->queue : n->queue;
    int64_t mtu = t->mtu_bytes || !n ? t->mtu_bytes : n->mtu_bytes;
    o->mtu = (uint32_t)mtu;
    o->back.rate_bps = t->rate_back_bps / parallel;
    o->back.delay_ps = t->delay_back_ps;
    if (q && q->limit_ps)
        o->queue_ps = q->limit_ps;
    else if (q)
        o->forth.qdisc = o->back.qdisc = queue_options(w, q);
    for (int back = 0; back < 2; back++) {
        if (!t->impair[back])
            continue;
        struct impair_options *i = arena_new(&w->arena, struct impair_options);
        *i = impair_options(w, t->impair[back], ends[back]);
        *(back ? &o->back.impair : &o->forth.impair) = i;
    }
}

// --- links that go down and up

struct flapper {
    struct entity entity; // must stay first: its event is the next turn
    struct lines *lines;
    uint32_t link;
    gsl_rng *rng;
    const struct flap *flap; // NULL: it does not
    uint64_t turn;           // events of an earlier way of flapping are stale
    bool down, silent;
};

struct lines {
    struct world *world;
    struct flapper **flappers;          // by link; NULL: never flapped
    const struct impairment *(*now)[2]; // by link and direction
    uint32_t nlinks;
};

static void turn_link(struct flapper *f, bool down)
{
    struct world *w = f->lines->world;
    struct fault fault = {0};
    vec_push(&fault.links, f->link);
    if (down)
        fault_break(w, &fault, f->silent);
    else
        fault_mend(w, &fault, f->silent);
    f->down = down;
    fault_free(&fault);
}

static void await_turn(struct flapper *f)
{
    struct sim *sim = f->lines->world->sim;
    int64_t time_ps = f->down ? f->flap->down_ps : f->flap->up_ps;
    if (f->flap->random)
        time_ps = 1 + (int64_t)gsl_ran_exponential(f->rng, (double)time_ps);
    sim_at(sim, &f->entity, &f->entity, sim_now(sim) + time_ps, SIM_PHASE_WORLD, ++f->turn);
}

static void turn(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct flapper *f = (struct flapper *)self;
    (void)sim;
    if (arg != f->turn || !f->flap)
        return;
    if (!f->down)
        f->silent = f->flap->silent;
    turn_link(f, !f->down);
    await_turn(f);
}

static void begin(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct flapper *f = (struct flapper *)self;
    (void)sim;
    (void)arg;
    self->fn = turn;
    if (f->flap)
        await_turn(f);
}

static struct flapper *flapper_of(struct lines *l, uint32_t link)
{
    struct world *w = l->world;
    if (l->flappers[link])
        return l->flappers[link];
    struct flapper *f = xcalloc(1, sizeof *f);
    sim_entity(w->sim, &f->entity, turn);
    f->lines = l;
    f->link = link;
    f->rng = rng_stream(w->scenario->seed, w->net->links[link].name, "flap");
    l->flappers[link] = f;
    return f;
}

static void set_flap(struct lines *l, uint32_t link, const struct flap *flap)
{
    if (!flap && !l->flappers[link])
        return;
    struct flapper *f = flapper_of(l, link);
    if (f->flap == flap)
        return;
    if (f->down)
        turn_link(f, false);
    f->flap = flap;
    f->turn++;
    if (flap)
        await_turn(f);
}

// --- impairments

static const struct line_traits *traits_of(const struct world *w, uint32_t link)
{
    const struct world_link *l = &w->links[link];
    const struct topology *t = &w->scenario->topology;
    if (l->kind == WORLD_BACKBONE)
        return &t->networks[l->network].links[l->row].line;
    return l->kind == WORLD_INTERCONNECT ? &t->interconnects[l->interconnect].line : NULL;
}

static const struct flap *flap_of(const struct lines *l, uint32_t link)
{
    for (int back = 0; back < 2; back++)
        if (l->now[link][back] && l->now[link][back]->flap)
            return l->now[link][back]->flap;
    return NULL;
}

// Where a direction of a link begins.
static const struct city *from_city(const struct world *w, uint32_t link, bool back)
{
    const struct net_link *l = &w->net->links[link];
    return world_city_of(w, w->net->ports[back ? l->b_port : l->a_port]->from);
}

static void apply(struct lines *l, uint32_t link, bool back, const struct impairment *i)
{
    struct world *w = l->world;
    struct impair_options o = {0};
    if (i)
        o = impair_options(w, i, from_city(w, link, back));
    net_link_impair(w->net, link, back, i ? &o : NULL);
    control_line_changed(w->control, link);
    l->now[link][back] = i;
    set_flap(l, link, flap_of(l, link));
}

void lines_impair(struct lines *l, uint32_t link, bool back, const struct impairment *i)
{
    const struct line_traits *t = traits_of(l->world, link);
    apply(l, link, back, i ? i : t ? t->impair[back] : NULL);
}

void lines_clear(struct lines *l, uint32_t link, bool back)
{
    apply(l, link, back, NULL);
}

struct lines *lines_new(struct world *w)
{
    struct lines *l = xcalloc(1, sizeof *l);
    l->world = w;
    l->nlinks = w->net->nlinks;
    l->flappers = xcalloc(l->nlinks, sizeof(struct flapper *));
    l->now = xcalloc(l->nlinks, sizeof *l->now);
    for (uint32_t i = 0; i < l->nlinks; i++) {
        const struct line_traits *t = traits_of(w, i);
        if (!t || (!t->impair[0] && !t->impair[1]))
            continue;
        memcpy(l->now[i], t->impair, sizeof l->now[i]);
        control_line_changed(w->control, i);
        const struct flap *flap = flap_of(l, i);
        if (!flap)
            continue;
        struct flapper *f = flapper_of(l, i);
        f->flap = flap;
        f->entity.fn = begin;
        sim_at(w->sim, &f->entity, &f->entity, w->epoch_ps, SIM_PHASE_WORLD, 0);
    }
    return l;
}

void lines_free(struct lines *l)
{
    if (!l)
        return;
    for (uint32_t i = 0; i < l->nlinks; i++) {
        if (l->flappers[i])
            gsl_rng_free(l->flappers[i]->rng);
        free(l->flappers[i]);
    }
    free(l->flappers);
    free(l->now);
    free(l);
}
