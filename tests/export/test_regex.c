// SPDX-License-Identifier: GPL-3.0-or-later
// Ranges and AS-path patterns as regular expressions: the same numbers and paths match.
#include "unit.h"

#include "base/rng.h"
#include "export/regex.h"

#include <inttypes.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

static char *text_of_range(struct policy_range r)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    fputc('^', f);
    regex_range(r, f);
    fputc('$', f);
    fclose(f);
    return text;
}

static bool matches(const regex_t *re, uint64_t n)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, n);
    return regexec(re, text, 0, NULL, 0) == 0;
}

static void check_range(uint32_t low, uint32_t high)
{
    char *text = text_of_range((struct policy_range){low, high});
    regex_t re;
    CU_ASSERT_EQUAL_FATAL(regcomp(&re, text, REG_EXTENDED | REG_NOSUB), 0);
    uint64_t near[] = {low,       high,    low / 2 + high / 2, low * 10ull, high * 10ull,
                       high / 10, low / 10};
    for (size_t i = 0; i < sizeof near / sizeof near[0]; i++)
        for (uint64_t n = near[i] < 12 ? 0 : near[i] - 12; n <= near[i] + 12; n++)
            if (matches(&re, n) != (low <= n && n <= high && n <= UINT32_MAX)) {
                printf("range %" PRIu32 "-%" PRIu32 ": %" PRIu64 " by %s\n", low, high, n, text);
                CU_FAIL("a number is judged wrongly");
            }
    regfree(&re);
    free(text);
}

static void ranges_match_their_numbers(void)
{
    gsl_rng *r = rng_stream(7, "regex", "ranges");
    check_range(0, 0);
    check_range(0, 9);
    check_range(0, 65535);
    check_range(1, UINT32_MAX);
    check_range(64512, 65534);
    check_range(4200000000u, 4294967294u);
    check_range(99, 101);
    for (int i = 0; i < 300; i++) {
        uint32_t bits = (uint32_t)gsl_rng_uniform_int(r, 32);
        uint32_t a = (uint32_t)gsl_rng_get(r) >> bits, b = (uint32_t)gsl_rng_get(r) >> bits;
        check_range(a < b ? a : b, a < b ? b : a);
    }
    gsl_rng_free(r);
}

// As FRR compiles what an export holds.
static char *compile(regex_t *re, const char *pattern, uint32_t low, uint32_t high, bool members)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    bool written = true;
    if (pattern)
        written = regex_pattern(pattern, members, f);
    else
        regex_length(low, high, members, f);
    fclose(f);
    CU_ASSERT_TRUE(written);
    CU_ASSERT_EQUAL_FATAL(regcomp(re, text, REG_EXTENDED | REG_NOSUB), 0);
    return text;
}

// A path of up to five ASes; with few digits, so that two look like one written together.
static size_t draw_path(gsl_rng *r, uint32_t *path, char *written, size_t size)
{
    static const uint32_t some[] = {1,     10,    100,   101,   11,         111,
                                    64500, 64512, 64513, 65000, 4200000000u};
    size_t few = gsl_rng_uniform_int(r, 2) ? 6 : sizeof some / sizeof some[0];
    size_t n = gsl_rng_uniform_int(r, 6), used = 0;
    written[0] = '\0';
    for (size_t k = 0; k < n; k++) {
        path[k] = some[gsl_rng_uniform_int(r, few)];
        used += (size_t)snprintf(written + used, size - used, "%s%" PRIu32, k ? " " : "", path[k]);
    }
    return n;
}

// As FRR writes the members of a confederation, which are no part of the path for the simulator.
static void put_members(gsl_rng *r, char *written, size_t size)
{
    static const char *const members[] = {"", "(1)", "(64500 10)", "(11 1 64512)", "(10 100 1 10)"};
    char path[128];
    snprintf(path, sizeof path, "%s", written);
    const char *front = members[gsl_rng_uniform_int(r, sizeof members / sizeof members[0])];
    snprintf(written, size, "%s%s%s", front, *front && *path ? " " : "", path);
}

// Against the simulator's own matcher; gives how many paths matched.
static int check_pattern_of(gsl_rng *r, const char *text, bool members)
{
    struct arena a;
    struct policy_pattern_error why;
    int matched = 0;
    regex_t re;
    arena_init(&a);
    const struct policy_pattern *p = policy_pattern_compile(&a, text, &why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    char *expression = compile(&re, text, 0, 0, members);
    for (int i = 0; i < 1000; i++) {
        uint32_t path[6];
        char written[160];
        size_t n = draw_path(r, path, written, sizeof written);
        if (members)
            put_members(r, written, sizeof written);
        bool want = policy_pattern_match(p, path, NULL, n);
        if (want != (regexec(&re, written, 0, NULL, 0) == 0)) {
            printf("pattern %s, path '%s', by %s\n", text, written, expression);
            CU_FAIL("a path is judged wrongly");
        }
        matched += want;
    }
    regfree(&re);
    free(expression);
    arena_free(&a);
    return matched;
}

static int check_pattern(gsl_rng *r, const char *text)
{
    return check_pattern_of(r, text, false) + check_pattern_of(r, text, true);
}

static void patterns_match_the_same_paths(void)
{
    static const char *const patterns[] = {
        "64500",           "^64500",     "64500$",      "^64500$",        "^$",
        "^64500 .* 101$",  "100 101",    "^. .$",       "[64512-65000]$", "^[1 100-101]+$",
        "(1|10) 100?",     "^64500+ .*", "1 .? 10",     "^(1 10)*$",      ".*",
        "^100|101$",       "1+",         "^1+$",        "^1* 10",         "^(1 1?)+*$",
        "^((1+ 10)*|11)+", "^(.+ .)?$",  "[1 10]+ 11+$"};
    gsl_rng *r = rng_stream(7, "regex", "patterns");
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        CU_ASSERT_TRUE(check_pattern(r, patterns[i]) > 0);
    gsl_rng_free(r);
}

static void add_pattern(gsl_rng *r, FILE *f, int depth)
{
    static const char *const atoms[] = {"1", "10", "11", "101", ".", "[1 100-111]"};
    static const char *const ends[] = {"", "", "", "", "*", "+", "?"};
    for (int i = 1 + (int)gsl_rng_uniform_int(r, 3); i > 0; i--) {
        if (depth > 0 && gsl_rng_uniform_int(r, 3) == 0) {
            fprintf(f, "(");
            add_pattern(r, f, depth - 1);
            fprintf(f, ")");
        } else {
            fprintf(f, "%s", atoms[gsl_rng_uniform_int(r, sizeof atoms / sizeof atoms[0])]);
        }
        fprintf(f, "%s ", ends[gsl_rng_uniform_int(r, sizeof ends / sizeof ends[0])]);
        if (i > 1 && gsl_rng_uniform_int(r, 5) == 0)
            fprintf(f, "| ");
    }
}

static void random_patterns_match_the_same_paths(void)
{
    gsl_rng *r = rng_stream(7, "regex", "random-patterns");
    for (int i = 0; i < 300; i++) {
        char *text = NULL;
        size_t size;
        FILE *f = open_memstream(&text, &size);
        fprintf(f, gsl_rng_uniform_int(r, 2) ? "^" : "");
        add_pattern(r, f, 2);
        fprintf(f, gsl_rng_uniform_int(r, 2) ? "$" : "");
        fclose(f);
        check_pattern(r, text);
        free(text);
    }
    gsl_rng_free(r);
}

static void ends_cannot_be_repeated(void)
{
    static const char *const patterns[] = {"(^1)+", "(1$)* 2", "1 ((2 3$)? 4)*"};
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        char *text = NULL;
        size_t size;
        FILE *f = open_memstream(&text, &size);
        CU_ASSERT_FALSE(regex_pattern(patterns[i], false, f));
        fclose(f);
        free(text);
    }
}

static void check_length(gsl_rng *r, uint32_t low, uint32_t high)
{
    regex_t re;
    bool members = gsl_rng_uniform_int(r, 2);
    char *expression = compile(&re, NULL, low, high, members);
    for (int i = 0; i < 60; i++) {
        uint32_t path[6];
        char written[160];
        size_t n = draw_path(r, path, written, sizeof written);
        if (members)
            put_members(r, written, sizeof written);
        if ((low <= n && n <= high) != (regexec(&re, written, 0, NULL, 0) == 0)) {
            printf("length %" PRIu32 "-%" PRIu32 ", path '%s', by %s\n", low, high, written,
                   expression);
            CU_FAIL("a length is judged wrongly");
        }
    }
    regfree(&re);
    free(expression);
}

// One AS of several digits is one AS, also to a C library that forgets where a path ends.
static void lengths_count_ases(void)
{
    gsl_rng *r = rng_stream(7, "regex", "lengths");
    for (uint32_t low = 0; low < 6; low++) {
        for (uint32_t high = low; high < 6; high++)
            check_length(r, low, high);
        check_length(r, low, UINT32_MAX);
    }
    check_length(r, 70000, UINT32_MAX);
    check_length(r, UINT32_MAX, UINT32_MAX);
    check_length(r, 0, 70000);
    gsl_rng_free(r);
}

UNIT_MAIN("export-regex", {"ranges_match_their_numbers", ranges_match_their_numbers},
          {"patterns_match_the_same_paths", patterns_match_the_same_paths},
          {"random_patterns_match_the_same_paths", random_patterns_match_the_same_paths},
          {"ends_cannot_be_repeated", ends_cannot_be_repeated},
          {"lengths_count_ases", lengths_count_ases})
