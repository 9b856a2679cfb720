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

// Paths of few ASes, so that many match, against the simulator's own matcher.
static int check_pattern(gsl_rng *r, const char *text)
{
    struct arena a;
    struct policy_pattern_error why;
    char *expression = NULL;
    size_t size;
    int matched = 0;
    regex_t re;
    arena_init(&a);
    const struct policy_pattern *p = policy_pattern_compile(&a, text, &why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    FILE *f = open_memstream(&expression, &size);
    regex_pattern(text, f);
    fclose(f);
    CU_ASSERT_EQUAL_FATAL(regcomp(&re, expression, REG_EXTENDED | REG_NOSUB), 0);
    for (int i = 0; i < 400; i++) {
        static const uint32_t some[] = {1, 10, 100, 101, 64500, 64512, 64513, 65000, 4200000000u};
        uint32_t path[6];
        char written[128] = "";
        size_t n = gsl_rng_uniform_int(r, 6), used = 0;
        for (size_t k = 0; k < n; k++) {
            path[k] = some[gsl_rng_uniform_int(r, sizeof some / sizeof some[0])];
            used += (size_t)snprintf(written + used, sizeof written - used, "%s%" PRIu32,
                                     k ? " " : "", path[k]);
        }
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

static void patterns_match_the_same_paths(void)
{
    static const char *const patterns[] = {
        "64500",          "^64500",     "64500$",  "^64500$",        "^$",
        "^64500 .* 101$", "100 101",    "^. .$",   "[64512-65000]$", "^[1 100-101]+$",
        "(1|10) 100?",    "^64500+ .*", "1 .? 10", "^(1 10)*$",      ".*",
        "^100|101$"};
    gsl_rng *r = rng_stream(7, "regex", "patterns");
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        CU_ASSERT_TRUE(check_pattern(r, patterns[i]) > 0);
    gsl_rng_free(r);
}

UNIT_MAIN("export-regex", {"ranges_match_their_numbers", ranges_match_their_numbers},
          {"patterns_match_the_same_paths", patterns_match_the_same_paths})
