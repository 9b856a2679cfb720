// SPDX-License-Identifier: GPL-3.0-or-later
// diag: errors in what the user wrote, collected and printed in one go.
//
// A reader adds a diagnostic and goes on, so that the user sees every mistake at once (at most
// DIAG_MAX, then a count of the rest). Each prints as
//
//     topologies/china.yaml:12:15: error: unknown key 'capcity' in 'interconnects[0]'
//        12 |   - {a: telecom, capcity: 100Gbps}
//           |                  ^~~~~~~
//        did you mean 'capacity'?
//
// File names are printed as given. Columns count characters (UTF-8 code points) from 1. The same
// message at the same place is kept once. What came from a file is printed harmlessly: control
// characters and broken UTF-8 are escaped, long lines are cut around the caret.
#ifndef ANYSIM_BASE_DIAG_H
#define ANYSIM_BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define DIAG_MAX 20

// Where something stands. Passive; `file` belongs to an arena that outlives it. line 0: whole file.
struct srcpos {
    const char *file;
    int line;
    int col;
    int width; // characters to underline; 0 or 1: a single caret
};

struct diag; // the collector; opaque

struct diag *diag_new(void);
void diag_free(struct diag *d);

// Gives the collector the text of a file, so that messages can show the line. Copied.
void diag_source(struct diag *d, const char *file, const char *text, size_t len);

// The same for a file that should be text: adds an error at the first byte that cannot be (not
// UTF-8, a control character, a carriage return that ends no line) and returns false then. `kind`
// names what the file should be: "a YAML file".
bool diag_text(struct diag *d, const char *file, const char *kind, const char *text, size_t len);

// Place `n` bytes wide at offset `at` of a registered source.
struct srcpos diag_place(const char *file, const char *text, size_t len, size_t at, size_t n);
// The same for whoever goes through a source from its beginning to its end: offsets never fall, and
// every character is counted once.
struct diag_cursor {
    const char *file, *text;
    size_t len;
    size_t start; // of the line …
    int line;     // … numbered from 0
    size_t seen;  // so far
};
struct srcpos diag_place_next(struct diag_cursor *c, size_t at, size_t n);

// Diagnostics added from now on say that they hold in this context ("variant 'bfd'"); NULL ends it.
void diag_context(struct diag *d, const char *context);

// Adds an error. `hint` may be NULL ("did you mean 'x'?" and the like, without newline).
void diag_error(struct diag *d, struct srcpos at, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void diag_warn(struct diag *d, struct srcpos at, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

size_t diag_errors(const struct diag *d);
size_t diag_warnings(const struct diag *d);

// Missing input (an unreadable file named on the command line) exits 66 instead of 65.
void diag_missing_input(struct diag *d, const char *file, const char *why);
bool diag_is_missing_input(const struct diag *d);

// Prints the first DIAG_MAX in order of (file as first seen, line, column) and counts the rest.
// `color` adds ANSI colours.
void diag_print(const struct diag *d, FILE *out, bool color);

// The candidate nearest to `word` by edit distance (Damerau–Levenshtein, at most a third of the
// longer word's length, at least 1), or NULL. Case is ignored. The first of equals wins.
const char *suggest(const char *word, const char *const *candidates, size_t n);

#endif
