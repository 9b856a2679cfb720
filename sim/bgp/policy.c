// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/policy.h"

#include "bgp/aggregate.h"
#include "bgp/conditional.h"
#include "bgp/evaluate.h"
#include "bgp/instance.h"
#include "bgp/reflect.h"
#include "bgp/role.h"
#include "bgp/rov.h"

static void classify(const struct bgp_peer *peer, struct bgp_draft *d)
{
    uint32_t local_pref = BGP_LOCAL_PREF_DEFAULT;
    switch (peer->is.relation) {
    case BGP_REL_CUSTOMER:
        local_pref = BGP_LOCAL_PREF_CUSTOMER;
        d->f.learnt = BGP_LEARNT_CUSTOMER;
        break;
    case BGP_REL_PEER:
        local_pref = BGP_LOCAL_PREF_PEER;
        d->f.learnt = BGP_LEARNT_PEER;
        break;
    case BGP_REL_PROVIDER:
        local_pref = BGP_LOCAL_PREF_PROVIDER;
        d->f.learnt = BGP_LEARNT_PROVIDER;
        break;
    case BGP_REL_SIBLING:
        local_pref = BGP_LOCAL_PREF_SIBLING;
        d->f.learnt = BGP_LEARNT_CUSTOMER;
        break;
    case BGP_REL_IBGP:
    case BGP_REL_IBGP_CLIENT:
    case BGP_REL_CONFED:
        break;
    }
    d->f.local_pref = peer->is.policy.builtin_off ? BGP_LOCAL_PREF_DEFAULT : local_pref;
    if (peer->draining || bgp_draft_has_community(d, BGP_GRACEFUL_SHUTDOWN))
        d->f.local_pref = 0;
    if (peer->is.policy.blackhole && bgp_draft_has_community(d, BGP_BLACKHOLE)) {
        d->f.discard = true;
        bgp_draft_add_community(d, BGP_NO_EXPORT);
    }
}

static bool run_filter(struct bgp_peer *peer, bgp_filter_fn *fn, uint32_t prefix)
{
    struct bgp_speaker *s = peer->speaker;
    return !fn || fn(s->filter_ctx, s->router, peer->remote->speaker->router,
                     s->bgp->prefixes.v.v[prefix], &s->bgp->draft);
}

static bool has_policy(const struct policy *const policies[2])
{
    return policies[0] || policies[1];
}

static bool run_policies(const struct policy *const policies[2], struct bgp_evaluation *e,
                         struct bgp_draft *d)
{
    for (int i = 0; i < 2; i++)
        if (policies[i] && !bgp_evaluate(policies[i], e, d))
            return false;
    return true;
}

static uint32_t own_as_in(const struct bgp_speaker *s, const struct bgp_attr *attr)
{
    const uint32_t *path = bgp_attr_path(attr);
    uint32_t n = 0;
    for (uint32_t i = 0; i < attr->npath; i++)
        n += path[i] == s->is.asn || (s->is.confederation && path[i] == s->is.confederation);
    return n;
}

static bool is_refused(const struct bgp_peer *peer, const struct bgp_attr *attr)
{
    const struct bgp_policy_options *o = &peer->is.policy;
    if (own_as_in(peer->speaker, attr) > o->own_as_allowed)
        return true;
    if (bgp_peer_is_ibgp(peer))
        return bgp_reflect_looped(peer->speaker, attr);
    if (!bgp_peer_is_external(peer))
        return false;
    return (o->require && !has_policy(o->imports)) ||
           (o->path_length_max && attr->path_length > o->path_length_max);
}

static bool origin_is_invalid(const struct bgp_peer *peer, const struct bgp_draft *d,
                              struct prefix prefix)
{
    const struct bgp_speaker *s = peer->speaker;
    uint32_t origin = bgp_rov_origin(d, s->is.confederation ? s->is.confederation : s->is.asn);
    return bgp_rov_state(s->is.rov, prefix, origin) == BGP_ROV_INVALID;
}

const struct bgp_attr *bgp_policy_import(struct bgp_peer *peer, const struct bgp_attr *attr,
                                         uint32_t prefix)
{
    struct bgp_speaker *s = peer->speaker;
    struct bgp_draft *d = &s->bgp->draft;
    const struct bgp_policy_options *o = &peer->is.policy;
    bool external = bgp_peer_is_external(peer);
    if (is_refused(peer, attr))
        return NULL;
    if (!external && !s->import_fn && !has_policy(o->imports))
        return bgp_attr_get(attr);
    bgp_draft_load(d, attr);
    struct bgp_evaluation e = {.peer = peer,
                               .prefix = s->bgp->prefixes.v.v[prefix],
                               .source = external ? BGP_SOURCE_EBGP : BGP_SOURCE_IBGP};
    if (external) {
        if (!o->aigp)
            d->f.has_aigp = false, d->f.aigp = 0;
        classify(peer, d);
        if (!bgp_role_import(peer, d) || (o->drop_invalid && origin_is_invalid(peer, d, e.prefix)))
            return NULL;
    } else if (has_policy(o->imports)) {
        e.igp_metric = bgp_nexthops_metric(&s->nexthops, &s->bgp->env, s->router, d->f.next_hop);
    }
    return run_policies(o->imports, &e, d) && run_filter(peer, s->import_fn, prefix)
               ? bgp_attr_intern(&s->bgp->attrs, d)
               : NULL;
}

bool bgp_policy_import_is_uniform(const struct bgp_peer *peer)
{
    const struct bgp_policy_options *o = &peer->is.policy;
    return !peer->speaker->import_fn && !has_policy(o->imports) && !o->drop_invalid;
}

// A fault: what one neighbour AS told is passed on to another against the rules.
static bool leaks(const struct bgp_peer *to, const struct bgp_attr *attr)
{
    return to->leaks_from && attr->npath && bgp_attr_path(attr)[0] == to->leaks_from;
}

static bool valley_free(const struct bgp_peer *to, const struct bgp_attr *attr)
{
    return attr->f.learnt == BGP_LEARNT_OWN || attr->f.learnt == BGP_LEARNT_CUSTOMER ||
           to->is.relation == BGP_REL_CUSTOMER || to->is.relation == BGP_REL_SIBLING;
}

// RFC 1997, RFC 9494: what the communities of a route say about telling `peer`.
static bool communities_allow(const struct bgp_peer *peer, const struct bgp_attr *attr)
{
    if (!attr->ncommunities)
        return true;
    bool ibgp = bgp_peer_is_ibgp(peer), external = bgp_peer_is_external(peer);
    if (!peer->may.long_lived && bgp_attr_has_community(attr, BGP_LLGR_STALE)) // RFC 9494 §4.4
        return false;
    return !bgp_attr_has_community(attr, BGP_NO_ADVERTISE) &&
           (!external || !bgp_attr_has_community(attr, BGP_NO_EXPORT)) &&
           (ibgp || !bgp_attr_has_community(attr, BGP_NO_EXPORT_SUBCONFED));
}

bool bgp_policy_may_export(const struct bgp_peer *peer, const struct bgp_route *best)
{
    const struct bgp_policy_options *o = &peer->is.policy;
    if (!best || best->peer == peer || !communities_allow(peer, best->attr))
        return false;
    if (!bgp_peer_is_external(peer))
        return best->source != BGP_SOURCE_IBGP || bgp_reflect_allows(best->peer, peer);
    if (o->require && !has_policy(o->exports))
        return false;
    return (o->builtin_off || valley_free(peer, best->attr) || leaks(peer, best->attr)) &&
           bgp_role_may_export(peer, best->attr->f.otc);
}

bool bgp_policy_export_is_uniform(const struct bgp_peer *peer)
{
    const struct bgp_policy_options *o = &peer->is.policy;
    const struct bgp_speaker *s = peer->speaker;
    return !s->export_fn && !has_policy(o->exports) && !o->med_from_igp && !s->is.nconditions &&
           !s->is.naggregates;
}

static void rewrite_external(const struct bgp_peer *peer, struct bgp_draft *d)
{
    bgp_draft_strip_confed(d);
    bgp_draft_prepend(d, bgp_peer_local_as(peer));
    bgp_role_export(peer, d);
    d->f.next_hop = peer->is.address;
    d->f.local_pref = d->f.originator_id = 0;
    d->f.learnt = BGP_LEARNT_OWN;
    d->f.discard = false;
    d->clusters.n = 0;
    if (peer->draining)
        bgp_draft_add_community(d, BGP_GRACEFUL_SHUTDOWN);
}

static void rewrite_internal(const struct bgp_peer *peer, const struct bgp_route *best,
                             bool next_hop_self, struct bgp_draft *d)
{
    const struct bgp_speaker *s = peer->speaker;
    bool confed = peer->is.relation == BGP_REL_CONFED;
    bool within = best->source == BGP_SOURCE_IBGP;
    if (confed) {
        bgp_draft_prepend_confed(d, s->is.asn);
        d->f.originator_id = 0;
        d->clusters.n = 0;
    } else if (within && best->peer->is.relation != BGP_REL_CONFED) {
        bgp_reflect_stamp(best->peer, d);
    }
    if (!within || next_hop_self)
        d->f.next_hop = s->is.id;
}

// RFC 7311 §3.4: who puts another next hop into the route adds the way to the old one. What a policy
// has set is as it shall be.
static void accumulate(const struct bgp_peer *peer, const struct bgp_route *best,
                       const struct bgp_evaluation *e, struct bgp_draft *d)
{
    bool external = bgp_peer_is_external(peer);
    if (external && !peer->is.policy.aigp)
        d->f.has_aigp = false;
    bool moves = external || e->next_hop_self || best->source != BGP_SOURCE_IBGP;
    if (d->f.has_aigp && moves && !e->aigp_set) {
        uint64_t sum = d->f.aigp + best->igp_metric;
        d->f.aigp = sum < d->f.aigp ? UINT64_MAX : sum;
    }
    if (!d->f.has_aigp)
        d->f.aigp = 0;
}

bool bgp_policy_tells_metric(const struct bgp_peer *peer, const struct bgp_attr *attr)
{
    return attr->f.has_aigp || peer->is.policy.med_from_igp || has_policy(peer->is.policy.exports);
}

const struct bgp_attr *bgp_policy_export(struct bgp_peer *peer, const struct bgp_route *best,
                                         uint32_t prefix)
{
    struct bgp_speaker *s = peer->speaker;
    struct bgp_draft *d = &s->bgp->draft;
    bool external = bgp_peer_is_external(peer);
    struct prefix p = s->bgp->prefixes.v.v[prefix];
    if (!bgp_policy_may_export(peer, best) ||
        (external && (!bgp_conditional_allows(s, p) || bgp_aggregate_hides(s, p))))
        return NULL;
    bgp_draft_load(d, best->attr);
    struct bgp_evaluation e = {.peer = peer,
                               .prefix = p,
                               .source = best->source,
                               .igp_metric = best->igp_metric,
                               .med_set = !external};
    if (external && peer->is.policy.med_from_igp) {
        bgp_draft_set_med(d, best->igp_metric);
        e.med_set = true;
    }
    if (!run_policies(peer->is.policy.exports, &e, d))
        return NULL;
    if (!e.med_set) {
        d->f.med = 0;
        d->f.has_med = false;
    }
    d->f.weight = 0;
    accumulate(peer, best, &e, d);
    if (external)
        rewrite_external(peer, d);
    else
        rewrite_internal(peer, best, e.next_hop_self, d);
    return run_filter(peer, s->export_fn, prefix) ? bgp_attr_intern(&s->bgp->attrs, d) : NULL;
}

bool bgp_policy_over_limit(const struct bgp_peer *peer)
{
    uint32_t limit = peer->is.policy.prefix_limit;
    return limit && bgp_rib_held(&peer->speaker->rib, peer) > limit;
}

const struct bgp_attr *bgp_policy_own(struct bgp_speaker *s, uint32_t prefix)
{
    struct bgp_draft *d = &s->bgp->draft;
    bgp_draft_clear(d);
    d->f.local_pref = BGP_LOCAL_PREF_OWN;
    d->f.learnt = BGP_LEARNT_OWN;
    d->f.next_hop = s->is.id;
    for (size_t i = 0; i < s->hijacked.n; i++) {
        if (s->hijacked.v[i].prefix != prefix)
            continue;
        d->f.discard = true;
        if (s->hijacked.v[i].origin)
            bgp_draft_prepend(d, s->hijacked.v[i].origin);
    }
    for (size_t i = 0; i < s->drained.n; i++)
        if (s->drained.v[i] == prefix)
            bgp_draft_add_community(d, BGP_GRACEFUL_SHUTDOWN);
    return bgp_attr_intern(&s->bgp->attrs, d);
}
