// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/diag.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static char *printed(const struct diag *d)
{
    static char *text;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    diag_print(d, f, false);
    fclose(f);
    return text;
}

static struct srcpos at(const char *file, int line, int col, int width)
{
    return (struct srcpos){file, line, col, width};
}

static void shows_line_and_caret(void)
{
    struct diag *d = diag_new();
    const char *text = "version: 1\n  - {a: telecom, capcity: 100Gbps}\r\n";
    diag_source(d, "x.yaml", text, strlen(text));
    diag_error(d, at("x.yaml", 2, 18, 7), "did you mean 'capacity'?", "unknown key '%s'",
               "capcity");
    char *out = printed(d);
    CU_ASSERT_STRING_EQUAL(out, "x.yaml:2:18: error: unknown key 'capcity'\n"
                                "    2 |   - {a: telecom, capcity: 100Gbps}\n"
                                "      |                  ^~~~~~~\n"
                                "   did you mean 'capacity'?\n");
    free(out);
    diag_free(d);
}

static void aligns_wide_characters(void)
{
    struct diag *d = diag_new();
    const char *text = "\t北京: x\n";
    diag_source(d, "x.yaml", text, strlen(text));
    diag_error(d, at("x.yaml", 1, 6, 1), NULL, "here");
    char *out = printed(d);
    CU_ASSERT_STRING_EQUAL(out, "x.yaml:1:6: error: here\n"
                                "    1 |  北京: x\n"
                                "      |        ^\n");
    free(out);
    diag_free(d);
}

static void sorts_dedupes_and_counts(void)
{
    struct diag *d = diag_new();
    diag_source(d, "first.yaml", "a\n", 2);
    for (int i = 30; i > 0; i--)
        diag_error(d, at("second.yaml", i, 1, 1), NULL, "line %d", i);
    diag_error(d, at("second.yaml", 7, 1, 1), NULL, "line 7");
    diag_error(d, at("first.yaml", 9, 1, 1), NULL, "late but first");
    CU_ASSERT_EQUAL(diag_errors(d), 31);
    char *out = printed(d);
    CU_ASSERT_EQUAL(strncmp(out, "first.yaml:9:1: error: late but first\n", 38), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "second.yaml:19:1: error: line 19\nand 11 more errors\n"));
    CU_ASSERT_PTR_NULL(strstr(out, "line 20"));
    free(out);
    diag_free(d);
}

static void escapes_what_a_terminal_would_obey(void)
{
    struct diag *d = diag_new();
    const char *text = "name: \033[31mred\n";
    diag_source(d, "x.yaml", text, strlen(text));
    diag_error(d, at("x.yaml", 1, 7, 1), NULL, "found '%s'", "\033[31m\xff");
    char *out = printed(d);
    CU_ASSERT_PTR_NULL(strchr(out, '\033'));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "found '\\x1B[31m\\xFF'"));
    free(out);
    diag_free(d);
}

static void cuts_long_lines(void)
{
    struct diag *d = diag_new();
    char text[5000];
    memset(text, 'x', sizeof text);
    text[3000] = '!';
    diag_source(d, "x.yaml", text, sizeof text);
    diag_error(d, at("x.yaml", 1, 3001, 1), NULL, "%.*s", (int)sizeof text, text);
    char *out = printed(d);
    CU_ASSERT(strlen(out) < 800);
    char *mark = strchr(strchr(out, '\n') + 1, '!'), *caret = strchr(out, '^');
    CU_ASSERT_PTR_NOT_NULL_FATAL(mark);
    CU_ASSERT_PTR_NOT_NULL_FATAL(caret);
    char *line = strchr(out, '\n') + 1, *under = strchr(line, '\n') + 1;
    CU_ASSERT_EQUAL((mark - line) - 2, caret - under); // the ellipsis: three bytes, one column
    free(out);
    diag_free(d);
}

static void names_the_variant(void)
{
    struct diag *d = diag_new();
    diag_context(d, "variant 'bfd'");
    diag_warn(d, at("x.yaml", 0, 0, 0), NULL, "odd");
    diag_context(d, NULL);
    CU_ASSERT_EQUAL(diag_errors(d), 0);
    CU_ASSERT_EQUAL(diag_warnings(d), 1);
    char *out = printed(d);
    CU_ASSERT_STRING_EQUAL(out, "x.yaml: warning: odd (variant 'bfd')\n");
    free(out);
    diag_free(d);
}

static void knows_text_from_junk(void)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *want; // NULL: is text
    } cases[] = {
        {"a: ü\r\nb: 北京\n", 16, NULL},
        {"", 0, NULL},
        {"a\0b", 3, "x:1:2: error: the control character 0x00, expected a YAML file\n"},
        {"a: Z\xfcrich\n", 11,
         "x:1:5: error: byte 0xFC is not UTF-8, expected a YAML file in UTF-8\n"},
        {"\xff\xfe"
         "a\0",
         4, "x:1:1: error: this is UTF-16, expected a YAML file in UTF-8\n"},
        {"a\rb", 3, "x:1:2: error: a carriage return that is not followed by a line feed\n"},
        {"a\n\xe2\x80\xa8", 5,
         "x:2:1: error: the invisible character U+2028 is not allowed in a YAML file\n"},
        {"\xc0\xaf", 2, "x:1:1: error: byte 0xC0 is not UTF-8"},     // overlong form of '/'
        {"\xed\xa0\x80", 3, "x:1:1: error: byte 0xED is not UTF-8"}, // surrogate
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct diag *d = diag_new();
        bool ok = diag_text(d, "x", "a YAML file", cases[i].bytes, cases[i].len);
        CU_ASSERT_EQUAL(ok, cases[i].want == NULL);
        char *out = printed(d);
        if (cases[i].want && strncmp(out, cases[i].want, strlen(cases[i].want)) != 0) {
            CU_FAIL("wrong message");
            printf("  wanted %s  found  %s", cases[i].want, out);
        }
        free(out);
        diag_free(d);
    }
}

static void suggests_near_words(void)
{
    static const char *const words[] = {"capacity", "metric", "delay", "asn", "srlg"};
    CU_ASSERT_STRING_EQUAL(suggest("capcity", words, 5), "capacity");
    CU_ASSERT_STRING_EQUAL(suggest("Dealy", words, 5), "delay"); // swapped neighbours
    CU_ASSERT_STRING_EQUAL(suggest("ans", words, 5), "asn");
    CU_ASSERT_PTR_NULL(suggest("background", words, 5));
    CU_ASSERT_PTR_NULL(suggest("", words, 5));
    char big[1000];
    memset(big, 'a', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    CU_ASSERT_PTR_NULL(suggest(big, words, 5));
}

static void missing_input_is_told_apart(void)
{
    struct diag *d = diag_new();
    CU_ASSERT_FALSE(diag_is_missing_input(d));
    diag_missing_input(d, "nowhere.yaml", "No such file or directory");
    CU_ASSERT_TRUE(diag_is_missing_input(d));
    char *out = printed(d);
    CU_ASSERT_STRING_EQUAL(out, "nowhere.yaml: error: cannot read: No such file or directory\n");
    free(out);
    diag_free(d);
}

UNIT_MAIN("diag", {"shows_line_and_caret", shows_line_and_caret},
          {"aligns_wide_characters", aligns_wide_characters},
          {"sorts_dedupes_and_counts", sorts_dedupes_and_counts},
          {"escapes_what_a_terminal_would_obey", escapes_what_a_terminal_would_obey},
          {"cuts_long_lines", cuts_long_lines}, {"names_the_variant", names_the_variant},
          {"knows_text_from_junk", knows_text_from_junk},
          {"suggests_near_words", suggests_near_words},
          {"missing_input_is_told_apart", missing_input_is_told_apart})
