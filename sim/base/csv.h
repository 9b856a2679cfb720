// SPDX-License-Identifier: GPL-3.0-or-later
// csv: reads a comma-separated file with a header row (RFC 4180, through libcsv), keeping line and
// column of every cell for messages. Lines that start with '#' are comments. Strict: a quote inside
// an unquoted cell, an unterminated quote, a row with too few or too many cells are diagnostics.
// UTF-8 without BOM is expected (a BOM is skipped; other encodings are a diagnostic). LF and CRLF.
#ifndef ANYSIM_BASE_CSV_H
#define ANYSIM_BASE_CSV_H

#include "base/arena.h"
#include "base/diag.h"

struct csv_cell {
    const char *text; // "" when empty
    struct srcpos at;
};

struct csv {
    struct csv_cell *head; // ncol names
    size_t ncol;
    struct csv_cell *cells; // nrow * ncol, row after row
    size_t nrow;
};

#define CSV_FILE_MAX (64u << 20) // bytes of one file

// Reads `text` (which need not outlive the call), shown in messages as `file`, into memory of `a`.
// False when diagnostics were added.
bool csv_read_text(struct arena *a, struct diag *d, const char *file, const char *text, size_t len,
                   struct csv *out);

// Index of a named column, or -1.
int csv_column(const struct csv *c, const char *name);

static inline const struct csv_cell *csv_at(const struct csv *c, size_t row, size_t col)
{
    return &c->cells[row * c->ncol + col];
}

#endif
