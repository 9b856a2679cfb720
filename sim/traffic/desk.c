// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/desk.h"

#include "base/rng.h"
#include "base/units.h"

#define WINDOW_PS PS_PER_S

void desk_init(struct desk *d, uint64_t seed, const struct traffic_capacity *c)
{
    *d = (struct desk){.is = *c, .rng = rng_stream(seed, c->name, "desk"), .room = 1};
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
    return d->others > 0 && d->load > d->room &&
           d->backlog_ps + (double)d->each_ps >= (double)d->limit_ps;
}

// The queue as it has become by `now_ps`.
static void advance(struct desk *d, int64_t now_ps)
{
    double passed_ps = (double)(now_ps - d->seen_ps), most = (double)d->limit_ps;
    double coming = is_full(d) ? d->others * d->room / d->load : d->others;
    double after = d->backlog_ps + (coming + d->waiting - 1) * passed_ps;
    if (d->backlog_ps > most) // by the last turn that was granted
        most = d->backlog_ps;
    if (d->waiting > 1) // no limit holds for those
        most = after;
    d->backlog_ps = after < 0 ? 0 : after > most ? most : after;
    d->seen_ps = now_ps;
}

static void close_window(struct desk *d)
{
    double turns = ps_to_s(d->each_ps) / ps_to_s(WINDOW_PS);
    double waiting = (double)(d->wait_own + d->wait_stood) * turns;
    d->window_ps += WINDOW_PS;
    advance(d, d->window_ps);
    d->others = (double)d->stood * turns;
    d->load = (double)(d->own + d->stood) * turns;
    d->waiting = (double)d->wait_stood * turns;
    d->room = waiting < 1 ? 1 - waiting : 0;
    d->own = d->stood = d->wait_own = d->wait_stood = 0;
}

// Windows that are over by now; of several without a request one will do.
static void close_windows(struct desk *d, int64_t now_ps)
{
    if (now_ps - d->window_ps < WINDOW_PS)
        return;
    close_window(d);
    if (now_ps - d->window_ps < WINDOW_PS)
        return;
    close_window(d);
    d->window_ps += (now_ps - d->window_ps) / WINDOW_PS * WINDOW_PS;
}

static bool has_room(const struct desk *d)
{
    if (d->backlog_ps > (double)d->limit_ps)
        return false;
    return !is_full(d) || rng_uniform(d->rng) * d->load < d->room;
}

static int64_t take_turn(struct desk *d, int64_t own_ps, int64_t now_ps)
{
    int64_t wait_ps = (int64_t)d->backlog_ps;
    d->backlog_ps += (double)d->each_ps;
    d->served++;
    return now_ps + wait_ps + (d->is.service_ps >= 0 ? d->is.service_ps : own_ps);
}

bool desk_begin(struct desk *d, uint32_t weight, int64_t own_ps, int64_t now_ps, int64_t *ready_ps)
{
    if (d->each_ps) {
        close_windows(d, now_ps);
        advance(d, now_ps);
        d->own++;
        d->stood += weight - 1; // whether there is room for it or not
        if (!has_room(d)) {
            d->refused++;
            return false;
        }
    }
    *ready_ps = take_turn(d, own_ps, now_ps);
    return true;
}

int64_t desk_wait(struct desk *d, uint32_t weight, int64_t own_ps, int64_t now_ps)
{
    if (d->each_ps) {
        close_windows(d, now_ps);
        advance(d, now_ps);
        d->wait_own++;
        d->wait_stood += weight - 1;
    }
    return take_turn(d, own_ps, now_ps);
}
