// SPDX-License-Identifier: GPL-3.0-or-later
// Health probes over a line: each ends once, in time or late; what is lost is late.
#include "line.h"
#include "traffic/health.h"
#include "unit.h"

#define PROBES 10 // from 10 s to 20 s, one a second

struct ends {
    int good, bad;
    int64_t first_ps, bad_ps; // of the first end, of the first bad one
};

static void ended(void *ctx, uint32_t number, bool good, int64_t now_ps)
{
    struct ends *e = ctx;
    CU_ASSERT_EQUAL(number, 7);
    if (e->good + e->bad == 0)
        e->first_ps = now_ps;
    if (!good && e->bad == 0)
        e->bad_ps = now_ps;
    if (good)
        e->good++;
    else
        e->bad++;
}

static void probe(struct line *l, struct ends *e, int64_t timeout_ps)
{
    struct flow_options usual = line_options(NULL, NULL);
    struct health_probe p = {.name = "prober target",
                             .node = usual.client_node,
                             .from = usual.client,
                             .to = usual.server,
                             .start_ps = 10 * PS_PER_S,
                             .stop_ps = 20 * PS_PER_S,
                             .interval_ps = PS_PER_S,
                             .timeout_ps = timeout_ps,
                             .ended = ended,
                             .ctx = e,
                             .number = 7};
    *e = (struct ends){0};
    health_probe_add(l->traffic, &p);
}

static void answered(void)
{
    struct line l;
    struct ends e;
    line_begin(&l);
    probe(&l, &e, PS_PER_S); // as long as the interval: the old one ends before the next begins
    line_run(&l, 30 * PS_PER_S);
    CU_ASSERT_EQUAL(e.good, PROBES);
    CU_ASSERT_EQUAL(e.bad, 0);
    // Within an interval, and not at its begin: the phase is the prober's own.
    CU_ASSERT(e.first_ps > 10 * PS_PER_S + 2 * LINE_DELAY &&
              e.first_ps < 11 * PS_PER_S + 2 * LINE_DELAY);
    CU_ASSERT_EQUAL(l.units.n, 0); // nobody's experience
    line_end(&l);
}

static void silence(void)
{
    struct line l;
    struct ends e;
    line_begin(&l);
    probe(&l, &e, PS_PER_S);
    line_run(&l, 15 * PS_PER_S);
    int before = e.good;
    CU_ASSERT_EQUAL(before, 5);
    net_link_cut(l.net, l.links[0]);
    line_run(&l, 30 * PS_PER_S);
    CU_ASSERT_EQUAL(e.good, before);
    CU_ASSERT_EQUAL(e.bad, PROBES - before);
    // The sixth probe is the first in vain: a second late. Lines take picoseconds for the bytes.
    CU_ASSERT_EQUAL((e.bad_ps - e.first_ps + 2 * LINE_DELAY + PS_PER_US) / PS_PER_MS, 6000);
    line_end(&l);
}

static void late(void)
{
    struct line l;
    struct ends e;
    line_begin(&l);
    probe(&l, &e, 2 * LINE_DELAY - PS_PER_MS);
    line_run(&l, 30 * PS_PER_S);
    CU_ASSERT_EQUAL(e.good, 0);
    CU_ASSERT_EQUAL(e.bad, PROBES);
    line_end(&l);
}

UNIT_MAIN("health", {"answered", answered}, {"silence", silence}, {"late", late})
