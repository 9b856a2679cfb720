// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzz target of the policy language: the text is two policies, parted by a NUL. What parses prints
// as text that parses as the same again, and a pattern of an AS path matches without stalling.
#include "policy/policy.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *printed(const struct policies *all, int which)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    if (!f)
        abort();
    if (which == 0)
        policy_print_sets(all, f);
    policy_print(&all->v[which], f);
    fclose(f);
    return text;
}

static bool read_two(struct arena *a, const char *first, const char *second, struct policies *out)
{
    const struct policy_text texts[] = {{"main", {"x", 1, 1, 1}, first, {"x", 1, 1, 1}},
                                        {"other", {"y", 1, 1, 1}, second, {"y", 1, 1, 1}}};
    struct diag *d = diag_new();
    bool ok = policies_read(a, d, texts, 2, out);
    if (ok != (diag_errors(d) == 0))
        abort(); // an error without a word, or a word without an error
    diag_free(d);
    return ok;
}

static void match(const struct policy_expr *e)
{
    static const uint32_t path[] = {64500, 1, 1, 2, 4134, 4134}, counts[] = {1, 2, 1, 2};
    if (e->test == POLICY_AS_PATH) {
        policy_pattern_match(e->pattern, path, NULL, 6);
        policy_pattern_match(e->pattern, path, counts, 4);
        policy_pattern_match(e->pattern, path, NULL, 0);
    }
    for (int i = 0; i < e->nargs; i++)
        match(e->args[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct policies all, again;
    arena_init(&a);
    char *text = arena_alloc(&a, size + 2);
    memcpy(text, data, size);
    const char *second = text + strlen(text) < text + size ? text + strlen(text) + 1 : "";
    if (read_two(&a, text, second, &all)) {
        char *first_text = printed(&all, 0), *second_text = printed(&all, 1);
        if (!read_two(&a, first_text, second_text, &again))
            abort();
        char *first_again = printed(&again, 0), *second_again = printed(&again, 1);
        if (strcmp(first_text, first_again) != 0 || strcmp(second_text, second_again) != 0)
            abort();
        for (int i = 0; i < all.v[0].nrules; i++)
            if (all.v[0].rules[i].when)
                match(all.v[0].rules[i].when);
        free(first_text);
        free(second_text);
        free(first_again);
        free(second_again);
    }
    arena_free(&a);
    return 0;
}
