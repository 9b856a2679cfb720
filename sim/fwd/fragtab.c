// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/fragtab.h"

#include <stdlib.h>

struct fragtab_entry {
    struct flowkey datagram;
    struct fragtab_note note;
    int64_t until_ps; // out of date from then on; 0: never used
};

void fragtab_init(struct fragtab *t, uint32_t seed)
{
    *t = (struct fragtab){.seed = seed};
    t->entries = fwd_memory_zeroed(FRAGTAB_LIMIT, sizeof *t->entries);
}

void fragtab_free(struct fragtab *t)
{
    free(t->entries);
    *t = (struct fragtab){0};
}

static struct fragtab_entry *bucket_of(const struct fragtab *t, const struct flowkey *datagram)
{
    uint32_t hash = flowkey_hash(datagram, t->seed);
    return &t->entries[hash % (FRAGTAB_LIMIT / FRAGTAB_PLACES) * FRAGTAB_PLACES];
}

void fragtab_note(struct fragtab *t, const struct flowkey *datagram,
                  const struct fragtab_note *note, int64_t now_ps)
{
    struct fragtab_entry *e = bucket_of(t, datagram), *place = e;
    bool known = false;
    for (int i = 0; i < FRAGTAB_PLACES && !known; i++) {
        known = e[i].until_ps > now_ps && flowkey_equal(&e[i].datagram, datagram);
        if (known || e[i].until_ps < place->until_ps)
            place = &e[i];
    }
    if (!known && place->until_ps > now_ps)
        t->evicted++;
    *place = (struct fragtab_entry){
        .datagram = *datagram, .note = *note, .until_ps = now_ps + FRAGTAB_LIFE_PS};
}

const struct fragtab_note *fragtab_follow(struct fragtab *t, const struct flowkey *datagram,
                                          int64_t now_ps)
{
    const struct fragtab_entry *e = bucket_of(t, datagram);
    for (int i = 0; i < FRAGTAB_PLACES; i++) {
        if (e[i].until_ps <= now_ps || !flowkey_equal(&e[i].datagram, datagram))
            continue;
        t->followed++;
        return &e[i].note;
    }
    return NULL;
}
