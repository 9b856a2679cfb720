// SPDX-License-Identifier: GPL-3.0-or-later
#include "anycast/audience.h"

#include "base/arena.h"
#include "base/vec.h"

struct part {
    double from, share; // of the users
    int first, caches;  // its classes: followers first, then holders
};

struct audience {
    double ignoring;
    int64_t hold_ps;
    VEC(struct part) parts;
    VEC(struct audience_class) classes;
};

static void add_class(struct audience *a, const struct audience_class *c, double phase,
                      int64_t life_ps, int64_t now_ps)
{
    struct audience_class fresh = *c;
    fresh.until_ps = now_ps + (int64_t)(phase * (double)life_ps);
    vec_push(&a->classes, fresh);
}

static void add_part(struct audience *a, int index, const struct audience_part *p, int64_t ttl_ps,
                     int64_t now_ps)
{
    double from =
        a->parts.n ? a->parts.v[a->parts.n - 1].from + a->parts.v[a->parts.n - 1].share : 0;
    struct part part = {from, p->share, (int)a->classes.n, p->caches};
    struct audience_class c = {.part = index, .site = NAMECACHE_NOBODY};
    int64_t hold_ps = a->hold_ps > ttl_ps ? a->hold_ps : ttl_ps;
    vec_push(&a->parts, part);
    c.share = p->share * (1 - a->ignoring) / p->caches;
    for (c.cache = 0; c.cache < p->caches; c.cache++)
        add_class(a, &c, (c.cache + p->offset) / p->caches, ttl_ps, now_ps);
    c.holds = true;
    c.share = p->share * a->ignoring / AUDIENCE_HOLDERS;
    for (int i = 0; a->ignoring > 0 && i < AUDIENCE_HOLDERS; i++) {
        c.cache = i % p->caches;
        add_class(a, &c, (i + p->offset) / AUDIENCE_HOLDERS, hold_ps, now_ps);
    }
}

struct audience *audience_new(const struct audience_options *o, int64_t ttl_ps, int64_t now_ps)
{
    struct audience *a = xcalloc(1, sizeof *a);
    a->ignoring = o->ignoring;
    a->hold_ps = o->hold_ps;
    for (int i = 0; i < o->nparts; i++)
        add_part(a, i, &o->parts[i], ttl_ps, now_ps);
    return a;
}

void audience_assume(struct audience *a, int i, int site)
{
    a->classes.v[i].site = site;
}

void audience_free(struct audience *a)
{
    if (!a)
        return;
    vec_free(&a->parts);
    vec_free(&a->classes);
    free(a);
}

int audience_classes(const struct audience *a)
{
    return (int)a->classes.n;
}

const struct audience_class *audience_class(const struct audience *a, int i)
{
    return &a->classes.v[i];
}

static int nth(double part, int n) // of n equal ones, the one that lies at `part` of the whole
{
    int i = (int)(part * n);
    return i < 0 ? 0 : i < n ? i : n - 1;
}

int audience_of(const struct audience *a, double user)
{
    size_t k = 0;
    while (k + 1 < a->parts.n && user >= a->parts.v[k + 1].from)
        k++;
    const struct part *p = &a->parts.v[k];
    double place = p->share > 0 ? (user - p->from) / p->share : 0;
    if (place < a->ignoring || a->ignoring >= 1)
        return p->first + p->caches + nth(place / a->ignoring, AUDIENCE_HOLDERS);
    return p->first + nth((place - a->ignoring) / (1 - a->ignoring), p->caches);
}

void audience_told(struct audience *a, int i, const struct namecache_says *says, int64_t now_ps)
{
    struct audience_class *c = &a->classes.v[i];
    bool answered = says->site != NAMECACHE_NOBODY;
    int64_t keep_ps = says->ttl_ps;
    if (answered && c->holds && keep_ps < a->hold_ps)
        keep_ps = a->hold_ps;
    if (answered || !c->holds)
        c->site = says->site;
    c->until_ps = now_ps + keep_ps;
}

double audience_share(const struct audience *a, int site)
{
    double sum = 0;
    for (size_t i = 0; i < a->classes.n; i++)
        sum += a->classes.v[i].site == site ? a->classes.v[i].share : 0;
    return sum;
}
