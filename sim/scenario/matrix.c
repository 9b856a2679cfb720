// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/matrix.h"

#include "base/csv.h"
#include "scenario/input.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MBPS INT64_C(1000000)
#define KBPS INT64_C(1000)

void matrix_free(struct matrix *m)
{
    vec_free(&m->rows);
}

static const struct schema_field rate_field = {.key = "rate",
                                               .unit = UNIT_RATE,
                                               .max = INT64_C(400000000000000),
                                               .example = "10Gbps",
                                               .doc = "a rate, or a plain number"};

void matrix_add(struct matrix_file *f, struct text from, struct text to, struct text value)
{
    struct matrix_row row = {.from = from, .to = to, .plain = true};
    if (strspn(value.s, "+-.0123456789eE") < strlen(value.s)) { // with a unit, it is hoped
        int64_t bps = 0;
        if (!schema_quantity(f->in->d, &rate_field, "rate", &value, &bps))
            return;
        row.value = (double)bps;
        row.plain = false;
    } else {
        char *rest;
        row.value = strtod(value.s, &rest);
        if (rest == value.s || *rest || !isfinite(row.value)) {
            diag_error(f->in->d, value.at, NULL,
                       "expected a number, or a rate such as 10Gbps, found '%s'", value.s);
            return;
        }
    }
    if (row.value < 0)
        diag_error(f->in->d, value.at, NULL, "a demand must not be negative, found '%s'", value.s);
    else if (row.value > 0 && strcmp(from.s, to.s) != 0)
        vec_push(&f->out->rows, row);
}

void matrix_read_csv(struct matrix_file *f)
{
    static const char *const names[] = {"from", "to", "rate"};
    struct csv csv;
    int col[3];
    if (!csv_read_text(f->in->a, f->in->d, f->path, f->text, f->len, &csv) || csv.ncol == 0)
        return;
    for (int i = 0; i < 3; i++) {
        col[i] = csv_column(&csv, names[i]);
        if (col[i] < 0)
            diag_error(f->in->d, csv.head[0].at, "a matrix has the columns from, to and rate",
                       "missing column '%s'", names[i]);
    }
    if (col[0] < 0 || col[1] < 0 || col[2] < 0)
        return;
    for (size_t r = 0; r < csv.nrow; r++) {
        const struct csv_cell *c[3];
        bool whole = true;
        for (int i = 0; i < 3; i++) {
            c[i] = csv_at(&csv, r, (size_t)col[i]);
            if (c[i]->text[0])
                continue;
            diag_error(f->in->d, c[i]->at, NULL, "the cell '%s' is empty", names[i]);
            whole = false;
        }
        if (whole)
            matrix_add(f, (struct text){c[0]->text, c[0]->at}, (struct text){c[1]->text, c[1]->at},
                       (struct text){c[2]->text, c[2]->at});
    }
}

static bool begins(const char *text, size_t len, const char *word)
{
    return len >= strlen(word) && memcmp(text, word, strlen(word)) == 0;
}

bool matrix_read_text(struct input *in, const char *path, const char *text, size_t len,
                      struct matrix *out)
{
    size_t before = diag_errors(in->d);
    struct matrix_file f = {.in = in, .path = path, .text = text, .len = len, .out = out};
    const char *start = text;
    *out = (struct matrix){.unit_bps = MBPS};
    diag_source(in->d, path, text, len);
    while (start < text + len && strchr(" \t\r\n", *start))
        start++;
    size_t left = len - (size_t)(start - text);
    if (begins(start, left, "<")) {
        matrix_read_xml(&f);
    } else if (begins(start, left, "?SNDlib")) {
        matrix_read_native(&f);
    } else if (begins(start, left, "DEMANDS")) {
        out->numbered = true;
        out->unit_bps = KBPS;
        matrix_read_repetita(&f);
    } else {
        matrix_read_csv(&f);
    }
    if (diag_errors(in->d) == before && out->rows.n == 0)
        diag_error(in->d, (struct srcpos){.file = path}, NULL, "no demand in this file");
    return diag_errors(in->d) == before;
}

bool matrix_read(struct input *in, const struct text *name, struct matrix *out)
{
    size_t len;
    const char *path = input_path(in, name->at.file, name->s);
    const char *text = input_read(in, path, name->at, CSV_FILE_MAX, &len);
    *out = (struct matrix){0};
    return text && matrix_read_text(in, path, text, len, out);
}
