// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/frr_rules.h"

#include "bgp/attr.h"
#include "export/distance.h"
#include "export/parts.h"
#include "export/regex.h"
#include "export/vrps.h"

#include <inttypes.h>

static void cannot(struct frr_rules *x, const char *what)
{
    fold_cannot(&x->fold, "FRR", what);
}

const char *frr_rules_list(struct frr_rules *x, const char *kind, char *buf, size_t size)
{
    snprintf(buf, size, "%s %s_%d", kind, x->map.name, ++x->nlists);
    return buf;
}

static const char *name_in(const char *match) // of "KIND NAME"
{
    return strrchr(match, ' ') + 1;
}

// --- Lists of communities

static bool is_one(const struct policy_community *c)
{
    for (int i = 0; i < 3; i++)
        if (c->part[i].low != c->part[i].high)
            return false;
    return true;
}

// "64500:70", "64500:1:2", "rt 64500:1"; as a regular expression where it is not one.
static void community_text(struct frr_rules *x, const struct policy_community *c, FILE *f)
{
    int from = c->kind == POLICY_EXTENDED, to = c->kind == POLICY_STANDARD ? 2 : 3;
    uint32_t max = c->kind == POLICY_STANDARD ? UINT16_MAX : UINT32_MAX;
    bool one = is_one(c);
    if (c->kind == POLICY_EXTENDED) {
        uint32_t kind = c->part[0].low & 0xff;
        if (!one || (kind != 2 && kind != 3))
            cannot(x, "ranges of extended communities, and other kinds than rt and soo");
        fprintf(f, kind == 3 ? "soo " : "rt ");
    }
    for (int i = from; i < to; i++) {
        struct policy_range r = c->part[i];
        if (i > from)
            fputc(':', f);
        if (one)
            fprintf(f, "%" PRIu32, r.low);
        else if (r.low == 0 && r.high >= max)
            fprintf(f, "[0-9]+");
        else
            regex_range(r, f);
    }
}

static const char *const list_kinds[] = {[POLICY_STANDARD] = "community",
                                         [POLICY_LARGE] = "large-community",
                                         [POLICY_EXTENDED] = "extcommunity"};

// Writes a list of what the community covers; its name is in `match`.
static void community_list(struct frr_rules *x, const struct policy_community *c, char *match,
                           size_t size)
{
    bool one = is_one(c);
    fold_check_tags(&x->fold, "FRR", c);
    frr_rules_list(x, list_kinds[c->kind], match, size);
    fprintf(x->lists, "bgp %s-list %s %s permit ", list_kinds[c->kind],
            one ? "standard" : "expanded", name_in(match));
    fprintf(x->lists, one ? "" : "(^| )");
    community_text(x, c, x->lists);
    fprintf(x->lists, one ? "\n" : "( |$)\n");
}

// --- Tests. Each leaves what `match` wants, or false where there is no way.

static void prefix_list(struct frr_rules *x, const struct policy_prefixes *set, char *match,
                        size_t size)
{
    char text[PREFIX_TEXT];
    frr_rules_list(x, "ip address prefix-list", match, size);
    if (set->n == 0)
        fprintf(x->lists, "ip prefix-list %s seq 5 deny any\n", name_in(match));
    for (int i = 0; i < set->n; i++) {
        const struct policy_prefix *p = &set->v[i];
        fprintf(x->lists, "ip prefix-list %s seq %d permit %s", name_in(match), 5 * (i + 1),
                prefix_print(p->p, text));
        if (p->ge > p->p.len)
            fprintf(x->lists, " ge %d", p->ge);
        if (p->le > p->ge || (p->le > p->p.len && p->le >= p->ge))
            fprintf(x->lists, " le %d", p->le);
        fputc('\n', x->lists);
    }
}

static void path_list(struct frr_rules *x, const struct policy_expr *e, char *match, size_t size)
{
    bool members = x->fold.router->is->bgp.confederation;
    frr_rules_list(x, "as-path", match, size);
    fprintf(x->lists, "bgp as-path access-list %s permit ", name_in(match));
    if (e->test == POLICY_AS_PATH) {
        if (!regex_pattern(e->pattern->text, members, x->lists))
            cannot(x, "AS-path patterns that repeat ^ or $");
    } else if (e->test == POLICY_ORIGIN_AS) {
        if (fold_origin_is_own(&x->fold, e))
            fprintf(x->lists, "%s$\nbgp as-path access-list %s permit ",
                    members ? REGEX_MEMBERS : "^", name_in(match));
        fprintf(x->lists, "( |^)");
        regex_ranges(e->ases, e->nases, x->lists);
        fputc('$', x->lists);
    } else {
        uint32_t low = 0, high = UINT32_MAX, n = e->number;
        if (e->compare == POLICY_EQ || e->compare == POLICY_NE)
            low = high = n;
        else if (e->compare == POLICY_GT || e->compare == POLICY_GE)
            low = n + (e->compare == POLICY_GT && n < UINT32_MAX);
        else
            high = n - (e->compare == POLICY_LT);
        regex_length(low, high, members, x->lists);
    }
    fputc('\n', x->lists);
}

static void learnt_list(struct frr_rules *x, int learnt, char *match, size_t size)
{
    frr_rules_list(x, "large-community", match, size);
    fprintf(x->lists, "bgp large-community-list standard %s permit %" PRIu32 ":%d:%d\n",
            name_in(match), plan_outer_as(x->fold.router), TAG_LEARNT, learnt);
}

static void number_match(struct frr_rules *x, const struct policy_expr *e, const char *kind,
                         char *match, size_t size)
{
    if (e->compare != POLICY_EQ && e->compare != POLICY_NE)
        cannot(x, "MED or LOCAL_PREF above or below a number");
    snprintf(match, size, "%s %" PRIu32, kind, e->number);
}

static void match_of(struct frr_rules *x, const struct policy_expr *e, char *match, size_t size)
{
    static const char *const origins[] = {"igp", "egp", "incomplete"};
    switch (e->test) {
    case POLICY_PREFIX:
        prefix_list(x, e->prefixes, match, size);
        break;
    case POLICY_AS_PATH:
    case POLICY_AS_PATH_LENGTH:
    case POLICY_ORIGIN_AS:
        path_list(x, e, match, size);
        break;
    case POLICY_ORIGIN:
        snprintf(match, size, "origin %s", origins[e->choice]);
        break;
    case POLICY_COMMUNITY:
        community_list(x, &e->community, match, size);
        break;
    case POLICY_LEARNT:
        learnt_list(x, e->choice, match, size);
        break;
    case POLICY_MED:
        number_match(x, e, "metric", match, size);
        break;
    case POLICY_LOCAL_PREF:
        number_match(x, e, "local-preference", match, size);
        break;
    case POLICY_SOURCE:
        snprintf(match, size, "%s",
                 e->choice == POLICY_SOURCE_OWN    ? "large-community originated-here"
                 : e->choice == POLICY_SOURCE_IBGP ? "ip next-hop prefix-list from-inside"
                                                   : "ip next-hop prefix-list from-outside");
        break;
    default:
        snprintf(match, size, "metric 0");
        cannot(x, "conditions on weight");
        break;
    }
}

// Goes on at `yes` or at `no`.
static void branch(struct frr_rules *x, const struct policy_expr *e, int yes, int no)
{
    struct routemap *m = &x->map;
    enum fold_result known = fold_test(&x->fold, e);
    if (known != FOLD_OPEN) {
        routemap_step(m, false, NULL, NULL, known == FOLD_TRUE ? yes : no);
    } else if (e->test == POLICY_NOT) {
        branch(x, e->args[0], no, yes);
    } else if (e->test == POLICY_AND || e->test == POLICY_OR) {
        for (int i = 0; i + 1 < e->nargs; i++) {
            int next = routemap_label(m);
            branch(x, e->args[i], e->test == POLICY_AND ? next : yes,
                   e->test == POLICY_AND ? no : next);
            routemap_place(m, next);
        }
        branch(x, e->args[e->nargs - 1], yes, no);
    } else if (e->test == POLICY_ROV) {
        int labels[POLICY_ROVS] = {no, no, no};
        labels[e->choice] = yes;
        frr_vrps_branch(x, labels);
    } else {
        char match[128];
        bool negated =
            e->compare == POLICY_NE && (e->test == POLICY_MED || e->test == POLICY_LOCAL_PREF ||
                                        e->test == POLICY_AS_PATH_LENGTH);
        if (e->test == POLICY_AS_PATH_LENGTH && e->compare == POLICY_LT && e->number == 0) {
            routemap_step(m, false, NULL, NULL, no);
            return;
        }
        match_of(x, e, match, sizeof match);
        routemap_step(m, false, match, NULL, negated ? no : yes);
        routemap_step(m, false, NULL, NULL, negated ? yes : no);
    }
}

// --- Actions

void frr_rules_metric(struct frr_rules *x)
{
    struct distances d = {0};
    char match[64], set[32], text[IP4_TEXT];
    distances_of(x->fold.plan, x->fold.router, &d);
    routemap_set(&x->map, "metric 0"); // own routes, and those of neighbours
    for (size_t i = 0; i < d.v.n; i++) {
        frr_rules_list(x, "ip next-hop prefix-list", match, sizeof match);
        fprintf(x->lists, "ip prefix-list %s seq 5 permit %s/32\n", name_in(match),
                ip4_print(x->fold.plan->routers[d.v.v[i].router].is->loopback, text));
        snprintf(set, sizeof set, "metric %" PRIu32, d.v.v[i].metric);
        routemap_step(&x->map, false, match, set, ROUTEMAP_NEXT);
    }
    vec_free(&d.v);
}

static void set_number(struct frr_rules *x, const char *attribute, const struct policy_action *a)
{
    const char *sign = a->how == POLICY_PLUS ? "+" : a->how == POLICY_MINUS ? "-" : "";
    if (a->how == POLICY_METRIC)
        frr_rules_metric(x);
    else if (a->how == POLICY_NONE && x->fold.router->is->bgp.decide.med_missing_as_worst)
        cannot(x, "to take MED away");
    else if (a->what == POLICY_DO_WEIGHT && a->how != POLICY_SET)
        cannot(x, "a weight that is added to");
    else if (a->how == POLICY_NONE)
        routemap_set(&x->map, "metric 0");
    else
        routemap_set(&x->map, "%s %s%" PRIu32, attribute, sign, a->number);
}

static void prepend(struct frr_rules *x, const struct policy_action *a)
{
    char text[1024] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < a->number; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, " %" PRIu32,
                                 a->asn ? a->asn : plan_outer_as(x->fold.router));
    routemap_set(&x->map, "as-path prepend%s", text);
}

static void clear(struct frr_rules *x, enum policy_community_kind kind)
{
    if (kind == POLICY_STANDARD)
        routemap_set(&x->map, "community none");
    else if (kind == POLICY_LARGE)
        routemap_set(&x->map, "large-comm-list no-tags delete");
    else
        cannot(x, "to take extended communities away");
}

static void change_communities(struct frr_rules *x, const struct policy_action *a)
{
    const struct policy_community *c = &a->community;
    char match[128], *text = NULL;
    size_t size;
    if (a->what == POLICY_DO_REMOVE_COMMUNITY) {
        if (c->kind == POLICY_EXTENDED) {
            cannot(x, "to take extended communities away");
            return;
        }
        community_list(x, c, match, sizeof match);
        routemap_set(&x->map,
                     c->kind == POLICY_LARGE ? "large-comm-list %s delete" : "comm-list %s delete",
                     name_in(match));
        return;
    }
    if (a->what == POLICY_DO_SET_COMMUNITY || a->what == POLICY_DO_CLEAR_COMMUNITY)
        clear(x, c->kind);
    if (a->what == POLICY_DO_CLEAR_COMMUNITY)
        return;
    fold_check_tags(&x->fold, "FRR", c);
    FILE *f = open_memstream(&text, &size);
    community_text(x, c, f);
    fclose(f);
    routemap_set(&x->map, "%s %s%s", list_kinds[c->kind], text,
                 c->kind == POLICY_EXTENDED ? "" : " additive");
    free(text);
}

static void policy_steps(struct frr_rules *x, const struct policy *p, int accepted, int returned);

static void action(struct frr_rules *x, const struct policy_action *a, int accepted, int returned)
{
    static const char *const origins[] = {"igp", "egp", "incomplete"};
    struct routemap *m = &x->map;
    char text[IP4_TEXT];
    int after;
    switch (a->what) {
    case POLICY_DO_ACCEPT:
        routemap_step(m, false, NULL, NULL, accepted);
        break;
    case POLICY_DO_REJECT:
        routemap_step(m, true, NULL, NULL, ROUTEMAP_END);
        break;
    case POLICY_DO_RETURN:
        routemap_step(m, false, NULL, NULL, returned);
        break;
    case POLICY_DO_CALL:
        after = routemap_label(m);
        policy_steps(x, a->policy, accepted, after);
        routemap_place(m, after);
        break;
    case POLICY_DO_LOCAL_PREF:
        set_number(x, "local-preference", a);
        break;
    case POLICY_DO_MED:
        set_number(x, "metric", a);
        break;
    case POLICY_DO_WEIGHT:
        set_number(x, "weight", a);
        break;
    case POLICY_DO_AIGP:
        cannot(x, "AIGP");
        break;
    case POLICY_DO_PREPEND:
        prepend(x, a);
        break;
    case POLICY_DO_NEXT_HOP_SELF:
        if (!plan_is_external(x->fold.session))
            routemap_set(m, "ip next-hop %s", ip4_print(x->fold.session->is.address, text));
        break;
    case POLICY_DO_ORIGIN:
        routemap_set(m, "origin %s", origins[a->number]);
        break;
    default:
        change_communities(x, a);
        break;
    }
}

static void policy_steps(struct frr_rules *x, const struct policy *p, int accepted, int returned)
{
    for (int i = 0; i < p->nrules; i++) {
        const struct policy_rule *rule = &p->rules[i];
        int yes = routemap_label(&x->map), no = routemap_label(&x->map);
        if (rule->when)
            branch(x, rule->when, yes, no);
        routemap_place(&x->map, yes);
        for (int k = 0; k < rule->nactions; k++)
            action(x, &rule->actions[k], accepted, returned);
        routemap_place(&x->map, no);
    }
    routemap_step(&x->map, false, NULL, NULL, returned);
}

void frr_rules_policies(struct frr_rules *x)
{
    const struct policy *const *policies = fold_policies(&x->fold);
    for (int i = 0; i < 2; i++) {
        if (!policies[i])
            continue;
        int end = routemap_label(&x->map);
        policy_steps(x, policies[i], end, end);
        routemap_place(&x->map, end);
    }
}
