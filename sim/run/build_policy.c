// SPDX-License-Identifier: GPL-3.0-or-later
// What networks let in and out: from the scenario's words to options of speakers and sessions.
#include "bgp/aggregate.h"
#include "bgp/conditional.h"
#include "bgp/damping.h"
#include "bgp/rov.h"
#include "run/world.h"

#include <string.h>

static const struct bgp_damping_options *const damping_sets[DAMPING_SETS] = {
    [DAMPING_RFC7196] = &bgp_damping_rfc7196,
    [DAMPING_FRR] = &bgp_damping_frr,
    [DAMPING_CISCO] = &bgp_damping_cisco,
    [DAMPING_JUNOS] = &bgp_damping_junos};

static enum bgp_role role_of(enum bgp_relation relation)
{
    switch (relation) {
    case BGP_REL_CUSTOMER:
        return BGP_ROLE_PROVIDER;
    case BGP_REL_PROVIDER:
        return BGP_ROLE_CUSTOMER;
    case BGP_REL_PEER:
        return BGP_ROLE_PEER;
    case BGP_REL_SIBLING:
    case BGP_REL_IBGP:
    case BGP_REL_IBGP_CLIENT:
    case BGP_REL_CONFED:
        break;
    }
    return BGP_ROLE_NONE;
}

static const struct network_policy *policy_of(const struct network_routing *r, int towards,
                                              const struct city *city)
{
    for (int i = 0; i < r->nsessions; i++)
        if (r->sessions[i].towards == towards && r->sessions[i].city == city)
            return &r->sessions[i].policy;
    return r->towards ? &r->towards[towards] : &r->policy;
}

void world_policy(const struct world *w, int network, int towards, const struct city *city,
                  struct bgp_peer_options *o)
{
    const struct network_routing *r = &w->scenario->topology.networks[network].routing;
    bool internal = network == towards;
    const struct network_policy none = {
        .builtin = true, .mrai_ps = -1, .own_as_allowed = r->policy.own_as_allowed};
    const struct network_policy *p = internal && !r->towards ? &none : policy_of(r, towards, city);
    o->policy = (struct bgp_policy_options){.imports = {NULL, p->import},
                                            .exports = {NULL, p->export_},
                                            .own_as_allowed = (uint16_t)p->own_as_allowed};
    o->own_mrai = p->mrai_ps >= 0;
    o->mrai_ps = o->own_mrai ? p->mrai_ps : 0;
    if (internal)
        return;
    o->policy.imports[0] = r->action_import;
    o->policy.exports[0] = r->action_export;
    o->policy.builtin_off = !p->builtin;
    o->policy.require = p->require;
    o->policy.drop_invalid = p->drop_invalid;
    o->policy.blackhole = p->blackhole;
    o->policy.aigp = p->aigp;
    o->policy.med_from_igp = p->med_from_igp;
    o->policy.path_length_max = (uint16_t)p->path_length_max;
    o->policy.prefix_limit = (uint32_t)p->prefix_limit;
    o->policy.damping = damping_sets[p->damping];
    if (p->roles != ROLES_OFF)
        o->role = role_of(o->relation);
    o->role_strict = p->roles == ROLES_STRICT;
}

static uint32_t member_of(const struct network_routing *r, int city)
{
    for (int i = 0; i < r->nmembers; i++)
        for (int k = 0; k < r->members[i].ncities; k++)
            if (r->members[i].cities[k] == city)
                return r->members[i].asn;
    return 0;
}

void world_speaker_policy(struct world *w, int network, int city, struct bgp_speaker_options *o)
{
    const struct network *n = &w->scenario->topology.networks[network];
    const struct network_routing *r = &n->routing;
    struct bgp_aggregate *aggregates = arena_array(&w->arena, struct bgp_aggregate, r->naggregates);
    struct bgp_condition *conditions = arena_array(&w->arena, struct bgp_condition, r->nconditions);
    for (int i = 0; i < r->naggregates; i++)
        aggregates[i] = (struct bgp_aggregate){r->aggregates[i].prefix, r->aggregates[i].as_set,
                                               r->aggregates[i].summary_only};
    for (int i = 0; i < r->nconditions; i++)
        conditions[i] = (struct bgp_condition){r->conditions[i].prefix, r->conditions[i].when,
                                               r->conditions[i].absent};
    o->city = n->cities[city].city->name;
    o->region = n->cities[city].city->province;
    o->aggregates = aggregates;
    o->naggregates = r->naggregates;
    o->conditions = conditions;
    o->nconditions = r->nconditions;
    o->no_client_to_client = r->no_client_to_client;
    o->rov = w->rov;
    if (r->nmembers) {
        o->confederation = n->asn;
        o->decide.confederation = true;
        o->asn = member_of(r, city);
    }
}

void world_build_origins(struct world *w)
{
    const struct topology *t = &w->scenario->topology;
    struct bgp_vrp *vrps = arena_array(&w->arena, struct bgp_vrp, t->nvrps);
    for (int i = 0; i < t->nvrps; i++)
        vrps[i] = (struct bgp_vrp){t->vrps[i].prefix, t->vrps[i].max_length, t->vrps[i].asn};
    if (t->nvrps)
        w->rov = bgp_rov_new(vrps, (size_t)t->nvrps);
}
