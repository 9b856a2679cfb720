// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/step.h"

#include "bgp/instance.h"

#include <inttypes.h>

#define LOCAL_WEIGHT 32768u // cisco and frr: of routes that the router originates

enum { PREFERENCE_LOCAL, PREFERENCE_BGP }; // bird: 200 and 100; junos: 5 and 170

uint32_t bgp_neighbour_as(const struct bgp_route *r)
{
    const struct bgp_attr *a = r->attr;
    const uint32_t *path = bgp_attr_path(a), *segments = bgp_attr_segments(a);
    uint32_t at = 0; // of a confederation the neighbour is none (RFC 5065 §5.3)
    for (uint32_t i = 0; i < a->nsegments; i++) {
        if (BGP_SEGMENT_TYPE(segments[i]) < BGP_AS_CONFED_SEQUENCE)
            break;
        at += BGP_SEGMENT_ASES(segments[i]);
    }
    return at < a->npath ? path[at] : 0;
}

ip4_addr bgp_identifier(const struct bgp_route *r)
{
    if (!r->peer)
        return 0;
    return r->attr->f.originator_id ? r->attr->f.originator_id : r->peer->remote->speaker->is.id;
}

static uint64_t key_reachable(const struct bgp_decision *d, const struct bgp_route *r)
{
    (void)d;
    return r->igp_metric == BGP_UNREACHABLE;
}

static void show_reachable(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%s", r->igp_metric == BGP_UNREACHABLE ? "unreachable" : "reachable");
}

static uint64_t key_stale(const struct bgp_decision *d, const struct bgp_route *r)
{
    (void)d;
    return r->attr->ncommunities && bgp_attr_has_community(r->attr, BGP_LLGR_STALE);
}

static void show_stale(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%s", key_stale(NULL, r) ? "long-lived stale" : "current");
}

static uint32_t weight(const struct bgp_route *r)
{
    return r->peer || r->attr->f.weight ? r->attr->f.weight : LOCAL_WEIGHT;
}

static uint64_t key_weight(const struct bgp_decision *d, const struct bgp_route *r)
{
    (void)d;
    return UINT32_MAX - weight(r);
}

static void show_weight(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%" PRIu32, weight(r));
}

static uint64_t key_local(const struct bgp_decision *d, const struct bgp_route *r)
{
    (void)d;
    return r->source == BGP_SOURCE_LOCAL ? PREFERENCE_LOCAL : PREFERENCE_BGP;
}

static void show_local(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%s", r->source == BGP_SOURCE_LOCAL ? "local" : "BGP");
}

static uint64_t key_local_pref(const struct bgp_decision *d, const struct bgp_route *r)
{
    (void)d;
    return UINT32_MAX - r->attr->f.local_pref;
}

static void show_local_pref(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%" PRIu32, r->attr->f.local_pref);
}

// RFC 7311 §4.1: a route without AIGP goes when any has it.
static uint64_t key_aigp(const struct bgp_decision *d, const struct bgp_route *r)
{
    (void)d;
    if (!r->attr->f.has_aigp)
        return UINT64_MAX;
    uint64_t sum = r->attr->f.aigp + r->igp_metric;
    return sum < r->igp_metric || sum == UINT64_MAX ? UINT64_MAX - 1 : sum;
}

static void show_aigp(const struct bgp_route *r, char *buf, size_t size)
{
    if (r->attr->f.has_aigp)
        snprintf(buf, size, "%" PRIu64, key_aigp(NULL, r));
    else
        snprintf(buf, size, "none");
}

static uint64_t key_path(const struct bgp_decision *d, const struct bgp_route *r)
{
    (void)d;
    return r->attr->path_length;
}

static void show_path(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%u", (unsigned)r->attr->path_length);
}

static uint64_t key_origin(const struct bgp_decision *d, const struct bgp_route *r)
{
    (void)d;
    return r->attr->f.origin;
}

static void show_origin(const struct bgp_route *r, char *buf, size_t size)
{
    static const char *const names[] = {"IGP", "EGP", "incomplete"};
    snprintf(buf, size, "%s", names[r->attr->f.origin]);
}

static uint64_t key_med(const struct bgp_decision *d, const struct bgp_route *r)
{
    return d->is.med_missing_as_worst && !r->attr->f.has_med ? UINT32_MAX : r->attr->f.med;
}

static void show_med(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%" PRIu32 "%s", r->attr->f.med, r->attr->f.has_med ? "" : " (none)");
}

static uint64_t key_source(const struct bgp_decision *d, const struct bgp_route *r)
{
    (void)d;
    return r->source == BGP_SOURCE_IBGP;
}

static void show_source(const struct bgp_route *r, char *buf, size_t size)
{
    static const char *const names[] = {"own", "eBGP", "iBGP"};
    snprintf(buf, size, "%s", names[r->source]);
}

static uint64_t key_metric(const struct bgp_decision *d, const struct bgp_route *r)
{
    (void)d;
    return r->igp_metric;
}

static void show_metric(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%" PRIu32, r->igp_metric);
}

static bool is_of_own_member(const struct bgp_route *r)
{
    return r->source == BGP_SOURCE_IBGP && r->peer->is.relation != BGP_REL_CONFED;
}

static uint64_t key_member(const struct bgp_decision *d, const struct bgp_route *r)
{
    (void)d;
    return is_of_own_member(r);
}

static void show_member(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%s", is_of_own_member(r) ? "own member AS" : "another member AS");
}

static uint64_t key_age(const struct bgp_decision *d, const struct bgp_route *r)
{
    (void)d;
    return r->source == BGP_SOURCE_EBGP ? (uint64_t)r->since_ps : 0;
}

static void show_age(const struct bgp_route *r, char *buf, size_t size)
{
    char text[UNIT_BUF];
    snprintf(buf, size, "since %s", unit_print(UNIT_TIME, r->since_ps, text, sizeof text));
}

static uint64_t key_present(const struct bgp_decision *d, const struct bgp_route *r)
{
    (void)d;
    return r->source == BGP_SOURCE_EBGP && !r->best;
}

static void show_present(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%s", r->best ? "best already" : "new");
}

static uint64_t key_identifier(const struct bgp_decision *d, const struct bgp_route *r)
{
    (void)d;
    return bgp_identifier(r);
}

static void show_identifier(const struct bgp_route *r, char *buf, size_t size)
{
    char text[IP4_TEXT];
    snprintf(buf, size, "%s", ip4_print(bgp_identifier(r), text));
}

static uint64_t key_clusters(const struct bgp_decision *d, const struct bgp_route *r)
{
    (void)d;
    return r->attr->nclusters;
}

static void show_clusters(const struct bgp_route *r, char *buf, size_t size)
{
    snprintf(buf, size, "%u", (unsigned)r->attr->nclusters);
}

static uint64_t key_address(const struct bgp_decision *d, const struct bgp_route *r)
{
    (void)d;
    return r->peer ? r->peer->remote_addr : 0;
}

static void show_address(const struct bgp_route *r, char *buf, size_t size)
{
    char text[IP4_TEXT];
    snprintf(buf, size, "%s", ip4_print(r->peer ? r->peer->remote_addr : 0, text));
}

#define STEP(variable, text, k, ...)                                                               \
    static const struct bgp_step variable = {                                                      \
        .name = (text), .key = key_##k, .show = show_##k, __VA_ARGS__}

STEP(next_hop, "next hop", reachable, .words = true);
STEP(current, "long-lived stale", stale, .words = true);
STEP(by_weight, "weight", weight, .higher_wins = true);
STEP(preference, "preference", local, .words = true);
STEP(local_pref, "LOCAL_PREF", local_pref, .higher_wins = true);
STEP(local, "locally originated", local, .words = true);
STEP(aigp, "AIGP", aigp, .higher_wins = false);
STEP(path, "AS_PATH length", path, .higher_wins = false);
STEP(origin, "ORIGIN", origin, .higher_wins = false);
STEP(med, "MED", med, .per_neighbour = true);
STEP(med_always, "MED", med, .per_neighbour = false);
STEP(source, "eBGP over iBGP", source, .words = true);
STEP(metric, "IGP metric to next hop", metric, .higher_wins = false);
STEP(member, "other member AS over own", member, .words = true);
STEP(oldest, "oldest external", age, .words = true, .per_router = true);
STEP(present, "present external best", present, .words = true, .per_router = true);
STEP(selected, "present external best", present, .words = true);
STEP(identifier, "BGP identifier", identifier, .higher_wins = false);
STEP(clusters, "CLUSTER_LIST length", clusters, .higher_wins = false);
STEP(address, "peer address", address, .higher_wins = false);

static const struct bgp_step *const profiles[BGP_PROFILES][BGP_MAX_STEPS + 1] = {
    [BGP_PROFILE_RFC] = {&next_hop, &current, &local_pref, &aigp, &path, &origin, &med, &source,
                         &metric, &present, &identifier, &clusters, &address},
    [BGP_PROFILE_BIRD] = {&next_hop, &current, &preference, &local_pref, &aigp, &path, &origin,
                          &med, &source, &metric, &oldest, &identifier, &clusters, &address},
    [BGP_PROFILE_FRR] = {&next_hop, &current, &by_weight, &local_pref, &local, &aigp, &path,
                         &origin, &med, &source, &metric, &member, &selected, &identifier,
                         &clusters, &address},
    [BGP_PROFILE_CISCO] = {&next_hop, &current, &by_weight, &local_pref, &local, &aigp, &path,
                           &origin, &med, &source, &metric, &oldest, &identifier, &clusters,
                           &address},
    [BGP_PROFILE_JUNOS] = {&next_hop, &current, &preference, &local_pref, &aigp, &path, &origin,
                           &med, &source, &metric, &present, &identifier, &clusters, &address},
};

static bool takes_part(const struct bgp_decide_options *o, const struct bgp_step *s)
{
    if (s == &current)
        return o->long_lived;
    if (s == &aigp)
        return o->aigp == BGP_ON;
    if (s == &path)
        return !o->as_path_ignore;
    if (s == &member)
        return o->confederation;
    if (s == &oldest || s == &present || s == &selected)
        return o->prefer_oldest == BGP_ON;
    return true;
}

void bgp_steps_of(struct bgp_decision *d)
{
    d->nsteps = 0;
    for (const struct bgp_step *const *s = profiles[d->is.profile]; *s; s++) {
        if (!takes_part(&d->is, *s))
            continue;
        if (*s == &source)
            d->source_step = d->nsteps;
        d->steps[d->nsteps++] = *s == &med && d->is.always_compare_med ? &med_always : *s;
        if (*s == &metric || *s == &member)
            d->equal_steps = d->nsteps;
    }
}
