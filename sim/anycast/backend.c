// SPDX-License-Identifier: GPL-3.0-or-later
#include "anycast/backend.h"

#define WHOLE 1000000

struct choice {
    const struct backend_region *r;
    int order[BACKEND_MAX]; // regions that count, by distance
    int n;
    int64_t share[BACKEND_MAX]; // by place in `order`, ppm
};

static bool is_healthy(const struct backend_region *r)
{
    return r->healthy && r->distance != BACKEND_UNREACHABLE;
}

// The regions of one priority, nearest first; of equals the first.
static void order(struct choice *c, int n)
{
    uint32_t rank[2] = {UINT32_MAX, UINT32_MAX}; // best of the healthy ones, best of all
    bool weighted = false;
    for (int i = 0; i < n; i++)
        weighted |= c->r[i].weight > 0;
    for (int i = 0; i < n; i++) {
        const struct backend_region *r = &c->r[i];
        if (weighted && r->weight == 0)
            continue;
        if (is_healthy(r) && r->rank < rank[0])
            rank[0] = r->rank;
        if (r->rank < rank[1])
            rank[1] = r->rank;
    }
    uint32_t wanted = rank[0] != UINT32_MAX ? rank[0] : rank[1];
    for (int i = 0; i < n; i++) {
        if (c->r[i].rank != wanted || (weighted && c->r[i].weight == 0))
            continue;
        int k = c->n++;
        for (; k > 0 && c->r[c->order[k - 1]].distance > c->r[i].distance; k--)
            c->order[k] = c->order[k - 1];
        c->order[k] = i;
    }
}

static const struct backend_region *at(const struct choice *c, int place)
{
    return &c->r[c->order[place]];
}

// Regions from `from` up to here are at one distance.
static int same_distance(const struct choice *c, int from)
{
    int to = from + 1;
    while (to < c->n && at(c, to)->distance == at(c, from)->distance)
        to++;
    return to;
}

static int64_t weight_at(const struct choice *c, int place)
{
    return at(c, place)->weight ? at(c, place)->weight : 1;
}

static void share_by_distance(struct choice *c)
{
    int64_t left = WHOLE;
    for (int from = 0; from < c->n;) {
        int to = same_distance(c, from);
        int64_t weights = 0, taken = 0;
        for (int i = from; i < to; i++)
            weights += weight_at(c, i);
        for (int i = from; i < to; i++) {
            c->share[i] = left * weight_at(c, i) / weights * at(c, i)->dial_ppm / WHOLE;
            taken += c->share[i];
        }
        left -= taken;
        from = to;
    }
}

static void share_by_weight(struct choice *c)
{
    int64_t sum = 0;
    for (int i = 0; i < c->n; i++)
        sum += weight_at(c, i) * at(c, i)->dial_ppm;
    for (int i = 0; i < c->n && sum > 0; i++)
        c->share[i] = weight_at(c, i) * at(c, i)->dial_ppm * WHOLE / sum;
}

// What is missing to the whole: in proportion, and the rest of the division to the largest.
static void fill_up(struct choice *c)
{
    int64_t sum = 0, after = 0;
    int largest = 0;
    for (int i = 0; i < c->n; i++)
        sum += c->share[i];
    for (int i = 0; i < c->n && sum > 0; i++) {
        c->share[i] = c->share[i] * WHOLE / sum;
        after += c->share[i];
        if (c->share[i] > c->share[largest])
            largest = i;
    }
    c->share[largest] += WHOLE - after;
}

// Who stands in for a region that is not healthy; the nearest of all, when nobody can.
static int stand_in(const struct choice *c, int place)
{
    int tried = 0;
    for (int i = 0; i < c->n && tried < BACKEND_FAILOVER; i++) {
        if (i == place)
            continue;
        tried++;
        if (is_healthy(at(c, i)))
            return i;
    }
    return -1;
}

bool backend_shares(const struct backend_region *r, int n, enum backend_choose how,
                    uint32_t *share_ppm)
{
    struct choice c = {.r = r};
    bool open = false;
    order(&c, n);
    if (how == BACKEND_NEAREST)
        share_by_distance(&c);
    else
        share_by_weight(&c);
    fill_up(&c);
    for (int i = 0; i < n; i++)
        share_ppm[i] = 0;
    for (int i = 0; i < c.n; i++) {
        int to = i;
        if (c.share[i] == 0)
            continue;
        if (!is_healthy(at(&c, i))) {
            to = stand_in(&c, i);
            open |= to < 0;
        }
        share_ppm[c.order[to < 0 ? 0 : to]] += (uint32_t)c.share[i];
    }
    return open;
}

bool backend_weights(const struct backend_server *s, int n, uint32_t *weight)
{
    uint32_t up = 0, all = 0;
    for (int i = 0; i < n; i++) {
        up += s[i].up ? s[i].weight : 0;
        all += s[i].weight;
    }
    for (int i = 0; i < n; i++) {
        bool counts = up == 0 || s[i].up;
        weight[i] = all == 0 ? 1 : counts ? s[i].weight : 0;
    }
    return up == 0;
}
