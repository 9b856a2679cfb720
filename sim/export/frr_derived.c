// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/frr_derived.h"

#include "bgp/aggregate.h"
#include "bgp/conditional.h"
#include "export/parts.h"

#define TIMER_S 5 // the shortest that FRR has

static bool is_inside(struct prefix p, struct prefix aggregate)
{
    return p.len > aggregate.len && prefix_has(aggregate, p.addr);
}

static void check_parts(const struct plan *p, const struct plan_router *r, struct prefix aggregate)
{
    char text[PREFIX_TEXT];
    for (uint32_t i = 0; i < p->nrouters; i++)
        for (size_t k = 0; k < p->routers[i].norigins; k++)
            if (p->routers[i].network != r->network &&
                is_inside(p->routers[i].origins[k].prefix, aggregate))
                plan_problem(p,
                             "FRR makes aggregates from all paths and forgets whom they came from: "
                             "%s of %s, with prefixes of other networks inside",
                             prefix_print(aggregate, text), r->network->name);
}

static bool hides(const struct plan_router *r)
{
    for (int i = 0; i < r->is->bgp.naggregates; i++)
        if (r->is->bgp.aggregates[i].summary_only)
            return true;
    return false;
}

static void hidden_list(const struct plan_router *r, FILE *f)
{
    char text[PREFIX_TEXT];
    for (int i = 0; i < r->is->bgp.naggregates; i++) {
        const struct bgp_aggregate *a = &r->is->bgp.aggregates[i];
        if (a->summary_only && a->prefix.len < 32)
            fprintf(f, "ip prefix-list summarised seq %d permit %s ge %d\n", 5 * (i + 1),
                    prefix_print(a->prefix, text), a->prefix.len + 1);
    }
}

// A neighbour has one pair of maps, so all prefixes wait for the same.
static void condition_maps(const struct plan *p, const struct plan_router *r, FILE *f)
{
    const struct bgp_condition *c = r->is->bgp.conditions;
    char text[PREFIX_TEXT];
    for (int i = 0; i < r->is->bgp.nconditions; i++) {
        if (!prefix_equal(c[i].when, c[0].when) || c[i].absent != c[0].absent)
            plan_problem(p, "FRR has one advertise-map a neighbour: the different conditions of %s",
                         r->network->name);
        fprintf(f, "ip prefix-list conditional seq %d permit %s\n", 5 * (i + 1),
                prefix_print(c[i].prefix, text));
    }
    fprintf(f,
            "ip prefix-list condition seq 5 permit %s\n"
            "route-map condition permit 10\n match ip address prefix-list condition\nexit\n",
            prefix_print(c[0].when, text));
}

void frr_derived_lists(const struct plan *p, const struct plan_router *r, FILE *f)
{
    for (int i = 0; i < r->is->bgp.naggregates; i++)
        check_parts(p, r, r->is->bgp.aggregates[i].prefix);
    hidden_list(r, f);
    if (r->is->bgp.nconditions)
        condition_maps(p, r, f);
}

void frr_derived_timer(const struct plan_router *r, FILE *f)
{
    if (r->is->bgp.nconditions)
        fprintf(f,
                " ! rounded: announce_if acts at once in the scenario, FRR looks every %d s\n"
                " bgp conditional-advertisement timer %d\n",
                TIMER_S, TIMER_S);
}

void frr_derived_aggregates(const struct plan_router *r, FILE *f)
{
    char text[PREFIX_TEXT];
    for (int i = 0; i < r->is->bgp.naggregates; i++) {
        const struct bgp_aggregate *a = &r->is->bgp.aggregates[i];
        fprintf(f, "  aggregate-address %s%s route-map own\n", prefix_print(a->prefix, text),
                a->as_set ? " as-set" : "");
    }
}

bool frr_derived_has_map(const struct plan_router *r, const struct plan_session *s)
{
    return r->is->bgp.nconditions && relation_rules(s->is.relation);
}

void frr_derived_neighbour(const struct plan_router *r, const struct plan_session *s, FILE *f)
{
    char name[IP4_TEXT];
    if (frr_derived_has_map(r, s))
        fprintf(f, "  neighbor %s advertise-map if_%zu %s condition\n", ip4_print(s->remote, name),
                (size_t)(s - r->sessions) + 1,
                r->is->bgp.conditions[0].absent ? "non-exist-map" : "exist-map");
}

void frr_derived_conditional(struct frr_rules *x)
{
    int one = routemap_label(&x->map);
    routemap_step(&x->map, false, "ip address prefix-list conditional", NULL, one);
    routemap_step(&x->map, true, NULL, NULL, ROUTEMAP_END);
    routemap_place(&x->map, one);
}

void frr_derived_hide(struct frr_rules *x)
{
    if (hides(x->fold.router))
        routemap_step(&x->map, true, "ip address prefix-list summarised", NULL, ROUTEMAP_END);
}
