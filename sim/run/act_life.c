// SPDX-License-Identifier: GPL-3.0-or-later
// An EIP's life on the timeline: allocate, release, bind, unbind, block, unblock.
#include "run/act.h"
#include "run/eips.h"

static void act(struct world *w, const struct event *e, bool begins)
{
    if (begins) // the end of the others is the EIP's own business
        eips_act(w->eips, e->data);
}

void act_allocate(struct world *w, const struct event *e, bool begins)
{
    act(w, e, begins);
}

void act_release(struct world *w, const struct event *e, bool begins)
{
    act(w, e, begins);
}

void act_bind(struct world *w, const struct event *e, bool begins)
{
    act(w, e, begins);
}

void act_unbind(struct world *w, const struct event *e, bool begins)
{
    act(w, e, begins);
}

void act_block(struct world *w, const struct event *e, bool begins)
{
    const struct life_event *x = e->data;
    if (begins)
        eips_act(w->eips, x);
    else
        eips_unblock(w->eips, x->service);
}

void act_unblock(struct world *w, const struct event *e, bool begins)
{
    act(w, e, begins);
}
