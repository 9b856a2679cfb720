// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/flowlru.h"

#include "fwd/memory.h"
#include <stdlib.h>

#define NONE      FLOWLRU_NONE
#define LIMIT_MAX (UINT32_C(1) << 30)
#define NO_CLASS  FLOWSTATE_CLASSES // of a flow in no list

static struct flowlru_flow *flow_at(const struct flowlru *l, uint32_t flow)
{
    return (struct flowlru_flow *)(void *)(l->flows + flow * l->flow_size);
}

void flowlru_init(struct flowlru *l, uint32_t limit, const struct flowstate_options *o, void *flows,
                  size_t flow_size)
{
    FWD_ASSERT(limit >= 1 && limit <= LIMIT_MAX);
    *l = (struct flowlru){.limit = limit,
                          .free = NONE,
                          .flows = flows,
                          .flow_size = flow_size,
                          .now_ps = INT64_MIN,
                          .due_ps = INT64_MAX};
    l->links = fwd_memory_zeroed(limit, sizeof *l->links);
    for (int c = 0; c < FLOWSTATE_CLASSES; c++) {
        l->oldest[c] = l->newest[c] = NONE;
        l->timeout_ps[c] = flowstate_timeout_ps(o, (enum flowstate_class)c);
        FWD_ASSERT(l->timeout_ps[c] > 0);
    }
}

void flowlru_free(struct flowlru *l)
{
    free(l->links);
    *l = (struct flowlru){0};
}

static int64_t due_of(const struct flowlru *l, int64_t used_ps, int class)
{
    int64_t timeout_ps = l->timeout_ps[class];
    return used_ps > INT64_MAX - timeout_ps ? INT64_MAX : used_ps + timeout_ps;
}

uint32_t flowlru_expired(struct flowlru *l)
{
    if (fwd_likely(l->now_ps <= l->due_ps))
        return NONE;
    int64_t due_ps = INT64_MAX;
    for (int c = 0; c < FLOWSTATE_CLASSES; c++) {
        uint32_t i = l->oldest[c];
        if (i == NONE)
            continue;
        int64_t own_ps = due_of(l, flow_at(l, i)->used_ps, c);
        if (l->now_ps > own_ps)
            return i;
        due_ps = own_ps < due_ps ? own_ps : due_ps;
    }
    l->due_ps = due_ps;
    return NONE;
}

uint32_t flowlru_victim(const struct flowlru *l, enum flowstate_rank highest)
{
    uint32_t victim = NONE;
    int64_t used_ps = INT64_MAX;
    enum flowstate_rank rank = highest;
    for (int c = 0; c < FLOWSTATE_CLASSES; c++) {
        uint32_t i = l->oldest[c];
        enum flowstate_rank own = flowstate_rank((enum flowstate_class)c);
        if (i == NONE || own > rank)
            continue;
        if (victim == NONE || own < rank || flow_at(l, i)->used_ps < used_ps) {
            victim = i;
            used_ps = flow_at(l, i)->used_ps;
            rank = own;
        }
    }
    return victim;
}

uint32_t flowlru_take(struct flowlru *l)
{
    FWD_ASSERT(l->count < l->limit);
    uint32_t i = l->free;
    if (i == NONE)
        i = l->fresh++;
    else
        l->free = l->links[i].newer;
    struct flowlru_flow *f = flow_at(l, i);
    f->state = FLOWSTATE_NEW;
    f->class = NO_CLASS;
    l->count++;
    return i;
}

static void detach(struct flowlru *l, uint32_t flow, uint8_t class)
{
    if (class == NO_CLASS)
        return;
    struct flowlru_link k = l->links[flow];
    if (k.older == NONE)
        l->oldest[class] = k.newer;
    else
        l->links[k.older].newer = k.newer;
    if (k.newer == NONE)
        l->newest[class] = k.older;
    else
        l->links[k.newer].older = k.older;
}

static void attach(struct flowlru *l, uint32_t flow, uint8_t class)
{
    uint32_t newest = l->newest[class];
    l->links[flow] = (struct flowlru_link){.older = newest, .newer = NONE};
    if (newest == NONE)
        l->oldest[class] = flow;
    else
        l->links[newest].newer = flow;
    l->newest[class] = flow;
}

void flowlru_use(struct flowlru *l, uint32_t flow, enum flowstate_side side, uint8_t tcp_flags)
{
    struct flowlru_flow *f = flow_at(l, flow);
    enum flowstate next = flowstate_next((enum flowstate)f->state, side, f->protocol, tcp_flags);
    uint8_t class = (uint8_t)flowstate_class(next), before = f->class;
    f->state = (uint8_t)next;
    f->class = class;
    f->used_ps = l->now_ps;
    if (before == class && l->newest[class] == flow)
        return;
    detach(l, flow, before);
    attach(l, flow, class);
    int64_t due_ps = due_of(l, l->now_ps, class);
    if (due_ps < l->due_ps)
        l->due_ps = due_ps;
}

void flowlru_release(struct flowlru *l, uint32_t flow)
{
    detach(l, flow, flow_at(l, flow)->class);
    l->links[flow].newer = l->free;
    l->free = flow;
    l->count--;
}
