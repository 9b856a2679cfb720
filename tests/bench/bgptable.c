// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgptable.h"

static uint32_t mix(uint32_t x)
{
    x = (x ^ (x >> 16)) * 0x7feb352du;
    x = (x ^ (x >> 15)) * 0x846ca68bu;
    return x ^ (x >> 16);
}

bool bgptable_next(struct bgptable_group *g, uint32_t prefixes)
{
    g->first += g->n;
    g->number++;
    if (g->first >= prefixes)
        return false;
    g->n = 5 + mix(g->number) % 6;
    if (g->n > prefixes - g->first)
        g->n = prefixes - g->first;
    return true;
}

struct prefix bgptable_prefix(uint32_t index)
{
    return (struct prefix){IP4(16, 0, 0, 0) + (index << 8), 24};
}

uint32_t bgptable_path(const struct bgptable_group *g, uint32_t peer,
                       uint32_t path[BGPTABLE_MAX_PATH])
{
    uint32_t seed = mix(g->number * 8 + peer), n = 2 + seed % 5;
    for (uint32_t i = 0; i < n; i++)
        path[i] = 1000 + mix(seed + i) % 60000;
    path[n - 1] = 1000 + mix(g->number) % 60000; // one origin, whoever tells it
    return n;
}
