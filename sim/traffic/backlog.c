// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/backlog.h"

void backlog_init(struct backlog *b, const struct service_backlog *is, int64_t now_ps)
{
    *b = (struct backlog){.is = is, .window_ps = now_ps, .share = 1};
}

static void next_window(struct backlog *b)
{
    double size = (double)b->is->size;
    double freed = (double)BACKLOG_WINDOW_PS / (double)b->is->hold_ps;
    double wanted = b->taken * (1 - freed) + b->coming;
    b->share = wanted <= size ? 1 : size * freed / b->coming;
    if (b->share > 1)
        b->share = 1;
    b->taken = wanted < size ? wanted : size;
    b->coming = 0;
    b->window_ps += BACKLOG_WINDOW_PS;
}

bool backlog_admits(struct backlog *b, uint32_t weight, bool stays, double u, int64_t now_ps)
{
    // After so long a silence every place is free.
    if (now_ps - b->window_ps > 2 * b->is->hold_ps + 2 * BACKLOG_WINDOW_PS)
        backlog_init(b, b->is, now_ps);
    while (now_ps - b->window_ps >= BACKLOG_WINDOW_PS)
        next_window(b);
    if (stays)
        b->coming += weight;
    return b->is->cookies || u < b->share;
}
