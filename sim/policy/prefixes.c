// SPDX-License-Identifier: GPL-3.0-or-later
// Prefixes with ranges of length, and sets of them.
#include "policy/parser.h"

#include <string.h>

static bool prefix(struct parser *p, struct policy_prefix *out)
{
    struct srcpos at = p->lex.pos;
    bool host_bits = false;
    uint32_t ge, le;
    const char *word;
    if (!parser_word(p, "a prefix", &word, NULL))
        return false;
    if (!prefix_parse(word, &out->p, &host_bits)) {
        diag_error(p->d, at, NULL,
                   host_bits ? "prefix '%s' has bits set behind its length"
                             : "'%s' is no IPv4 prefix: write 203.0.113.0/24",
                   word);
        return false;
    }
    out->ge = out->le = out->p.len;
    if (lex_is_word(&p->lex, "ge")) {
        lex_next(&p->lex);
        if (!parser_number(p, "a length", out->p.len, 32, &ge))
            return false;
        out->ge = (uint8_t)ge;
        out->le = 32;
    }
    if (lex_is_word(&p->lex, "le")) {
        lex_next(&p->lex);
        if (!parser_number(p, "a length", out->ge, 32, &le))
            return false;
        out->le = (uint8_t)le;
    }
    return true;
}

static bool list(struct parser *p, struct policy_prefixes *out)
{
    VEC(struct policy_prefix) v = {0};
    bool ok;
    lex_next(&p->lex); // the bracket
    do {
        struct policy_prefix one;
        ok = prefix(p, &one);
        if (ok && v.n == POLICY_LIST_MAX) {
            diag_error(p->d, p->lex.pos, NULL, "more than %d prefixes in a list", POLICY_LIST_MAX);
            ok = false;
        }
        if (!ok)
            break;
        vec_push(&v, one);
        ok = lex_is_sign(&p->lex, ']') || parser_sign(p, ',');
    } while (ok && !lex_is_sign(&p->lex, ']'));
    if (ok) {
        struct policy_prefix *copy = arena_array(p->a, struct policy_prefix, v.n);
        memcpy(copy, v.v, v.n * sizeof *copy);
        out->v = copy;
        out->n = (int)v.n;
        lex_next(&p->lex);
    }
    vec_free(&v);
    return ok;
}

static bool defined(struct parser *p, struct policy_prefixes *out)
{
    const char **names = arena_array(p->a, const char *, p->all->nsets);
    for (int i = 0; i < p->all->nsets; i++) {
        names[i] = p->all->sets[i].name;
        if (lex_is_word(&p->lex, names[i])) {
            *out = p->all->sets[i];
            lex_next(&p->lex);
            return true;
        }
    }
    const char *near = suggest(p->lex.word, names, (size_t)p->all->nsets);
    diag_error(p->d, p->lex.pos,
               near ? arena_printf(p->a, "did you mean '%s'?", near)
                    : "write: define NAME = [10.0.0.0/8 le 32]",
               "'%s' is neither a prefix nor a defined set", p->lex.word);
    return false;
}

bool parser_prefixes(struct parser *p, struct policy_prefixes *out)
{
    char first = p->lex.kind == LEX_WORD ? p->lex.word[0] : '\0';
    out->at = p->lex.pos;
    out->name = NULL;
    if (lex_is_sign(&p->lex, '['))
        return list(p, out);
    if (first && (first < '0' || first > '9'))
        return defined(p, out);
    struct policy_prefix *one = arena_new(p->a, struct policy_prefix);
    out->v = one;
    out->n = 1;
    return prefix(p, one);
}
