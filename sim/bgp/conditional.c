// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/conditional.h"

#include "bgp/instance.h"

bool bgp_conditional_allows(const struct bgp_speaker *s, struct prefix p)
{
    for (int i = 0; i < s->is.nconditions; i++) {
        const struct bgp_condition *c = &s->is.conditions[i];
        if (!prefix_equal(c->prefix, p))
            continue;
        uint32_t when = bgp_prefixes_find(&s->bgp->prefixes, c->when);
        bool there = when != BGP_NO_PREFIX && bgp_rib_best(bgp_rib_find(&s->rib, when));
        if (there == c->absent)
            return false;
    }
    return true;
}
