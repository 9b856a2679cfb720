// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/asrel.h"
#include "scratch.h"
#include "unit.h"

#include <unistd.h>

struct reading {
    struct arena a;
    struct input in;
    struct asrel r;
    bool good;
};

static struct reading read_path(const char *path)
{
    struct reading x = {0};
    arena_init(&x.a);
    x.in = (struct input){.a = &x.a, .d = diag_new()};
    x.good = asrel_read(&x.in, path, (struct srcpos){0}, &x.r);
    return x;
}

static struct reading read_text(const char *text)
{
    return read_path(scratch_file("links", text));
}

static void done(struct reading *x)
{
    diag_free(x->in.d);
    arena_free(&x->a);
}

static void links_come_in_order_of_as_numbers(void)
{
    struct reading x =
        read_text("# a comment\n30|10|-1\r\n10|20|0\n\n20|4200000000|2|bgp\n30|20|-1");
    static const struct asrel_link want[] = {{0, 1, ASREL_PEER, 3},
                                             {0, 2, ASREL_CUSTOMER, 2},
                                             {1, 2, ASREL_CUSTOMER, 6},
                                             {1, 3, ASREL_SIBLING, 5}};
    CU_ASSERT_TRUE_FATAL(x.good);
    CU_ASSERT_EQUAL(x.r.nases, 4);
    CU_ASSERT_EQUAL_FATAL(x.r.nlinks, 4);
    for (int i = 0; i < 4; i++) {
        const struct asrel_link *l = &x.r.links[i];
        CU_ASSERT_TRUE(l->a == want[i].a && l->z == want[i].z);
        CU_ASSERT_TRUE(l->a_is == want[i].a_is && l->line == want[i].line);
    }
    CU_ASSERT_EQUAL(asrel_find(&x.r, 4200000000), 3);
    CU_ASSERT_EQUAL(asrel_find(&x.r, 11), ASREL_NONE);
    CU_ASSERT_EQUAL(asrel_find(&x.r, 1), ASREL_NONE);
    CU_ASSERT_EQUAL(asrel_find(&x.r, 4294967295), ASREL_NONE);
    done(&x);
}

static void what_is_told_again_counts_once(void)
{
    struct reading x = read_text("1|2|-1\n3|2|0\n1|2|-1\n2|3|0\n");
    CU_ASSERT_TRUE(x.good);
    CU_ASSERT_EQUAL(x.r.nlinks, 2);
    CU_ASSERT_EQUAL(x.r.repeated, 2);
    done(&x);
}

static void contradictions_are_errors(void)
{
    struct reading x = read_text("1|2|-1\n7|8|0\n2|1|-1\n");
    CU_ASSERT_FALSE(x.good);
    CU_ASSERT_TRUE(scratch_says(
        x.in.d, "links:3:1: error: AS 1 is a customer of AS 2 here, and a provider in line 1"));
    done(&x);
}

static void mistakes_are_shown_where_they_are(void)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"1|x2|0\n", "links:1:3: error: expected an AS number from 1 to 4294967295, found 'x2'"},
        {"\n0|2|0\n", "links:2:1: error: expected an AS number"},
        {"4294967296|2|0\n", "found '4294967296'"},
        {"99999999999|2|0\n", "found '99999999999'"},
        {"1|2\n", "links:1:4: error: expected a relation"},
        {"1|2|1\n", "links:1:5: error: expected a relation (-1: provider of the second AS, 0: "
                    "peer, 2: sibling), found '1'"},
        {"1|2|0|bgp|x\n", "links:1:11: error: expected three or four columns"},
        {"5|5|0\n", "links:1:1: error: AS 5 is linked to itself"},
        {"", "error: the file has no link"},
        {"# nothing\n", "error: the file has no link"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reading x = read_text(cases[i].text);
        CU_ASSERT_FALSE(x.good);
        CU_ASSERT_TRUE(scratch_says(x.in.d, cases[i].says));
        done(&x);
    }
}

static void a_file_of_another_kind_ends_soon(void)
{
    char text[8000];
    for (size_t i = 0; i + 1 < sizeof text; i++)
        text[i] = i % 8 == 7 ? '\n' : 'x';
    text[sizeof text - 1] = '\0';
    struct reading x = read_text(text);
    CU_ASSERT_FALSE(x.good);
    CU_ASSERT_EQUAL(diag_errors(x.in.d), DIAG_MAX);
    done(&x);
}

static void a_missing_file_is_missing_input(void)
{
    struct reading x = read_path("/nonexistent/links");
    CU_ASSERT_FALSE(x.good);
    CU_ASSERT_TRUE(diag_is_missing_input(x.in.d));
    done(&x);
    scratch_remove(); // the last test that writes
}

static void real_files_are_read(void)
{
    static const struct {
        const char *name;
        uint32_t nases, nlinks, repeated;
    } files[] = {{"toposcope_asrel_201806.txt.bz2", 61411, 287216, 158},
                 {"toposcope_asrel_201806_CN.txt", 253, 471, 0},
                 {"toposcope_asrel_hidden_2019.txt.bz2", 831, 34830, 0}};
    const char *dir = unit_data_dir();
    char path[512];
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/as-rel/%s", dir ? dir : "", files[i].name);
        if (!dir || access(path, R_OK) != 0) {
            unit_skip("no AS relationships among the data");
            return;
        }
        struct reading x = read_path(path);
        CU_ASSERT_TRUE(x.good);
        CU_ASSERT_EQUAL(x.r.nases, files[i].nases);
        CU_ASSERT_EQUAL(x.r.nlinks, files[i].nlinks);
        CU_ASSERT_EQUAL(x.r.repeated, files[i].repeated);
        done(&x);
    }
}

UNIT_MAIN("asrel", {"links_come_in_order_of_as_numbers", links_come_in_order_of_as_numbers},
          {"what_is_told_again_counts_once", what_is_told_again_counts_once},
          {"contradictions_are_errors", contradictions_are_errors},
          {"mistakes_are_shown_where_they_are", mistakes_are_shown_where_they_are},
          {"a_file_of_another_kind_ends_soon", a_file_of_another_kind_ends_soon},
          {"a_missing_file_is_missing_input", a_missing_file_is_missing_input},
          {"real_files_are_read", real_files_are_read})
