// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/derive.h"

#include "bgp/aggregate.h"
#include "bgp/conditional.h"
#include "bgp/instance.h"

static void note_conditions(struct bgp_speaker *s, struct prefix p)
{
    for (int i = 0; i < s->is.nconditions; i++) {
        const struct bgp_condition *c = &s->is.conditions[i];
        uint32_t prefix = bgp_prefixes_find(&s->bgp->prefixes, c->prefix);
        if (prefix != BGP_NO_PREFIX && prefix_equal(c->when, p))
            bgp_news_note(s, prefix, true);
    }
}

void bgp_derive_note(struct bgp_speaker *s, uint32_t prefix)
{
    struct prefix p = s->bgp->prefixes.v.v[prefix];
    if (s->is.nconditions)
        note_conditions(s, p);
    if (s->is.naggregates && !s->stale)
        s->stale = xcalloc((size_t)s->is.naggregates, sizeof *s->stale);
    for (int i = 0; i < s->is.naggregates; i++)
        if (prefix_has(s->is.aggregates[i].prefix, p.addr) &&
            p.len >= s->is.aggregates[i].prefix.len)
            s->stale[i] = true;
}

// An aggregate may be part of another one, a shorter prefix: so again until nothing is stale.
void bgp_derive_settle(struct bgp_speaker *s)
{
    for (int i = 0; s->up && s->stale && i < s->is.naggregates; i++) {
        if (!s->stale[i])
            continue;
        uint32_t prefix = bgp_prefixes_add(&s->bgp->prefixes, s->is.aggregates[i].prefix);
        s->stale[i] = false;
        if (bgp_speaker_is_own(s, prefix))
            continue;
        bgp_speaker_set_local(s, prefix, bgp_aggregate_attr(s, i));
        s->stale[i] = false; // its own change, which is no news to it
        i = -1;
    }
}

void bgp_derive_free(struct bgp_speaker *s)
{
    free(s->stale);
    s->stale = NULL;
}
