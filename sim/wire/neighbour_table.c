// SPDX-License-Identifier: GPL-3.0-or-later
#include "wire/neighbour_table.h"

#define NONE NEIGHBOUR_NONE

static uint32_t chain_of(const struct neighbours *t, struct ip6_addr a)
{
    uint64_t x = (a.hi ^ t->options.hash_seed) * 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 32 ^ a.lo) * 0xff51afd7ed558ccdu;
    x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53u;
    return (uint32_t)(x >> 32) & (t->nchains - 1);
}

// Chains for `entries`, at least twice as many.
static void rehash(struct neighbours *t, size_t entries)
{
    uint32_t n = 16;
    while (n < 2 * entries)
        n *= 2;
    free(t->chains);
    t->chains = xmalloc(n * sizeof *t->chains);
    t->nchains = n;
    for (uint32_t i = 0; i < n; i++)
        t->chains[i] = NONE;
    for (uint32_t i = 0; i < t->entries.n; i++) {
        struct neighbour_entry *e = &t->entries.v[i];
        if (e->state == NEIGHBOUR_STATE_NONE)
            continue;
        uint32_t *chain = &t->chains[chain_of(t, e->address)];
        e->next = *chain;
        *chain = i;
    }
}

void neighbour_table_init(struct neighbours *t)
{
    t->free = t->first_timer = t->last_timer = t->first_ready = t->last_ready = NONE;
    vec_reserve(&t->entries, t->options.limit);
    rehash(t, t->options.limit);
    t->waiting = xmalloc((t->options.waiting ? t->options.waiting : 1) * sizeof *t->waiting);
    t->free_waiting = NONE;
    for (uint32_t i = t->options.waiting; i-- > 0;) {
        t->waiting[i].next = t->free_waiting;
        t->free_waiting = i;
    }
}

void neighbour_table_free(struct neighbours *t)
{
    vec_free(&t->own);
    vec_free(&t->entries);
    free(t->chains);
    free(t->waiting);
}

uint32_t neighbour_table_find(const struct neighbours *t, struct ip6_addr address)
{
    uint32_t i = t->chains[chain_of(t, address)];
    while (i != NONE && !ip6_equal(t->entries.v[i].address, address))
        i = t->entries.v[i].next;
    return i;
}

void neighbour_table_remove(struct neighbours *t, uint32_t number)
{
    struct neighbour_entry *e = &t->entries.v[number];
    neighbour_table_stop(t, number);
    uint32_t *link = &t->chains[chain_of(t, e->address)];
    while (*link != number)
        link = &t->entries.v[*link].next;
    *link = e->next;
    t->dynamic -= e->state != NEIGHBOUR_STATE_STATIC;
    t->count--;
    e->state = NEIGHBOUR_STATE_NONE;
    e->next = t->free;
    t->free = number;
}

// The hand goes round and takes the first that was not used since it passed last.
static void evict(struct neighbours *t)
{
    for (;; t->hand++) {
        if (t->hand >= t->entries.n)
            t->hand = 0;
        struct neighbour_entry *e = &t->entries.v[t->hand];
        if (e->state == NEIGHBOUR_STATE_NONE || e->state == NEIGHBOUR_STATE_STATIC)
            continue;
        if (!e->used)
            break;
        e->used = false;
    }
    t->counters.evictions++;
    neighbour_table_release(t, t->hand, NEIGHBOUR_FULL);
    neighbour_table_remove(t, t->hand++);
}

uint32_t neighbour_table_add(struct neighbours *t, struct ip6_addr address,
                             enum neighbour_state state)
{
    if (state != NEIGHBOUR_STATE_STATIC && t->dynamic == t->options.limit)
        evict(t);
    uint32_t number = t->free;
    if (number == NONE) {
        number = (uint32_t)t->entries.n;
        vec_add(&t->entries);
        t->entries.v[number].state = NEIGHBOUR_STATE_NONE;
        if (t->entries.n > t->nchains)
            rehash(t, t->entries.n);
    } else {
        t->free = t->entries.v[number].next;
    }
    uint32_t *chain = &t->chains[chain_of(t, address)];
    t->entries.v[number] = (struct neighbour_entry){.address = address,
                                                    .next = *chain,
                                                    .earlier = NONE,
                                                    .later = NONE,
                                                    .oldest = NONE,
                                                    .newest = NONE,
                                                    .state = (uint8_t)state};
    *chain = number;
    t->count++;
    t->dynamic += state != NEIGHBOUR_STATE_STATIC;
    return number;
}

void neighbour_table_stop(struct neighbours *t, uint32_t number)
{
    struct neighbour_entry *e = &t->entries.v[number];
    if (e->earlier == NONE && t->first_timer != number)
        return;
    *(e->earlier == NONE ? &t->first_timer : &t->entries.v[e->earlier].later) = e->later;
    *(e->later == NONE ? &t->last_timer : &t->entries.v[e->later].earlier) = e->earlier;
    e->earlier = e->later = NONE;
}

void neighbour_table_start(struct neighbours *t, uint32_t number, int64_t at_ps)
{
    neighbour_table_stop(t, number);
    struct neighbour_entry *e = &t->entries.v[number];
    e->at_ps = at_ps;
    e->earlier = t->last_timer;
    *(t->last_timer == NONE ? &t->first_timer : &t->entries.v[t->last_timer].later) = number;
    t->last_timer = number;
}

// Takes the oldest packet off an entry and makes it ready.
static void release_one(struct neighbours *t, struct neighbour_entry *e,
                        enum neighbour_answer answer)
{
    uint32_t i = e->oldest;
    struct neighbour_waiting *w = &t->waiting[i];
    e->oldest = w->next;
    e->waiting--;
    t->counters.overflows += answer == NEIGHBOUR_FULL;
    w->packet.answer = answer;
    memcpy(w->packet.mac, e->mac, FRAME_MAC);
    w->next = NONE;
    *(t->first_ready == NONE ? &t->first_ready : &t->waiting[t->last_ready].next) = i;
    t->last_ready = i;
}

bool neighbour_table_wait(struct neighbours *t, uint32_t number, void *packet)
{
    struct neighbour_entry *e = &t->entries.v[number];
    uint32_t i = t->free_waiting;
    if (i == NONE) {
        t->counters.overflows++;
        return false;
    }
    t->free_waiting = t->waiting[i].next;
    if (e->waiting == NEIGHBOUR_WAITING)
        release_one(t, e, NEIGHBOUR_FULL);
    t->waiting[i] = (struct neighbour_waiting){.packet = {.packet = packet, .address = e->address},
                                               .next = NONE};
    *(e->waiting ? &t->waiting[e->newest].next : &e->oldest) = i;
    e->newest = i;
    e->waiting++;
    return true;
}

void neighbour_table_release(struct neighbours *t, uint32_t number, enum neighbour_answer answer)
{
    struct neighbour_entry *e = &t->entries.v[number];
    while (e->waiting)
        release_one(t, e, answer);
}
