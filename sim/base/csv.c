// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/csv.h"

#include "base/utf8.h"
#include "base/vec.h"

#include <csv.h>

// libcsv hands out cells without saying where they stood, so it is fed byte by byte and this reader
// keeps the place of the cell that is being read.
struct reader {
    struct arena *a;
    struct diag *d;
    const char *file, *text;
    size_t len;
    struct csv *out;
    VEC(struct csv_cell) cells; // of all rows, or of the header while that is read
    size_t row_start;           // first cell of the row being read
    struct srcpos at;           // the byte being fed
    struct srcpos cell_at;      // first byte of the cell that is being read; line 0: none yet
    bool have_head;
    bool bad;
};

static void on_cell(void *data, size_t n, void *user)
{
    struct reader *r = user;
    struct csv_cell c = {.text = arena_strndup(r->a, data, n), .at = r->cell_at};
    if (c.at.line == 0)
        c.at = r->at; // an empty cell stands where its comma does
    c.at.file = r->file;
    c.at.width = (int)utf8_count(data, n);
    vec_push(&r->cells, c);
    r->cell_at.line = 0;
}

static void take_head(struct reader *r)
{
    r->out->ncol = r->cells.n;
    r->out->head = arena_array(r->a, struct csv_cell, r->cells.n);
    memcpy(r->out->head, r->cells.v, r->cells.n * sizeof *r->cells.v);
    r->cells.n = 0;
    r->have_head = true;
    for (size_t i = 0; i < r->out->ncol; i++) {
        const struct csv_cell *c = &r->out->head[i];
        if (c->text[0] == '\0')
            diag_error(r->d, c->at, NULL, "column %zu has no name", i + 1);
        for (size_t j = 0; j < i; j++)
            if (c->text[0] && strcmp(c->text, r->out->head[j].text) == 0)
                diag_error(r->d, c->at, NULL, "column '%s' appears twice", c->text);
    }
}

static void on_row(int end, void *user)
{
    (void)end;
    struct reader *r = user;
    size_t n = r->cells.n - r->row_start, want = r->out->ncol;
    if (!r->have_head) {
        take_head(r);
    } else if (n != want) {
        const struct csv_cell *c = &r->cells.v[n > want ? r->row_start + want : r->cells.n - 1];
        const char *hint = n > want ? "quote a cell that contains a comma: \"a, b\""
                                    : "leave a cell empty rather than out: a,,c";
        diag_error(r->d, c->at, hint, "this row has %zu cell%s, the header has %zu", n,
                   n == 1 ? "" : "s", want);
        r->cells.n = r->row_start; // go on without it
    }
    r->row_start = r->cells.n;
    r->cell_at.line = 0;
}

static void advance(struct srcpos *p, unsigned char byte)
{
    if (byte == '\n') {
        p->line++;
        p->col = 1;
    } else if ((byte & 0xc0) != 0x80) {
        p->col++;
    }
}

// Length of the comment line at `i`, 0 when there is none: '#' first on a line, outside any row.
static size_t comment_length(const struct reader *r, const struct csv_parser *p, size_t i)
{
    if (r->text[i] != '#' || r->at.col != 1 || p->quoted || r->cells.n != r->row_start)
        return 0;
    const char *nl = memchr(r->text + i, '\n', r->len - i);
    return nl ? (size_t)(nl - r->text) - i : r->len - i;
}

static void complain_quote(struct reader *r, struct csv_parser *p, struct srcpos opened,
                           bool at_end)
{
    if (at_end)
        diag_error(r->d, opened, "close it with \"", "this quote is never closed");
    else if (p->quoted)
        diag_error(r->d, r->at, "write a quote inside a quoted cell twice: \"\"",
                   "expected a comma or the end of the line after the closing quote");
    else
        diag_error(r->d, r->at, "quote the whole cell and double the quote: \"say \"\"hi\"\"\"",
                   "a quote inside a cell that is not quoted");
    r->bad = true;
}

static void feed(struct reader *r, struct csv_parser *p)
{
    struct srcpos opened = r->at;
    for (size_t i = 0; i < r->len; i++) {
        i += comment_length(r, p, i);
        if (i >= r->len)
            break;
        unsigned char byte = (unsigned char)r->text[i];
        bool was_quoted = p->quoted;
        bool space = byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' || byte == ',';
        if (r->cell_at.line == 0 && !space)
            r->cell_at = r->at;
        if (csv_parse(p, &byte, 1, on_cell, on_row, r) != 1) {
            complain_quote(r, p, opened, false);
            return;
        }
        if (p->quoted && !was_quoted)
            opened = r->at;
        advance(&r->at, byte);
    }
    if (csv_fini(p, on_cell, on_row, r) != 0)
        complain_quote(r, p, opened, true);
}

bool csv_read_text(struct arena *a, struct diag *d, const char *file, const char *text, size_t len,
                   struct csv *out)
{
    size_t before = diag_errors(d);
    memset(out, 0, sizeof *out);
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    if (!diag_text(d, file, "a CSV file", text, len))
        return false;
    struct reader r = {.a = a, .d = d, .file = file, .text = text, .len = len, .out = out};
    r.at = (struct srcpos){.file = file, .line = 1, .col = 1, .width = 1};
    struct csv_parser p;
    if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        diag_error(d, r.at, NULL, "the CSV reader cannot start");
        return false;
    }
    feed(&r, &p);
    csv_free(&p);
    if (!r.bad && !r.have_head)
        diag_error(d, (struct srcpos){.file = file, .line = 0}, NULL,
                   "the file is empty: expected a header row with the names of the columns");
    out->nrow = out->ncol && !r.bad ? r.cells.n / out->ncol : 0;
    out->cells = arena_array(a, struct csv_cell, r.cells.n);
    if (r.cells.n)
        memcpy(out->cells, r.cells.v, r.cells.n * sizeof *r.cells.v);
    vec_free(&r.cells);
    return diag_errors(d) == before;
}

int csv_column(const struct csv *c, const char *name)
{
    for (size_t i = 0; i < c->ncol; i++)
        if (strcmp(c->head[i].text, name) == 0)
            return (int)i;
    return -1;
}
