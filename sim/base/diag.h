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
// File names are printed as given. Columns count characters (UTF-8 code points) from 1.
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

// Adds an error. `hint` may be NULL ("did you mean 'x'?" and the like, without newline).
void diag_error(struct diag *d, struct srcpos at, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void diag_warn(struct diag *d, struct srcpos at, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

size_t diag_errors(const struct diag *d);
// Missing input (an unreadable file named on the command line) exits 66 instead of 65.
void diag_missing_input(struct diag *d, const char *file, const char *why);
bool diag_is_missing_input(const struct diag *d);

// Prints all, in order of (file as first seen, line, column). `color` adds ANSI colours.
void diag_print(const struct diag *d, FILE *out, bool color);

// The candidate nearest to `word` by edit distance (Damerau–Levenshtein, at most a third of its
// length), or NULL. Case is ignored.
const char *suggest(const char *word, const char *const *candidates, size_t n);

#endif
