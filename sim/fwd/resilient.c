// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/resilient.h"

#include "fwd/group.h"
#include "fwd/memory.h"
#include "fwd/shares.h"
#include <stdlib.h>

#define NOBODY FWD_MAX_ECMP

// The members, and how many buckets each lacks while buckets are dealt out.
struct deal {
    const struct group_member *members;
    int count;
    uint32_t lacks[FWD_MAX_ECMP];
    int turn;
};

static int member_of(const struct deal *d, uint32_t nexthop)
{
    int from = 0, to = d->count;
    while (from < to) {
        int middle = (from + to) / 2;
        if (d->members[middle].nexthop < nexthop)
            from = middle + 1;
        else
            to = middle;
    }
    return from < d->count && d->members[from].nexthop == nexthop ? from : NOBODY;
}

static uint32_t next_owner(struct deal *d)
{
    while (d->lacks[d->turn] == 0)
        d->turn = (d->turn + 1) % d->count;
    int i = d->turn;
    d->lacks[i]--;
    d->turn = (i + 1) % d->count;
    return d->members[i].nexthop;
}

// How many buckets each member is to have, given how many it has.
static void divide(const struct resilient *r, const struct deal *d, const uint32_t *held,
                   uint32_t *due)
{
    FWD_ASSERT((uint32_t)d->count * RESILIENT_PER_MEMBER <= r->buckets);
    shares_divide(d->members, d->count, r->buckets, held, due);
}

void resilient_init(struct resilient *r, uint32_t buckets, const struct group_member *members,
                    int count)
{
    FWD_ASSERT(buckets >= RESILIENT_BUCKETS_MIN && buckets <= RESILIENT_BUCKETS_MAX &&
               (buckets & (buckets - 1)) == 0);
    *r = (struct resilient){.buckets = buckets, .shift = 32 - (uint32_t)__builtin_ctz(buckets)};
    r->owners = fwd_memory_zeroed(buckets, sizeof *r->owners);
    struct deal d = {.members = members, .count = count};
    divide(r, &d, NULL, d.lacks);
    for (uint32_t b = 0; b < buckets; b++)
        r->owners[b] = next_owner(&d);
}

void resilient_free(struct resilient *r)
{
    free(r->owners);
    *r = (struct resilient){0};
}

void resilient_update(struct resilient *r, const struct group_member *members, int count)
{
    struct deal d = {.members = members, .count = count};
    uint32_t held[FWD_MAX_ECMP + 1] = {0}, due[FWD_MAX_ECMP], kept[FWD_MAX_ECMP + 1] = {0};
    for (uint32_t b = 0; b < r->buckets; b++)
        held[member_of(&d, r->owners[b])]++;
    divide(r, &d, held, due);
    for (int i = 0; i < count; i++)
        d.lacks[i] = due[i] > held[i] ? due[i] - held[i] : 0;
    for (uint32_t b = 0; b < r->buckets; b++) {
        int i = member_of(&d, r->owners[b]);
        if (i != NOBODY && kept[i] < due[i])
            kept[i]++;
        else
            r->owners[b] = next_owner(&d);
    }
}
