// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/impair.h"

#include "base/arena.h"
#include "base/rng.h"

#include <math.h>
#include <stdlib.h>

#define MILLION 1e6
#define ALWAYS  0.999999 // the largest share of time in the bad state: it must end sometimes

struct impair *impair_new(uint64_t seed, const char *port_name)
{
    static const char *const purposes[IMPAIR_STREAMS] = {
        [IMPAIR_LOSS] = "line loss",          [IMPAIR_BURSTS] = "line bursts",
        [IMPAIR_DELAY] = "line delay",        [IMPAIR_DUPLICATE] = "line duplicates",
        [IMPAIR_CORRUPT] = "line corruption",
    };
    struct impair *i = xcalloc(1, sizeof *i);
    for (int k = 0; k < IMPAIR_STREAMS; k++)
        i->rng[k] = rng_stream(seed, port_name, purposes[k]);
    return i;
}

void impair_free(struct impair *i)
{
    if (!i)
        return;
    for (int k = 0; k < IMPAIR_STREAMS; k++)
        gsl_rng_free(i->rng[k]);
    free(i);
}

void impair_set(struct impair *i, const struct impair_options *o)
{
    i->on = o != NULL;
    i->is = o ? *o : (struct impair_options){0};
    i->bad = false;
    i->noise = (struct variate_state){0};
}

double impair_factor(const struct impair *i, int64_t now_ps)
{
    if (!i->is.curve)
        return 1;
    double passed_ps = (double)(now_ps - i->is.epoch_ps) * i->is.clock_speed;
    int64_t time_ps = i->is.clock_ps + (int64_t)fmod(passed_ps, (double)CURVE_DAY_PS);
    return (double)curve_ppm(i->is.curve, time_ps) / MILLION;
}

// p of the chain whose share of time in the bad state, p / (p + r), is `factor` times what is given.
static double scaled_p(const struct impair_bursts *b, double factor)
{
    double share = b->p + b->r > 0 ? factor * b->p / (b->p + b->r) : 0;
    if (share > ALWAYS)
        share = ALWAYS;
    double p = b->r * share / (1 - share);
    return p < 1 ? p : 1;
}

static double bursts_loss(const struct impair_bursts *b, double factor)
{
    double p = factor == 1 ? b->p : scaled_p(b, factor);
    double bad = p + b->r > 0 ? p / (p + b->r) : 0;
    return bad * (1 - b->h) + (1 - bad) * (1 - b->k);
}

double impair_loss(const struct impair *i, int64_t now_ps)
{
    double factor = impair_factor(i, now_ps), loss = i->is.loss * factor;
    loss = loss < 1 ? loss : 1;
    if (i->is.bursty)
        loss = 1 - (1 - loss) * (1 - bursts_loss(&i->is.bursts, factor));
    return loss;
}

bool impair_loses(const struct impair_options *o)
{
    return o->loss > 0 || (o->bursty && (o->bursts.h < 1 || o->bursts.k < 1));
}

static bool happens(struct impair *i, enum impair_stream s, double probability)
{
    return probability > 0 && rng_uniform(i->rng[s]) < probability;
}

static bool lost_in_burst(struct impair *i, double factor)
{
    const struct impair_bursts *b = &i->is.bursts;
    double p = factor == 1 ? b->p : scaled_p(b, factor);
    if (happens(i, IMPAIR_BURSTS, i->bad ? b->r : p))
        i->bad = !i->bad;
    return happens(i, IMPAIR_BURSTS, 1 - (i->bad ? b->h : b->k));
}

static int64_t delay(struct impair *i, double factor)
{
    int64_t noise_ps = variate_draw_ps(&i->is.delay, &i->noise, i->rng[IMPAIR_DELAY]);
    return factor == 1 ? noise_ps : (int64_t)((double)noise_ps * factor);
}

struct impair_fate impair_draw(struct impair *i, int64_t now_ps)
{
    struct impair_fate f = {0};
    double factor = impair_factor(i, now_ps);
    f.lost = happens(i, IMPAIR_LOSS, i->is.loss * factor);
    if (i->is.bursty && lost_in_burst(i, factor))
        f.lost = true;
    if (f.lost)
        return f;
    f.duplicated = happens(i, IMPAIR_DUPLICATE, i->is.duplicate);
    f.corrupted = happens(i, IMPAIR_CORRUPT, i->is.corrupt);
    if (i->is.delayed)
        f.delay_ps = delay(i, factor);
    if (i->is.delayed && f.duplicated)
        f.copy_delay_ps = delay(i, factor);
    return f;
}

void impair_damage(struct impair *i, struct packet *p)
{
    uint32_t bit =
        (uint32_t)gsl_rng_uniform_int(i->rng[IMPAIR_CORRUPT], (unsigned long)p->length * 8);
    uint32_t at = bit / 8;
    if (at >= p->captured) {
        bool room = p->offset + p->captured < p->room;
        if (room)
            packet_data(p)[p->captured++] = 0;
        at = p->captured - 1;
    }
    packet_data(p)[at] ^= (uint8_t)(1u << bit % 8);
}
