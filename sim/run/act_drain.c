// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/act.h"
#include "run/pop_drains.h"

void act_drain_pop(struct world *w, const struct event *e, bool begins)
{
    const struct pop_drain *d = e->data;
    if (begins)
        pop_drains_begin(w->pop_drains, d);
    else
        pop_drains_return(w->pop_drains, d->pop);
}

void act_return_pop(struct world *w, const struct event *e, bool begins)
{
    const struct pop_drain *d = e->data;
    if (begins)
        pop_drains_return(w->pop_drains, d->pop);
}

void act_maintenance(struct world *w, const struct event *e, bool begins)
{
    if (begins) // it comes back by itself
        pop_drains_begin(w->pop_drains, e->data);
}
