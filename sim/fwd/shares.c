// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/shares.h"

#include "fwd/group.h"
#include "fwd/memory.h"

struct division {
    const struct group_member *members;
    const uint32_t *held;
    uint32_t *out;
    int count;
    uint32_t seats;
    int64_t total; // of the weights
};

// What member i lacks to its exact share, in places times `total`; below 0 when it has more.
static int64_t lacks(const struct division *d, int i)
{
    return (int64_t)d->seats * d->members[i].weight - (int64_t)d->out[i] * d->total;
}

static bool holds_more(const struct division *d, int i)
{
    return d->held && d->held[i] > d->out[i];
}

static int most_lacking(const struct division *d)
{
    int best = 0;
    for (int i = 1; i < d->count; i++) {
        int64_t more = lacks(d, i) - lacks(d, best);
        if (more > 0 || (more == 0 && holds_more(d, i) && !holds_more(d, best)))
            best = i;
    }
    return best;
}

static int least_lacking(const struct division *d)
{
    int best = -1;
    for (int i = 0; i < d->count; i++)
        if (d->out[i] > 1 && (best < 0 || lacks(d, i) < lacks(d, best)))
            best = i;
    return best;
}

void shares_divide(const struct group_member *members, int count, uint32_t seats,
                   const uint32_t *held, uint32_t *out)
{
    FWD_ASSERT(count >= 1 && (uint32_t)count <= seats);
    struct division d = {
        .members = members, .held = held, .out = out, .count = count, .seats = seats};
    for (int i = 0; i < count; i++)
        d.total += members[i].weight;
    uint64_t given = 0;
    for (int i = 0; i < count; i++) {
        out[i] = (uint32_t)((int64_t)seats * members[i].weight / d.total);
        if (out[i] == 0)
            out[i] = 1;
        given += out[i];
    }
    for (; given < seats; given++)
        out[most_lacking(&d)]++;
    for (; given > seats; given--) // some got a whole place for less
        out[least_lacking(&d)]--;
}
