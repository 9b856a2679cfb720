// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/desk.h"

#include "base/rng.h"
#include "base/units.h"

#define WINDOW_PS PS_PER_S

void desk_init(struct desk *d, uint64_t seed, const struct traffic_capacity *c)
{
    *d = (struct desk){.is = *c, .rng = rng_stream(seed, c->name, "desk")};
    if (c->requests_uhz == 0)
        return;
    d->each_ps = (int64_t)((double)PS_PER_S * 1e6 / (double)c->requests_uhz + 0.5);
    d->limit_ps = c->queue * d->each_ps;
}

void desk_free(struct desk *d)
{
    gsl_rng_free(d->rng);
}

// More come than are served, and the queue has no whole turn left: then the fluid and the requests are
// refused the same share.
static bool is_full(const struct desk *d)
{
    return d->others > 0 && d->load > 1 &&
           d->backlog_ps + (double)d->each_ps >= (double)d->limit_ps;
}

// The queue as it has become by `now_ps`.
static void advance(struct desk *d, int64_t now_ps)
{
    double passed_ps = (double)(now_ps - d->seen_ps), most = (double)d->limit_ps;
    double coming = is_full(d) ? d->others / d->load : d->others;
    double after = d->backlog_ps + (coming - 1) * passed_ps;
    if (d->backlog_ps > most) // by the last turn that was granted
        most = d->backlog_ps;
    d->backlog_ps = after < 0 ? 0 : after > most ? most : after;
    d->seen_ps = now_ps;
}

static void close_window(struct desk *d, uint64_t own, uint64_t stood)
{
    double turns = ps_to_s(d->each_ps) / ps_to_s(WINDOW_PS);
    d->window_ps += WINDOW_PS;
    advance(d, d->window_ps);
    d->others = (double)stood * turns;
    d->load = (double)(own + stood) * turns;
    d->own = d->stood = 0;
}

// Windows that are over by now; of several without a request one will do.
static void close_windows(struct desk *d, int64_t now_ps)
{
    if (now_ps - d->window_ps < WINDOW_PS)
        return;
    close_window(d, d->own, d->stood);
    if (now_ps - d->window_ps < WINDOW_PS)
        return;
    close_window(d, 0, 0);
    d->window_ps += (now_ps - d->window_ps) / WINDOW_PS * WINDOW_PS;
}

static bool has_room(const struct desk *d)
{
    if (d->backlog_ps > (double)d->limit_ps)
        return false;
    return !is_full(d) || rng_uniform(d->rng) * d->load < 1;
}

bool desk_begin(struct desk *d, uint32_t weight, int64_t own_ps, int64_t now_ps, int64_t *ready_ps)
{
    int64_t wait_ps = 0;
    if (d->each_ps) {
        close_windows(d, now_ps);
        advance(d, now_ps);
        d->own++;
        d->stood += weight - 1; // whether there is room for it or not
        if (!has_room(d)) {
            d->refused++;
            return false;
        }
        wait_ps = (int64_t)d->backlog_ps;
        d->backlog_ps += (double)d->each_ps;
    }
    d->served++;
    *ready_ps = now_ps + wait_ps + (d->is.service_ps >= 0 ? d->is.service_ps : own_ps);
    return true;
}
