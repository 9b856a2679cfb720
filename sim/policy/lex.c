// SPDX-License-Identifier: GPL-3.0-or-later
#include "policy/lex.h"

#include <string.h>

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("_./:*+-", c));
}

static int characters(const char *text, size_t n)
{
    int k = 0;
    for (size_t i = 0; i < n; i++)
        k += ((unsigned char)text[i] & 0xc0) != 0x80;
    return k;
}

static struct srcpos place(const struct lex *l, size_t at, size_t n)
{
    struct srcpos p = l->origin;
    p.line += l->line;
    p.col += characters(l->text + l->line_at, at - l->line_at);
    p.width = characters(l->text + at, n);
    return p;
}

static void line_begins(struct lex *l, size_t at)
{
    l->line++;
    l->line_at = at;
}

static void skip_blanks(struct lex *l)
{
    for (;; l->at++) {
        char c = l->text[l->at];
        if (c == '#')
            while (l->text[l->at + 1] && l->text[l->at + 1] != '\n')
                l->at++;
        else if (c == '\n' && l->open)
            line_begins(l, l->at + 1);
        else if (c != ' ' && c != '\t' && c != '\r')
            return;
    }
}

static void take(struct lex *l, enum lex_kind kind, size_t n)
{
    l->kind = kind;
    l->pos = place(l, l->at, n);
    l->at += n;
}

static void string(struct lex *l)
{
    const char *from = l->text + l->at + 1;
    size_t n = strcspn(from, "\"\n");
    l->word = arena_strndup(l->a, from, n);
    if (from[n] != '"') {
        take(l, LEX_STRING, 1);
        diag_error(l->d, l->pos, NULL, "the string does not end on this line");
        l->wrong = l->failed = true;
        l->at += n;
        return;
    }
    take(l, LEX_STRING, n + 2);
}

static bool comparison(struct lex *l)
{
    const char *t = l->text + l->at;
    for (int i = POLICY_COMPARES - 1; i >= 0; i--) { // the longer of <= and < comes later
        static const enum policy_compare order[] = {POLICY_EQ, POLICY_LT, POLICY_GT,
                                                    POLICY_NE, POLICY_LE, POLICY_GE};
        const char *name = policy_compare_names[order[i]];
        if (strncmp(t, name, strlen(name)) == 0) {
            l->compare = order[i];
            l->word = name;
            take(l, LEX_COMPARE, strlen(name));
            return true;
        }
    }
    return false;
}

void lex_next(struct lex *l)
{
    skip_blanks(l);
    char c = l->text[l->at];
    size_t n = 0;
    if (c == '\0') {
        take(l, LEX_END, 0);
        return;
    }
    if (c == '\n') {
        take(l, LEX_LINE, 0);
        l->at++;
        line_begins(l, l->at);
        return;
    }
    while (word_char(l->text[l->at + n]))
        n++;
    while (n > 0 && l->text[l->at + n - 1] == ':')
        n--;
    if (n > 0) {
        l->word = arena_strndup(l->a, l->text + l->at, n);
        take(l, LEX_WORD, n);
    } else if (c == '"') {
        string(l);
    } else if (strchr("()[],:", c)) {
        l->open += (c == '(' || c == '[') - ((c == ')' || c == ']') && l->open > 0);
        l->sign = c;
        take(l, LEX_SIGN, 1);
    } else if (!comparison(l)) {
        for (n = 1; ((unsigned char)l->text[l->at + n] & 0xc0) == 0x80; n++)
            ;
        take(l, LEX_END, n);
        diag_error(l->d, l->pos, NULL, "'%.*s' means nothing here", (int)n, l->text + l->at - n);
        l->wrong = l->failed = true;
        l->open = 0;
        l->at += strcspn(l->text + l->at, "\n"); // the rest of the line is not looked at
        lex_next(l);
    }
}

void lex_start(struct lex *l, struct arena *a, struct diag *d, const struct policy_text *source)
{
    *l = (struct lex){.a = a, .d = d, .text = source->text, .origin = source->at};
    lex_next(l);
}

bool lex_is_word(const struct lex *l, const char *word)
{
    return l->kind == LEX_WORD && strcmp(l->word, word) == 0;
}

bool lex_is_sign(const struct lex *l, char sign)
{
    return l->kind == LEX_SIGN && l->sign == sign;
}

void lex_recover(struct lex *l)
{
    l->wrong = false;
    if (l->kind == LEX_LINE || l->kind == LEX_END)
        return;
    l->open = 0;
    l->at += strcspn(l->text + l->at, "\n");
    lex_next(l);
}

const char *lex_what(const struct lex *l)
{
    switch (l->kind) {
    case LEX_END:
        return "the end of the policy";
    case LEX_LINE:
        return "the end of the line";
    case LEX_SIGN:
        return arena_printf(l->a, "'%c'", l->sign);
    case LEX_STRING:
        return arena_printf(l->a, "\"%s\"", l->word);
    case LEX_WORD:
    case LEX_COMPARE:
        break;
    }
    return arena_printf(l->a, "'%s'", l->word);
}
