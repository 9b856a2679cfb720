// SPDX-License-Identifier: GPL-3.0-or-later
#include "demand/maxmin.h"

#include "base/arena.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct wish { // the level at which a demand has what it wants
    double level;
    uint32_t demand;
};

// All growing demands stand at the same level: their rate by their weight.
struct filling {
    const struct maxmin *m;
    double *rate;
    double *fixed;  // [link]: taken by demands that have stopped
    double *slope;  // [link]: what the growing ones take by level
    size_t *active; // [link]: how many are growing
    size_t *at;     // [link + 1] into users
    uint32_t *users;
    bool *stopped;  // [demand]
    uint32_t *heap; // links, least level first
    double *key;    // [link]: the level at which it is full, as known when it was put in
    size_t nheap;
    struct wish *order; // by level
};

// --- links by level: a binary heap; equal levels in the order of the links

static bool before(const struct filling *f, uint32_t a, uint32_t b)
{
    return f->key[a] < f->key[b] || (f->key[a] == f->key[b] && a < b);
}

static void sift_down(struct filling *f, size_t i)
{
    uint32_t link = f->heap[i];
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= f->nheap)
            break;
        if (child + 1 < f->nheap && before(f, f->heap[child + 1], f->heap[child]))
            child++;
        if (!before(f, f->heap[child], link))
            break;
        f->heap[i] = f->heap[child];
        i = child;
    }
    f->heap[i] = link;
}

static void drop_first(struct filling *f)
{
    f->heap[0] = f->heap[--f->nheap];
    if (f->nheap)
        sift_down(f, 0);
}

static double level_of(const struct filling *f, uint32_t link)
{
    double left = f->m->capacity[link] - f->fixed[link];
    return left > 0 && f->slope[link] > 0 ? left / f->slope[link] : 0;
}

// The link that is full first, with its level; false: none. Levels only rise as demands stop, so a
// stale key is too low: it is renewed when it comes up.
static bool first_full(struct filling *f, uint32_t *link)
{
    while (f->nheap) {
        uint32_t l = f->heap[0];
        double level = f->active[l] ? level_of(f, l) : 0;
        if (f->active[l] == 0) {
            drop_first(f);
        } else if (level > f->key[l]) {
            f->key[l] = level;
            sift_down(f, 0);
        } else {
            *link = l;
            return true;
        }
    }
    return false;
}

// --- demands

static int by_level(const void *pa, const void *pb)
{
    const struct wish *a = pa, *b = pb;
    if (a->level != b->level)
        return a->level > b->level ? 1 : -1;
    return (a->demand > b->demand) - (a->demand < b->demand);
}

static void stop(struct filling *f, uint32_t d, double rate)
{
    const struct maxmin *m = f->m;
    f->stopped[d] = true;
    f->rate[d] = rate;
    for (size_t i = m->first[d]; i < m->first[d + 1]; i++) {
        uint32_t l = m->uses[i].link;
        f->fixed[l] += rate * m->uses[i].part;
        f->slope[l] -= m->weight[d] * m->uses[i].part;
        f->active[l]--;
    }
}

static void fill(struct filling *f, double *saturated)
{
    const struct maxmin *m = f->m;
    size_t next = 0;
    for (;;) {
        uint32_t link = 0;
        bool full = first_full(f, &link);
        while (next < m->ndemands && f->stopped[f->order[next].demand])
            next++;
        if (next == m->ndemands)
            return; // all have stopped
        const struct wish *w = &f->order[next];
        if (!full || w->level <= f->key[link]) {
            stop(f, w->demand, m->wanted[w->demand]);
            continue;
        }
        double level = f->key[link];
        if (saturated)
            saturated[link] = level;
        for (size_t i = f->at[link]; i < f->at[link + 1]; i++)
            if (!f->stopped[f->users[i]])
                stop(f, f->users[i], level * m->weight[f->users[i]]);
    }
}

// Who uses each link.
static void index_users(struct filling *f)
{
    const struct maxmin *m = f->m;
    size_t nuses = m->first[m->ndemands];
    size_t *fill_at = xmalloc((m->nlinks + 1) * sizeof *fill_at);
    f->at = xcalloc(m->nlinks + 1, sizeof *f->at);
    f->users = xmalloc((nuses + 1) * sizeof *f->users);
    for (size_t i = 0; i < nuses; i++)
        f->at[m->uses[i].link + 1]++;
    for (size_t l = 0; l < m->nlinks; l++)
        f->at[l + 1] += f->at[l];
    memcpy(fill_at, f->at, (m->nlinks + 1) * sizeof *fill_at);
    for (uint32_t d = 0; d < m->ndemands; d++)
        for (size_t i = m->first[d]; i < m->first[d + 1]; i++) {
            uint32_t l = m->uses[i].link;
            f->users[fill_at[l]++] = d;
            f->slope[l] += m->weight[d] * m->uses[i].part;
            f->active[l]++;
        }
    free(fill_at);
}

void maxmin_solve(const struct maxmin *m, double *rate, double *saturated)
{
    struct filling f = {.m = m, .rate = rate};
    f.fixed = xcalloc(m->nlinks + 1, sizeof *f.fixed);
    f.slope = xcalloc(m->nlinks + 1, sizeof *f.slope);
    f.active = xcalloc(m->nlinks + 1, sizeof *f.active);
    f.stopped = xcalloc(m->ndemands + 1, sizeof *f.stopped);
    f.heap = xmalloc((m->nlinks + 1) * sizeof *f.heap);
    f.key = xmalloc((m->nlinks + 1) * sizeof *f.key);
    f.order = xmalloc((m->ndemands + 1) * sizeof *f.order);
    index_users(&f);
    for (uint32_t l = 0; l < m->nlinks; l++) {
        f.key[l] = level_of(&f, l);
        if (f.active[l])
            f.heap[f.nheap++] = l;
        if (saturated)
            saturated[l] = -1;
    }
    for (size_t i = f.nheap / 2; i-- > 0;)
        sift_down(&f, i);
    for (uint32_t d = 0; d < m->ndemands; d++)
        f.order[d] = (struct wish){m->wanted[d] / m->weight[d], d};
    qsort(f.order, m->ndemands, sizeof *f.order, by_level);
    fill(&f, saturated);
    free(f.fixed);
    free(f.slope);
    free(f.active);
    free(f.at);
    free(f.users);
    free(f.stopped);
    free(f.heap);
    free(f.key);
    free(f.order);
}
