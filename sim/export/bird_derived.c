// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/bird_derived.h"

#include "base/vec.h"
#include "bgp/aggregate.h"
#include "bgp/attr.h"
#include "bgp/conditional.h"
#include "bgp/policy.h"
#include "export/parts.h"

#include <inttypes.h>

// --- Aggregates

// Preferences of a static route of an aggregate, by whom its part is from: the highest counts.
enum { PART_OWN = 200, PART_CUSTOMER, PART_PROVIDER };

static bool is_inside(struct prefix p, struct prefix aggregate)
{
    return p.len > aggregate.len && prefix_has(aggregate, p.addr);
}

static bool originates(const struct plan_router *r, struct prefix prefix)
{
    for (size_t i = 0; i < r->norigins; i++)
        if (prefix_equal(r->origins[i].prefix, prefix))
            return true;
    return false;
}

static void part(const struct plan_router *r, int aggregate, int n, struct prefix part, bool own,
                 FILE *f)
{
    char text[PREFIX_TEXT], address[IP4_TEXT];
    fprintf(f,
            "protocol static aggregate%d_%d {\n"
            "    ipv4 { table aggregate%d; import filter { preference = %d; accept; }; };\n"
            "    igp table parts%d;\n    route %s recursive %s;\n}\n",
            aggregate, n, aggregate, own ? PART_OWN : PART_CUSTOMER, aggregate,
            prefix_print(r->is->bgp.aggregates[aggregate - 1].prefix, text),
            ip4_print(part.addr, address));
}

// The parts of master4, those that only customers may hear of as prohibited.
static void watch_parts(const struct plan_router *r, int aggregate, const char *nets, FILE *f)
{
    uint32_t asn = plan_outer_as(r);
    fprintf(f,
            "\nipv4 table parts%d;\nipv4 table aggregate%d;\nprotocol pipe parts%d_in {\n"
            "    table master4;\n    peer table parts%d;\n    import none;\n    export filter {\n"
            "        if (net !~ [ %s ]) || (dest = RTD_UNREACHABLE) then reject;\n"
            "        if bgp_large_community ~ [(%" PRIu32 ", %d, %d), (%" PRIu32 ", %d, %d)] then\n"
            "            dest = RTD_BLACKHOLE;\n        else\n            dest = RTD_PROHIBIT;\n"
            "        accept;\n    };\n}\n",
            aggregate, aggregate, aggregate, aggregate, nets, asn, TAG_LEARNT, BGP_LEARNT_OWN, asn,
            TAG_LEARNT, BGP_LEARNT_CUSTOMER);
}

static void publish_aggregate(const struct plan_router *r, int aggregate, FILE *f)
{
    uint32_t asn = plan_outer_as(r);
    fprintf(f,
            "protocol pipe aggregate%d_out {\n    table master4;\n    peer table aggregate%d;\n"
            "    export none;\n    import filter {\n"
            "        if dest = RTD_UNREACHABLE then reject; # its part is not there\n"
            "        originate_at(%d);\n"
            "        if preference = %d then\n"
            "            bgp_large_community.add((%" PRIu32 ", %d, %d));\n"
            "        else if dest = RTD_BLACKHOLE then\n"
            "            bgp_large_community.add((%" PRIu32 ", %d, %d));\n"
            "        else {\n            preference = %d;\n"
            "            bgp_large_community.add((%" PRIu32 ", %d, %d));\n        }\n"
            "        dest = RTD_BLACKHOLE;\n        accept;\n    };\n}\n",
            aggregate, aggregate, BGP_LOCAL_PREF_OWN, PART_OWN, asn, TAG_LEARNT, BGP_LEARNT_OWN,
            asn, TAG_LEARNT, BGP_LEARNT_CUSTOMER, PART_PROVIDER, asn, TAG_LEARNT,
            BGP_LEARNT_PROVIDER);
}

// What may be inside of it: prefixes of any router, each once, and other networks' aggregates.
static void parts(const struct plan *p, const struct plan_router *r, int i, FILE *f)
{
    const struct bgp_aggregate *a = &r->is->bgp.aggregates[i];
    VEC(struct prefix) seen = {0};
    int n = 0;
    for (uint32_t k = 0; k < p->nrouters; k++) {
        const struct plan_router *of = &p->routers[k];
        bool own = of->network == r->network;
        size_t all = of->norigins + (own ? 0 : (size_t)of->is->bgp.naggregates);
        for (size_t o = 0; o < all; o++) {
            struct prefix x = o < of->norigins ? of->origins[o].prefix
                                               : of->is->bgp.aggregates[o - of->norigins].prefix;
            bool known = !is_inside(x, a->prefix);
            for (size_t s = 0; s < seen.n; s++)
                known |= prefix_equal(seen.v[s], x);
            if (known)
                continue;
            vec_push(&seen, x);
            part(r, i + 1, ++n, x, own, f);
            if (!own && a->as_set)
                plan_problem(p,
                             "BIRD's filters cannot make an AS_SET: an aggregate of %s with "
                             "prefixes of other networks inside",
                             r->network->name);
        }
    }
    vec_free(&seen);
}

static void aggregate(const struct plan *p, const struct plan_router *r, int i, FILE *f)
{
    struct prefix prefix = r->is->bgp.aggregates[i].prefix;
    char text[PREFIX_TEXT], nets[64];
    if (originates(r, prefix) || prefix.len == 32)
        return;
    snprintf(nets, sizeof nets, "%s{%d,32}", prefix_print(prefix, text), prefix.len + 1);
    watch_parts(r, i + 1, nets, f);
    parts(p, r, i, f);
    publish_aggregate(r, i + 1, f);
}

// --- Announcements on a condition

// "state" holds the condition's prefix, prohibited while there is a route to it, else a blackhole.
static void condition(const struct plan_router *r, int i, FILE *f)
{
    const struct bgp_condition *c = &r->is->bgp.conditions[i];
    char when[PREFIX_TEXT], text[PREFIX_TEXT], address[IP4_TEXT];
    int n = i + 1;
    prefix_print(c->when, when);
    fprintf(f,
            "\nipv4 table state%d;\nipv4 table block%d;\n"
            "protocol static state%d_absent {\n"
            "    ipv4 { table state%d; import filter { preference = 1; accept; }; };\n"
            "    route %s blackhole;\n}\n"
            "protocol pipe state%d_in {\n    table master4;\n    peer table state%d;\n"
            "    import none;\n    export filter {\n"
            "        if (net != %s) || (dest = RTD_UNREACHABLE) then reject;\n"
            "        dest = RTD_PROHIBIT;\n        accept;\n    };\n}\n",
            n, n, n, n, when, n, n, when);
    fprintf(f,
            "protocol static block%d_own {\n"
            "    ipv4 { table block%d; import filter {\n        preference = 60000;\n"
            "        bgp_large_community.add((%" PRIu32 ", %d, %d));\n        accept;\n    }; };\n"
            "    igp table state%d;\n    route %s recursive %s;\n}\n",
            n, n, plan_outer_as(r), TAG_CONDITION, n, n, prefix_print(c->prefix, text),
            ip4_print(c->when.addr, address));
}

void bird_derived(const struct plan *p, const struct plan_router *r, FILE *f)
{
    for (int i = 0; i < r->is->bgp.naggregates; i++)
        aggregate(p, r, i, f);
    for (int i = 0; i < r->is->bgp.nconditions; i++)
        condition(r, i, f);
}

void bird_derived_refuse(const struct plan_router *r, FILE *f)
{
    const struct bgp_speaker_options *o = &r->is->bgp;
    char text[PREFIX_TEXT];
    for (int i = 0; i < o->naggregates; i++)
        if (o->aggregates[i].summary_only && o->aggregates[i].prefix.len < 32)
            fprintf(f, "    if net ~ [ %s{%d,32} ] then reject; # inside a summary\n",
                    prefix_print(o->aggregates[i].prefix, text), o->aggregates[i].prefix.len + 1);
    if (o->nconditions)
        fprintf(f,
                "    if bgp_large_community ~ [(%" PRIu32 ", %d, *)] then\n"
                "        reject; # its condition does not hold\n",
                plan_outer_as(r), TAG_CONDITION);
}

// --- Sessions with tables of their own

static bool has_outside(const struct plan_router *r)
{
    for (size_t i = 0; i < r->nsessions; i++)
        if (plan_is_external(&r->sessions[i]))
            return true;
    return r->norigins > 0;
}

bool bird_derived_is_apart(const struct plan_router *r, const struct plan_session *s)
{
    if (plan_is_external(s))
        return r->is->bgp.nconditions > 0;
    return r->is->bgp.best_external && plan_is_ibgp(s) && !s->is.add_path_send &&
           !r->is->bgp.reflector && has_outside(r);
}

static void blocks(const struct plan_router *r, const char *name, FILE *f)
{
    for (int i = 0; i < r->is->bgp.nconditions; i++)
        fprintf(f,
                "protocol pipe block%d_%s {\n    table table_%s;\n    peer table block%d;\n"
                "    export none;\n    import where dest = %s;\n}\n",
                i + 1, name, name, i + 1,
                r->is->bgp.conditions[i].absent ? "RTD_PROHIBIT" : "RTD_BLACKHOLE");
}

void bird_derived_session(const struct plan_router *r, const struct plan_session *s,
                          const char *name, FILE *f)
{
    bool external = plan_is_external(s);
    fprintf(f,
            "\nipv4 table table_%s;\nprotocol pipe pipe_%s {\n"
            "    table master4;\n    peer table table_%s;\n    import where proto = \"%s\";\n"
            "    export filter {\n"
            "        if source !~ [RTS_BGP, RTS_STATIC] then reject;\n",
            name, name, name, name);
    if (!external)
        fprintf(f, "        if (source = RTS_BGP) && is_internal() then reject;\n"
                   "        preference = preference + 100; # above what the neighbour told\n");
    fprintf(f, "        accept;\n    };\n}\n");
    if (external)
        blocks(r, name, f);
}
