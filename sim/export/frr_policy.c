// SPDX-License-Identifier: GPL-3.0-or-later
// Route-maps of a session: the built-in policy, then the operator's.
#include "export/frr_rules.h"

#include "bgp/policy.h"
#include "export/distance.h"
#include "export/frr_derived.h"
#include "export/parts.h"
#include "export/regex.h"
#include "export/vrps.h"

#include <inttypes.h>
#include <stdlib.h>

static bool has_external(const struct plan_router *r)
{
    for (size_t i = 0; i < r->nsessions; i++)
        if (plan_is_external(&r->sessions[i]))
            return true;
    return false;
}

// Lists that all sessions of the router use.
static void lists(const struct plan *p, const struct plan_router *r, FILE *f)
{
    uint32_t asn = plan_outer_as(r);
    char text[PREFIX_TEXT];
    fprintf(f,
            "bgp community-list standard graceful-shutdown permit 65535:0\n"
            "bgp community-list standard blackhole permit 65535:666\n"
            "bgp large-community-list expanded tags permit ^%" PRIu32 ":[%d-%d]:\n"
            "bgp large-community-list expanded no-tags deny ^%" PRIu32 ":[%d-%d]:\n"
            "bgp large-community-list expanded no-tags permit .*\n"
            "bgp large-community-list standard own-and-customers permit %" PRIu32 ":%d:%d\n"
            "bgp large-community-list standard own-and-customers permit %" PRIu32 ":%d:%d\n"
            "bgp large-community-list standard originated-here permit %" PRIu32 ":%d:%u\n",
            asn, TAG_LEARNT, TAG_LAST, asn, TAG_LEARNT, TAG_LAST, asn, TAG_LEARNT, BGP_LEARNT_OWN,
            asn, TAG_LEARNT, BGP_LEARNT_CUSTOMER, asn, TAG_ORIGIN, (unsigned)(r - p->routers) + 1);
    for (size_t i = 0; i < r->norigin_only; i++)
        fprintf(f, "ip prefix-list at-its-sites-only seq %zu permit %s\n", 5 * (i + 1),
                prefix_print(r->origin_only[i], text));
    if (r->norigins || r->is->bgp.naggregates)
        fprintf(f,
                "route-map own permit 10\n set local-preference %u\n"
                " set large-community %" PRIu32 ":%d:%d %" PRIu32 ":%d:%u\nexit\n",
                BGP_LOCAL_PREF_OWN, asn, TAG_LEARNT, BGP_LEARNT_OWN, asn, TAG_ORIGIN,
                (unsigned)(r - p->routers) + 1);
}

// A route's next hop tells how the router has it: a neighbour's interface, none, or a loopback.
static void next_hop_lists(const struct plan_router *r, FILE *f)
{
    char text[IP4_TEXT];
    uint32_t seq = 0;
    for (size_t i = 0; i < r->nsessions; i++) {
        if (!plan_is_external(&r->sessions[i]))
            continue;
        seq += 5;
        ip4_print(r->sessions[i].remote, text);
        fprintf(f,
                "ip prefix-list from-outside seq %" PRIu32 " permit %s/32\n"
                "ip prefix-list from-inside seq %" PRIu32 " deny %s/32\n",
                seq, text, seq, text);
    }
    if (!seq)
        fprintf(f, "ip prefix-list from-outside seq 5 deny any\n");
    fprintf(f,
            "ip prefix-list from-inside seq %" PRIu32 " deny 0.0.0.0/32\n"
            "ip prefix-list from-inside seq %" PRIu32 " permit 0.0.0.0/0 le 32\n",
            seq + 5, seq + 10);
}

// FRR's next-hop-self would take routes of other members, too.
static void export_inside(struct frr_rules *x)
{
    const struct plan_router *r = x->fold.router;
    char set[64], text[IP4_TEXT];
    if (!r->is->bgp.confederation || !has_external(r))
        return;
    snprintf(set, sizeof set, "ip next-hop %s", ip4_print(x->fold.session->is.address, text));
    routemap_step(&x->map, false, "ip next-hop prefix-list from-outside", set, ROUTEMAP_NEXT);
}

static void import_builtin(struct frr_rules *x, const struct relation_rules *rules)
{
    const struct bgp_policy_options *o = &x->fold.session->is.policy;
    struct routemap *m = &x->map;
    if (o->require && !o->imports[0] && !o->imports[1])
        routemap_step(m, true, NULL, NULL, ROUTEMAP_END); // RFC 8212
    if (o->path_length_max) {
        char match[64];
        frr_rules_list(x, "as-path", match, sizeof match);
        fprintf(x->lists, "bgp as-path access-list %s permit ", match + sizeof "as-path");
        regex_length(o->path_length_max + 1u, UINT32_MAX, false, x->lists);
        fputc('\n', x->lists);
        routemap_step(m, true, match, NULL, ROUTEMAP_END);
    }
    if (o->drop_invalid && x->fold.router->is->bgp.rov)
        frr_vrps_drop_invalid(x);
    routemap_set(m, "large-comm-list tags delete");
    routemap_set(m, "large-community %" PRIu32 ":%d:%d additive", plan_outer_as(x->fold.router),
                 TAG_LEARNT, rules->learnt);
    routemap_set(m, "local-preference %u",
                 o->builtin_off ? BGP_LOCAL_PREF_DEFAULT : rules->local_pref);
    routemap_step(m, false, "community graceful-shutdown", "local-preference 0", ROUTEMAP_NEXT);
    if (o->blackhole) {
        routemap_step(m, false, "community blackhole", "community no-export additive",
                      ROUTEMAP_NEXT);
        fprintf(x->lists, "! not expressed: traffic for routes with BLACKHOLE is not discarded\n");
    }
}

static void export_builtin(struct frr_rules *x, const struct relation_rules *rules)
{
    const struct bgp_policy_options *o = &x->fold.session->is.policy;
    struct routemap *m = &x->map;
    if (o->require && !o->exports[0] && !o->exports[1])
        routemap_step(m, true, NULL, NULL, ROUTEMAP_END); // RFC 8212
    frr_derived_hide(x);
    if (x->fold.router->norigin_only) {
        int here = routemap_label(m);
        routemap_step(m, false, "large-community originated-here", NULL, here);
        routemap_step(m, true, "ip address prefix-list at-its-sites-only", NULL, ROUTEMAP_END);
        routemap_place(m, here);
    }
    if (!rules->hears_all && !o->builtin_off) {
        int heard = routemap_label(m);
        routemap_step(m, false, "large-community own-and-customers", NULL, heard);
        routemap_step(m, true, NULL, NULL, ROUTEMAP_END);
        routemap_place(m, heard);
    }
    if (o->med_from_igp)
        frr_rules_metric(x);
}

enum map_for { MAP_IN, MAP_OUT, MAP_CONDITIONAL }; // MAP_CONDITIONAL: see export/frr_derived.h

static void session_map(const struct plan *p, const struct plan_router *r,
                        const struct plan_session *s, enum map_for which, FILE *f)
{
    const struct relation_rules *rules = relation_rules(s->is.relation);
    static const char *const names[] = {"from", "to", "if"};
    bool out = which != MAP_IN;
    char name[64], *text = NULL;
    size_t size;
    struct frr_rules x = {.fold = {.plan = p, .router = r, .session = s, .out = out, .name = name}};
    snprintf(name, sizeof name, "%s_%zu", names[which], (size_t)(s - r->sessions) + 1);
    x.map.name = name;
    x.lists = open_memstream(&text, &size);
    if (which == MAP_CONDITIONAL)
        frr_derived_conditional(&x);
    if (rules && out)
        export_builtin(&x, rules);
    else if (rules)
        import_builtin(&x, rules);
    else if (out)
        export_inside(&x);
    frr_rules_policies(&x);
    if (rules && out)
        routemap_set(&x.map, "large-comm-list tags delete");
    routemap_step(&x.map, false, NULL, NULL, ROUTEMAP_END);
    if (x.map.steps.n > ROUTEMAP_STEPS)
        fold_cannot(&x.fold, "FRR", "more steps than a route-map has numbers");
    fclose(x.lists);
    fprintf(f, "%s", text);
    routemap_write(&x.map, f);
    routemap_free(&x.map);
    free(text);
}

bool frr_has_map(const struct plan_router *r, const struct plan_session *s, bool out)
{
    const struct bgp_policy_options *o = &s->is.policy;
    const struct policy *const *policies = out ? o->exports : o->imports;
    return plan_is_external(s) || policies[0] || policies[1] ||
           (out && r->is->bgp.confederation && has_external(r));
}

void frr_policy(const struct plan *p, const struct plan_router *r, FILE *f)
{
    lists(p, r, f);
    next_hop_lists(r, f);
    if (distance_matters(r))
        fprintf(f, "! rounded: MED from the IGP metrics of the start; no route-map sees them\n");
    frr_vrps(p, r, f);
    frr_derived_lists(p, r, f);
    for (size_t i = 0; i < r->nsessions; i++) {
        for (int out = 0; out < 2; out++)
            if (frr_has_map(r, &r->sessions[i], out))
                session_map(p, r, &r->sessions[i], out ? MAP_OUT : MAP_IN, f);
        if (frr_derived_has_map(r, &r->sessions[i]))
            session_map(p, r, &r->sessions[i], MAP_CONDITIONAL, f);
    }
    fprintf(f, "!\n");
}
