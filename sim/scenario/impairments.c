// SPDX-License-Identifier: GPL-3.0-or-later
// Impairments: laws with their parameters, distribution functions, curves.
#include "scenario/line_reader.h"

#include <math.h>
#include <string.h>

#define MILLION 1e6

static const char *const noise_keys[NOISE_KEYS] = {"mean", "sd", "scale", "shape"};

// Which of those keys a law has.
static unsigned parameters(int law)
{
    switch (law) {
    case VARIATE_CONSTANT:
        return 1u << NOISE_MEAN;
    case VARIATE_WEIBULL:
    case VARIATE_PARETO:
        return 1u << NOISE_SCALE | 1u << NOISE_SHAPE;
    case VARIATE_EMPIRICAL:
        return 0;
    default:
        return 1u << NOISE_MEAN | 1u << NOISE_SD;
    }
}

static void check_parameters(struct input *in, const struct raw_noise *raw)
{
    const char *law = variate_law_names[raw->law];
    unsigned has = parameters(raw->law);
    for (int i = 0; i < NOISE_KEYS; i++) {
        bool given = raw->given[i].line > 0, wanted = has >> i & 1;
        if (given && !wanted)
            diag_error(in->d, raw->given[i], "leave it out", "'%s' is not for the %s law",
                       noise_keys[i], law);
        if (!given && wanted)
            diag_error(in->d, raw->at, NULL, "the %s law needs '%s'", law, noise_keys[i]);
    }
    if (raw->law == VARIATE_EMPIRICAL && !raw->samples.at.line)
        diag_error(in->d, raw->at, "samples: file.csv", "the empirical law needs 'samples'");
    if (raw->law != VARIATE_EMPIRICAL && raw->samples.at.line)
        diag_error(in->d, raw->samples.at, "leave it out", "'samples' is not for the %s law", law);
    if (raw->law == VARIATE_PARETO && raw->given[NOISE_SHAPE].line && raw->shape <= 1)
        diag_error(in->d, raw->given[NOISE_SHAPE], "at 1 and below it has no mean",
                   "the shape of a pareto law must be above 1");
    if ((has >> NOISE_SCALE & 1) && raw->given[NOISE_SCALE].line && raw->scale_ps == 0)
        diag_error(in->d, raw->given[NOISE_SCALE], NULL, "the scale must be above 0");
}

// A distribution function rises from 0 or more to 1, and delays rise with it.
static void read_samples(struct input *in, const struct rows *rows, struct variate *v)
{
    const struct raw_sample *raw = rows->v;
    struct variate_point *points = arena_array(in->a, struct variate_point, rows->n);
    for (int i = 0; i < rows->n; i++) {
        const struct raw_sample *s = &raw[i], *before = i ? &raw[i - 1] : NULL;
        points[i] = (struct variate_point){s->delay_ps, s->probability};
        if (before && s->delay_ps >= 0 && s->delay_ps < before->delay_ps)
            diag_error(in->d, s->delay_at, "sort the rows by delay",
                       "a distribution function must be sorted: this delay is shorter than the one "
                       "before");
        if (before && s->probability >= 0 && s->probability <= before->probability)
            diag_error(in->d, s->probability_at, "leave the row out if nothing is new in it",
                       "a distribution function must rise: this probability is not above the one "
                       "before");
    }
    if (rows->n == 0)
        diag_error(in->d, rows->at, NULL, "a distribution function needs at least one point");
    else if (raw[rows->n - 1].probability >= 0 && raw[rows->n - 1].probability < 1)
        diag_error(in->d, raw[rows->n - 1].probability_at, "the last probability is 1",
                   "a distribution function must end at 1");
    v->points = points;
    v->npoints = rows->n;
}

static void read_noise(struct input *in, const struct raw_noise *raw, struct impairment *out)
{
    if (raw->law < 0)
        return;
    check_parameters(in, raw);
    out->delayed = true;
    out->reorder = raw->reorder;
    out->delay = (struct variate){.law = (enum variate_law)raw->law,
                                  .mean_ps = raw->mean_ps,
                                  .sd_ps = raw->sd_ps,
                                  .scale_ps = raw->scale_ps,
                                  .shape = raw->shape,
                                  .correlation = (double)raw->correlation_ppm / MILLION};
    if (raw->law == VARIATE_EMPIRICAL && raw->samples.at.line)
        read_samples(in, &raw->samples, &out->delay);
}

static void read_curve(struct input *in, const struct rows *rows, struct curve *out)
{
    const struct raw_curve_point *raw = rows->v;
    struct curve_point *points = arena_array(in->a, struct curve_point, rows->n);
    for (int i = 0; i < rows->n; i++) {
        points[i] = (struct curve_point){raw[i].at_ps, raw[i].factor_ppm};
        if (i && raw[i].at_ps >= 0 && raw[i].at_ps <= raw[i - 1].at_ps)
            diag_error(in->d, raw[i].time_at, "sort the points by time of day",
                       "the points of a curve must follow each other in time");
    }
    if (rows->at.line && rows->n == 0)
        diag_error(in->d, rows->at, NULL, "a curve needs at least one point");
    *out = (struct curve){points, rows->n};
}

static void read_bursts(struct input *in, const struct raw_bursts *raw, struct impairment *out)
{
    out->bursty = true;
    out->p_ppm = raw->p_ppm;
    out->r_ppm = raw->r_ppm;
    out->h_ppm = raw->h_ppm;
    out->k_ppm = raw->k_ppm;
    if (raw->r_ppm == 0 && raw->p_ppm > 0)
        diag_error(in->d, raw->at, "a mean burst of 4 packets has r: 25%",
                   "with 'r' 0 the bad state never ends");
}

static void read_flap(struct input *in, const struct raw_flap *raw, struct impairment *out)
{
    struct flap *f = arena_new(in->a, struct flap);
    *f = (struct flap){raw->up_ps, raw->down_ps, raw->random, raw->silent};
    out->flap = f;
}

static void read_impairment(struct input *in, struct line_index *x,
                            const struct raw_impairment *raw)
{
    struct impairment *i = &x->impairments[x->nimpairments];
    if (!raw->name.s)
        return;
    *i = (struct impairment){.name = raw->name.s,
                             .loss_ppm = raw->loss_ppm,
                             .duplicate_ppm = raw->duplicate_ppm,
                             .corrupt_ppm = raw->corrupt_ppm,
                             .at = raw->name.at};
    if (strcmp(i->name, LINE_NONE) == 0) {
        diag_error(in->d, i->at, "call it something else", "'none' is no name for an impairment");
        return;
    }
    if (!names_add(&x->impairment_names, i->name, x->nimpairments)) {
        diag_error(in->d, i->at, "call it something else",
                   "impairment '%s' is declared in the topology already", i->name);
        return;
    }
    x->nimpairments++;
    if (raw->bursts)
        read_bursts(in, raw->bursts, i);
    if (raw->delay)
        read_noise(in, raw->delay, i);
    if (raw->flap)
        read_flap(in, raw->flap, i);
    read_curve(in, &raw->curve, &i->curve);
}

void impairments_read(struct input *in, struct line_index *x, const struct rows *raw)
{
    struct impairment *all = arena_array(in->a, struct impairment, x->nimpairments + raw->n);
    if (x->nimpairments)
        memcpy(all, x->impairments, sizeof *all * (size_t)x->nimpairments);
    x->impairments = all;
    for (int i = 0; i < raw->n; i++)
        read_impairment(in, x, (const struct raw_impairment *)raw->v + i);
}
