// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/act.h"

void act_happens(struct world *w, const struct event *e, bool begins)
{
#define ACT_ROW(name, key, lasts, doc) act_##key,
    static void (*const happens[ACTION_KINDS])(struct world *, const struct event *,
                                               bool) = {SCENARIO_ACTIONS(ACT_ROW)};
    if (begins || !event_is_superseded(w->scenario, e))
        happens[e->action](w, e, begins);
}
