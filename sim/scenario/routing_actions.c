// SPDX-License-Identifier: GPL-3.0-or-later
// Action communities become policies: on the way in from customers, on the way out for routes of
// customers and of the network itself.
#include "scenario/routing_reader.h"

#include <string.h>

enum { DO_PREPEND, DO_NO_ANNOUNCE, DO_LOCAL_PREF };

struct terms { // of a conjunction
    const struct policy_expr *v[4];
    int n;
};

static void add(struct arena *a, struct terms *t, struct policy_expr e)
{
    struct policy_expr *copy = arena_new(a, struct policy_expr);
    *copy = e;
    t->v[t->n++] = copy;
}

static const struct policy_expr *join(struct arena *a, enum policy_test test, struct terms t)
{
    struct policy_expr *e = arena_new(a, struct policy_expr);
    const struct policy_expr **args = arena_array(a, const struct policy_expr *, t.n);
    if (t.n == 1)
        return t.v[0];
    memcpy(args, t.v, (size_t)t.n * sizeof *args);
    *e = (struct policy_expr){.test = test, .at = t.v[0]->at, .args = args, .nargs = t.n};
    return e;
}

// Learnt from a customer, or own.
static const struct policy_expr *ours(struct arena *a, struct srcpos at)
{
    struct terms t = {.n = 0};
    add(a, &t,
        (struct policy_expr){.test = POLICY_LEARNT, .choice = POLICY_LEARNT_CUSTOMER, .at = at});
    add(a, &t, (struct policy_expr){.test = POLICY_LEARNT, .choice = POLICY_LEARNT_OWN, .at = at});
    return join(a, POLICY_OR, t);
}

static bool check(struct input *in, const struct topology *t, const struct raw_action *raw,
                  struct policy_community *c)
{
    const char *text = raw->community.s;
    size_t before = diag_errors(in->d), colons = 0;
    for (const char *s = text; *s; s++)
        colons += *s == ':';
    enum policy_community_kind kind = colons == 2 ? POLICY_LARGE : POLICY_STANDARD;
    const char *wrong = policy_community_parse(text, kind, false, c);
    if (wrong)
        diag_error(in->d, raw->community.at, NULL, "community '%s': %s", text, wrong);
    if (raw->to.s && !routing_is_neighbour(t, raw->to.s))
        diag_error(in->d, raw->to.at, NULL, "'%s' is neither a network nor a router", raw->to.s);
    if (raw->at_place.s && !routing_is_place(t, raw->at_place.s))
        diag_error(in->d, raw->at_place.at, NULL, "'%s' is neither a city, a region nor a router",
                   raw->at_place.s);
    if ((raw->what == DO_LOCAL_PREF) != (raw->value >= 0))
        diag_error(in->d, raw->at, NULL, "'value' is the local preference: %s",
                   raw->value < 0 ? "it is missing" : "leave it out");
    if (raw->what == DO_LOCAL_PREF && raw->to.s)
        diag_error(in->d, raw->to.at, NULL,
                   "a local preference is for all neighbours: leave 'to' out");
    return diag_errors(in->d) == before;
}

static struct policy_rule rule_of(struct input *in, const struct raw_action *raw,
                                  const struct policy_community *c)
{
    struct terms t = {.n = 0};
    struct policy_action *act = arena_new(in->a, struct policy_action);
    bool incoming = raw->what == DO_LOCAL_PREF;
    act->at = raw->at;
    add(in->a, &t, (struct policy_expr){.test = POLICY_COMMUNITY, .community = *c, .at = raw->at});
    if (incoming)
        add(in->a, &t,
            (struct policy_expr){
                .test = POLICY_RELATION, .choice = POLICY_CUSTOMER, .at = raw->at});
    else
        t.v[t.n++] = ours(in->a, raw->at);
    if (raw->to.s)
        add(in->a, &t,
            (struct policy_expr){.test = POLICY_NEIGHBOUR, .name = raw->to.s, .at = raw->to.at});
    if (raw->at_place.s)
        add(in->a, &t,
            (struct policy_expr){
                .test = POLICY_AT, .name = raw->at_place.s, .at = raw->at_place.at});
    act->what = incoming                  ? POLICY_DO_LOCAL_PREF
                : raw->what == DO_PREPEND ? POLICY_DO_PREPEND
                                          : POLICY_DO_REJECT;
    act->number = (uint32_t)(incoming ? raw->value : raw->times);
    return (struct policy_rule){
        .when = join(in->a, POLICY_AND, t), .actions = act, .nactions = 1, .at = raw->at};
}

void routing_actions(struct input *in, const struct topology *t, const struct raw_action *v, int n,
                     const struct policy **import, const struct policy **export_)
{
    struct policy *ways[2];
    for (int i = 0; i < 2; i++) {
        ways[i] = arena_new(in->a, struct policy);
        ways[i]->name = i ? "action communities, out" : "action communities, in";
        ways[i]->rules = arena_array(in->a, struct policy_rule, n);
    }
    for (int i = 0; i < n; i++) {
        struct policy_community c;
        if (!v[i].community.s || v[i].what < 0 || !check(in, t, &v[i], &c))
            continue;
        struct policy *way = ways[v[i].what != DO_LOCAL_PREF];
        way->rules[way->nrules++] = rule_of(in, &v[i], &c);
    }
    *import = ways[0]->nrules ? ways[0] : NULL;
    *export_ = ways[1]->nrules ? ways[1] : NULL;
}
