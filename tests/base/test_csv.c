// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/csv.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static struct arena arena;
static struct csv csv;
static char *messages;

// Reads `text`; what was complained about ends up in `messages`.
static bool reads(const char *text)
{
    struct diag *d = diag_new();
    size_t len = 0;
    arena_free(&arena);
    arena_init(&arena);
    free(messages);
    bool ok = csv_read_text(&arena, d, "x.csv", text, strlen(text), &csv);
    FILE *f = open_memstream(&messages, &len);
    diag_print(d, f, false);
    fclose(f);
    CU_ASSERT_EQUAL(ok, diag_errors(d) == 0);
    diag_free(d);
    return ok;
}

static bool says(const char *start)
{
    if (strncmp(messages, start, strlen(start)) == 0)
        return true;
    printf("  found %s", messages);
    return false;
}

static void keeps_places(void)
{
    CU_ASSERT_TRUE(reads("# cities\nname,lat\nbeijing, 39.9\n\n\"a, \"\"b\"\"\",\r\n"));
    CU_ASSERT_EQUAL(csv.ncol, 2);
    CU_ASSERT_EQUAL(csv.nrow, 2);
    CU_ASSERT_EQUAL(csv_column(&csv, "lat"), 1);
    CU_ASSERT_EQUAL(csv_column(&csv, "lon"), -1);
    const struct csv_cell *c = csv_at(&csv, 0, 1);
    CU_ASSERT_STRING_EQUAL(c->text, "39.9");
    CU_ASSERT_EQUAL(c->at.line, 3);
    CU_ASSERT_EQUAL(c->at.col, 10);
    CU_ASSERT_EQUAL(c->at.width, 4);
    c = csv_at(&csv, 1, 0);
    CU_ASSERT_STRING_EQUAL(c->text, "a, \"b\"");
    CU_ASSERT_EQUAL(c->at.line, 5);
    CU_ASSERT_EQUAL(c->at.col, 1);
    CU_ASSERT_STRING_EQUAL(csv_at(&csv, 1, 1)->text, "");
    CU_ASSERT_EQUAL(csv_at(&csv, 1, 1)->at.line, 5);
}

static void skips_a_byte_order_mark(void)
{
    CU_ASSERT_TRUE(reads("\xef\xbb\xbfname\nx"));
    CU_ASSERT_STRING_EQUAL(csv.head[0].text, "name");
    CU_ASSERT_EQUAL(csv.nrow, 1);
    CU_ASSERT_EQUAL(csv.head[0].at.col, 1);
}

static void a_hash_inside_a_row_is_data(void)
{
    CU_ASSERT_TRUE(reads("a,b\n1,#2\n\"x\n# y\",3\n#4,5\n"));
    CU_ASSERT_EQUAL(csv.nrow, 2);
    CU_ASSERT_STRING_EQUAL(csv_at(&csv, 0, 1)->text, "#2");
    CU_ASSERT_STRING_EQUAL(csv_at(&csv, 1, 0)->text, "x\n# y");
}

static void counts_cells(void)
{
    CU_ASSERT_FALSE(reads("a,b\n1\n1,2,3\n4,5\n"));
    CU_ASSERT(says("x.csv:2:1: error: this row has 1 cell, the header has 2\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(messages, "x.csv:3:5: error: this row has 3 cells, the header has 2\n"));
    CU_ASSERT_EQUAL(csv.nrow, 1); // the good one
}

static void refuses_bad_quotes(void)
{
    CU_ASSERT_FALSE(reads("a,b\nsay \"hi\",2\n"));
    CU_ASSERT(says("x.csv:2:5: error: a quote inside a cell that is not quoted\n"));
    CU_ASSERT_FALSE(reads("a,b\n\"hi\"x,2\n"));
    CU_ASSERT(says("x.csv:2:5: error: expected a comma or the end of the line after the closing"));
    CU_ASSERT_FALSE(reads("a,b\n1,\"hi\n2,3\n"));
    CU_ASSERT(says("x.csv:2:3: error: this quote is never closed\n"));
}

static void refuses_odd_headers_and_junk(void)
{
    CU_ASSERT_FALSE(reads("a,,a\n1,2,3\n"));
    CU_ASSERT(says("x.csv:1:3: error: column 2 has no name\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(messages, "x.csv:1:4: error: column 'a' appears twice\n"));
    CU_ASSERT_FALSE(reads(""));
    CU_ASSERT(says("x.csv: error: the file is empty: expected a header row"));
    CU_ASSERT_FALSE(reads("# only a comment"));
    CU_ASSERT_FALSE(reads("name\nM\xfcnchen\n"));
    CU_ASSERT(says("x.csv:2:2: error: byte 0xFC is not UTF-8"));
    arena_free(&arena);
    free(messages);
    messages = NULL;
}

UNIT_MAIN("csv", {"keeps_places", keeps_places},
          {"skips_a_byte_order_mark", skips_a_byte_order_mark},
          {"a_hash_inside_a_row_is_data", a_hash_inside_a_row_is_data},
          {"counts_cells", counts_cells}, {"refuses_bad_quotes", refuses_bad_quotes},
          {"refuses_odd_headers_and_junk", refuses_odd_headers_and_junk})
