// SPDX-License-Identifier: GPL-3.0-or-later
// Patterns of AS paths: what matches, against a naive matcher too, and that time stays linear.
#include "policy/pattern.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static size_t numbers(const char *text, uint32_t *out)
{
    size_t n = 0;
    while (*text) {
        char *end;
        out[n++] = (uint32_t)strtoul(text, &end, 10);
        text = end + strspn(end, " ");
    }
    return n;
}

static void matches_as_an_operator_expects(void)
{
    static const struct {
        const char *pattern, *path;
        bool match;
    } cases[] = {
        {"^64500 .* 4134$", "64500 4134", true},
        {"^64500 .* 4134$", "64500 1 2 3 4134", true},
        {"^64500 .* 4134$", "64500 1 2 3", false},
        {"^64500 .* 4134$", "1 64500 4134", false},
        {"^$", "", true},
        {"^$", "1", false},
        {"$", "1 2", true},
        {"1", "3 2 1 5", true},
        {"1", "11 21", false},
        {"^1$", "1", true},
        {"^1+$", "1 1 1", true},
        {"^1+$", "", false},
        {"^1*$", "", true},
        {"^1? 2$", "2", true},
        {"^1? 2$", "1 2", true},
        {"^1? 2$", "1 1 2", false},
        {"^(1|2|3 4)$", "3 4", true},
        {"^(1|2|3 4)$", "3", false},
        {"^(1 2)+$", "1 2 1 2", true},
        {"^(1 2)+$", "1 2 1", false},
        {"^[64512-65534 100]$", "65000", true},
        {"^[64512-65534, 100]$", "100", true},
        {"^[64512-65534 100]$", "101", false},
        {"^. . .$", "1 2 3", true},
        {"^. . .$", "1 2", false},
        {"^...$", "1 2 3", true},
        {"2 3", "1 2 3 4", true},
        {"^1|2$", "2 3", false},
        {"^1|2$", "1 3", true},
        {"^(.* 7 .*|8)$", "1 7 2", true},
        {"4294967295", "4294967295", true},
        {"1 ^ 2", "1 2", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena a;
        struct policy_pattern_error error = {0};
        uint32_t path[16];
        arena_init(&a);
        const struct policy_pattern *p = policy_pattern_compile(&a, cases[i].pattern, &error);
        CU_ASSERT_PTR_NOT_NULL_FATAL(p);
        size_t n = numbers(cases[i].path, path);
        bool got = policy_pattern_match(p, path, NULL, n);
        if (got != cases[i].match)
            printf("\"%s\" against \"%s\": %d\n", cases[i].pattern, cases[i].path, got);
        CU_ASSERT_EQUAL(got, cases[i].match);
        arena_free(&a);
    }
}

static void says_what_is_wrong_and_where(void)
{
    static const struct {
        const char *pattern, *what;
        size_t at;
    } cases[] = {
        {"", "the pattern is empty: ^$ is the empty path", 0},
        {"1 x", "expected an AS number or one of ^ $ . * + ? | ( ) [ ]", 2},
        {"(1", "expected ')'", 2},
        {"1)", "')' without '('", 1},
        {"*", "expected an AS number, '.', '(' or '['", 0},
        {"1|", "expected an AS number, '.', '(' or '['", 2},
        {"[1 x", "expected an AS number or one of ^ $ . * + ? | ( ) [ ]", 3},
        {"[]", "nothing stands in the brackets", 1},
        {"[1", "expected an AS number, a range or ']'", 2},
        {"1-5", "a range stands in brackets: [64512-65534]", 0},
        {"4294967296", "an AS number is 0 to 4294967295, a range goes up", 0},
        {"[9-2]", "an AS number is 0 to 4294967295, a range goes up", 1},
        {"_1_", "expected an AS number or one of ^ $ . * + ? | ( ) [ ]", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena a;
        struct policy_pattern_error error = {"", 99};
        arena_init(&a);
        CU_ASSERT_PTR_NULL(policy_pattern_compile(&a, cases[i].pattern, &error));
        CU_ASSERT_STRING_EQUAL(error.what, cases[i].what);
        CU_ASSERT_EQUAL(error.at, cases[i].at);
        arena_free(&a);
    }
}

// An AS_SET is one position, and any AS of it may match.
static void a_set_is_one_position(void)
{
    struct arena a;
    struct policy_pattern_error error;
    const uint32_t ases[] = {1, 2, 3, 4}, counts[] = {1, 3};
    arena_init(&a);
    CU_ASSERT(policy_pattern_match(policy_pattern_compile(&a, "^1 3$", &error), ases, counts, 2));
    CU_ASSERT(policy_pattern_match(policy_pattern_compile(&a, "^. .$", &error), ases, counts, 2));
    CU_ASSERT(!policy_pattern_match(policy_pattern_compile(&a, "2 3", &error), ases, counts, 2));
    arena_free(&a);
}

// The patterns that stall a backtracking matcher, on a long path.
static void no_pattern_stalls(void)
{
    struct arena a;
    struct policy_pattern_error error;
    static uint32_t path[20000];
    arena_init(&a);
    for (size_t i = 0; i < 20000; i++)
        path[i] = 1;
    const struct policy_pattern *p =
        policy_pattern_compile(&a, "^((1*)*)*(1|1 1)*(1+)+(.*)*2$", &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    CU_ASSERT(!policy_pattern_match(p, path, NULL, 20000));
    arena_free(&a);
}

static void size_and_depth_are_bounded(void)
{
    struct arena a;
    struct policy_pattern_error error;
    char text[4096];
    arena_init(&a);
    memset(text, '.', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    CU_ASSERT_PTR_NULL(policy_pattern_compile(&a, text, &error));
    CU_ASSERT_STRING_EQUAL(error.what, "the pattern is too long");
    memset(text, '(', sizeof text - 1);
    CU_ASSERT_PTR_NULL(policy_pattern_compile(&a, text, &error));
    CU_ASSERT_STRING_EQUAL(error.what, "too many parentheses inside each other");
    arena_free(&a);
}

UNIT_MAIN("policy-pattern", {"matches_as_an_operator_expects", matches_as_an_operator_expects},
          {"says_what_is_wrong_and_where", says_what_is_wrong_and_where},
          {"a_set_is_one_position", a_set_is_one_position},
          {"no_pattern_stalls", no_pattern_stalls},
          {"size_and_depth_are_bounded", size_and_depth_are_bounded})
