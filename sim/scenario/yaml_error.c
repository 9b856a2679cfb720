// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/yaml_error.h"

#include <string.h>

// What libyaml says, and what we say instead. `at_context`: point at where the construct began.
static const struct {
    const char *problem, *text, *hint;
    bool at_context;
} known[] = {
    {"did not find expected ',' or '}'", "this mapping {…} is not closed, or misses a comma",
     "separate entries with ',' and end with '}'", true},
    {"did not find expected ',' or ']'", "this list […] is not closed, or misses a comma",
     "separate items with ',' and end with ']'", true},
    {"did not find expected key", "expected a key here",
     "is this line indented like the lines above it?", false},
    {"could not find expected ':'", "expected ':' after this key", "write key: value", true},
    {"mapping values are not allowed in this context", "a ':' is not allowed here",
     "one 'key: value' a line, indented by spaces; quote a text that contains ': '", false},
    {"block sequence entries are not allowed in this context",
     "a list item '-' is not allowed here", "start the list on a line of its own", false},
    {"did not find expected '-' indicator", "expected a list item '- …' here",
     "is this line indented like the items above it?", false},
    {"found unexpected end of stream", "this quote is never closed", "close it", true},
    {"found unexpected document indicator", "this quote is never closed", "close it", true},
    {"found a tab character that violates indentation", "a tab cannot indent YAML",
     "indent with spaces", false},
    {"found a tab character where an indentation space is expected", "a tab cannot indent YAML",
     "indent with spaces", false},
    {"did not find expected <document start>", "the document ended above, nothing may follow it",
     "is this line indented like the lines above it?", false},
    {"found unknown escape character", "unknown escape in a text in double quotes",
     "write \\\\ for a backslash, or use single quotes", false},
    {"exceeded maximum nesting limit", "too many levels inside each other", NULL, false},
};

// A character that cannot start a value: a tab, or one with a meaning of its own in YAML.
static void explain_character(struct diag *d, struct srcpos at, char c)
{
    if (c == '\t')
        diag_error(d, at, "indent with spaces", "a tab cannot indent YAML");
    else
        diag_error(d, at, "quote it: \">= 99%\"", "a value cannot start with '%c' without quotes",
                   c);
}

static struct srcpos mark_place(const char *file, const yaml_mark_t *m)
{
    return (struct srcpos){file, (int)m->line + 1, (int)m->column + 1, 1};
}

// libyaml counts characters, so the byte at a mark is found by walking its line.
static char byte_at(const char *text, size_t len, const yaml_mark_t *m)
{
    size_t i = 0, line = 0, column = 0;
    while (i < len && line < m->line)
        if (text[i++] == '\n')
            line++;
    while (i < len && column < m->column) {
        i++;
        while (i < len && ((unsigned char)text[i] & 0xc0) == 0x80)
            i++;
        column++;
    }
    return i < len ? text[i] : '\0';
}

void yaml_explain(struct diag *d, const char *file, const char *text, size_t len,
                  const yaml_parser_t *p)
{
    struct srcpos at = mark_place(file, &p->problem_mark);
    const char *problem = p->problem ? p->problem : "unreadable";
    if (p->error == YAML_MEMORY_ERROR)
        problem = "out of memory";
    if (p->error == YAML_READER_ERROR)
        at = (struct srcpos){.file = file};
    if (strstr(problem, "cannot start any token")) {
        char c = byte_at(text, len, &p->problem_mark);
        if (c == '\t' || strchr("%@`>|", c)) {
            explain_character(d, at, c);
            return;
        }
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(problem, known[i].problem) != 0)
            continue;
        // In braces, libyaml complains about a block scalar's '>' only at the next line.
        if (known[i].at_context && p->context)
            at = mark_place(file, &p->context_mark);
        diag_error(d, at, known[i].hint, "%s", known[i].text);
        return;
    }
    diag_error(d, at, NULL, "YAML syntax: %s%s%s", p->context ? p->context : "",
               p->context ? ", " : "", problem);
}
