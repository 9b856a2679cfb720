// SPDX-License-Identifier: GPL-3.0-or-later
#include "policy/parser.h"

#include <string.h>

bool parser_expected(struct parser *p, const char *what)
{
    if (!p->lex.wrong)
        diag_error(p->d, p->lex.pos, NULL, "expected %s, found %s", what, lex_what(&p->lex));
    return false;
}

bool parser_sign(struct parser *p, char sign)
{
    const char what[] = {'\'', sign, '\'', '\0'};
    if (!lex_is_sign(&p->lex, sign))
        return parser_expected(p, what);
    lex_next(&p->lex);
    return true;
}

bool parser_word(struct parser *p, const char *what, const char **word, struct srcpos *at)
{
    if (p->lex.kind != LEX_WORD)
        return parser_expected(p, what);
    *word = p->lex.word;
    if (at)
        *at = p->lex.pos;
    lex_next(&p->lex);
    return true;
}

bool parser_number(struct parser *p, const char *what, uint32_t min, uint32_t max, uint32_t *out)
{
    struct policy_range r;
    if (p->lex.kind != LEX_WORD || !policy_range_parse(p->lex.word, strlen(p->lex.word), max, &r) ||
        r.low != r.high || r.low < min)
        return parser_expected(
            p, arena_printf(p->a, "%s from %u to %u", what, (unsigned)min, (unsigned)max));
    *out = r.low;
    lex_next(&p->lex);
    return true;
}

const char *parser_list(struct arena *a, const char *const *names, int n)
{
    const char *text = names[0];
    for (int i = 1; i < n; i++)
        text = arena_printf(a, "%s%s%s", text, i + 1 < n ? ", " : " or ", names[i]);
    return text;
}

bool parser_choice(struct parser *p, const char *what, const char *const *names, int n, int *out)
{
    for (int i = 0; i < n; i++) {
        if (lex_is_word(&p->lex, names[i])) {
            *out = i;
            lex_next(&p->lex);
            return true;
        }
    }
    return parser_expected(p, arena_printf(p->a, "%s: %s", what, parser_list(p->a, names, n)));
}

bool parser_community(struct parser *p, enum policy_community_kind kind, bool exactly,
                      struct policy_community *out)
{
    struct srcpos at = p->lex.pos;
    const char *word;
    if (!parser_word(p, "a community", &word, NULL))
        return false;
    const char *wrong = policy_community_parse(word, kind, exactly, out);
    if (wrong)
        diag_error(p->d, at, NULL, "%s '%s': %s", policy_kind_names[kind], word, wrong);
    return !wrong;
}
