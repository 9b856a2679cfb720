// SPDX-License-Identifier: GPL-3.0-or-later
// How a service is announced changes: prepend, no_announce, no_export, med, attach, blackhole.
#include "run/act.h"
#include "run/announce.h"

static void act(struct world *w, const struct event *e, bool begins)
{
    if (begins && e->on)
        announce_change(w, e->data);
    else
        announce_restore(w, e->data);
}

void act_prepend(struct world *w, const struct event *e, bool begins)
{
    act(w, e, begins);
}

void act_no_announce(struct world *w, const struct event *e, bool begins)
{
    act(w, e, begins);
}

void act_no_export(struct world *w, const struct event *e, bool begins)
{
    act(w, e, begins);
}

void act_med(struct world *w, const struct event *e, bool begins)
{
    act(w, e, begins);
}

void act_attach(struct world *w, const struct event *e, bool begins)
{
    act(w, e, begins);
}

void act_blackhole(struct world *w, const struct event *e, bool begins)
{
    const struct manner *m = e->data;
    const struct anycast_service *s = &w->services[m->service];
    for (size_t i = 0; i < s->sites.n; i++)
        if (m->pop < 0 || s->sites.v[i].pop == (uint32_t)m->pop)
            control_blackhole(w->control, s->sites.v[i].router, (struct prefix){s->address, 32},
                              begins && e->on);
}
