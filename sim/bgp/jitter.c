// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/jitter.h"

static const char *const purposes[BGP_JITTER_USES] = {
    [BGP_JITTER_MRAI] = "bgp-mrai",
    [BGP_JITTER_KEEPALIVE] = "bgp-keepalive",
    [BGP_JITTER_CONNECT] = "bgp-connect-retry",
};

void bgp_jitter_init(struct bgp_jitter *j, uint64_t seed, const char *name, bool off)
{
    *j = (struct bgp_jitter){.seed = seed, .name = name, .off = off};
}

void bgp_jitter_free(struct bgp_jitter *j)
{
    for (int i = 0; i < BGP_JITTER_USES; i++) {
        if (j->streams[i])
            gsl_rng_free(j->streams[i]);
    }
}

int64_t bgp_jitter_ps(struct bgp_jitter *j, enum bgp_jitter_use use, int64_t base_ps)
{
    if (j->off)
        return base_ps;
    if (!j->streams[use])
        j->streams[use] = rng_stream(j->seed, j->name, purposes[use]);
    return (int64_t)((double)base_ps * (0.75 + 0.25 * rng_uniform(j->streams[use])));
}
