// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/act.h"

void act_surge(struct world *w, const struct event *e, bool begins)
{
    if (w->demands)
        demand_surge(w->demands, e->data, begins);
}
