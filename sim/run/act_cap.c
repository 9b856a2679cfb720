// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/act.h"
#include "run/caps.h"

void act_cap(struct world *w, const struct event *e, bool begins)
{
    const struct cap_event *x = e->data;
    caps_change(w->caps, x->service,
                begins ? x->rate_bps : w->scenario->services[x->service].cap.rate_bps);
}
