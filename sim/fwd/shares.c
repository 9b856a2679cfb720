// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/shares.h"

#include "fwd/group.h"
#include "fwd/memory.h"

struct division {
    const struct group_member *members;
    const uint32_t *held;
    uint32_t *out;
    int count;
};

static bool holds_more(const struct division *d, int i)
{
    return d->held && d->held[i] > d->out[i];
}

// Who is next to get a place.
static int most_due(const struct division *d)
{
    int best = 0;
    for (int i = 1; i < d->count; i++) {
        uint64_t mine = (uint64_t)d->members[i].weight * (2 * d->out[best] + 1);
        uint64_t theirs = (uint64_t)d->members[best].weight * (2 * d->out[i] + 1);
        if (mine > theirs || (mine == theirs && holds_more(d, i) && !holds_more(d, best)))
            best = i;
    }
    return best;
}

// Who is next to lose one: because others got a place that their share would not give them.
static int least_due(const struct division *d)
{
    int worst = -1;
    for (int i = 0; i < d->count; i++) {
        if (d->out[i] == 1)
            continue;
        if (worst < 0 || (uint64_t)d->members[i].weight * (2 * d->out[worst] - 1) <
                             (uint64_t)d->members[worst].weight * (2 * d->out[i] - 1))
            worst = i;
    }
    return worst;
}

void shares_divide(const struct group_member *members, int count, uint32_t seats,
                   const uint32_t *held, uint32_t *out)
{
    FWD_ASSERT(count >= 1 && (uint32_t)count <= seats);
    struct division d = {.members = members, .held = held, .out = out, .count = count};
    uint64_t total = 0;
    for (int i = 0; i < count; i++)
        total += members[i].weight;
    uint64_t given = 0;
    for (int i = 0; i < count; i++) {
        out[i] = (uint32_t)((uint64_t)seats * members[i].weight / total);
        if (out[i] == 0)
            out[i] = 1;
        given += out[i];
    }
    for (; given < seats; given++)
        out[most_due(&d)]++;
    for (; given > seats; given--)
        out[least_due(&d)]--;
}
