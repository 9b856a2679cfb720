// SPDX-License-Identifier: GPL-3.0-or-later
// A service is published elsewhere: make before break. New sites announce at once; those that are left
// withdraw when the overlap ends, unless a later event wants them again by then.
#include "run/act.h"
#include "scenario/zone.h"

static bool is_wanted(const struct publish_event *x, uint32_t pop)
{
    for (int i = 0; i < x->npops; i++)
        if ((uint32_t)x->pops[i] == pop)
            return true;
    return false;
}

void act_publish(struct world *w, const struct event *e, bool begins)
{
    const struct publish_event *x = e->data;
    struct anycast_service *s = &w->services[x->service];
    for (size_t i = 0; i < s->sites.n; i++) {
        struct anycast_site *site = &s->sites.v[i];
        struct anycast_where here = {site->pop, site->router};
        if (begins)
            site->wanted = is_wanted(x, site->pop);
        if (begins && site->wanted)
            anycast_let(s, w->control, here, ANYCAST_NOT_IN_ZONE);
        else if (!begins && !site->wanted)
            anycast_hold(s, w->control, here, ANYCAST_NOT_IN_ZONE);
    }
}
