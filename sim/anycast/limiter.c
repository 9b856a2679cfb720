// SPDX-License-Identifier: GPL-3.0-or-later
#include "anycast/limiter.h"

void limiter_init(struct limiter *l, int64_t rate_bps)
{
    *l = (struct limiter){.rate_bps = rate_bps};
    table_init(&l->index);
}

void limiter_free(struct limiter *l)
{
    table_free(&l->index);
    vec_free(&l->sources);
}

static struct limiter_source *find(struct limiter *l, uint64_t source)
{
    uint64_t at;
    if (!table_get(&l->index, &source, sizeof source, &at)) {
        struct limiter_source fresh = {0};
        at = l->sources.n;
        table_put(&l->index, &source, sizeof source, at);
        vec_push(&l->sources, fresh);
    }
    return &l->sources.v[at];
}

double limiter_offer(struct limiter *l, uint64_t source, double bits, int64_t now_ps)
{
    struct limiter_source *s = find(l, source);
    int64_t window = now_ps / LIMITER_WINDOW_PS;
    if (window != s->window) {
        s->before = window == s->window + 1 ? s->bits : 0;
        s->bits = 0;
        s->window = window;
    }
    s->bits += bits;
    double allowed = (double)l->rate_bps * ((double)LIMITER_WINDOW_PS / 1e12);
    return s->before > allowed ? 1 - allowed / s->before : 0;
}
