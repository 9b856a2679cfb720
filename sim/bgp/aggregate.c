// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/aggregate.h"

#include "bgp/instance.h"
#include "bgp/policy.h"

static bool is_inside(struct prefix p, struct prefix aggregate)
{
    return p.len > aggregate.len && prefix_has(aggregate, p.addr);
}

// The k-th route that the aggregate is made from, from `*at` on, or NULL.
static const struct bgp_attr *next_part(const struct bgp_speaker *s, struct prefix aggregate,
                                        uint32_t *at)
{
    for (; *at < s->rib.entries.n; ++*at) {
        const struct bgp_route *best = bgp_rib_best(&s->rib.entries.v[*at]);
        if (!best || !is_inside(s->bgp->prefixes.v.v[*at], aggregate))
            continue;
        ++*at;
        return best->attr;
    }
    return NULL;
}

// How many ASes at the front of AS_SEQUENCEs both have in common.
static uint32_t common(const uint32_t *lead, uint32_t n, const struct bgp_attr *a)
{
    const uint32_t *path = bgp_attr_path(a);
    uint32_t sequence = a->npath, k = 0;
    if (a->nsegments)
        sequence = BGP_SEGMENT_TYPE(bgp_attr_segments(a)[0]) == BGP_AS_SEQUENCE
                       ? BGP_SEGMENT_ASES(bgp_attr_segments(a)[0])
                       : 0;
    while (k < n && k < sequence && lead[k] == path[k])
        k++;
    return k;
}

static void add_sorted(struct bgp_draft *d, size_t from, uint32_t asn)
{
    size_t at = from;
    while (at < d->path.n && d->path.v[at] < asn)
        at++;
    if (at < d->path.n && d->path.v[at] == asn)
        return;
    vec_push(&d->path, asn);
    memmove(&d->path.v[at + 1], &d->path.v[at], (d->path.n - 1 - at) * sizeof asn);
    d->path.v[at] = asn;
}

// The path: `lead` ASes of the first part, then a set of all others.
static void set_path(struct bgp_speaker *s, struct prefix aggregate, uint32_t lead,
                     struct bgp_draft *d)
{
    const struct bgp_attr *part;
    uint32_t at = 0;
    while ((part = next_part(s, aggregate, &at))) {
        const uint32_t *path = bgp_attr_path(part);
        if (!d->path.n)
            for (uint32_t i = 0; i < lead; i++)
                vec_push(&d->path, path[i]);
        for (uint32_t i = lead; i < part->npath; i++)
            add_sorted(d, lead, path[i]);
    }
    if (d->path.n == lead)
        return;
    if (lead)
        vec_push(&d->segments, BGP_SEGMENT(BGP_AS_SEQUENCE, lead));
    vec_push(&d->segments, BGP_SEGMENT(BGP_AS_SET, d->path.n - lead));
}

const struct bgp_attr *bgp_aggregate_attr(struct bgp_speaker *s, int i)
{
    const struct bgp_aggregate *aggregate = &s->is.aggregates[i];
    struct bgp_draft *d = &s->bgp->draft;
    const struct bgp_attr *part, *first = NULL;
    uint32_t at = 0, lead = 0;
    bgp_draft_clear(d);
    while ((part = next_part(s, aggregate->prefix, &at))) {
        lead = first ? common(bgp_attr_path(first), lead, part)
                     : common(bgp_attr_path(part), part->npath, part);
        first = first ? first : part;
        d->f.origin = part->f.origin > d->f.origin ? part->f.origin : d->f.origin;
        d->f.learnt = part->f.learnt > d->f.learnt ? part->f.learnt : d->f.learnt;
        d->f.atomic |= part->f.atomic || (!aggregate->as_set && part->npath);
        for (uint32_t c = 0; aggregate->as_set && c < part->ncommunities; c++)
            bgp_draft_add_community(d, bgp_attr_communities(part)[c]);
    }
    if (!first)
        return NULL;
    if (aggregate->as_set)
        set_path(s, aggregate->prefix, lead, d);
    d->f.local_pref = BGP_LOCAL_PREF_OWN;
    d->f.next_hop = s->is.id;
    d->f.aggregator = s->is.id;
    d->f.aggregator_as = s->is.confederation ? s->is.confederation : s->is.asn;
    return bgp_attr_intern(&s->bgp->attrs, d);
}

bool bgp_aggregate_hides(const struct bgp_speaker *s, struct prefix p)
{
    for (int i = 0; i < s->is.naggregates; i++) {
        const struct bgp_aggregate *a = &s->is.aggregates[i];
        if (a->summary_only && is_inside(p, a->prefix))
            return true; // while p is there, so is the aggregate
    }
    return false;
}
