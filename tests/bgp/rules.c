// SPDX-License-Identifier: GPL-3.0-or-later
#include "rules.h"

#include "unit.h"

static struct arena memory;

const struct policy *rules(const char *text)
{
    struct diag *d = diag_new();
    struct policies all;
    struct policy_text source = {"main", {"rules", 1, 1, 1}, text, {"rules", 1, 1, 1}};
    if (!policies_read(&memory, d, &source, 1, &all)) {
        diag_print(d, stdout, false);
        CU_FAIL_FATAL("the policy is wrong");
    }
    diag_free(d);
    return &all.v[0];
}

void rules_free(void)
{
    arena_free(&memory);
}
