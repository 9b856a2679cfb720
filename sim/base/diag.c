// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/diag.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "base/vec.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_MAX    1000 // messages kept for sorting; further ones are only counted
#define MESSAGE_MAX 400  // bytes of one message
#define WINDOW      100  // characters of a source line that are shown

struct source {
    const char *file;
    const char *shown; // the same, fit for a terminal
    const char *text;  // NULL: only the name is known
    size_t len;
};

struct entry {
    bool warning;
    size_t source; // index: the order in which files were seen
    size_t number; // order of arrival
    struct srcpos at;
    const char *text, *hint, *context;
};

struct diag {
    struct arena arena;
    VEC(struct source) sources;
    VEC(struct entry) entries;
    size_t errors, warnings;
    const char *context;
    bool missing_input;
};

struct diag *diag_new(void)
{
    struct diag *d = xcalloc(1, sizeof *d);
    arena_init(&d->arena);
    return d;
}

void diag_free(struct diag *d)
{
    if (!d)
        return;
    vec_free(&d->sources);
    vec_free(&d->entries);
    arena_free(&d->arena);
    free(d);
}

// Makes text from a file fit for a terminal: escapes what is no printable UTF-8, cuts what is long.
static const char *harmless(struct arena *a, const char *text)
{
    size_t len = strlen(text), used = 0;
    char *out = arena_alloc(a, MESSAGE_MAX + 16);
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t n = utf8_decode(text + i, len - i, &cp);
        if (used > MESSAGE_MAX - 8) {
            memcpy(out + used, "…", sizeof "…");
            return out;
        }
        if (n == 0 || cp < 0x20 || utf8_is_control(cp)) {
            n = n ? n : 1;
            for (size_t k = 0; k < n; k++)
                used += (size_t)sprintf(out + used, "\\x%02X", (unsigned char)text[i + k]);
        } else {
            memcpy(out + used, text + i, n);
            used += n;
        }
        i += n;
    }
    return out;
}

static size_t source_index(struct diag *d, const char *file)
{
    for (size_t i = 0; i < d->sources.n; i++)
        if (strcmp(d->sources.v[i].file, file) == 0)
            return i;
    struct source *s = vec_add(&d->sources);
    s->file = arena_strdup(&d->arena, file);
    s->shown = harmless(&d->arena, file);
    return d->sources.n - 1;
}

void diag_source(struct diag *d, const char *file, const char *text, size_t len)
{
    size_t i = source_index(d, file); // may move the sources
    struct source *s = &d->sources.v[i];
    s->text = arena_strndup(&d->arena, text, len);
    s->len = len;
}

struct srcpos diag_place(const char *file, const char *text, size_t len, size_t at, size_t n)
{
    struct diag_cursor c = {.file = file, .text = text, .len = len};
    return diag_place_next(&c, at, n);
}

struct srcpos diag_place_next(struct diag_cursor *c, size_t at, size_t n)
{
    if (at > c->len)
        at = c->len;
    if (n > c->len - at)
        n = c->len - at;
    assert(at >= c->seen);
    for (; c->seen < at; c->seen++)
        if (c->text[c->seen] == '\n') {
            c->line++;
            c->start = c->seen + 1;
        }
    return (struct srcpos){.file = c->file,
                           .line = c->line + 1,
                           .col = (int)utf8_count(c->text + c->start, at - c->start) + 1,
                           .width = (int)utf8_count(c->text + at, n)};
}

// Explains the byte at `at`, which cannot stand in a text file.
static void not_text(struct diag *d, struct srcpos p, const char *kind, const char *text,
                     size_t len, size_t at, uint32_t cp)
{
    unsigned char byte = (unsigned char)text[at];
    if (len >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
        diag_error(d, p, "save it as UTF-8", "this is UTF-16, expected %s in UTF-8", kind);
    else if (byte >= 0x80 && cp == 0)
        diag_error(d, p,
                   byte >= 0xa0 ? "the file may be in Latin-1 or GB 18030: save it as UTF-8" : NULL,
                   "byte 0x%02X is not UTF-8, expected %s in UTF-8", byte, kind);
    else if (byte == '\r')
        diag_error(d, p, "end lines with LF or CR LF",
                   "a carriage return that is not followed by a line feed");
    else if (cp >= 0x80)
        diag_error(d, p, "remove it", "the invisible character U+%04X is not allowed in %s",
                   (unsigned)cp, kind);
    else
        diag_error(d, p, "is this a text file?", "the control character 0x%02X, expected %s", byte,
                   kind);
}

bool diag_text(struct diag *d, const char *file, const char *kind, const char *text, size_t len)
{
    diag_source(d, file, text, len);
    for (size_t i = 0; i < len;) {
        uint32_t cp = 0;
        size_t n = utf8_decode(text + i, len - i, &cp);
        bool stray = cp == '\r' && (i + 1 == len || text[i + 1] != '\n');
        if (n == 0 || stray || utf8_is_control(cp)) {
            not_text(d, diag_place(file, text, len, i, n ? n : 1), kind, text, len, i, n ? cp : 0);
            return false;
        }
        i += n;
    }
    return true;
}

void diag_context(struct diag *d, const char *context)
{
    d->context = context ? arena_strdup(&d->arena, context) : NULL;
}

static const char *format(struct arena *a, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    char *raw = xmalloc((size_t)n + 1);
    vsnprintf(raw, (size_t)n + 1, fmt, ap);
    const char *text = harmless(a, raw);
    free(raw);
    return text;
}

static bool same_pos(const struct srcpos *a, const struct srcpos *b)
{
    return a->line == b->line && a->col == b->col;
}

static void add(struct diag *d, bool warning, struct srcpos at, const char *hint, const char *fmt,
                va_list ap)
{
    size_t *count = warning ? &d->warnings : &d->errors;
    if (d->entries.n >= KEPT_MAX) {
        ++*count;
        return;
    }
    size_t source = source_index(d, at.file ? at.file : "anysim");
    const char *text = format(&d->arena, fmt, ap);
    for (size_t i = 0; i < d->entries.n; i++) {
        const struct entry *e = &d->entries.v[i];
        if (e->source == source && same_pos(&e->at, &at) && strcmp(e->text, text) == 0)
            return;
    }
    ++*count;
    struct entry e = {warning, source, d->entries.n, at, text, NULL, d->context};
    e.at.file = d->sources.v[source].file;
    e.hint = hint ? harmless(&d->arena, hint) : NULL;
    vec_push(&d->entries, e);
}

void diag_error(struct diag *d, struct srcpos at, const char *hint, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add(d, false, at, hint, fmt, ap);
    va_end(ap);
}

void diag_warn(struct diag *d, struct srcpos at, const char *hint, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add(d, true, at, hint, fmt, ap);
    va_end(ap);
}

size_t diag_errors(const struct diag *d)
{
    return d->errors;
}

size_t diag_warnings(const struct diag *d)
{
    return d->warnings;
}

void diag_missing_input(struct diag *d, const char *file, const char *why)
{
    diag_error(d, (struct srcpos){.file = file}, NULL, "cannot read: %s", why);
    d->missing_input = true;
}

bool diag_is_missing_input(const struct diag *d)
{
    return d->missing_input;
}

static int by_place(const void *x, const void *y)
{
    const struct entry *a = x, *b = y;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->at.line != b->at.line)
        return a->at.line < b->at.line ? -1 : 1;
    if (a->at.col != b->at.col)
        return a->at.col < b->at.col ? -1 : 1;
    return a->number < b->number ? -1 : 1;
}

// Finds line `line` of a source; returns its first byte and length without the line end, or NULL.
static const char *find_line(const struct source *s, int line, size_t *len)
{
    if (!s->text || line < 1)
        return NULL;
    const char *p = s->text, *end = s->text + s->len;
    for (int i = 1; i < line; i++) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        if (!nl)
            return NULL;
        p = nl + 1;
    }
    const char *nl = memchr(p, '\n', (size_t)(end - p));
    *len = (size_t)((nl ? nl : end) - p);
    if (*len && p[*len - 1] == '\r')
        --*len;
    return p;
}

// Prints one character of a source line (a tab as one space) and returns the columns that it takes.
static int print_char(FILE *out, const char *p, size_t n, uint32_t cp)
{
    if (n == 0 || cp < 0x20 || utf8_is_control(cp)) {
        fputs(cp == '\t' ? " " : "\xef\xbf\xbd", out);
        return 1;
    }
    fwrite(p, 1, n, out);
    return utf8_cells(cp);
}

// The source line with carets below. A long line is cut to WINDOW characters around the place.
static void print_line(FILE *out, const struct source *s, const struct srcpos *at, bool color)
{
    size_t len;
    const char *p = find_line(s, at->line, &len);
    if (!p)
        return;
    long col = at->col > 0 ? at->col : 1, index = 1;
    long total = (long)utf8_count(p, len);
    long first = total > WINDOW && col > WINDOW / 2 ? col - WINDOW / 2 : 1;
    long last = first + WINDOW - 1, pad = first > 1 ? 1 : 0, mark = 0;
    fprintf(out, "%5d | %s", at->line, first > 1 ? "…" : "");
    for (size_t i = 0; i < len; index++) {
        uint32_t cp = 0;
        size_t n = utf8_decode(p + i, len - i, &cp);
        if (index >= first && index <= last) {
            int cells = print_char(out, p + i, n, cp);
            if (index < col)
                pad += cells;
            else if (index < col + at->width)
                mark += cells;
        }
        i += n ? n : 1;
    }
    fprintf(out, "%s\n      | %*s%s^", index - 1 > last ? "…" : "", (int)pad, "",
            color ? "\033[1;32m" : "");
    for (long i = 1; i < mark; i++)
        putc('~', out);
    fprintf(out, "%s\n", color ? "\033[0m" : "");
}

static void print_entry(FILE *out, const struct diag *d, const struct entry *e, bool color)
{
    const char *bold = color ? "\033[1m" : "", *end = color ? "\033[0m" : "";
    const char *red = !color ? "" : e->warning ? "\033[1;35m" : "\033[1;31m";
    fprintf(out, "%s%s:", bold, d->sources.v[e->source].shown);
    if (e->at.line > 0)
        fprintf(out, "%d:%d:", e->at.line, e->at.col > 0 ? e->at.col : 1);
    fprintf(out, "%s %s%s:%s %s", end, red, e->warning ? "warning" : "error", end, e->text);
    if (e->context)
        fprintf(out, " (%s)", e->context);
    putc('\n', out);
    if (e->at.line > 0)
        print_line(out, &d->sources.v[e->source], &e->at, color);
    if (e->hint)
        fprintf(out, "   %s\n", e->hint);
}

static void print_rest(FILE *out, size_t count, const char *what)
{
    if (count > DIAG_MAX)
        fprintf(out, "and %zu more %s%s\n", count - DIAG_MAX, what,
                count - DIAG_MAX == 1 ? "" : "s");
}

void diag_print(const struct diag *d, FILE *out, bool color)
{
    size_t n = d->entries.n, errors = 0, warnings = 0;
    if (n == 0)
        return;
    struct entry *sorted = xmalloc(n * sizeof *sorted);
    memcpy(sorted, d->entries.v, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_place);
    for (size_t i = 0; i < n; i++) {
        size_t *shown = sorted[i].warning ? &warnings : &errors;
        if (++*shown <= DIAG_MAX)
            print_entry(out, d, &sorted[i], color);
    }
    print_rest(out, d->errors, "error");
    print_rest(out, d->warnings, "warning");
    free(sorted);
}
