// SPDX-License-Identifier: GPL-3.0-or-later
// poisson: datagrams of one size, with exponential times between them: what many independent
// senders look like together (Palm, Khinchine). Each is a unit that goes one way.
#include "traffic/kinds.h"
#include "traffic/oneway.h"
#include <gsl/gsl_randist.h>

#define POISSON_PORT 9 // discard (RFC 863)

struct poisson {
    gsl_rng *gaps;
};

static void schedule(struct flow *f, int64_t now_ps)
{
    const struct poisson *s = f->state;
    double gap_ps = gsl_ran_exponential(s->gaps, (double)f->is.interval_ps);
    if (gap_ps < (double)(f->is.stop_ps - now_ps) - 1)
        flow_wake(f, now_ps + (int64_t)(gap_ps + 0.5), 0);
}

// The phase says nothing here: the first datagram is as far away as any.
static void start(struct flow *f, int64_t now_ps)
{
    ((struct poisson *)f->state)->gaps = flow_rng(f, "gaps");
    schedule(f, now_ps);
}

static void wake(struct flow *f, uint64_t arg, int64_t now_ps)
{
    (void)arg;
    schedule(f, now_ps);
    oneway_send(f, POISSON_PORT, now_ps);
}

const struct traffic_kind_ops traffic_poisson = {.name = "poisson",
                                                 .client_size = sizeof(struct poisson),
                                                 .start = start,
                                                 .wake = wake,
                                                 .at_server = oneway_at_server};
