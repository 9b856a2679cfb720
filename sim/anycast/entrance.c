// SPDX-License-Identifier: GPL-3.0-or-later
#include "anycast/entrance.h"

void entrance_init(struct entrance *e, int count, int64_t join_ps)
{
    *e = (struct entrance){.count = count, .join_ps = join_ps, .members = count};
    for (int k = 0; k < count; k++)
        e->state[k] = ENTRANCE_IN;
}

bool entrance_lost(struct entrance *e, int k)
{
    bool was_in = entrance_is_in(e, k);
    e->state[k] = ENTRANCE_OUT;
    e->members -= was_in;
    return was_in;
}

bool entrance_seen(struct entrance *e, int k, int64_t now_ps)
{
    if (e->state[k] != ENTRANCE_OUT)
        return false;
    e->state[k] = ENTRANCE_WAITS;
    e->joins_ps[k] = now_ps + e->join_ps;
    return entrance_due(e, now_ps);
}

bool entrance_due(struct entrance *e, int64_t now_ps)
{
    int before = e->members;
    for (int k = 0; k < e->count; k++)
        if (e->state[k] == ENTRANCE_WAITS && e->joins_ps[k] <= now_ps) {
            e->state[k] = ENTRANCE_IN;
            e->members++;
        }
    return e->members != before;
}

int64_t entrance_next_ps(const struct entrance *e)
{
    int64_t next_ps = INT64_MAX;
    for (int k = 0; k < e->count; k++)
        if (e->state[k] == ENTRANCE_WAITS && e->joins_ps[k] < next_ps)
            next_ps = e->joins_ps[k];
    return next_ps;
}
