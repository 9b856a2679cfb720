// SPDX-License-Identifier: GPL-3.0-or-later
// unit: the frame of every unit-test program: one process a suite, CUnit inside.
//
//     static void adds(void) { CU_ASSERT_EQUAL(1 + 1, 2); }
//     UNIT_MAIN("arithmetic", {"adds", adds})
//
// The exit status comes from CUnit's own count of failures (CU_basic_run_tests answers success even
// when tests fail). With a name as argument only that test runs. JUnit files are
// written by tests/run.sh, a test case a suite.
#ifndef ANYSIM_TESTS_UNIT_H
#define ANYSIM_TESTS_UNIT_H

#include <CUnit/CUnit.h>
#include <stdbool.h>
#include <stddef.h>

struct unit_test {
    const char *name;
    void (*fn)(void);
};

int unit_main(int argc, char **argv, const char *suite, const struct unit_test *tests, size_t n);

// Marks the running test as skipped, loudly: prints why; the closing line counts it
// once, or as failed when an assertion of it fails as well.
void unit_skip(const char *why);

// Where the real input data lies (environment ANYSIM_DATA, else ../shared/data), or NULL: skip.
const char *unit_data_dir(void);

#define UNIT_MAIN(suite, ...)                                                                      \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        static const struct unit_test tests[] = {__VA_ARGS__};                                     \
        return unit_main(argc, argv, suite, tests, sizeof tests / sizeof tests[0]);                \
    }

#endif
