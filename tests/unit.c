// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SKIPS_MAX 256

static CU_pTest skips[SKIPS_MAX]; // tests that said they skip, each once
static unsigned nskips;

void unit_skip(const char *why)
{
    CU_pTest test = CU_get_current_test();
    printf("  SKIPPED: %s\n", why);
    for (unsigned i = 0; i < nskips; i++)
        if (skips[i] == test)
            return;
    if (nskips < SKIPS_MAX)
        skips[nskips++] = test;
}

// Tests that skipped and did not fail: a failure counts as one, whatever was skipped beside it.
static unsigned count_skipped(void)
{
    unsigned n = 0;
    for (unsigned i = 0; i < nskips; i++) {
        bool failed = false;
        for (CU_pFailureRecord f = CU_get_failure_list(); f; f = f->pNext)
            failed = failed || f->pTest == skips[i];
        n += !failed;
    }
    return n;
}

const char *unit_data_dir(void)
{
    const char *dir = getenv("ANYSIM_DATA");
    struct stat st;
    if (!dir)
        dir = "../shared/data";
    return stat(dir, &st) == 0 && S_ISDIR(st.st_mode) ? dir : NULL;
}

int unit_main(int argc, char **argv, const char *suite, const struct unit_test *tests, size_t n)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 70;
    CU_pSuite s = CU_add_suite(suite, NULL, NULL);
    unsigned added = 0;
    for (size_t i = 0; s && i < n; i++) {
        if (argc > 1 && strcmp(argv[1], tests[i].name) != 0)
            continue;
        if (!CU_add_test(s, tests[i].name, tests[i].fn))
            return 70;
        added++;
    }
    if (!added) {
        fprintf(stderr, "%s: no test named '%s'\n", suite, argc > 1 ? argv[1] : "");
        return 2;
    }
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_ErrorCode ran = CU_basic_run_tests();
    unsigned failed = CU_get_number_of_tests_failed();
    unsigned asserts = CU_get_number_of_failures();
    unsigned run = CU_get_number_of_tests_run(), skipped = count_skipped();
    if (asserts)
        printf("rerun one: %s NAME\n", argv[0]);
    printf("%s: %u passed, %u failed, %u skipped\n", suite, run - failed - skipped, failed,
           skipped);
    CU_cleanup_registry();
    return ran == CUE_SUCCESS && asserts == 0 && failed == 0 && run == added ? 0 : 1;
}
