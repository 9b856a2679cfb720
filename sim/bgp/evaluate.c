// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/evaluate.h"

#include "bgp/instance.h"
#include "bgp/rov.h"

static uint32_t own_as(const struct bgp_speaker *s)
{
    return s->is.confederation ? s->is.confederation : s->is.asn;
}

static bool compare(enum policy_compare how, uint32_t a, uint32_t b)
{
    switch (how) {
    case POLICY_EQ:
        return a == b;
    case POLICY_NE:
        return a != b;
    case POLICY_LT:
        return a < b;
    case POLICY_LE:
        return a <= b;
    case POLICY_GT:
        return a > b;
    case POLICY_GE:
        return a >= b;
    case POLICY_COMPARES:
        break;
    }
    return false;
}

static bool in_prefixes(const struct policy_prefixes *set, struct prefix p)
{
    for (int i = 0; i < set->n; i++) {
        const struct policy_prefix *x = &set->v[i];
        if (x->ge <= p.len && p.len <= x->le && prefix_has(x->p, p.addr))
            return true;
    }
    return false;
}

// The path as positions; confederation segments are no part of it.
static bool matches_path(const struct policy_pattern *pattern, const struct bgp_draft *d)
{
    VEC(uint32_t) ases = {0};
    VEC(uint32_t) counts = {0};
    size_t at = 0;
    if (!d->segments.n)
        return policy_pattern_match(pattern, d->path.v, NULL, d->path.n);
    for (size_t i = 0; i < d->segments.n; i++) {
        enum bgp_segment_type type = BGP_SEGMENT_TYPE(d->segments.v[i]);
        uint32_t n = BGP_SEGMENT_ASES(d->segments.v[i]);
        for (uint32_t k = 0; k < n && type <= BGP_AS_SEQUENCE; k++) {
            vec_push(&ases, d->path.v[at + k]);
            if (type == BGP_AS_SEQUENCE)
                vec_push(&counts, 1);
        }
        if (type == BGP_AS_SET)
            vec_push(&counts, n);
        at += n;
    }
    bool matched = policy_pattern_match(pattern, ases.v, counts.v, counts.n);
    vec_free(&ases);
    vec_free(&counts);
    return matched;
}

static bool has_community(const struct policy_community *c, const struct bgp_draft *d)
{
    switch (c->kind) {
    case POLICY_STANDARD:
        for (size_t i = 0; i < d->communities.n; i++)
            if (policy_community_covers(c, d->communities.v[i]))
                return true;
        break;
    case POLICY_LARGE:
        for (size_t i = 0; i < d->large.n; i += BGP_LARGE_WORDS)
            if (policy_community_covers_large(c, &d->large.v[i]))
                return true;
        break;
    case POLICY_EXTENDED:
        for (size_t i = 0; i < d->extended.n; i += BGP_EXTENDED_WORDS)
            if (policy_community_covers_extended(c, (uint64_t)d->extended.v[i] << 32 |
                                                        d->extended.v[i + 1]))
                return true;
        break;
    case POLICY_KINDS:
        break;
    }
    return false;
}

// A router's name, or that of its network, which stands in front of the slash.
static bool is_called(const struct bgp_speaker *s, const char *name)
{
    size_t n = strlen(name);
    return strncmp(s->name, name, n) == 0 && (s->name[n] == '\0' || s->name[n] == '/');
}

static bool is_at(const struct bgp_speaker *s, const char *name)
{
    return strcmp(s->name, name) == 0 || (s->is.city && strcmp(s->is.city, name) == 0) ||
           (s->is.region && strcmp(s->is.region, name) == 0);
}

static enum policy_relation relation_of(const struct bgp_peer *p)
{
    switch (p->is.relation) {
    case BGP_REL_CUSTOMER:
        return POLICY_CUSTOMER;
    case BGP_REL_PEER:
        return POLICY_PEER;
    case BGP_REL_PROVIDER:
        return POLICY_PROVIDER;
    case BGP_REL_SIBLING:
        return POLICY_SIBLING;
    case BGP_REL_IBGP:
    case BGP_REL_IBGP_CLIENT:
    case BGP_REL_CONFED:
        break;
    }
    return POLICY_RELATION_IBGP;
}

static bool has_origin_as(const struct policy_expr *x, uint32_t origin)
{
    for (int i = 0; i < x->nases; i++)
        if (x->ases[i].low <= origin && origin <= x->ases[i].high)
            return true;
    return false;
}

static bool holds(const struct policy_expr *x, const struct bgp_evaluation *e,
                  const struct bgp_draft *d);

static bool all_or_any(const struct policy_expr *x, const struct bgp_evaluation *e,
                       const struct bgp_draft *d)
{
    bool stop = x->test == POLICY_OR;
    for (int i = 0; i < x->nargs; i++)
        if (holds(x->args[i], e, d) == stop)
            return stop;
    return !stop;
}

// Conditions on who and where.
static bool holds_of_peer(const struct policy_expr *x, const struct bgp_evaluation *e)
{
    const struct bgp_speaker *remote = e->peer->remote->speaker;
    switch (x->test) {
    case POLICY_NEIGHBOUR_AS:
        return remote->is.asn == x->number || (remote->is.confederation == x->number && x->number);
    case POLICY_NEIGHBOUR:
        return is_called(remote, x->name);
    case POLICY_AT:
        return is_at(e->peer->speaker, x->name);
    default:
        return (int)relation_of(e->peer) == x->choice;
    }
}

static bool holds(const struct policy_expr *x, const struct bgp_evaluation *e,
                  const struct bgp_draft *d)
{
    static const int sources[] = {[BGP_SOURCE_LOCAL] = POLICY_SOURCE_OWN,
                                  [BGP_SOURCE_EBGP] = POLICY_SOURCE_EBGP,
                                  [BGP_SOURCE_IBGP] = POLICY_SOURCE_IBGP};
    const struct bgp_speaker *s = e->peer->speaker;
    switch (x->test) {
    case POLICY_AND:
    case POLICY_OR:
        return all_or_any(x, e, d);
    case POLICY_NOT:
        return !holds(x->args[0], e, d);
    case POLICY_PREFIX:
        return in_prefixes(x->prefixes, e->prefix);
    case POLICY_AS_PATH:
        return matches_path(x->pattern, d);
    case POLICY_AS_PATH_LENGTH:
        return compare(x->compare, (uint32_t)bgp_draft_path_length(d), x->number);
    case POLICY_ORIGIN_AS:
        return has_origin_as(x, bgp_rov_origin(d, own_as(s)));
    case POLICY_ORIGIN:
        return d->f.origin == x->choice;
    case POLICY_COMMUNITY:
        return has_community(&x->community, d);
    case POLICY_NEIGHBOUR_AS:
    case POLICY_NEIGHBOUR:
    case POLICY_AT:
    case POLICY_RELATION:
        return holds_of_peer(x, e);
    case POLICY_LEARNT:
        return d->f.learnt == x->choice;
    case POLICY_ROV:
        return (int)bgp_rov_state(s->is.rov, e->prefix, bgp_rov_origin(d, own_as(s))) == x->choice;
    case POLICY_MED:
        return compare(x->compare, d->f.has_med ? d->f.med : 0, x->number);
    case POLICY_LOCAL_PREF:
        return compare(x->compare, d->f.local_pref, x->number);
    case POLICY_WEIGHT:
        return compare(x->compare, d->f.weight, x->number);
    case POLICY_SOURCE:
        return sources[e->source] == x->choice;
    case POLICY_ANY:
    case POLICY_TESTS:
        break;
    }
    return true;
}

// --- Actions

static uint32_t changed(uint32_t now, const struct policy_action *a)
{
    if (a->how == POLICY_PLUS)
        return a->number > UINT32_MAX - now ? UINT32_MAX : now + a->number;
    if (a->how == POLICY_MINUS)
        return a->number > now ? 0 : now - a->number;
    return a->number;
}

static void set_med(const struct policy_action *a, struct bgp_evaluation *e, struct bgp_draft *d)
{
    e->med_set = true;
    d->f.has_med = a->how != POLICY_NONE;
    d->f.med = a->how == POLICY_NONE     ? 0
               : a->how == POLICY_METRIC ? e->igp_metric
                                         : changed(d->f.med, a);
}

static void remove_communities(const struct policy_community *c, struct bgp_draft *d)
{
    for (size_t i = d->communities.n; c->kind == POLICY_STANDARD && i-- > 0;)
        if (policy_community_covers(c, d->communities.v[i]))
            bgp_draft_remove_community(d, d->communities.v[i]);
    for (size_t i = d->large.n; c->kind == POLICY_LARGE && i > 0;) {
        i -= BGP_LARGE_WORDS;
        const uint32_t large[] = {d->large.v[i], d->large.v[i + 1], d->large.v[i + 2]};
        if (policy_community_covers_large(c, large))
            bgp_draft_remove_large(d, large);
    }
    for (size_t i = d->extended.n; c->kind == POLICY_EXTENDED && i > 0;) {
        i -= BGP_EXTENDED_WORDS;
        uint64_t x = (uint64_t)d->extended.v[i] << 32 | d->extended.v[i + 1];
        if (policy_community_covers_extended(c, x))
            bgp_draft_remove_extended(d, x);
    }
}

static void add_community(const struct policy_community *c, struct bgp_draft *d)
{
    uint32_t large[BGP_LARGE_WORDS];
    if (c->kind == POLICY_STANDARD) {
        bgp_draft_add_community(d, policy_community_value(c));
    } else if (c->kind == POLICY_LARGE) {
        policy_community_large(c, large);
        bgp_draft_add_large(d, large);
    } else {
        bgp_draft_add_extended(d, policy_community_extended(c));
    }
}

static void edit_communities(const struct policy_action *a, struct bgp_draft *d)
{
    if (a->what == POLICY_DO_SET_COMMUNITY || a->what == POLICY_DO_CLEAR_COMMUNITY) {
        if (a->community.kind == POLICY_STANDARD)
            d->communities.n = 0;
        else if (a->community.kind == POLICY_LARGE)
            d->large.n = 0;
        else
            d->extended.n = 0;
    }
    if (a->what == POLICY_DO_REMOVE_COMMUNITY)
        remove_communities(&a->community, d);
    else if (a->what != POLICY_DO_CLEAR_COMMUNITY)
        add_community(&a->community, d);
}

static void set_aigp(const struct policy_action *a, struct bgp_evaluation *e, struct bgp_draft *d)
{
    uint32_t was = d->f.has_aigp ? (d->f.aigp < UINT32_MAX ? (uint32_t)d->f.aigp : UINT32_MAX) : 0;
    e->aigp_set = true;
    d->f.has_aigp = a->how != POLICY_NONE;
    d->f.aigp = a->how == POLICY_NONE     ? 0
                : a->how == POLICY_METRIC ? e->igp_metric
                                          : changed(was, a);
}

static void edit(const struct policy_action *a, struct bgp_evaluation *e, struct bgp_draft *d)
{
    switch (a->what) {
    case POLICY_DO_LOCAL_PREF:
        d->f.local_pref = changed(d->f.local_pref, a);
        break;
    case POLICY_DO_MED:
        set_med(a, e, d);
        break;
    case POLICY_DO_AIGP:
        set_aigp(a, e, d);
        break;
    case POLICY_DO_WEIGHT:
        d->f.weight = changed(d->f.weight, a);
        break;
    case POLICY_DO_PREPEND:
        for (uint32_t i = 0; i < a->number; i++)
            bgp_draft_prepend(d, a->asn ? a->asn : own_as(e->peer->speaker));
        break;
    case POLICY_DO_ADD_COMMUNITY:
    case POLICY_DO_REMOVE_COMMUNITY:
    case POLICY_DO_SET_COMMUNITY:
    case POLICY_DO_CLEAR_COMMUNITY:
        edit_communities(a, d);
        break;
    case POLICY_DO_NEXT_HOP_SELF:
        e->next_hop_self = true;
        break;
    case POLICY_DO_ORIGIN:
        d->f.origin = (uint8_t)a->number;
        break;
    case POLICY_DO_ACCEPT:
    case POLICY_DO_REJECT:
    case POLICY_DO_RETURN:
    case POLICY_DO_CALL:
    case POLICY_DOS:
        break;
    }
}

enum outcome { GOES_ON, RETURNS, ACCEPTED, REJECTED };

static enum outcome run(const struct policy *p, struct bgp_evaluation *e, struct bgp_draft *d);

static enum outcome act(const struct policy_action *a, struct bgp_evaluation *e,
                        struct bgp_draft *d)
{
    switch (a->what) {
    case POLICY_DO_ACCEPT:
        return ACCEPTED;
    case POLICY_DO_REJECT:
        return REJECTED;
    case POLICY_DO_RETURN:
        return RETURNS;
    case POLICY_DO_CALL:
        return run(a->policy, e, d); // no deeper than POLICY_DEPTH_MAX
    default:
        edit(a, e, d);
        return GOES_ON;
    }
}

static enum outcome run(const struct policy *p, struct bgp_evaluation *e, struct bgp_draft *d)
{
    enum outcome o = GOES_ON;
    for (int i = 0; i < p->nrules && o == GOES_ON; i++) {
        const struct policy_rule *rule = &p->rules[i];
        bool runs = !rule->when || holds(rule->when, e, d);
        for (int k = 0; runs && k < rule->nactions && o == GOES_ON; k++)
            o = act(&rule->actions[k], e, d);
    }
    return o == RETURNS ? GOES_ON : o;
}

bool bgp_evaluate(const struct policy *p, struct bgp_evaluation *e, struct bgp_draft *d)
{
    return run(p, e, d) != REJECTED;
}
