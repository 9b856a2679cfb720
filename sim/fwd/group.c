// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/group.h"

#include "fwd/memory.h"
#include "fwd/rendezvous.h"
#include "fwd/shares.h"
#include <stdlib.h>
#include <string.h>

static bool is_maglev(enum fwd_select how)
{
    return how == FWD_SELECT_MAGLEV || how == FWD_SELECT_MAGLEV_SOURCE;
}

static bool has_ids(enum fwd_select how)
{
    return how == FWD_SELECT_RENDEZVOUS || is_maglev(how);
}

static bool before(const struct group_member *a, const struct group_member *b)
{
    return a->id != b->id ? a->id < b->id : a->nexthop < b->nexthop;
}

// By insertion: 64 at most.
static void sort(struct group_member *v, int count)
{
    for (int i = 1; i < count; i++) {
        struct group_member x = v[i];
        int j = i;
        for (; j > 0 && before(&x, &v[j - 1]); j--)
            v[j] = v[j - 1];
        v[j] = x;
    }
}

// Members that are listed more than once become one. Returns how many are left.
static int merge(struct group_member *v, int count)
{
    int kept = 0;
    for (int i = 1; i < count; i++) {
        if (before(&v[kept], &v[i]))
            v[++kept] = v[i];
        else
            v[kept].weight += v[i].weight;
    }
    return kept + 1;
}

static uint32_t common_divisor(const struct group_shape *s)
{
    uint32_t divisor = 0;
    for (int i = 0; i < s->count; i++) {
        uint32_t a = s->members[i].weight;
        while (divisor) {
            uint32_t rest = a % divisor;
            a = divisor;
            divisor = rest;
        }
        divisor = a;
    }
    return divisor;
}

void group_shape_of(struct group_shape *s, enum fwd_select how, const struct fwd_member *members,
                    int count)
{
    FWD_ASSERT(count >= 1 && count <= FWD_MAX_ECMP && how < FWD_SELECTS);
    *s = (struct group_shape){.how = how};
    for (int i = 0; i < count; i++) {
        const struct fwd_member *m = &members[i];
        s->members[i] = (struct group_member){.nexthop = m->nexthop,
                                              .weight = m->weight ? m->weight : 1,
                                              .id = !has_ids(how) ? 0
                                                    : m->id       ? m->id
                                                                  : m->nexthop};
    }
    sort(s->members, count);
    s->count = merge(s->members, count);
    if (has_ids(how))
        for (int i = 1; i < s->count; i++)
            FWD_ASSERT(s->members[i].id != s->members[i - 1].id);
    uint32_t divisor = common_divisor(s);
    for (int i = 0; i < s->count; i++)
        s->total += s->members[i].weight /= divisor;
    if (s->count == 1 && how != FWD_SELECT_RESILIENT) {
        s->how = FWD_SELECT_THRESHOLD;
        s->members[0].id = 0;
    }
}

static size_t members_size(int count)
{
    return (size_t)count * sizeof(struct group_member);
}

bool group_is(const struct group *g, const struct group_shape *s)
{
    return g->how == s->how && g->count == s->count &&
           !memcmp(g->members, s->members, members_size(s->count));
}

static void set_members(struct group *g, const struct group_shape *s)
{
    g->count = s->count;
    g->total = s->total;
    free(g->members);
    g->members = fwd_memory_zeroed(1, members_size(s->count));
    memcpy(g->members, s->members, members_size(s->count));
}

// A Maglev table knows weights of 16 bits: sums that are larger are scaled down.
static void build_maglev(struct group *g)
{
    struct maglev_backend backends[FWD_MAX_ECMP];
    uint32_t most = 0, shift = 0;
    for (int i = 0; i < g->count; i++)
        most = g->members[i].weight > most ? g->members[i].weight : most;
    while (most >> shift > UINT16_MAX)
        shift++;
    for (int i = 0; i < g->count; i++) {
        uint32_t weight = g->members[i].weight >> shift;
        backends[i] = (struct maglev_backend){.id = g->members[i].id,
                                              .value = (uint32_t)i,
                                              .weight = (uint16_t)(weight ? weight : 1)};
    }
    maglev_build(&g->maglev, backends, (size_t)g->count);
}

struct group *group_new(const struct group_shape *s, uint32_t buckets)
{
    struct group *g = fwd_memory_zeroed(1, sizeof *g);
    g->how = s->how;
    set_members(g, s);
    if (g->how == FWD_SELECT_RESILIENT)
        resilient_init(&g->resilient, buckets, g->members, g->count);
    if (is_maglev(g->how))
        build_maglev(g);
    return g;
}

void group_free(struct group *g)
{
    if (!g)
        return;
    if (g->how == FWD_SELECT_RESILIENT)
        resilient_free(&g->resilient);
    if (is_maglev(g->how))
        maglev_free(&g->maglev);
    free(g->members);
    free(g);
}

void group_update(struct group *g, const struct group_shape *s)
{
    FWD_ASSERT(g->how == FWD_SELECT_RESILIENT);
    set_members(g, s);
    resilient_update(&g->resilient, g->members, g->count);
}

// Whose interval the hash lies in.
static uint32_t by_threshold(const struct group *g, uint32_t hash)
{
    uint32_t x = (uint32_t)((uint64_t)hash * g->total >> 32);
    const struct group_member *m = g->members;
    while (x >= m->weight) {
        x -= m->weight;
        m++;
    }
    return m->nexthop;
}

uint32_t group_select(const struct group *g, uint32_t hash)
{
    bool even = g->total == (uint32_t)g->count; // as weights have no common divisor
    switch (g->how) {
    case FWD_SELECT_RENDEZVOUS:
        return g->members[rendezvous_select(g->members, g->count, even, hash)].nexthop;
    case FWD_SELECT_RESILIENT:
        return resilient_select(&g->resilient, hash);
    case FWD_SELECT_MAGLEV:
    case FWD_SELECT_MAGLEV_SOURCE:
        return g->members[maglev_select(&g->maglev, hash)].nexthop;
    default:
        return by_threshold(g, hash);
    }
}

void group_list(const struct group_member *members, int count, uint32_t seats, uint32_t *out)
{
    uint32_t shares[FWD_MAX_ECMP];
    shares_divide(members, count, seats, NULL, shares);
    for (int i = 0; i < count; i++)
        for (uint32_t k = 0; k < shares[i]; k++)
            *out++ = members[i].nexthop;
}

static void sort_numbers(uint32_t *v, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        uint32_t x = v[i], k = i;
        for (; k > 0 && v[k - 1] > x; k--)
            v[k] = v[k - 1];
        v[k] = x;
    }
}

int group_nexthops(const struct group *g, uint32_t out[FWD_MAX_ECMP])
{
    uint32_t seats = g->total < FWD_MAX_ECMP ? g->total : FWD_MAX_ECMP;
    group_list(g->members, g->count, seats, out);
    sort_numbers(out, seats);
    return (int)seats;
}

size_t group_bytes(const struct group *g)
{
    size_t bytes = sizeof *g + members_size(g->count);
    if (g->how == FWD_SELECT_RESILIENT)
        bytes += g->resilient.buckets * sizeof *g->resilient.owners;
    if (is_maglev(g->how))
        bytes += MAGLEV_SIZE * sizeof *g->maglev.slots;
    return bytes;
}
