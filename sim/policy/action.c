// SPDX-License-Identifier: GPL-3.0-or-later
// Actions.
#include "policy/parser.h"

#include <string.h>

typedef bool read_fn(struct parser *p, struct policy_action *act);

static bool read_nothing(struct parser *p, struct policy_action *act)
{
    (void)p;
    (void)act;
    return true;
}

static bool read_amount(struct parser *p, struct policy_action *act)
{
    const char *word = p->lex.kind == LEX_WORD ? p->lex.word : "";
    bool plus = word[0] == '+', minus = word[0] == '-';
    struct policy_range r;
    if (!policy_range_parse(word + (plus || minus), strlen(word + (plus || minus)), UINT32_MAX,
                            &r) ||
        r.low != r.high)
        return parser_expected(p, "a number, +number or -number");
    act->how = plus ? POLICY_PLUS : minus ? POLICY_MINUS : POLICY_SET;
    act->number = r.low;
    lex_next(&p->lex);
    return true;
}

static bool read_med(struct parser *p, struct policy_action *act)
{
    bool none = lex_is_word(&p->lex, "none");
    if (!none && !lex_is_word(&p->lex, "igp"))
        return read_amount(p, act);
    act->how = none ? POLICY_NONE : POLICY_METRIC;
    lex_next(&p->lex);
    return true;
}

static bool read_prepend(struct parser *p, struct policy_action *act)
{
    if (!parser_number(p, "a number of copies", 1, POLICY_PREPEND_MAX, &act->number))
        return false;
    return p->lex.kind != LEX_WORD || parser_number(p, "an AS number", 1, UINT32_MAX, &act->asn);
}

static bool read_kind(struct parser *p, enum policy_community_kind *kind)
{
    int choice;
    if (!parser_choice(p, "a kind of community", policy_kind_names, POLICY_KINDS, &choice))
        return false;
    *kind = (enum policy_community_kind)choice;
    return true;
}

static bool read_add(struct parser *p, struct policy_action *act)
{
    return read_kind(p, &act->community.kind) &&
           parser_community(p, act->community.kind, true, &act->community);
}

static bool read_remove(struct parser *p, struct policy_action *act)
{
    return read_kind(p, &act->community.kind) &&
           parser_community(p, act->community.kind, false, &act->community);
}

static bool read_set(struct parser *p, struct policy_action *act)
{
    if (!read_kind(p, &act->community.kind))
        return false;
    if (!lex_is_word(&p->lex, "none"))
        return parser_community(p, act->community.kind, true, &act->community);
    act->what = POLICY_DO_CLEAR_COMMUNITY;
    lex_next(&p->lex);
    return true;
}

static bool read_next_hop(struct parser *p, struct policy_action *act)
{
    (void)act;
    if (!lex_is_word(&p->lex, "self"))
        return parser_expected(p, "'self'");
    lex_next(&p->lex);
    return true;
}

static bool read_origin(struct parser *p, struct policy_action *act)
{
    int choice;
    if (!parser_choice(p, "an origin", policy_origin_names, POLICY_ORIGINS, &choice))
        return false;
    act->number = (uint32_t)choice;
    return true;
}

static bool read_call(struct parser *p, struct policy_action *act)
{
    const char *name, **names = arena_array(p->a, const char *, p->all->n);
    struct srcpos at = {0};
    if (!parser_word(p, "the name of a policy", &name, &at))
        return false;
    act->policy = policies_find(p->all, name);
    act->at = at;
    for (int i = 0; i < p->all->n; i++)
        names[i] = p->all->v[i].name;
    const char *near = act->policy ? NULL : suggest(name, names, (size_t)p->all->n);
    if (!act->policy)
        diag_error(p->d, at, near ? arena_printf(p->a, "did you mean '%s'?", near) : NULL,
                   "there is no policy '%s'", name);
    return act->policy != NULL;
}

static const struct {
    const char *word;
    enum policy_do what;
    read_fn *read;
} actions[] = {{"accept", POLICY_DO_ACCEPT, read_nothing},
               {"reject", POLICY_DO_REJECT, read_nothing},
               {"return", POLICY_DO_RETURN, read_nothing},
               {"call", POLICY_DO_CALL, read_call},
               {"local-pref", POLICY_DO_LOCAL_PREF, read_amount},
               {"med", POLICY_DO_MED, read_med},
               {"weight", POLICY_DO_WEIGHT, read_amount},
               {"aigp", POLICY_DO_AIGP, read_med},
               {"prepend", POLICY_DO_PREPEND, read_prepend},
               {"add", POLICY_DO_ADD_COMMUNITY, read_add},
               {"remove", POLICY_DO_REMOVE_COMMUNITY, read_remove},
               {"set", POLICY_DO_SET_COMMUNITY, read_set},
               {"next-hop", POLICY_DO_NEXT_HOP_SELF, read_next_hop},
               {"origin", POLICY_DO_ORIGIN, read_origin}};

enum { ACTIONS = sizeof actions / sizeof *actions };

bool parser_action(struct parser *p, struct policy_action *out)
{
    const char *names[ACTIONS];
    *out = (struct policy_action){.at = p->lex.pos};
    for (int i = 0; i < ACTIONS; i++) {
        names[i] = actions[i].word;
        if (!lex_is_word(&p->lex, names[i]))
            continue;
        out->what = actions[i].what;
        lex_next(&p->lex);
        return actions[i].read(p, out);
    }
    const char *near = p->lex.kind == LEX_WORD ? suggest(p->lex.word, names, ACTIONS) : NULL;
    if (!near)
        return parser_expected(p, "an action");
    diag_error(p->d, out->at, arena_printf(p->a, "did you mean '%s'?", near),
               "expected an action, found %s", lex_what(&p->lex));
    return false;
}
