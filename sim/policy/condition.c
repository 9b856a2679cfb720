// SPDX-License-Identifier: GPL-3.0-or-later
// Conditions: and, or, not, and what they join.
#include "policy/parser.h"

#include <string.h>

typedef bool read_fn(struct parser *p, struct policy_expr *e);

static bool read_any(struct parser *p, struct policy_expr *e)
{
    (void)p;
    (void)e;
    return true;
}

static bool read_prefix(struct parser *p, struct policy_expr *e)
{
    struct policy_prefixes *set = arena_new(p->a, struct policy_prefixes);
    if (lex_is_word(&p->lex, "in"))
        lex_next(&p->lex);
    e->prefixes = set;
    return parser_prefixes(p, set);
}

static bool read_compared(struct parser *p, struct policy_expr *e)
{
    if (p->lex.kind != LEX_COMPARE)
        return parser_expected(p, "=, !=, <, <=, > or >=");
    e->compare = p->lex.compare;
    lex_next(&p->lex);
    return parser_number(p, "a number", 0, UINT32_MAX, &e->number);
}

static bool read_as_path(struct parser *p, struct policy_expr *e)
{
    struct policy_pattern_error error;
    if (lex_is_word(&p->lex, "length")) {
        e->test = POLICY_AS_PATH_LENGTH;
        lex_next(&p->lex);
        return read_compared(p, e);
    }
    if (p->lex.kind != LEX_STRING || p->lex.wrong)
        return parser_expected(p, "a pattern in double quotes, or 'length'");
    e->pattern = policy_pattern_compile(p->a, p->lex.word, &error);
    if (!e->pattern) {
        struct srcpos at = p->lex.pos;
        at.col += 1 + (int)error.at;
        at.width = 1;
        diag_error(p->d, at, NULL, "as-path pattern: %s", error.what);
        return false;
    }
    lex_next(&p->lex);
    return true;
}

static bool add_as(struct parser *p, struct policy_range *out)
{
    if (p->lex.kind != LEX_WORD ||
        !policy_range_parse(p->lex.word, strlen(p->lex.word), UINT32_MAX, out))
        return parser_expected(p, "an AS number or a range");
    lex_next(&p->lex);
    return true;
}

static bool read_origin_as(struct parser *p, struct policy_expr *e)
{
    VEC(struct policy_range) v = {0};
    struct policy_range one;
    bool many = lex_is_sign(&p->lex, '['), ok = true;
    if (many)
        lex_next(&p->lex);
    do {
        ok = add_as(p, &one);
        if (ok && v.n == POLICY_LIST_MAX) {
            diag_error(p->d, p->lex.pos, NULL, "more than %d ASes in a list", POLICY_LIST_MAX);
            ok = false;
        }
        if (ok)
            vec_push(&v, one);
        ok = ok && (!many || lex_is_sign(&p->lex, ']') || parser_sign(p, ','));
    } while (ok && many && !lex_is_sign(&p->lex, ']'));
    struct policy_range *copy = arena_array(p->a, struct policy_range, v.n);
    if (v.n)
        memcpy(copy, v.v, v.n * sizeof *copy);
    e->ases = copy;
    e->nases = (int)v.n;
    vec_free(&v);
    if (ok && many)
        lex_next(&p->lex);
    return ok;
}

static bool read_origin(struct parser *p, struct policy_expr *e)
{
    return parser_choice(p, "an origin", policy_origin_names, POLICY_ORIGINS, &e->choice);
}

static bool read_relation(struct parser *p, struct policy_expr *e)
{
    return parser_choice(p, "a relation", policy_relation_names, POLICY_RELATIONS, &e->choice);
}

static bool read_learnt(struct parser *p, struct policy_expr *e)
{
    return parser_choice(p, "whom from", policy_learnt_names, POLICY_LEARNTS, &e->choice);
}

static bool read_rov(struct parser *p, struct policy_expr *e)
{
    return parser_choice(p, "a state of origin validation", policy_rov_names, POLICY_ROVS,
                         &e->choice);
}

static bool read_source(struct parser *p, struct policy_expr *e)
{
    return parser_choice(p, "a source", policy_source_names, POLICY_SOURCES, &e->choice);
}

static bool read_community(struct parser *p, struct policy_expr *e)
{
    return parser_community(p, POLICY_STANDARD, false, &e->community);
}

static bool read_large(struct parser *p, struct policy_expr *e)
{
    return parser_community(p, POLICY_LARGE, false, &e->community);
}

static bool read_extended(struct parser *p, struct policy_expr *e)
{
    return parser_community(p, POLICY_EXTENDED, false, &e->community);
}

static bool read_neighbour(struct parser *p, struct policy_expr *e)
{
    struct policy_range as;
    if (p->lex.kind == LEX_WORD &&
        policy_range_parse(p->lex.word, strlen(p->lex.word), UINT32_MAX, &as) &&
        as.low == as.high) {
        e->test = POLICY_NEIGHBOUR_AS;
        e->number = as.low;
        lex_next(&p->lex);
        return true;
    }
    return parser_word(p, "an AS number, a network or a router", &e->name, &e->at);
}

static bool read_at(struct parser *p, struct policy_expr *e)
{
    return parser_word(p, "a city, a region or a router", &e->name, &e->at);
}

static const struct {
    const char *word;
    enum policy_test test;
    read_fn *read;
} tests[] = {{"any", POLICY_ANY, read_any},
             {"prefix", POLICY_PREFIX, read_prefix},
             {"as-path", POLICY_AS_PATH, read_as_path},
             {"origin-as", POLICY_ORIGIN_AS, read_origin_as},
             {"origin", POLICY_ORIGIN, read_origin},
             {"community", POLICY_COMMUNITY, read_community},
             {"large-community", POLICY_COMMUNITY, read_large},
             {"ext-community", POLICY_COMMUNITY, read_extended},
             {"neighbour", POLICY_NEIGHBOUR, read_neighbour},
             {"at", POLICY_AT, read_at},
             {"relation", POLICY_RELATION, read_relation},
             {"learnt", POLICY_LEARNT, read_learnt},
             {"rov", POLICY_ROV, read_rov},
             {"med", POLICY_MED, read_compared},
             {"local-pref", POLICY_LOCAL_PREF, read_compared},
             {"weight", POLICY_WEIGHT, read_compared},
             {"source", POLICY_SOURCE, read_source}};

enum { TESTS = sizeof tests / sizeof *tests };

static struct policy_expr *unknown(struct parser *p)
{
    const char *names[TESTS];
    for (int i = 0; i < TESTS; i++)
        names[i] = tests[i].word;
    const char *near = p->lex.kind == LEX_WORD ? suggest(p->lex.word, names, TESTS) : NULL;
    if (near)
        diag_error(p->d, p->lex.pos, arena_printf(p->a, "did you mean '%s'?", near),
                   "expected a condition, found %s", lex_what(&p->lex));
    else
        parser_expected(p, "a condition");
    return NULL;
}

static struct policy_expr *make(struct parser *p, enum policy_test test)
{
    struct policy_expr *e = arena_new(p->a, struct policy_expr);
    e->test = test;
    e->at = p->lex.pos;
    return e;
}

static struct policy_expr *simple(struct parser *p)
{
    for (int i = 0; i < TESTS; i++) {
        if (!lex_is_word(&p->lex, tests[i].word))
            continue;
        struct policy_expr *e = make(p, tests[i].test);
        lex_next(&p->lex);
        return tests[i].read(p, e) ? e : NULL;
    }
    return unknown(p);
}

static struct policy_expr *term(struct parser *p)
{
    bool negated = lex_is_word(&p->lex, "not");
    struct policy_expr *e = NULL, *inner;
    if (!negated && !lex_is_sign(&p->lex, '('))
        return simple(p);
    if (p->depth == POLICY_DEPTH_MAX) {
        diag_error(p->d, p->lex.pos, NULL, "more than %d parentheses and 'not' inside each other",
                   POLICY_DEPTH_MAX);
        return NULL;
    }
    p->depth++;
    if (negated) {
        e = make(p, POLICY_NOT);
        lex_next(&p->lex);
        inner = term(p);
        const struct policy_expr **args = arena_array(p->a, const struct policy_expr *, 1);
        args[0] = inner;
        e->args = args;
        e->nargs = 1;
        e = inner ? e : NULL;
    } else {
        lex_next(&p->lex);
        inner = parser_expr(p);
        e = inner && parser_sign(p, ')') ? inner : NULL;
    }
    p->depth--;
    return e;
}

static struct policy_expr *joined(struct parser *p, enum policy_test test, const char *word,
                                  struct policy_expr *(*read)(struct parser *p))
{
    VEC(const struct policy_expr *) args = {0};
    struct policy_expr *e = make(p, test), *first = read(p), *one = first;
    while (one && lex_is_word(&p->lex, word)) {
        if (args.n == 0)
            vec_push(&args, first);
        lex_next(&p->lex);
        one = read(p);
        vec_push(&args, one);
    }
    if (one && args.n) {
        const struct policy_expr **copy = arena_array(p->a, const struct policy_expr *, args.n);
        memcpy(copy, args.v, args.n * sizeof *copy);
        e->args = copy;
        e->nargs = (int)args.n;
        one = e;
    }
    vec_free(&args);
    return one;
}

static struct policy_expr *conjunction(struct parser *p)
{
    return joined(p, POLICY_AND, "and", term);
}

struct policy_expr *parser_expr(struct parser *p)
{
    return joined(p, POLICY_OR, "or", conjunction);
}
