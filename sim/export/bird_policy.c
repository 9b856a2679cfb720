// SPDX-License-Identifier: GPL-3.0-or-later
// Policies as functions of BIRD's filter language. A function gives true when the policy accepted
// (and so its caller does), false when it came to its end; `reject` ends the filter at once.
#include "export/bird_policy.h"

#include "bgp/attr.h"
#include "export/distance.h"
#include "export/mask.h"
#include "export/parts.h"

#include <inttypes.h>

static void cannot(struct bird_policy *b, const char *what)
{
    fold_cannot(&b->fold, "BIRD", what);
}

static void range(struct policy_range r, uint32_t max, FILE *f)
{
    if (r.low == 0 && r.high >= max)
        fputc('*', f);
    else if (r.low == r.high)
        fprintf(f, "%" PRIu32, r.low);
    else
        fprintf(f, "%" PRIu32 "..%" PRIu32, r.low, r.high);
}

// "rt", "ro", or "generic" with a number of the type that follows.
static void extended_kind(struct bird_policy *b, const struct policy_community *c, FILE *f)
{
    uint32_t kind = c->part[0].low & 0xff;
    if (c->part[0].low != c->part[0].high || (kind != 2 && kind != 3))
        cannot(b, "extended communities of other kinds than rt and soo");
    fprintf(f, kind == 3 ? "ro, " : "rt, ");
}

// Sets of large communities have a range in one place, and * behind it.
static bool is_plain(const struct policy_community *c)
{
    bool open = false;
    for (int i = 0; i < 3; i++) {
        struct policy_range r = c->part[i];
        if (open && (r.low != 0 || r.high != UINT32_MAX))
            return false;
        open |= r.low != r.high;
    }
    return true;
}

// Inside of parentheses, as a set's element (or exactly one).
static void community(struct bird_policy *b, const struct policy_community *c, FILE *f)
{
    uint32_t max = c->kind == POLICY_STANDARD ? UINT16_MAX : UINT32_MAX;
    fold_check_tags(&b->fold, "BIRD", c);
    if (c->kind == POLICY_LARGE && !is_plain(c))
        cannot(b, "large communities with a range and something else than * behind it");
    fputc('(', f);
    if (c->kind == POLICY_EXTENDED)
        extended_kind(b, c, f);
    else {
        range(c->part[0], max, f);
        fprintf(f, ", ");
    }
    range(c->part[1], max, f);
    if (c->kind != POLICY_STANDARD) {
        fprintf(f, ", ");
        range(c->part[2], max, f);
    }
    fputc(')', f);
}

static const char *list_of(const struct policy_community *c)
{
    static const char *const names[] = {
        [POLICY_STANDARD] = "bgp_community",
        [POLICY_LARGE] = "bgp_large_community",
        [POLICY_EXTENDED] = "bgp_ext_community",
    };
    return names[c->kind];
}

static void prefixes(const struct policy_prefixes *set, FILE *f)
{
    char text[PREFIX_TEXT];
    fprintf(f, "net ~ [ ");
    for (int i = 0; i < set->n; i++)
        fprintf(f, "%s%s{%d,%d}", i ? ", " : "", prefix_print(set->v[i].p, text), set->v[i].ge,
                set->v[i].le);
    fprintf(f, " ]");
}

static void ases(const struct policy_expr *x, FILE *f)
{
    fputc('[', f);
    for (int i = 0; i < x->nases; i++) {
        fprintf(f, i ? ", " : "");
        range(x->ases[i], 0, f);
    }
    fputc(']', f);
}

static const char *compare(enum policy_compare c)
{
    static const char *const signs[] = {[POLICY_EQ] = "=",  [POLICY_NE] = "!=", [POLICY_LT] = "<",
                                        [POLICY_LE] = "<=", [POLICY_GT] = ">",  [POLICY_GE] = ">="};
    return signs[c];
}

static void number_test(const char *of, const struct policy_expr *x, FILE *f)
{
    fprintf(f, "%s %s %" PRIu32, of, compare(x->compare), x->number);
}

static void source_test(const struct policy_expr *x, FILE *f)
{
    fprintf(f, x->choice == POLICY_SOURCE_OWN    ? "source = RTS_STATIC"
               : x->choice == POLICY_SOURCE_IBGP ? "((source = RTS_BGP) && is_internal())"
                                                 : "((source = RTS_BGP) && !is_internal())");
}

static void expression(struct bird_policy *b, const struct policy_expr *x, FILE *f);

static void test(struct bird_policy *b, const struct policy_expr *x, FILE *f)
{
    static const char *const origins[] = {"ORIGIN_IGP", "ORIGIN_EGP", "ORIGIN_INCOMPLETE"};
    static const char *const states[POLICY_ROVS] = {[POLICY_NOT_FOUND] = "ROA_UNKNOWN",
                                                    [POLICY_VALID] = "ROA_VALID",
                                                    [POLICY_INVALID] = "ROA_INVALID"};
    switch (x->test) {
    case POLICY_PREFIX:
        prefixes(x->prefixes, f);
        break;
    case POLICY_AS_PATH:
        if (!mask_write(x->pattern->text, f))
            cannot(b, "AS path patterns with repeated groups, or too many alternatives");
        break;
    case POLICY_AS_PATH_LENGTH:
        number_test("bgp_path.len", x, f);
        break;
    case POLICY_ORIGIN_AS:
        // && and || bind alike in BIRD
        fprintf(f, "((bgp_path.len = 0 && %s) || (bgp_path.len > 0 && bgp_path.last ~ ",
                fold_origin_is_own(&b->fold, x) ? "true" : "false");
        ases(x, f);
        fprintf(f, "))");
        break;
    case POLICY_ORIGIN:
        fprintf(f, "bgp_origin = %s", origins[x->choice]);
        break;
    case POLICY_COMMUNITY:
        fprintf(f, "%s ~ [", list_of(&x->community));
        community(b, &x->community, f);
        fputc(']', f);
        break;
    case POLICY_LEARNT:
        fprintf(f, "(%" PRIu32 ", %d, %d) ~ bgp_large_community", plan_outer_as(b->fold.router),
                TAG_LEARNT, x->choice);
        break;
    case POLICY_MED:
        number_test("get_med()", x, f);
        break;
    case POLICY_LOCAL_PREF:
        number_test("bgp_local_pref", x, f);
        break;
    case POLICY_SOURCE:
        source_test(x, f);
        break;
    case POLICY_WEIGHT:
        cannot(b, "weight");
        break;
    default: // POLICY_ROV
        fprintf(f, "validity() = %s", states[x->choice]);
        break;
    }
}

static void expression(struct bird_policy *b, const struct policy_expr *x, FILE *f)
{
    enum fold_result known = fold_test(&b->fold, x);
    if (known != FOLD_OPEN) {
        fprintf(f, known == FOLD_TRUE ? "true" : "false");
    } else if (x->test == POLICY_NOT) {
        fprintf(f, "!(");
        expression(b, x->args[0], f);
        fputc(')', f);
    } else if (x->test == POLICY_AND || x->test == POLICY_OR) {
        for (int i = 0; i < x->nargs; i++) {
            fprintf(f, i == 0 ? "((" : x->test == POLICY_AND ? ") && (" : ") || (");
            expression(b, x->args[i], f);
        }
        fprintf(f, "))");
    } else {
        test(b, x, f);
    }
}

static void set_number(const char *attribute, const char *getter, const struct policy_action *a,
                       FILE *f)
{
    if (a->how == POLICY_SET)
        fprintf(f, "%s = %" PRIu32 ";", attribute, a->number);
    else
        fprintf(f, "%s = %s(%s, %" PRIu32 ");", attribute, a->how == POLICY_PLUS ? "sum" : "less",
                getter, a->number);
}

// All but the tags of the export.
static void clear(struct bird_policy *b, const struct policy_community *c, FILE *f)
{
    uint32_t asn = plan_outer_as(b->fold.router);
    if (c->kind == POLICY_STANDARD)
        fprintf(f, "bgp_community.delete([(*, *)]);");
    else if (c->kind == POLICY_EXTENDED)
        fprintf(f, "bgp_ext_community.delete([(rt, *, *), (ro, *, *)]);");
    else
        fprintf(f,
                "bgp_large_community.delete([(0..%" PRIu32 ", *, *), (%" PRIu32 "..%u, *, *), "
                "(%" PRIu32 ", 0, *), (%" PRIu32 ", %d..%u, *)]);",
                asn - 1, asn + 1, UINT32_MAX, asn, asn, TAG_LAST + 1, UINT32_MAX);
}

static void change_communities(struct bird_policy *b, const struct policy_action *a, FILE *f)
{
    if (a->what == POLICY_DO_SET_COMMUNITY || a->what == POLICY_DO_CLEAR_COMMUNITY)
        clear(b, &a->community, f);
    if (a->what == POLICY_DO_CLEAR_COMMUNITY)
        return;
    bool remove = a->what == POLICY_DO_REMOVE_COMMUNITY;
    fprintf(f, "%s%s.%s(", a->what == POLICY_DO_SET_COMMUNITY ? " " : "", list_of(&a->community),
            remove ? "delete" : "add");
    fprintf(f, remove ? "[" : "");
    community(b, &a->community, f);
    fprintf(f, remove ? "]);" : ");");
}

static void change_med(const struct policy_action *a, FILE *f)
{
    if (a->how == POLICY_NONE)
        fprintf(f, "unset(bgp_med);");
    else if (a->how == POLICY_METRIC)
        fprintf(f, "bgp_med = get_metric();");
    else
        set_number("bgp_med", "get_med()", a, f);
}

static int number_of(const struct bird_policy *b, const struct policy *p)
{
    for (size_t i = 0; i < b->written.n; i++)
        if (b->written.v[i] == p)
            return (int)i;
    return -1;
}

static void action(struct bird_policy *b, const struct policy_action *a, FILE *f)
{
    static const char *const origins[] = {"ORIGIN_IGP", "ORIGIN_EGP", "ORIGIN_INCOMPLETE"};
    char text[IP4_TEXT];
    fprintf(f, "        ");
    switch (a->what) {
    case POLICY_DO_ACCEPT:
        fprintf(f, "return true;");
        break;
    case POLICY_DO_REJECT:
        fprintf(f, "reject;");
        break;
    case POLICY_DO_RETURN:
        fprintf(f, "return false;");
        break;
    case POLICY_DO_CALL:
        fprintf(f, "if policy%d_%s_%s() then return true;", number_of(b, a->policy),
                b->fold.out ? "to" : "from", b->fold.name);
        break;
    case POLICY_DO_LOCAL_PREF:
        set_number("bgp_local_pref", "bgp_local_pref", a, f);
        break;
    case POLICY_DO_MED:
        change_med(a, f);
        break;
    case POLICY_DO_WEIGHT:
        cannot(b, "weight");
        break;
    case POLICY_DO_AIGP:
        cannot(b, "AIGP");
        break;
    case POLICY_DO_PREPEND:
        for (uint32_t i = 0; i < a->number; i++)
            fprintf(f, "bgp_path.prepend(%" PRIu32 "); ",
                    a->asn ? a->asn : plan_outer_as(b->fold.router));
        break;
    case POLICY_DO_NEXT_HOP_SELF:
        if (!plan_is_external(b->fold.session))
            fprintf(f, "bgp_next_hop = %s;", ip4_print(b->fold.session->is.address, text));
        break;
    case POLICY_DO_ORIGIN:
        fprintf(f, "bgp_origin = %s;", origins[a->number]);
        break;
    default:
        change_communities(b, a, f);
        break;
    }
    fputc('\n', f);
}

// Those that it calls come first. Policies do not call in circles.
static void function(struct bird_policy *b, const struct policy *p, FILE *f)
{
    if (number_of(b, p) >= 0)
        return;
    for (int i = 0; i < p->nrules; i++)
        for (int k = 0; k < p->rules[i].nactions; k++)
            if (p->rules[i].actions[k].what == POLICY_DO_CALL)
                function(b, p->rules[i].actions[k].policy, f);
    vec_push(&b->written, p);
    fprintf(f, "\nfunction policy%d_%s_%s() { # %s\n", number_of(b, p), b->fold.out ? "to" : "from",
            b->fold.name, p->name);
    for (int i = 0; i < p->nrules; i++) {
        const struct policy_rule *rule = &p->rules[i];
        fprintf(f, "    if ");
        if (rule->when)
            expression(b, rule->when, f);
        else
            fprintf(f, "true");
        fprintf(f, " then {\n");
        for (int k = 0; k < rule->nactions; k++)
            action(b, &rule->actions[k], f);
        fprintf(f, "    }\n");
    }
    fprintf(f, "    return false;\n}\n");
}

void bird_policy_functions(struct bird_policy *b, FILE *f)
{
    const struct policy *const *policies = fold_policies(&b->fold);
    for (int i = 0; i < 2; i++)
        if (policies[i])
            function(b, policies[i], f);
}

void bird_policy_calls(struct bird_policy *b, FILE *f)
{
    const struct policy *const *policies = fold_policies(&b->fold);
    for (int i = 0; i < 2; i++)
        if (policies[i])
            fprintf(f, "    policy%d_%s_%s(); # %s\n", number_of(b, policies[i]),
                    b->fold.out ? "to" : "from", b->fold.name, policies[i]->name);
}

// MED from the IGP: figures by next hop.
static void metric_helper(const struct plan *p, const struct plan_router *r, FILE *f)
{
    struct distances d = {0};
    char text[IP4_TEXT];
    if (!distance_matters(r))
        return;
    distances_of(p, r, &d);
    fprintf(f, "# rounded: the IGP metrics of the start, as filters do not see those of next hops\n"
               "function get_metric() {\n    if source = RTS_STATIC then return 0;\n");
    for (size_t i = 0; i < d.v.n; i++)
        fprintf(f, "    if bgp_next_hop = %s then return %" PRIu32 ";\n",
                ip4_print(p->routers[d.v.v[i].router].is->loopback, text), d.v.v[i].metric);
    fprintf(f, "    return 0; # a neighbour's interface\n}\n");
    vec_free(&d.v);
}

void bird_policy_helpers(const struct plan *p, const struct plan_router *r, FILE *f)
{
    fprintf(f,
            "\nfunction is_internal() { return (proto ~ \"ibgp*\") || (proto ~ \"member*\"); }\n"
            "function get_med() { if defined(bgp_med) then return bgp_med; return 0; }\n"
            "function sum(int a; int b) { if a > %u - b then return %u; return a + b; }\n"
            "function less(int a; int b) { if a < b then return 0; return a - b; }\n",
            UINT32_MAX, UINT32_MAX);
    metric_helper(p, r, f);
}
