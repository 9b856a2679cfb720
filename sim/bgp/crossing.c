// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/crossing.h"

#include "bgp/instance.h"

static void exchange(struct bgp_peer *p, struct bgp_crossing *c)
{
    struct bgp_crossing was = {p->state, p->conn, p->mine, p->hold_ps, p->may, {0}};
    for (int i = 0; i < BGP_DEADLINES; i++)
        was.at_ps[i] =
            bgp_clock_of_connection((enum bgp_deadline)i) ? p->clock.at_ps[i] : TIME_NEVER;
    p->state = c->state;
    p->conn = c->conn;
    p->mine = c->mine;
    p->hold_ps = c->hold_ps;
    p->may = c->may;
    int64_t first_ps = TIME_NEVER;
    for (int i = 0; i < BGP_DEADLINES; i++) {
        if (bgp_clock_of_connection((enum bgp_deadline)i))
            p->clock.at_ps[i] = c->at_ps[i];
        if (was.at_ps[i] < first_ps)
            first_ps = was.at_ps[i];
    }
    *c = was;
    bgp_clock_set(p->speaker->bgp->sim, &p->clock, BGP_DEADLINE_CROSSING, first_ps);
}

void bgp_crossing_make(struct bgp_peer *p)
{
    SIM_ASSERT(p->speaker->bgp->sim, !p->crossing);
    p->crossing = xcalloc(1, sizeof *p->crossing);
    for (int i = 0; i < BGP_DEADLINES; i++)
        p->crossing->at_ps[i] = TIME_NEVER;
    exchange(p, p->crossing);
}

void bgp_crossing_swap(struct bgp_peer *p)
{
    exchange(p, p->crossing);
}

void bgp_crossing_forget(struct bgp_peer *p)
{
    free(p->crossing);
    p->crossing = NULL;
    bgp_clock_cancel(&p->clock, BGP_DEADLINE_CROSSING);
}

void bgp_crossing_settle(struct bgp_peer *p)
{
    if (!p->crossing)
        return;
    if (p->crossing->state > p->state)
        bgp_crossing_swap(p);
    // An Established session needs no further attempt; what waits for its OPEN is closed by that.
    bool needless = p->state == BGP_ESTABLISHED && p->crossing->state == BGP_CONNECT;
    if (!p->crossing->conn || p->crossing->state == BGP_IDLE || needless)
        bgp_crossing_forget(p);
}

bool bgp_crossing_yields(const struct bgp_peer *p)
{
    if (p->crossing->state == BGP_ESTABLISHED)
        return true;
    bool higher = p->speaker->is.id > p->remote->speaker->is.id;
    return p->mine != higher;
}
