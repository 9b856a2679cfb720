// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/plan.h"

#include "export/parts.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What every router has so far, in vectors that grow; frozen into the plan at the end.
struct draft {
    VEC(struct plan_interface) interfaces;
    VEC(struct plan_session) sessions;
    VEC(struct plan_origin) origins;
    VEC(struct prefix) origin_only;
};

// "telecom/beijing-1" → "telecom-beijing-1"; what no hostname may hold becomes '-' too.
static const char *host_name(struct plan *p, uint32_t router)
{
    char *name = arena_strdup(&p->arena, p->routers[router].is->name);
    for (char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '.')
            *c = '-';
    for (uint32_t i = 0; i < router; i++)
        if (strcmp(p->routers[i].host, name) == 0) // "a-b/c" and "a/b-c"
            return arena_printf(&p->arena, "%s-r%u", name, router);
    return name;
}

static void add_interface(struct plan *p, struct draft *d, uint32_t link,
                          const struct control_joint *joint, bool b_end)
{
    struct plan_interface i = {
        .name = arena_printf(&p->arena, "eth%zu", d->interfaces.n + 1),
        .link = link,
        .neighbour = b_end ? joint->a : joint->b,
        .address = control_link_address(link, b_end),
        .neighbour_address = control_link_address(link, !b_end),
        .igp = joint->igp,
        .metric = joint->metric,
    };
    vec_push(&d->interfaces, i);
}

static void add_links(struct plan *p, struct draft *drafts)
{
    const struct control *c = p->world->control;
    for (uint32_t l = 0; l < p->world->net->nlinks; l++) {
        struct control_joint joint;
        if (!control_link_joins(c, l, &joint))
            continue;
        add_interface(p, &drafts[joint.a], l, &joint, false);
        add_interface(p, &drafts[joint.b], l, &joint, true);
    }
}

static int interface_over(const struct draft *d, int32_t link)
{
    for (size_t i = 0; link >= 0 && i < d->interfaces.n; i++)
        if (d->interfaces.v[i].link == (uint32_t)link)
            return (int)i;
    return -1;
}

static void add_session(struct plan *p, struct draft *drafts, const struct control_session *s,
                        bool b_end)
{
    uint32_t here = b_end ? s->b : s->a, there = b_end ? s->a : s->b;
    const struct plan_router *other = &p->routers[there];
    struct plan_session out = {
        .neighbour = there,
        .is = b_end ? s->b_options : s->a_options,
        .remote = b_end ? s->a_options.address : s->b_options.address,
        .over = interface_over(&drafts[here], s->link),
    };
    out.asn = plan_is_external(&out) ? plan_outer_as(other) : other->is->bgp.asn;
    vec_push(&drafts[here].sessions, out);
}

static void add_origin(struct draft *d, struct prefix prefix, const char *what)
{
    vec_push(&d->origins, ((struct plan_origin){prefix, what}));
}

static void add_origins(struct plan *p, struct draft *drafts)
{
    const struct world *w = p->world;
    const struct scenario *s = w->scenario;
    char text[128];
    for (int i = 0; i < s->nservices; i++) {
        const struct anycast_service *run = &w->services[i];
        const char *what = arena_printf(&p->arena, "service %s", s->services[i].name);
        for (size_t k = 0; k < run->sites.n; k++)
            if (run->sites.v[k].announced)
                add_origin(&drafts[run->sites.v[k].router], run->prefix, what);
    }
    for (int g = 0; g < s->ngroups; g++) {
        const struct group_ref *ref = &s->groups[g];
        int city = s->topology.networks[ref->network].clients[ref->index].city;
        const char *what =
            arena_printf(&p->arena, "clients %s", scenario_group_name(s, g, text, sizeof text));
        add_origin(&drafts[world_router(w, ref->network, city, 0)], w->group_prefix[g], what);
    }
}

static void add_origin_only(struct plan *p, struct draft *drafts)
{
    const struct world *w = p->world;
    const struct scenario *s = w->scenario;
    for (uint32_t r = 0; r < p->nrouters; r++)
        for (int i = 0; i < s->nservices; i++)
            if (p->routers[r].is->bgp.asn &&
                control_is_at_origin_only(w->control, r, s->services[i].prefix))
                vec_push(&drafts[r].origin_only, s->services[i].prefix);
    for (uint32_t r = 0; r < p->nrouters; r++)
        p->routers[r].has_manners = control_has_manners(w->control, r);
}

#define FREEZE(p, r, d, what)                                                                      \
    do {                                                                                           \
        (r)->n##what = (d)->what.n;                                                                \
        (r)->what = arena_alloc(&(p)->arena, (d)->what.n * sizeof *(d)->what.v);                   \
        if ((d)->what.n)                                                                           \
            memcpy((r)->what, (d)->what.v, (d)->what.n * sizeof *(d)->what.v);                     \
        vec_free(&(d)->what);                                                                      \
    } while (0)

static void add_sessions(struct plan *p, struct draft *drafts)
{
    const struct control_session *sessions;
    size_t n = control_sessions(p->world->control, &sessions);
    for (size_t i = 0; i < n; i++) {
        add_session(p, drafts, &sessions[i], false);
        add_session(p, drafts, &sessions[i], true);
    }
}

static void add_routers(struct plan *p)
{
    const struct control *c = p->world->control;
    p->nrouters = control_routers(c);
    p->routers = arena_array(&p->arena, struct plan_router, p->nrouters);
    for (uint32_t i = 0; i < p->nrouters; i++) {
        struct plan_router *r = &p->routers[i];
        r->is = control_router(c, i);
        r->network = &p->world->scenario->topology.networks[r->is->network];
        r->cluster_id = 0;
        if (r->is->bgp.reflector)
            r->cluster_id = r->is->bgp.cluster_id ? r->is->bgp.cluster_id : r->is->loopback;
        r->host = host_name(p, i);
    }
}

static int by_as(const void *a, const void *b)
{
    const struct vrp *x = a, *y = b;
    if (x->asn != y->asn)
        return x->asn < y->asn ? -1 : 1;
    if (x->prefix.addr != y->prefix.addr)
        return x->prefix.addr < y->prefix.addr ? -1 : 1;
    if (x->prefix.len != y->prefix.len)
        return x->prefix.len - y->prefix.len;
    return x->max_length - y->max_length;
}

static void add_vrps(struct plan *p)
{
    const struct topology *t = &p->world->scenario->topology;
    p->nvrps = (size_t)t->nvrps;
    p->vrps = arena_array(&p->arena, struct vrp, p->nvrps);
    if (!p->nvrps)
        return;
    memcpy(p->vrps, t->vrps, p->nvrps * sizeof *p->vrps);
    qsort(p->vrps, p->nvrps, sizeof *p->vrps, by_as);
}

static uint32_t greatest_divisor(uint32_t a, uint32_t b)
{
    while (b) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

// Metrics that OSPF cannot carry are divided by what all of the network's are multiples of: that
// keeps sums in proportion, and so every comparison of two.
static void fit_metrics(struct plan *p)
{
    int n = p->world->scenario->topology.nnetworks;
    uint32_t *divisor = xcalloc((size_t)n + 1, sizeof *divisor);
    uint32_t *max = xcalloc((size_t)n + 1, sizeof *max);
    for (uint32_t i = 0; i < p->nrouters; i++) {
        const struct plan_router *r = &p->routers[i];
        for (size_t k = 0; k < r->ninterfaces; k++) {
            uint32_t metric = r->interfaces[k].igp ? r->interfaces[k].metric : 0;
            uint32_t *m = &max[r->is->network], *d = &divisor[r->is->network];
            *m = metric > *m ? metric : *m;
            *d = greatest_divisor(*d, metric);
        }
    }
    for (uint32_t i = 0; i < p->nrouters; i++) {
        struct plan_router *r = &p->routers[i];
        uint32_t largest = max[r->is->network], unit = divisor[r->is->network];
        bool fits = largest <= OSPF_METRIC_MAX || largest / unit <= OSPF_METRIC_MAX;
        r->wide = !fits;
        r->metric_unit = largest > OSPF_METRIC_MAX && fits ? unit : 1;
    }
    free(divisor);
    free(max);
}

void plan_init(struct plan *p, const struct world *w)
{
    arena_init(&p->arena);
    p->world = w;
    p->problems = xcalloc(1, sizeof *p->problems);
    add_routers(p);
    add_vrps(p);
    struct draft *drafts = xcalloc(p->nrouters, sizeof *drafts);
    add_links(p, drafts);
    add_sessions(p, drafts);
    add_origins(p, drafts);
    add_origin_only(p, drafts);
    for (uint32_t i = 0; i < p->nrouters; i++) {
        struct plan_router *r = &p->routers[i];
        FREEZE(p, r, &drafts[i], interfaces);
        FREEZE(p, r, &drafts[i], sessions);
        FREEZE(p, r, &drafts[i], origins);
        FREEZE(p, r, &drafts[i], origin_only);
    }
    free(drafts);
    fit_metrics(p);
}

void plan_forget_problems(const struct plan *p)
{
    for (size_t i = 0; i < p->problems->v.n; i++)
        free(p->problems->v.v[i]);
    p->problems->v.n = 0;
}

void plan_free(struct plan *p)
{
    plan_forget_problems(p);
    vec_free(&p->problems->v);
    free(p->problems);
    arena_free(&p->arena);
}

void plan_problem(const struct plan *p, const char *fmt, ...)
{
    va_list ap;
    char *text;
    va_start(ap, fmt);
    int n = vasprintf(&text, fmt, ap);
    va_end(ap);
    if (n < 0)
        return;
    for (size_t i = 0; i < p->problems->v.n; i++)
        if (strcmp(p->problems->v.v[i], text) == 0) {
            free(text);
            return;
        }
    vec_push(&p->problems->v, text);
}
