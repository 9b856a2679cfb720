// SPDX-License-Identifier: GPL-3.0-or-later
// Prints schema tables as a reference for people, in Markdown: docs/scenario.md and its neighbours.
#include "base/vec.h"
#include "scenario/scenario.h"
#include "scenario/scenario_schema.h"
#include "scenario/topology_schema.h"

#include <ctype.h>
#include <string.h>

struct mention { // a key that leads to a table
    const struct schema_table *in, *to;
    const struct schema_field *by;
};

struct reference {
    VEC(const struct schema_table *) tables; // in the order of mention
    VEC(struct mention) mentions;
    FILE *out;
};

static bool is_known(const struct reference *r, const struct schema_table *t)
{
    for (size_t i = 0; i < r->tables.n; i++)
        if (r->tables.v[i] == t)
            return true;
    return false;
}

// A table before those that its keys lead to: the way a reader comes.
static void collect(struct reference *r, const struct schema_table *t)
{
    if (is_known(r, t))
        return;
    vec_push(&r->tables, t);
    for (int i = 0; i < t->n; i++) {
        const struct schema_field *f = &t->fields[i];
        if (f->sub)
            vec_push(&r->mentions, ((struct mention){t, f->sub, f}));
        if (f->alt && f->alt != f->sub)
            vec_push(&r->mentions, ((struct mention){t, f->alt, f}));
        if (f->sub)
            collect(r, f->sub);
        if (f->alt)
            collect(r, f->alt);
    }
}

// Text inside a table's cell: what Markdown or HTML would take for its own is escaped, but what
// stands in backquotes stays as it is.
static void cell_text(const char *s, FILE *out)
{
    bool code = false;
    for (; *s; s++) {
        code ^= *s == '`';
        if (*s == '<' && !code)
            fputs("&lt;", out);
        else if (*s == '>' && !code)
            fputs("&gt;", out);
        else if (*s == '|' || (!code && strchr("*\\_", *s)))
            fprintf(out, "\\%c", *s);
        else
            putc(*s, out);
    }
}

// The same as code, in which only the bar that parts cells is escaped.
static void cell_code(const char *s, FILE *out)
{
    putc('`', out);
    for (; *s; s++)
        fprintf(out, *s == '|' ? "\\%c" : "%c", *s);
    putc('`', out);
}

static void words(const char *const *names, int n, FILE *out)
{
    for (int i = 0; i < n; i++) {
        fputs(i ? ", " : "", out);
        cell_code(names[i], out);
    }
}

static void link_to(const struct schema_table *t, FILE *out)
{
    fprintf(out, "[%s](#%s)", t->name, t->name);
}

static void rows_type(const struct schema_field *f, FILE *out)
{
    fputs("CSV file, or list of ", out);
    link_to(f->sub, out);
    if (f->alt && f->alt != f->sub) {
        fputs(", or ", out);
        link_to(f->alt, out);
    } else if (f->alt) {
        fputs(", or one", out);
    } else if (f->sub->fields[0].type == SCHEMA_NAME) {
        fputs(", or mapping of name to it", out);
    }
}

static const char *simple_type(enum schema_type type)
{
    static const char *const names[] = {
        [SCHEMA_TEXT] = "text",
        [SCHEMA_NAME] = "name",
        [SCHEMA_PATH] = "file",
        [SCHEMA_NOTE] = "note",
        [SCHEMA_INT] = "whole number",
        [SCHEMA_DECIMAL] = "number",
        [SCHEMA_FACTOR] = "number",
        [SCHEMA_BOOL] = "yes or no",
        [SCHEMA_PREFIX] = "IPv4 prefix",
        [SCHEMA_RANGE] = "whole number, or first-last",
        [SCHEMA_ADDRESS] = "address",
        [SCHEMA_HOSTS] = "address, or list of them",
        [SCHEMA_NETS] = "address with length, or list of them",
        [SCHEMA_PREFIX6] = "prefix",
        [SCHEMA_PREFIXES] = "prefix, or list of them",
        [SCHEMA_MAC] = "MAC address",
        [SCHEMA_NAMES] = "name, or list of them",
        [SCHEMA_BLOCKS] = "mapping of name to lines of text",
        [SCHEMA_PARTIAL] = "mapping of name to a part of this file",
    };
    return names[type];
}

static void type_cell(const struct schema_field *f, FILE *out)
{
    switch (f->type) {
    case SCHEMA_ENUM:
        fputs("one word", out);
        break;
    case SCHEMA_UNIT:
        fputs(unit_kind_name(f->unit), out);
        break;
    case SCHEMA_UNIT_OFF:
        fprintf(out, "%s, or `off`", unit_kind_name(f->unit));
        break;
    case SCHEMA_INT_WORD:
        fputs("whole number, or a word", out);
        break;
    case SCHEMA_SECTION:
    case SCHEMA_OPTIONAL:
    case SCHEMA_PATCH:
        link_to(f->sub, out);
        break;
    case SCHEMA_DICT:
        fprintf(out, "mapping of name%s to ", f->two_parts ? " or name/name" : "");
        link_to(f->sub, out);
        break;
    case SCHEMA_LIST:
        fputs("list of ", out);
        link_to(f->sub, out);
        break;
    case SCHEMA_ROWS:
        rows_type(f, out);
        break;
    default:
        fputs(simple_type(f->type), out);
    }
}

static void limit(const struct schema_field *f, int64_t v, FILE *out)
{
    char buf[UNIT_BUF];
    if (v == 0)
        putc('0', out);
    else if (f->type == SCHEMA_UNIT || f->type == SCHEMA_UNIT_OFF)
        fputs(unit_print(f->unit, v, buf, sizeof buf), out);
    else if (f->type == SCHEMA_DECIMAL || f->type == SCHEMA_FACTOR)
        fprintf(out, "%.10g", (double)v / 1e6);
    else
        fprintf(out, "%lld", (long long)v);
}

// What is allowed: words, or the range of a number.
static void range_cell(const struct schema_field *f, FILE *out)
{
    bool number = f->type == SCHEMA_INT || f->type == SCHEMA_DECIMAL || f->type == SCHEMA_FACTOR ||
                  f->type == SCHEMA_UNIT || f->type == SCHEMA_UNIT_OFF ||
                  f->type == SCHEMA_INT_WORD || f->type == SCHEMA_RANGE;
    if (number && f->min == f->max && f->max != 0) {
        limit(f, f->min, out);
    } else if (number && f->max != 0 && f->max != INT64_MAX) {
        limit(f, f->min, out);
        fputs(" to ", out);
        limit(f, f->max, out);
    } else if (number && f->min < 0) {
        limit(f, f->min, out);
        fputs(" to 0", out);
    } else if (number) {
        fputs("from ", out);
        limit(f, f->min, out);
        fputs(" on", out);
    }
    if (f->type == SCHEMA_ENUM || f->type == SCHEMA_INT_WORD) {
        fputs(number ? ", " : "", out);
        words(f->names, f->nnames, out);
    }
}

static void field_row(const struct schema_field *f, FILE *out)
{
    fprintf(out, "| `%s` | ", f->key);
    type_cell(f, out);
    fputs(" | ", out);
    range_cell(f, out);
    fputs(" | ", out);
    if (f->required)
        fputs("**required**", out);
    else if (f->fallback)
        cell_code(f->fallback, out);
    fputs(" | ", out);
    cell_text(f->doc, out);
    fputs(" | ", out);
    if (f->example)
        cell_code(f->example, out);
    fputs(" |\n", out);
}

// Which keys lead here.
static void mentioned(const struct reference *r, const struct schema_table *t)
{
    const char *before = "Value of ";
    for (size_t i = 0; i < r->mentions.n; i++) {
        const struct mention *m = &r->mentions.v[i];
        if (m->to != t)
            continue;
        fprintf(r->out, "%s`%s` in ", before, m->by->key);
        link_to(m->in, r->out);
        before = ", ";
    }
    if (before[0] == ',')
        fputs(".\n", r->out);
}

static void section(const struct reference *r, const struct schema_table *t)
{
    fprintf(r->out, "\n## %s\n%c", t->name, toupper((unsigned char)t->doc[0]));
    cell_text(t->doc + 1, r->out);
    fputs(".\n", r->out);
    mentioned(r, t);
    if (t->preset_key)
        fprintf(r->out, "`%s` is read first: it sets what other keys are when they are absent.\n",
                t->preset_key);
    fputs("\n| key | type | range | default | meaning | example |\n"
          "|---|---|---|---|---|---|\n",
          r->out);
    for (int i = 0; i < t->n; i++)
        field_row(&t->fields[i], r->out);
}

static void contents(const struct reference *r)
{
    fputs("\n## Contents\n| mapping | what it is |\n|---|---|\n", r->out);
    for (size_t i = 0; i < r->tables.n; i++) {
        fputs("| ", r->out);
        link_to(r->tables.v[i], r->out);
        fputs(" | ", r->out);
        cell_text(r->tables.v[i]->doc, r->out);
        fputs(" |\n", r->out);
    }
}

static void types(FILE *out)
{
    static const char *const notes[] = {
        [UNIT_TIME] = "",
        [UNIT_RATE] = "powers of 1000; `bit/s` is `bps`",
        [UNIT_SIZE] = "kB of 1000, KiB of 1024",
        [UNIT_RATIO] = "",
        [UNIT_FREQ] = "",
        [UNIT_DIST] = "",
    };
    fputs(
        "\n## Types and units\n"
        "A quantity is a number and its unit (`13.2ms`); a bare number other than 0 is an error.\n"
        "A **name** has letters (of any script), digits, `-` and `_`, at most 64 bytes. A "
        "**file** is\nrelative to the file that names it; `.gz`, `.bz2` and `.zst` are read as "
        "they are. A **CSV file** has\nthe keys of the mapping as columns. A **note** is for the "
        "human reader and changes nothing.\nA default that is empty: the key has no value when "
        "absent, or its meaning says what holds then.\n\n| quantity | units | |\n|---|---|---|\n",
        out);
    for (int i = 0; i < (int)(sizeof notes / sizeof notes[0]); i++)
        fprintf(out, "| %s | %s | %s |\n", unit_kind_name((enum unit_kind)i),
                unit_names((enum unit_kind)i), notes[i]);
}

void schema_print_reference(const struct schema_table *t, const char *title, const char *which,
                            FILE *out)
{
    struct reference r = {.out = out};
    collect(&r, t);
    fprintf(out,
            "# %s\n\nEvery key of the file, as the program knows it: `anysim schema --markdown %s` "
            "prints this page\n(`make docs` writes it), `anysim schema %s` the same as JSON Schema "
            "for editors.\n",
            title, which, which);
    types(out);
    contents(&r);
    for (size_t i = 0; i < r.tables.n; i++)
        section(&r, r.tables.v[i]);
    vec_free(&r.tables);
    vec_free(&r.mentions);
}

bool schema_print_markdown(const char *which, FILE *out)
{
    if (strcmp(which, "scenario") == 0)
        schema_print_reference(&scenario_table, "Keys of a scenario file", which, out);
    else if (strcmp(which, "topology") == 0)
        schema_print_reference(&topology_table, "Keys of a topology file", which, out);
    else
        return false;
    return true;
}
