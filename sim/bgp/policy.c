// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/policy.h"

#include "bgp/instance.h"
#include "bgp/reflect.h"

static void classify(const struct bgp_peer *peer, struct bgp_draft *d)
{
    switch (peer->is.relation) {
    case BGP_REL_CUSTOMER:
        d->f.local_pref = BGP_LOCAL_PREF_CUSTOMER;
        d->f.learnt = BGP_LEARNT_CUSTOMER;
        break;
    case BGP_REL_PEER:
        d->f.local_pref = BGP_LOCAL_PREF_PEER;
        d->f.learnt = BGP_LEARNT_PEER;
        break;
    case BGP_REL_PROVIDER:
        d->f.local_pref = BGP_LOCAL_PREF_PROVIDER;
        d->f.learnt = BGP_LEARNT_PROVIDER;
        break;
    case BGP_REL_SIBLING:
        d->f.local_pref = BGP_LOCAL_PREF_SIBLING;
        d->f.learnt = BGP_LEARNT_CUSTOMER;
        break;
    case BGP_REL_IBGP:
    case BGP_REL_IBGP_CLIENT:
        break; // keeps what the border router set
    }
    if (bgp_draft_has_community(d, BGP_GRACEFUL_SHUTDOWN))
        d->f.local_pref = 0;
}

static bool run_filter(struct bgp_peer *peer, bgp_filter_fn *fn, uint32_t prefix)
{
    struct bgp_speaker *s = peer->speaker;
    return !fn || fn(s->filter_ctx, s->router, peer->remote->speaker->router,
                     s->bgp->prefixes.v.v[prefix], &s->bgp->draft);
}

const struct bgp_attr *bgp_policy_import(struct bgp_peer *peer, const struct bgp_attr *attr,
                                         uint32_t prefix)
{
    struct bgp_speaker *s = peer->speaker;
    struct bgp_draft *d = &s->bgp->draft;
    bool ibgp = bgp_peer_is_ibgp(peer);
    if (bgp_attr_has_as(attr, s->is.asn) || (ibgp && bgp_reflect_looped(s, attr)))
        return NULL;
    if (ibgp && !s->import_fn)
        return bgp_attr_get(attr);
    bgp_draft_load(d, attr);
    if (!ibgp)
        classify(peer, d);
    return run_filter(peer, s->import_fn, prefix) ? bgp_attr_intern(&s->bgp->attrs, d) : NULL;
}

bool bgp_policy_import_is_uniform(const struct bgp_peer *peer)
{
    return !peer->speaker->import_fn;
}

static bool valley_free(const struct bgp_peer *to, const struct bgp_attr *attr)
{
    return attr->f.learnt == BGP_LEARNT_OWN || attr->f.learnt == BGP_LEARNT_CUSTOMER ||
           to->is.relation == BGP_REL_CUSTOMER || to->is.relation == BGP_REL_SIBLING;
}

bool bgp_policy_may_export(const struct bgp_peer *peer, const struct bgp_route *best)
{
    if (!best || best->peer == peer)
        return false;
    if (best->attr->ncommunities && bgp_attr_has_community(best->attr, BGP_NO_ADVERTISE))
        return false;
    if (bgp_peer_is_ibgp(peer))
        return best->source != BGP_SOURCE_IBGP || bgp_reflect_allows(best->peer, peer);
    if (best->attr->ncommunities && bgp_attr_has_community(best->attr, BGP_NO_EXPORT))
        return false;
    return valley_free(peer, best->attr);
}

static void rewrite(const struct bgp_peer *peer, const struct bgp_route *best, struct bgp_draft *d)
{
    const struct bgp_speaker *s = peer->speaker;
    if (!bgp_peer_is_ibgp(peer)) {
        bgp_draft_prepend(d, s->is.asn);
        d->f.next_hop = peer->is.address;
        d->f.local_pref = d->f.med = d->f.originator_id = 0;
        d->f.has_med = false;
        d->f.learnt = BGP_LEARNT_OWN;
        d->clusters.n = 0;
    } else if (best->source == BGP_SOURCE_IBGP) {
        bgp_reflect_stamp(best->peer, d);
    } else {
        d->f.next_hop = s->is.id;
    }
}

const struct bgp_attr *bgp_policy_export(struct bgp_peer *peer, const struct bgp_route *best,
                                         uint32_t prefix)
{
    struct bgp_speaker *s = peer->speaker;
    struct bgp_draft *d = &s->bgp->draft;
    if (!bgp_policy_may_export(peer, best))
        return NULL;
    bgp_draft_load(d, best->attr);
    rewrite(peer, best, d);
    return run_filter(peer, s->export_fn, prefix) ? bgp_attr_intern(&s->bgp->attrs, d) : NULL;
}

bool bgp_policy_export_is_uniform(const struct bgp_peer *peer)
{
    return !peer->speaker->export_fn;
}

const struct bgp_attr *bgp_policy_own(struct bgp_speaker *s)
{
    struct bgp_draft *d = &s->bgp->draft;
    bgp_draft_clear(d);
    d->f.local_pref = BGP_LOCAL_PREF_OWN;
    d->f.learnt = BGP_LEARNT_OWN;
    d->f.next_hop = s->is.id;
    return bgp_attr_intern(&s->bgp->attrs, d);
}
