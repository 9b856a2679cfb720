// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/act.h"
#include "run/scrubs.h"

void act_scrub(struct world *w, const struct event *e, bool begins)
{
    if (begins && e->on)
        scrubs_begin(w->scrubs, e->data);
    else
        scrubs_end(w->scrubs, e->data);
}
