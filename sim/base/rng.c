// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/rng.h"

#include "base/table.h"

#include <Random123/philox.h>
#include <string.h>

struct stream {
    philox4x32_ctr_t counter;
    philox4x32_key_t key;
    philox4x32_ctr_t block; // output for the counter before the current one
    unsigned used;          // words of it that were handed out
};

static void stream_set(void *state, unsigned long seed)
{
    struct stream *s = state;
    memset(s, 0, sizeof *s);
    s->key.v[0] = (uint32_t)seed;
    s->key.v[1] = (uint32_t)((uint64_t)seed >> 32);
    s->used = 4;
}

static unsigned long stream_get(void *state)
{
    struct stream *s = state;
    if (s->used == 4) {
        s->block = philox4x32(s->counter, s->key);
        s->used = 0;
        if (++s->counter.v[0] == 0)
            s->counter.v[1]++;
    }
    return s->block.v[s->used++];
}

static double stream_get_double(void *state)
{
    return (double)stream_get(state) / 4294967296.0;
}

static const gsl_rng_type philox_type = {
    "philox4x32-10", 0xffffffffUL,      0, sizeof(struct stream), stream_set,
    stream_get,      stream_get_double,
};

const gsl_rng_type *const rng_philox = &philox_type;

gsl_rng *rng_stream(uint64_t seed, const char *entity, const char *purpose)
{
    gsl_rng *r = gsl_rng_alloc(rng_philox);
    // The names first and the seed last: hash_bytes joins a seed with the first letter as they are,
    // so that, the other way round, "link" under one seed would be "mink" under another.
    uint64_t h = hash_bytes(entity, strlen(entity) + 1, 0);
    h = hash_bytes(purpose, strlen(purpose) + 1, h);
    stream_set(r->state, (unsigned long)hash_bytes("", 0, h ^ seed));
    return r;
}

double rng_uniform(gsl_rng *r)
{
    return stream_get_double(r->state);
}
