// SPDX-License-Identifier: GPL-3.0-or-later
// Rules and whole policies; what policies refer to in each other.
#include "policy/policy.h"

#include "policy/parser.h"

#include <string.h>

const char *const policy_compare_names[POLICY_COMPARES] = {"=", "!=", "<", "<=", ">", ">="};
const char *const policy_origin_names[POLICY_ORIGINS] = {"igp", "egp", "incomplete"};
const char *const policy_relation_names[POLICY_RELATIONS] = {"customer", "peer", "provider",
                                                             "sibling", "ibgp"};
const char *const policy_learnt_names[POLICY_LEARNTS] = {"own", "customer", "peer", "provider"};
const char *const policy_rov_names[POLICY_ROVS] = {"not-found", "valid", "invalid"};
const char *const policy_source_names[POLICY_SOURCES] = {"own", "ebgp", "ibgp"};

typedef VEC(struct policy_prefixes) prefix_sets;

const struct policy *policies_find(const struct policies *all, const char *name)
{
    for (int i = 0; i < all->n; i++)
        if (strcmp(all->v[i].name, name) == 0)
            return &all->v[i];
    return NULL;
}

static bool end_of_rule(struct parser *p)
{
    if (p->lex.kind == LEX_LINE || p->lex.kind == LEX_END)
        return !p->lex.wrong;
    return parser_expected(p, "',' or the end of the line");
}

static bool read_actions(struct parser *p, struct policy_rule *rule)
{
    VEC(struct policy_action) v = {0};
    struct policy_action one;
    bool ok = parser_action(p, &one), ends = false;
    while (ok) {
        vec_push(&v, one);
        ends = one.what <= POLICY_DO_RETURN;
        if (!lex_is_sign(&p->lex, ','))
            break;
        if (ends) {
            diag_error(p->d, p->lex.pos, NULL, "nothing can follow accept, reject and return");
            ok = false;
            break;
        }
        lex_next(&p->lex);
        ok = parser_action(p, &one);
    }
    struct policy_action *copy = arena_array(p->a, struct policy_action, v.n);
    if (v.n)
        memcpy(copy, v.v, v.n * sizeof *copy);
    rule->actions = copy;
    rule->nactions = (int)v.n;
    vec_free(&v);
    return ok && end_of_rule(p);
}

static bool read_rule(struct parser *p, struct policy_rule *rule)
{
    *rule = (struct policy_rule){.at = p->lex.pos};
    if (lex_is_word(&p->lex, "if")) {
        lex_next(&p->lex);
        p->depth = 0;
        rule->when = parser_expr(p);
        if (!rule->when || !parser_sign(p, ':'))
            return false;
    }
    return read_actions(p, rule);
}

// --- `define NAME = […]`: read before all rules, so that their order does not matter

static bool read_define(struct parser *p, prefix_sets *sets)
{
    struct policy_prefixes set = {0};
    const char *name;
    struct srcpos at = {0};
    lex_next(&p->lex);
    if (!parser_word(p, "the name of a set", &name, &at))
        return false;
    if (name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")] ||
        (*name >= '0' && *name <= '9')) {
        diag_error(p->d, at, NULL,
                   "the name of a set has letters, digits, - and _, and begins with no digit");
        return false;
    }
    for (size_t i = 0; i < sets->n; i++)
        if (strcmp(sets->v[i].name, name) == 0) {
            diag_error(p->d, at, NULL, "set '%s' is defined twice, first on line %d", name,
                       sets->v[i].at.line);
            return false;
        }
    if (p->lex.kind != LEX_COMPARE || p->lex.compare != POLICY_EQ)
        return parser_expected(p, "'='");
    lex_next(&p->lex);
    if (!lex_is_sign(&p->lex, '['))
        return parser_expected(p, "'['");
    if (!parser_prefixes(p, &set) || !end_of_rule(p))
        return false;
    set.name = name;
    set.at = at;
    vec_push(sets, set);
    return true;
}

static void read_sets(struct parser *p, prefix_sets *sets)
{
    while (p->lex.kind != LEX_END) {
        if (lex_is_word(&p->lex, "define"))
            p->ok = read_define(p, sets) && p->ok;
        lex_recover(&p->lex);
        if (p->lex.kind == LEX_LINE)
            lex_next(&p->lex);
    }
}

static void skip_define(struct parser *p)
{
    do
        lex_next(&p->lex);
    while (p->lex.kind != LEX_END && p->lex.kind != LEX_LINE);
}

static void read_rules(struct parser *p, struct policy *out)
{
    VEC(struct policy_rule) rules = {0};
    struct policy_rule rule;
    while (p->lex.kind != LEX_END) {
        if (lex_is_word(&p->lex, "define")) {
            skip_define(p);
        } else if (p->lex.kind != LEX_LINE) {
            if (read_rule(p, &rule))
                vec_push(&rules, rule);
            else
                p->ok = false;
        }
        lex_recover(&p->lex);
        if (p->lex.kind == LEX_LINE)
            lex_next(&p->lex);
    }
    out->rules = arena_array(p->a, struct policy_rule, rules.n);
    if (rules.n)
        memcpy(out->rules, rules.v, rules.n * sizeof *out->rules);
    out->nrules = (int)rules.n;
    vec_free(&rules);
}

// --- What policies call

// Depth of the calls from `p` on, or more than POLICY_DEPTH_MAX where they come round.
static int call_depth(struct diag *d, const struct policies *all, const struct policy *p,
                      int *depth, int level)
{
    int *own = &depth[p - all->v], deepest = 0;
    if (*own || level > POLICY_DEPTH_MAX)
        return *own ? *own : level;
    for (int i = 0; i < p->nrules && deepest <= POLICY_DEPTH_MAX; i++)
        for (int k = 0; k < p->rules[i].nactions; k++) {
            const struct policy_action *act = &p->rules[i].actions[k];
            if (act->what != POLICY_DO_CALL)
                continue;
            int below = call_depth(d, all, act->policy, depth, level + 1);
            if (below > POLICY_DEPTH_MAX && level == 0)
                diag_error(d, act->at, NULL,
                           "policy '%s' calls itself, or more than %d others inside each other",
                           p->name, POLICY_DEPTH_MAX);
            if (below > deepest)
                deepest = below;
        }
    *own = deepest > POLICY_DEPTH_MAX ? 0 : deepest + 1; // who is in a ring is told so itself
    return deepest + 1;
}

static bool check_calls(struct arena *a, struct diag *d, const struct policies *all)
{
    int *depth = arena_array(a, int, all->n);
    bool ok = true;
    for (int i = 0; i < all->n; i++)
        ok = call_depth(d, all, &all->v[i], depth, 0) <= POLICY_DEPTH_MAX && ok;
    return ok;
}

bool policies_read(struct arena *a, struct diag *d, const struct policy_text *sources, int n,
                   struct policies *out)
{
    prefix_sets sets = {0};
    struct parser p = {.a = a, .d = d, .all = out, .ok = true};
    *out = (struct policies){.v = arena_array(a, struct policy, n), .n = n};
    for (int i = 0; i < n; i++) {
        out->v[i].name = sources[i].name;
        out->v[i].at = sources[i].name_at;
        lex_start(&p.lex, a, d, &sources[i]);
        read_sets(&p, &sets);
    }
    out->sets = arena_array(a, struct policy_prefixes, sets.n);
    if (sets.n)
        memcpy(out->sets, sets.v, sets.n * sizeof *out->sets);
    out->nsets = (int)sets.n;
    vec_free(&sets);
    for (int i = 0; i < n; i++) {
        lex_start(&p.lex, a, d, &sources[i]);
        read_rules(&p, &out->v[i]);
        p.ok = p.ok && !p.lex.failed;
    }
    return check_calls(a, d, out) && p.ok;
}

static void visit_expr(const struct policy_expr *e, policy_visit_fn *visit, void *ctx)
{
    if (e->test == POLICY_NEIGHBOUR || e->test == POLICY_AT)
        visit(ctx, e);
    for (int i = 0; i < e->nargs; i++)
        visit_expr(e->args[i], visit, ctx);
}

void policies_names(const struct policies *all, policy_visit_fn *visit, void *ctx)
{
    for (int i = 0; i < all->n; i++)
        for (int k = 0; k < all->v[i].nrules; k++)
            if (all->v[i].rules[k].when)
                visit_expr(all->v[i].rules[k].when, visit, ctx);
}

bool policy_does(const struct policy *p, enum policy_do what, struct srcpos *at)
{
    for (int i = 0; i < p->nrules; i++)
        for (int k = 0; k < p->rules[i].nactions; k++) {
            const struct policy_action *act = &p->rules[i].actions[k];
            if (act->what == what) {
                if (at)
                    *at = act->at;
                return true;
            }
            if (act->what == POLICY_DO_CALL && policy_does(act->policy, what, at))
                return true;
        }
    return false;
}
