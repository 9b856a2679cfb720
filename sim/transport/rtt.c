// SPDX-License-Identifier: GPL-3.0-or-later
#include "transport/rtt.h"

#include "base/units.h"

#define GRANULARITY_PS PS_PER_MS // G of RFC 6298, kGranularity of RFC 9002
#define BACKOFF_MAX    16        // beyond any ceiling

void rtt_init(struct rtt *r, int64_t initial_ps, int64_t floor_ps, int64_t ceiling_ps)
{
    *r = (struct rtt){.rto_ps = initial_ps,
                      .floor_ps = floor_ps,
                      .ceiling_ps = ceiling_ps,
                      .least_ps = INT64_MAX};
}

void rtt_sample(struct rtt *r, int64_t sample_ps)
{
    r->latest_ps = sample_ps;
    if (sample_ps < r->least_ps)
        r->least_ps = sample_ps;
    if (!r->sampled) { // (2.2)
        r->sampled = true;
        r->smoothed_ps = sample_ps;
        r->var_ps = sample_ps / 2;
    } else { // (2.3), the variation first
        int64_t off = r->smoothed_ps - sample_ps;
        r->var_ps += ((off < 0 ? -off : off) - r->var_ps) / 4;
        r->smoothed_ps += (sample_ps - r->smoothed_ps) / 8;
    }
    int64_t spread = 4 * r->var_ps;
    r->rto_ps = r->smoothed_ps + (spread > GRANULARITY_PS ? spread : GRANULARITY_PS);
    if (r->rto_ps < r->floor_ps)
        r->rto_ps = r->floor_ps;
    r->backoff = 0;
}

void rtt_backoff(struct rtt *r)
{
    if (r->backoff < BACKOFF_MAX)
        r->backoff++;
}

int64_t rtt_timeout(const struct rtt *r)
{
    int64_t t = r->rto_ps;
    for (unsigned i = 0; i < r->backoff && t < r->ceiling_ps; i++)
        t *= 2;
    return t < r->ceiling_ps ? t : r->ceiling_ps;
}
