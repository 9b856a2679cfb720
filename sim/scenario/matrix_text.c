// SPDX-License-Identifier: GPL-3.0-or-later
// Traffic matrices as plain text: SNDlib's native format, and Repetita's.
#include "base/table.h"
#include "scenario/matrix.h"

#include <stdlib.h>
#include <string.h>

struct words { // a text word by word; parentheses are words of their own
    struct matrix_file *f;
    size_t at;
    struct diag_cursor place;
};

static struct words words_of(struct matrix_file *f)
{
    return (struct words){.f = f, .place = {.file = f->path, .text = f->text, .len = f->len}};
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v' || c == '\0';
}

// '#' starts a comment, to the end of the line.
static void skip_space(struct words *w)
{
    const struct matrix_file *f = w->f;
    for (; w->at < f->len; w->at++) {
        if (f->text[w->at] == '#')
            while (w->at + 1 < f->len && f->text[w->at + 1] != '\n')
                w->at++;
        else if (!is_space(f->text[w->at]))
            return;
    }
}

static struct srcpos here(struct words *w)
{
    return diag_place_next(&w->place, w->at, 1);
}

// The next word; .s is NULL at the end of the text.
static struct text next(struct words *w)
{
    const struct matrix_file *f = w->f;
    struct text t = {NULL, {0}};
    skip_space(w);
    size_t from = w->at;
    if (from == f->len) {
        t.at = here(w);
        return t;
    }
    if (f->text[from] == '(' || f->text[from] == ')')
        w->at++;
    else
        while (w->at < f->len && !is_space(f->text[w->at]) && !strchr("()#", f->text[w->at]))
            w->at++;
    t.s = arena_strndup(f->in->a, f->text + from, w->at - from);
    t.at = diag_place_next(&w->place, from, w->at - from);
    return t;
}

static bool is(const struct text *t, const char *word)
{
    return t->s && strcmp(t->s, word) == 0;
}

static bool want(struct words *w, const char *word)
{
    struct text t = next(w);
    if (is(&t, word))
        return true;
    diag_error(w->f->in->d, t.at, NULL, "expected '%s', found %s%s%s", word, t.s ? "'" : "",
               t.s ? t.s : "the end of the file", t.s ? "'" : "");
    return false;
}

// A word that is neither a parenthesis nor the end.
static bool want_word(struct words *w, const char *what, struct text *out)
{
    *out = next(w);
    if (out->s && !is(out, "(") && !is(out, ")"))
        return true;
    diag_error(w->f->in->d, out->at, NULL, "expected %s, found %s%s%s", what, out->s ? "'" : "",
               out->s ? out->s : "the end of the file", out->s ? "'" : "");
    return false;
}

// Up to the parenthesis that closes the one just read.
static bool skip_section(struct words *w)
{
    for (int depth = 1; depth > 0;) {
        struct text t = next(w);
        if (!t.s) {
            diag_error(w->f->in->d, t.at, NULL, "a '(' is never closed");
            return false;
        }
        depth += is(&t, "(") - is(&t, ")");
    }
    return true;
}

// NAME ( longitude latitude )
static bool read_nodes(struct words *w, struct table *nodes)
{
    for (;;) {
        struct text name = next(w);
        if (is(&name, ")"))
            return true;
        if (!name.s || is(&name, "(")) {
            diag_error(w->f->in->d, name.at, NULL, "expected a node's name");
            return false;
        }
        if (!want(w, "(") || !skip_section(w))
            return false;
        table_put_name(nodes, name.s, 1);
    }
}

static void check_known(struct words *w, const struct table *nodes, const struct text *name)
{
    uint64_t v;
    if (nodes->n && !table_get_name(nodes, name->s, &v))
        diag_error(w->f->in->d, name->at, NULL, "node '%s' is not among this file's NODES",
                   name->s);
}

// NAME ( source target ) routing_unit value max_path_length
static bool read_demands(struct words *w, const struct table *nodes)
{
    for (;;) {
        struct text name = next(w), from, to, unit, value, length;
        if (is(&name, ")"))
            return true;
        if (!name.s || is(&name, "(")) {
            diag_error(w->f->in->d, name.at, NULL, "expected a demand's name");
            return false;
        }
        if (!want(w, "(") || !want_word(w, "the source's name", &from) ||
            !want_word(w, "the target's name", &to) || !want(w, ")") ||
            !want_word(w, "a routing unit", &unit) || !want_word(w, "the demand's value", &value) ||
            !want_word(w, "a longest path, or UNLIMITED", &length))
            return false;
        check_known(w, nodes, &from);
        check_known(w, nodes, &to);
        matrix_add(w->f, from, to, value);
    }
}

void matrix_read_native(struct matrix_file *f)
{
    struct words w = words_of(f);
    struct table nodes;
    bool good = true, any = false;
    const char *end = memchr(f->text, '\n', f->len);
    w.at = end ? (size_t)(end - f->text) : f->len; // the first line says what it is
    table_init(&nodes);
    while (good) {
        struct text section = next(&w);
        if (!section.s)
            break;
        good = want(&w, "(");
        if (!good)
            break;
        if (is(&section, "NODES")) {
            good = read_nodes(&w, &nodes);
        } else if (is(&section, "DEMANDS")) {
            any = true;
            good = read_demands(&w, &nodes);
        } else {
            good = skip_section(&w);
        }
    }
    if (good && !any)
        diag_error(f->in->d, (struct srcpos){.file = f->path}, NULL,
                   "no section DEMANDS in this file");
    table_free(&nodes);
}

void matrix_read_repetita(struct matrix_file *f)
{
    struct words w = words_of(f);
    struct text count, column, cell[4];
    if (!want(&w, "DEMANDS") || !want_word(&w, "the number of demands", &count))
        return;
    char *rest;
    long long n = strtoll(count.s, &rest, 10);
    if (*rest || n < 0) {
        diag_error(f->in->d, count.at, NULL, "expected the number of demands, found '%s'", count.s);
        return;
    }
    for (int i = 0; i < 4; i++)
        if (!want_word(&w, "a column's name (label src dest bw)", &column))
            return;
    for (long long i = 0; i < n; i++) {
        static const char *const what[4] = {"a demand's label", "its source", "its destination",
                                            "its rate"};
        for (int k = 0; k < 4; k++)
            if (!want_word(&w, what[k], &cell[k]))
                return;
        matrix_add(f, cell[1], cell[2], cell[3]);
    }
    struct text more = next(&w);
    if (more.s)
        diag_error(f->in->d, more.at, NULL, "more than the %s demands that the first line tells of",
                   count.s);
}
