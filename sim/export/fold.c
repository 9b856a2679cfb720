// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/fold.h"

#include "export/parts.h"

#include <string.h>

static enum fold_result result(bool known)
{
    return known ? FOLD_TRUE : FOLD_FALSE;
}

static enum fold_result all_or_any(const struct fold *f, const struct policy_expr *x)
{
    enum fold_result stop = x->test == POLICY_OR ? FOLD_TRUE : FOLD_FALSE, all = result(!stop);
    for (int i = 0; i < x->nargs; i++) {
        enum fold_result one = fold_test(f, x->args[i]);
        if (one == stop)
            return stop;
        if (one == FOLD_OPEN)
            all = FOLD_OPEN;
    }
    return all;
}

static enum policy_relation relation(enum bgp_relation r)
{
    switch (r) {
    case BGP_REL_CUSTOMER:
        return POLICY_CUSTOMER;
    case BGP_REL_PEER:
        return POLICY_PEER;
    case BGP_REL_PROVIDER:
        return POLICY_PROVIDER;
    case BGP_REL_SIBLING:
        return POLICY_SIBLING;
    default:
        return POLICY_RELATION_IBGP;
    }
}

// A router's name, or that of its network, which stands in front of the slash.
static bool is_called(const char *router, const char *name)
{
    size_t n = strlen(name);
    return strncmp(router, name, n) == 0 && (router[n] == '\0' || router[n] == '/');
}

static bool is_at(const struct plan_router *r, const char *name)
{
    const struct bgp_speaker_options *o = &r->is->bgp;
    return strcmp(r->is->name, name) == 0 || (o->city && strcmp(o->city, name) == 0) ||
           (o->region && strcmp(o->region, name) == 0);
}

// Another member of the confederation is known by its own number and by that of all.
static bool neighbour_is(const struct fold *f, uint32_t asn)
{
    const struct plan_router *r = &f->plan->routers[f->session->neighbour];
    return r->is->bgp.asn == asn || plan_outer_as(r) == asn;
}

static enum fold_result source(const struct fold *f, const struct policy_expr *x)
{
    if (f->out)
        return FOLD_OPEN;
    return result(x->choice ==
                  (plan_is_external(f->session) ? POLICY_SOURCE_EBGP : POLICY_SOURCE_IBGP));
}

enum fold_result fold_test(const struct fold *f, const struct policy_expr *x)
{
    enum fold_result one;
    switch (x->test) {
    case POLICY_AND:
    case POLICY_OR:
        return all_or_any(f, x);
    case POLICY_NOT:
        one = fold_test(f, x->args[0]);
        return one == FOLD_OPEN ? FOLD_OPEN : result(one == FOLD_FALSE);
    case POLICY_ANY:
        return FOLD_TRUE;
    case POLICY_NEIGHBOUR_AS:
        return result(neighbour_is(f, x->number));
    case POLICY_NEIGHBOUR:
        return result(is_called(f->plan->routers[f->session->neighbour].is->name, x->name));
    case POLICY_AT:
        return result(is_at(f->router, x->name));
    case POLICY_RELATION:
        return result((int)relation(f->session->is.relation) == x->choice);
    case POLICY_SOURCE:
        return source(f, x);
    case POLICY_ROV:
        return f->router->is->bgp.rov ? FOLD_OPEN : result(x->choice == POLICY_NOT_FOUND);
    default:
        return FOLD_OPEN;
    }
}

bool fold_origin_is_own(const struct fold *f, const struct policy_expr *x)
{
    uint32_t asn = plan_outer_as(f->router);
    for (int i = 0; i < x->nases; i++)
        if (x->ases[i].low <= asn && asn <= x->ases[i].high)
            return true;
    return false;
}

void fold_cannot(const struct fold *f, const char *daemon, const char *what)
{
    plan_problem(f->plan, "%s has no way to say it: %s (in a policy of %s)", daemon, what,
                 f->router->network->name);
}

const struct policy *const *fold_policies(const struct fold *f)
{
    const struct bgp_policy_options *o = &f->session->is.policy;
    return f->out ? o->exports : o->imports;
}

void fold_check_tags(const struct fold *f, const char *daemon, const struct policy_community *c)
{
    uint32_t asn = plan_outer_as(f->router);
    if (c->kind == POLICY_LARGE && c->part[0].low <= asn && asn <= c->part[0].high &&
        c->part[1].low <= TAG_LAST && c->part[1].high >= TAG_LEARNT)
        fold_cannot(f, daemon, "large communities OWN-AS:1:* to OWN-AS:3:*, which the export uses");
}
