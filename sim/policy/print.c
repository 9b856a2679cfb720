// SPDX-License-Identifier: GPL-3.0-or-later
// A policy as text. Parentheses stand where the parser needs them and nowhere else.
#include "policy/policy.h"

static void print_list(const struct policy_prefixes *set, FILE *out)
{
    for (int i = 0; i < set->n; i++) {
        const struct policy_prefix *x = &set->v[i];
        char text[PREFIX_TEXT];
        fprintf(out, "%s%s", i ? ", " : "", prefix_print(x->p, text));
        if (x->ge != x->p.len)
            fprintf(out, " ge %u", (unsigned)x->ge);
        if (x->ge != x->p.len ? x->le != 32 : x->le != x->ge)
            fprintf(out, " le %u", (unsigned)x->le);
    }
}

static void print_prefixes(const struct policy_prefixes *set, FILE *out)
{
    if (set->name) {
        fprintf(out, "prefix in %s", set->name);
    } else if (set->n == 1) {
        fprintf(out, "prefix in ");
        print_list(set, out);
    } else {
        fprintf(out, "prefix in [");
        print_list(set, out);
        fprintf(out, "]");
    }
}

static void print_ases(const struct policy_expr *e, FILE *out)
{
    fprintf(out, "origin-as %s", e->nases > 1 ? "[" : "");
    for (int i = 0; i < e->nases; i++) {
        fprintf(out, "%s%u", i ? ", " : "", (unsigned)e->ases[i].low);
        if (e->ases[i].high != e->ases[i].low)
            fprintf(out, "-%u", (unsigned)e->ases[i].high);
    }
    fprintf(out, "%s", e->nases > 1 ? "]" : "");
}

static void print_compared(const char *what, const struct policy_expr *e, FILE *out)
{
    fprintf(out, "%s %s %u", what, policy_compare_names[e->compare], (unsigned)e->number);
}

static void print_args(const struct policy_expr *e, const char *word, FILE *out)
{
    for (int i = 0; i < e->nargs; i++) {
        // The parser joins equal ones in a row: what is nested was in parentheses.
        bool inner = e->args[i]->test == POLICY_OR || e->args[i]->test == POLICY_AND;
        bool need = inner && (e->test != POLICY_OR || e->args[i]->test == POLICY_OR);
        if (i || e->test == POLICY_NOT)
            fprintf(out, e->test == POLICY_NOT ? "%s " : " %s ", word);
        fprintf(out, "%s", need ? "(" : "");
        policy_print_expr(e->args[i], out);
        fprintf(out, "%s", need ? ")" : "");
    }
}

static void print_community(const struct policy_community *c, FILE *out)
{
    char text[POLICY_COMMUNITY_TEXT];
    fprintf(out, "%s %s", policy_kind_names[c->kind], policy_community_print(c, text));
}

static void print_chosen(const struct policy_expr *e, FILE *out)
{
    switch (e->test) {
    case POLICY_ORIGIN:
        fprintf(out, "origin %s", policy_origin_names[e->choice]);
        break;
    case POLICY_RELATION:
        fprintf(out, "relation %s", policy_relation_names[e->choice]);
        break;
    case POLICY_LEARNT:
        fprintf(out, "learnt %s", policy_learnt_names[e->choice]);
        break;
    case POLICY_ROV:
        fprintf(out, "rov %s", policy_rov_names[e->choice]);
        break;
    default:
        fprintf(out, "source %s", policy_source_names[e->choice]);
    }
}

void policy_print_expr(const struct policy_expr *e, FILE *out)
{
    switch (e->test) {
    case POLICY_AND:
        print_args(e, "and", out);
        break;
    case POLICY_OR:
        print_args(e, "or", out);
        break;
    case POLICY_NOT:
        print_args(e, "not", out);
        break;
    case POLICY_ANY:
    case POLICY_TESTS:
        fprintf(out, "any");
        break;
    case POLICY_PREFIX:
        print_prefixes(e->prefixes, out);
        break;
    case POLICY_AS_PATH:
        fprintf(out, "as-path \"%s\"", e->pattern->text);
        break;
    case POLICY_AS_PATH_LENGTH:
        print_compared("as-path length", e, out);
        break;
    case POLICY_ORIGIN_AS:
        print_ases(e, out);
        break;
    case POLICY_COMMUNITY:
        print_community(&e->community, out);
        break;
    case POLICY_NEIGHBOUR_AS:
        fprintf(out, "neighbour %u", (unsigned)e->number);
        break;
    case POLICY_NEIGHBOUR:
        fprintf(out, "neighbour %s", e->name);
        break;
    case POLICY_AT:
        fprintf(out, "at %s", e->name);
        break;
    case POLICY_MED:
        print_compared("med", e, out);
        break;
    case POLICY_LOCAL_PREF:
        print_compared("local-pref", e, out);
        break;
    case POLICY_WEIGHT:
        print_compared("weight", e, out);
        break;
    case POLICY_ORIGIN:
    case POLICY_RELATION:
    case POLICY_LEARNT:
    case POLICY_ROV:
    case POLICY_SOURCE:
        print_chosen(e, out);
    }
}

static void print_amount(const char *what, const struct policy_action *act, FILE *out)
{
    if (act->how == POLICY_NONE || act->how == POLICY_METRIC)
        fprintf(out, "%s %s", what, act->how == POLICY_NONE ? "none" : "igp");
    else
        fprintf(out, "%s %s%u", what,
                act->how == POLICY_PLUS    ? "+"
                : act->how == POLICY_MINUS ? "-"
                                           : "",
                (unsigned)act->number);
}

static void print_action(const struct policy_action *act, FILE *out)
{
    switch (act->what) {
    case POLICY_DO_ACCEPT:
    case POLICY_DOS:
        fprintf(out, "accept");
        break;
    case POLICY_DO_REJECT:
        fprintf(out, "reject");
        break;
    case POLICY_DO_RETURN:
        fprintf(out, "return");
        break;
    case POLICY_DO_CALL:
        fprintf(out, "call %s", act->policy->name);
        break;
    case POLICY_DO_LOCAL_PREF:
        print_amount("local-pref", act, out);
        break;
    case POLICY_DO_MED:
        print_amount("med", act, out);
        break;
    case POLICY_DO_AIGP:
        print_amount("aigp", act, out);
        break;
    case POLICY_DO_WEIGHT:
        print_amount("weight", act, out);
        break;
    case POLICY_DO_PREPEND:
        fprintf(out, "prepend %u", (unsigned)act->number);
        if (act->asn)
            fprintf(out, " %u", (unsigned)act->asn);
        break;
    case POLICY_DO_ADD_COMMUNITY:
    case POLICY_DO_REMOVE_COMMUNITY:
    case POLICY_DO_SET_COMMUNITY:
        fprintf(out, "%s ",
                act->what == POLICY_DO_ADD_COMMUNITY      ? "add"
                : act->what == POLICY_DO_REMOVE_COMMUNITY ? "remove"
                                                          : "set");
        print_community(&act->community, out);
        break;
    case POLICY_DO_CLEAR_COMMUNITY:
        fprintf(out, "set %s none", policy_kind_names[act->community.kind]);
        break;
    case POLICY_DO_NEXT_HOP_SELF:
        fprintf(out, "next-hop self");
        break;
    case POLICY_DO_ORIGIN:
        fprintf(out, "origin %s", policy_origin_names[act->number]);
    }
}

void policy_print(const struct policy *p, FILE *out)
{
    for (int i = 0; i < p->nrules; i++) {
        const struct policy_rule *rule = &p->rules[i];
        if (rule->when) {
            fprintf(out, "if ");
            policy_print_expr(rule->when, out);
            fprintf(out, ": ");
        }
        for (int k = 0; k < rule->nactions; k++) {
            fprintf(out, "%s", k ? ", " : "");
            print_action(&rule->actions[k], out);
        }
        fprintf(out, "\n");
    }
}

void policy_print_sets(const struct policies *all, FILE *out)
{
    for (int i = 0; i < all->nsets; i++) {
        fprintf(out, "define %s = [", all->sets[i].name);
        print_list(&all->sets[i], out);
        fprintf(out, "]\n");
    }
}
