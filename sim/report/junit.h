// SPDX-License-Identifier: GPL-3.0-or-later
// junit: JUnit XML, the format that CI servers read test results from.
//
// Text is escaped for XML 1.0: what XML cannot carry (control characters, broken UTF-8) becomes
// U+FFFD, line ends inside attributes become &#10;. One <testsuite> per run of cases with the same
// suite name: the caller orders them.
#ifndef ANYSIM_REPORT_JUNIT_H
#define ANYSIM_REPORT_JUNIT_H

#include <stddef.h>
#include <stdio.h>

struct junit_case { // passive; the caller owns the texts
    const char *suite;
    const char *name;
    double seconds;              // wall time
    const char *const *failures; // one text each; the first line becomes the message
    size_t nfailures;
    const char *skipped; // why, or NULL
};

void junit_write(FILE *f, const struct junit_case *cases, size_t n);

#endif
