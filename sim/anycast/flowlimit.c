// SPDX-License-Identifier: GPL-3.0-or-later
#include "anycast/flowlimit.h"

#include "base/arena.h"

#include <stdlib.h>

#define NONE      UINT32_MAX
#define CHAINS    64                              // at first; a power of two
#define TOKEN     ((u128)1000000 * 1000000000000) // a flow: 10^6 µHz for 10^12 ps
#define SECOND_PS INT64_C(1000000000000)
#define HASH_SEED 1

__extension__ typedef unsigned __int128 u128;

void flowlimit_init(struct flowlimit *f, const struct flowlimit_options *o, int64_t now_ps)
{
    *f = (struct flowlimit){
        .is = *o, .credit_ps = now_ps, .free = NONE, .oldest = NONE, .newest = NONE};
    f->credit = (u128)(uint64_t)o->rate_uhz * SECOND_PS;
}

void flowlimit_free(struct flowlimit *f)
{
    vec_free(&f->flows);
    free(f->chains);
    f->chains = NULL;
}

// --- Flows, in chains by hash and in a list by age

static uint32_t *chain_of(const struct flowlimit *f, const struct flowkey *key)
{
    return &f->chains[flowkey_hash(key, HASH_SEED) & (f->nchains - 1)];
}

static void grow(struct flowlimit *f)
{
    if (f->nflows < f->nchains)
        return;
    f->nchains = f->nchains ? 2 * f->nchains : CHAINS;
    f->chains = xrealloc(f->chains, f->nchains * sizeof *f->chains);
    for (uint32_t i = 0; i < f->nchains; i++)
        f->chains[i] = NONE;
    for (uint32_t i = f->oldest; i != NONE; i = f->flows.v[i].newer) {
        uint32_t *chain = chain_of(f, &f->flows.v[i].key);
        f->flows.v[i].next = *chain;
        *chain = i;
    }
}

static uint32_t find(const struct flowlimit *f, const struct flowkey *key)
{
    uint32_t i = f->nchains ? *chain_of(f, key) : NONE;
    while (i != NONE && !flowkey_equal(&f->flows.v[i].key, key))
        i = f->flows.v[i].next;
    return i;
}

static void unlist(struct flowlimit *f, uint32_t i)
{
    const struct flowlimit_flow *x = &f->flows.v[i];
    *(x->older == NONE ? &f->oldest : &f->flows.v[x->older].newer) = x->newer;
    *(x->newer == NONE ? &f->newest : &f->flows.v[x->newer].older) = x->older;
}

static void list(struct flowlimit *f, uint32_t i, int64_t now_ps)
{
    struct flowlimit_flow *x = &f->flows.v[i];
    x->used_ps = now_ps;
    x->older = f->newest;
    x->newer = NONE;
    *(x->older == NONE ? &f->oldest : &f->flows.v[x->older].newer) = i;
    f->newest = i;
}

static uint32_t add(struct flowlimit *f, const struct flowkey *key, int64_t now_ps)
{
    struct flowlimit_flow fresh = {.key = *key};
    uint32_t i = f->free;
    grow(f);
    if (i == NONE) {
        i = (uint32_t)f->flows.n;
        vec_push(&f->flows, fresh);
    } else {
        f->free = f->flows.v[i].next;
        f->flows.v[i] = fresh;
    }
    uint32_t *chain = chain_of(f, key);
    f->flows.v[i].next = *chain;
    *chain = i;
    f->nflows++;
    list(f, i, now_ps);
    return i;
}

static void forget(struct flowlimit *f, uint32_t i)
{
    struct flowlimit_flow *x = &f->flows.v[i];
    uint32_t *at = chain_of(f, &x->key);
    while (*at != i)
        at = &f->flows.v[*at].next;
    *at = x->next;
    unlist(f, i);
    f->known -= x->users;
    f->nflows--;
    x->next = f->free;
    f->free = i;
}

// --- Limits

static void pass_time(struct flowlimit *f, int64_t now_ps)
{
    u128 rate = (u128)(uint64_t)f->is.rate_uhz;
    u128 most = rate * SECOND_PS > TOKEN ? rate * SECOND_PS : TOKEN;
    f->credit += rate * (uint64_t)(now_ps - f->credit_ps);
    f->credit = f->credit < most ? f->credit : most;
    f->credit_ps = now_ps;
    while (f->oldest != NONE && now_ps - f->flows.v[f->oldest].used_ps > f->is.idle_ps)
        forget(f, f->oldest);
}

// Of so many that want to begin, how many can; *why: what stands against more.
static int64_t begin(struct flowlimit *f, int64_t want, enum flowlimit_verdict *why)
{
    int64_t can = want;
    uint64_t tokens = (uint64_t)(f->credit / TOKEN);
    *why = FLOWLIMIT_PASSES;
    if (f->is.limit && f->is.limit - f->known < can) {
        can = f->is.limit - f->known;
        *why = FLOWLIMIT_TABLE;
    }
    if (f->is.rate_uhz && tokens < (uint64_t)can) {
        can = (int64_t)tokens;
        *why = FLOWLIMIT_RATE;
    }
    if (f->is.rate_uhz)
        f->credit -= TOKEN * (uint64_t)can;
    f->known += can;
    f->begun += (uint64_t)can;
    f->peak = f->known > f->peak ? f->known : f->peak;
    return can;
}

enum flowlimit_verdict flowlimit_packet(struct flowlimit *f, const struct flowkey *key,
                                        uint32_t weight, double chance, int64_t now_ps)
{
    enum flowlimit_verdict why;
    pass_time(f, now_ps);
    uint32_t i = find(f, key);
    if (i != NONE) {
        unlist(f, i);
        list(f, i, now_ps);
        if (f->flows.v[i].begun)
            return FLOWLIMIT_PASSES;
    }
    int64_t want = (int64_t)weight - (i == NONE ? 0 : f->flows.v[i].users);
    int64_t can = want > 0 ? begin(f, want, &why) : 0;
    if (want > 0 && can == 0)
        return why;
    if (i == NONE)
        i = add(f, key, now_ps);
    f->flows.v[i].users += can;
    f->flows.v[i].begun = chance * (double)want < (double)can || want <= 0;
    return f->flows.v[i].begun ? FLOWLIMIT_PASSES : why;
}
