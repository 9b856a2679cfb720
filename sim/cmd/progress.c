// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/progress.h"

#include <stdio.h>
#include <time.h>

#define WIDTH 30

double wall_clock_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void progress_begin(struct progress *p, bool on, const char *what)
{
    *p = (struct progress){.on = on, .what = what, .start_s = wall_clock_s()};
}

void progress_show(struct progress *p, double share)
{
    double now_s = p->on ? wall_clock_s() : 0;
    if (!p->on || now_s - p->last_s < 0.1)
        return;
    p->last_s = now_s;
    double passed_s = now_s - p->start_s;
    double left_s = share > 0.02 ? passed_s * (1 - share) / share : 0;
    int full = (int)(share * WIDTH);
    fprintf(stderr, "\r%-28.28s [", p->what);
    for (int i = 0; i < WIDTH; i++)
        fputc(i < full ? '#' : '.', stderr);
    fprintf(stderr, "] %3.0f %%  %.0f s left ", share * 100, left_s);
    fflush(stderr);
}

void progress_tick(void *ctx, double share)
{
    progress_show(ctx, share);
}

void progress_end(struct progress *p)
{
    if (p->on && p->last_s > 0)
        fprintf(stderr, "\r\033[K");
}
