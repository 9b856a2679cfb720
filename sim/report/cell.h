// SPDX-License-Identifier: GPL-3.0-or-later
// cell: text and figures set into columns of a terminal, for the summary.
//
// Widths count terminal cells, so names in any script stay aligned; what is too long is cut with an
// ellipsis. Control characters (a name may hold an escape sequence) print as '?'. The figure
// printers return buf; nothing measured prints as an en dash.
#ifndef ANYSIM_REPORT_CELL_H
#define ANYSIM_REPORT_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CELL_BUF  64
#define CELL_NONE "\xe2\x80\x93" // –

enum cell_colour { CELL_PLAIN, CELL_BOLD, CELL_RED, CELL_GREEN, CELL_DIM };

// Where the summary is written, and whether colours may be used there.
struct cell_out {
    FILE *f;
    bool colour;
    bool brief; // leave out what text.h calls detail
};

int cell_width(const char *text);
void cell_left(const struct cell_out *o, const char *text, int width, enum cell_colour c);
void cell_right(const struct cell_out *o, const char *text, int width, enum cell_colour c);
void cell_text(const struct cell_out *o, const char *text, enum cell_colour c); // as wide as it is
// Like cell_left, but what is too long loses its middle: names often differ at their end only.
void cell_name(const struct cell_out *o, const char *name, int width, enum cell_colour c);
// Words of `text` from column `col` (where the line stands) on, broken before `right`; continued
// lines are indented to `col`. Ends the line.
void cell_wrapped(const struct cell_out *o, const char *text, int col, int right);

// A fraction as percent with two decimals; never rounded up to 100 or down to 0: "99.99", "<0.01".
char *cell_percent(double fraction, char buf[CELL_BUF]);
// Milliseconds of a time in nanoseconds with one decimal, from 1000 on with none; −1: "lost".
char *cell_rtt(int64_t rtt_ns, char buf[CELL_BUF]);
char *cell_seconds(int64_t t_ps, char buf[CELL_BUF]); // "1.53 s", TIME_NEVER: "never"
char *cell_time(int64_t t_ps, char buf[CELL_BUF]);    // a point in time: "60 s", "60.25 s"
char *cell_people(int64_t n, char buf[CELL_BUF]);     // "74.6 M people"
char *cell_count(uint64_t n, char buf[CELL_BUF]);     // "1,234,567"

#endif
