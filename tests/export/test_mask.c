// SPDX-License-Identifier: GPL-3.0-or-later
// AS-path patterns as masks of BIRD: the same paths match.
#include "unit.h"

#include "export/mask.h"
#include "policy/pattern.h"

#include <stdlib.h>
#include <string.h>

// Does one element, at `mask`, take the AS? Leaves its length.
static bool takes(const char *mask, uint32_t as, size_t *length)
{
    *length = strcspn(mask, " ");
    if (*mask == '?')
        return true;
    for (const char *c = mask + (*mask == '['); c < mask + *length && *c != ']';) {
        char *end;
        unsigned long low = strtoul(c, &end, 10), high = low;
        if (strncmp(end, "..", 2) == 0)
            high = strtoul(end + 2, &end, 10);
        if (low <= as && as <= high)
            return true;
        c = *end == ',' ? end + 1 : end;
    }
    return false;
}

// BIRD's rules, from its manual: * any ASes, ? one, + what stands before it once more or oftener.
static bool mask_matches(const char *mask, const uint32_t *path, size_t n)
{
    size_t length;
    while (*mask == ' ')
        mask++;
    if (*mask == '=')
        return n == 0;
    if (*mask == '*')
        return mask_matches(mask + 1, path, n) || (n && mask_matches(mask, path + 1, n - 1));
    if (!n || !takes(mask, *path, &length))
        return false;
    const char *next = mask + length + strspn(mask + length, " ");
    if (*next != '+')
        return mask_matches(next, path + 1, n - 1);
    return mask_matches(next + 1, path + 1, n - 1) || mask_matches(mask, path + 1, n - 1);
}

static bool condition_matches(const char *text, const uint32_t *path, size_t n)
{
    for (const char *mask = text; (mask = strstr(mask, "[="));) {
        mask += 2;
        if (mask_matches(mask, path, n))
            return true;
    }
    return false;
}

static char *mask_of(const char *pattern, bool *said)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    *said = mask_write(pattern, f);
    fclose(f);
    return text;
}

// Every path of up to four ASes.
static void test_same_paths(void)
{
    static const char *const patterns[] = {
        "1",
        "^1",
        "1$",
        "^1$",
        "^$",
        "^1 2",
        "(1|2) 3$",
        "^(1|2)?3",
        "^1+$",
        "^1* 2$",
        "[1-2]+ 3",
        "^.$",
        "^. .$",
        "^.* 3$",
        "^.+ 2$",
        "^(1 2|3)$",
        "1|^3$",
        "^((1|2) )?3",
        "(^1|2$)",
        "1 ^ 2",
        "^(1 (2|3))? 4",
        "^[1 3-4]* 2$",
        "^1 (2 3)?$",
    };
    static const uint32_t ases[] = {1, 2, 3, 4};
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        struct policy_pattern_error error;
        const struct policy_pattern *p = policy_pattern_compile(&a, patterns[i], &error);
        bool said;
        char *text = mask_of(patterns[i], &said);
        if (!p)
            fprintf(stderr, "pattern %s: %s\n", patterns[i], error.what);
        CU_ASSERT_PTR_NOT_NULL_FATAL(p);
        CU_ASSERT_TRUE(said);
        for (unsigned n = 0; n <= 4; n++)
            for (unsigned code = 0; code < 1u << (2 * n); code++) {
                uint32_t path[4];
                for (unsigned k = 0; k < n; k++)
                    path[k] = ases[code >> (2 * k) & 3];
                bool want = policy_pattern_match(p, path, NULL, n);
                if (condition_matches(text, path, n) != want) {
                    fprintf(stderr, "pattern %s, %s: path %u of %u ASes\n", patterns[i], text, code,
                            n);
                    CU_FAIL_FATAL("another path matches");
                }
            }
        free(text);
    }
    arena_free(&a);
}

static void test_cannot(void)
{
    static const char *const patterns[] = {
        "(1 2)+", "(1|2)*", "(1|2)(1|2)(1|2)(1|2)(1|2)(1|2)(1|2)"}; // the last: 128 masks
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        bool said;
        free(mask_of(patterns[i], &said));
        CU_ASSERT_FALSE(said);
    }
}

static void test_text(void)
{
    bool said;
    char *text = mask_of("^(1|2) [3 5-7]+", &said);
    CU_ASSERT_STRING_EQUAL(text,
                           "(bgp_path ~ [= 1 [3,5..7] + * =] || bgp_path ~ [= 2 [3,5..7] + * =])");
    free(text);
}

UNIT_MAIN("export-mask", {"same_paths", test_same_paths}, {"what_cannot_be_said", test_cannot},
          {"text", test_text})
