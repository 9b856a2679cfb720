// SPDX-License-Identifier: GPL-3.0-or-later
// onoff: sources that send at a constant rate for a while and are silent for a while, both for
// times of a Pareto distribution with infinite variance. Added up they are self-similar, with the
// Hurst parameter H = (3 − α) / 2 of the shape α (Willinger, Taqqu, Sherman and Wilson 1997;
// Crovella and Bestavros 1997). A Pareto distribution of mean m and shape α begins at
// m (α − 1) / α. Each datagram is a unit that goes one way.
//
// Every source begins at a random point of an interval between its datagrams, in the state that its
// means make as likely as they do; how long that state has lasted already is left out.
#include "base/rng.h"
#include "traffic/kinds.h"
#include "traffic/oneway.h"
#include <gsl/gsl_randist.h>
#include <stdlib.h>

#define ONOFF_PORT 9 // discard (RFC 863)

struct source {
    int64_t until_ps; // it sends until then
};

struct onoff {
    gsl_rng *times;
    struct source *sources;
};

static int64_t draw_ps(const struct flow *f, int64_t mean_ps)
{
    const struct onoff *s = f->state;
    double shape = f->is.options->onoff.shape;
    double ps = gsl_ran_pareto(s->times, shape, (double)mean_ps * (shape - 1) / shape);
    return ps < (double)f->is.stop_ps ? (int64_t)(ps + 0.5) : f->is.stop_ps; // to the very end
}

static void wake_later(struct flow *f, int64_t at_ps, uint64_t source)
{
    if (at_ps < f->is.stop_ps)
        flow_wake(f, at_ps, source);
}

static void start(struct flow *f, int64_t now_ps)
{
    const struct onoff_options *o = &f->is.options->onoff;
    struct onoff *s = f->state;
    s->times = flow_rng(f, "times");
    s->sources = xcalloc((size_t)o->sources, sizeof *s->sources);
    for (int64_t i = 0; i < o->sources; i++) {
        bool on = rng_uniform(s->times) * (double)(o->on_ps + o->off_ps) < (double)o->on_ps;
        int64_t phase_ps = (int64_t)(rng_uniform(s->times) * (double)f->is.interval_ps);
        int64_t lasts_ps = draw_ps(f, on ? o->on_ps : o->off_ps);
        s->sources[i].until_ps = on ? now_ps + lasts_ps : now_ps;
        wake_later(f, on ? now_ps + phase_ps : now_ps + lasts_ps, (uint64_t)i);
    }
}

// Due to send; or its silence is over.
static void wake(struct flow *f, uint64_t arg, int64_t now_ps)
{
    const struct onoff_options *o = &f->is.options->onoff;
    struct onoff *s = f->state;
    struct source *source = &s->sources[arg];
    if (now_ps >= source->until_ps)
        source->until_ps = now_ps + draw_ps(f, o->on_ps);
    oneway_send(f, ONOFF_PORT, now_ps);
    int64_t next_ps = now_ps + f->is.interval_ps;
    if (next_ps >= source->until_ps)
        next_ps = source->until_ps + draw_ps(f, o->off_ps);
    wake_later(f, next_ps, arg);
}

static void stop(struct flow *f, int64_t now_ps)
{
    struct onoff *s = f->state;
    (void)now_ps;
    free(s->sources);
    s->sources = NULL;
}

const struct traffic_kind_ops traffic_onoff = {.name = "onoff",
                                               .client_size = sizeof(struct onoff),
                                               .start = start,
                                               .wake = wake,
                                               .at_server = oneway_at_server,
                                               .stop = stop};
