// SPDX-License-Identifier: GPL-3.0-or-later
// jitter: RFC 4271 §10: a timer's base value times a uniform variate in [0.75, 1.0), drawn each
// time, from one stream per speaker and kind of timer.
#ifndef ANYSIM_BGP_JITTER_H
#define ANYSIM_BGP_JITTER_H

#include "base/rng.h"
#include <stdbool.h>

enum bgp_jitter_use { BGP_JITTER_MRAI, BGP_JITTER_KEEPALIVE, BGP_JITTER_CONNECT, BGP_JITTER_USES };

struct bgp_jitter {
    uint64_t seed;
    const char *name; // of the speaker, names the streams; the speaker's
    bool off;
    gsl_rng *streams[BGP_JITTER_USES]; // made at first use
};

void bgp_jitter_init(struct bgp_jitter *j, uint64_t seed, const char *name, bool off);
void bgp_jitter_free(struct bgp_jitter *j);
int64_t bgp_jitter_ps(struct bgp_jitter *j, enum bgp_jitter_use use, int64_t base_ps);

#endif
