// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/contest.h"

#include "base/arena.h"
#include "bgp/step.h"

#include <stdlib.h>

#define FEW 32 // candidates that need no memory of their own

static uint64_t key(const struct bgp_contest *c, int step, uint32_t index)
{
    return c->d->steps[step]->key(c->d, &c->routes[index]);
}

static void eliminate(struct bgp_contest *c, uint32_t loser, int step, uint32_t against)
{
    if (c->verdicts)
        c->verdicts[loser] = (struct bgp_verdict){step, against};
}

// The lowest key; those of all left into `keys`.
static uint64_t lowest(const struct bgp_contest *c, int step, uint64_t *keys, uint32_t *winner)
{
    uint64_t min = UINT64_MAX;
    *winner = c->left[0];
    for (uint32_t i = 0; i < c->nleft; i++) {
        keys[i] = key(c, step, c->left[i]);
        if (keys[i] < min) {
            min = keys[i];
            *winner = c->left[i];
        }
    }
    return min;
}

static void keep_lowest(struct bgp_contest *c, int step)
{
    uint64_t few[FEW], *keys = c->nleft > FEW ? xmalloc(c->nleft * sizeof *keys) : few;
    uint32_t winner, n = 0;
    uint64_t min = lowest(c, step, keys, &winner);
    bool spare = c->d->steps[step]->per_router;
    ip4_addr identifier = spare ? bgp_identifier(&c->routes[winner]) : 0;
    for (uint32_t i = 0; i < c->nleft; i++) {
        uint32_t at = c->left[i];
        if (keys[i] == min || (spare && bgp_identifier(&c->routes[at]) == identifier))
            c->left[n++] = at;
        else
            eliminate(c, at, step, winner);
    }
    c->nleft = n;
    if (keys != few)
        free(keys);
}

// The candidate of the same neighbour AS with the lowest key, itself when it has that.
static uint32_t best_of_neighbour(const struct bgp_contest *c, int step, uint32_t index)
{
    uint32_t as = bgp_neighbour_as(&c->routes[index]), winner = index;
    for (uint32_t i = 0; i < c->nleft; i++)
        if (bgp_neighbour_as(&c->routes[c->left[i]]) == as &&
            key(c, step, c->left[i]) < key(c, step, winner))
            winner = c->left[i];
    return winner;
}

// RFC 4271 §9.1.2.2 c: all that are not the lowest of their neighbour AS go. Who goes is settled
// before anyone does.
static void keep_lowest_per_neighbour(struct bgp_contest *c, int step)
{
    uint32_t n = 0, differing = 0;
    for (uint32_t i = 1; i < c->nleft; i++)
        differing += key(c, step, c->left[i]) != key(c, step, c->left[0]);
    if (!differing)
        return;
    uint32_t *winners = xmalloc(c->nleft * sizeof *winners);
    for (uint32_t i = 0; i < c->nleft; i++)
        winners[i] = best_of_neighbour(c, step, c->left[i]);
    for (uint32_t i = 0; i < c->nleft; i++) {
        if (winners[i] == c->left[i])
            c->left[n++] = c->left[i];
        else
            eliminate(c, c->left[i], step, winners[i]);
    }
    c->nleft = n;
    free(winners);
}

void bgp_contest_run(struct bgp_contest *c, int from, int to)
{
    for (int step = from; step < to && c->nleft > 1; step++) {
        if (c->d->steps[step]->per_neighbour)
            keep_lowest_per_neighbour(c, step);
        else
            keep_lowest(c, step);
    }
}
