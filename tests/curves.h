// SPDX-License-Identifier: GPL-3.0-or-later
// curves: points of a measured curve, for the plots of plots/validation. Where ANYSIM_CURVES=DIRECTORY is
// not set, nothing is written.
#ifndef ANYSIM_TESTS_CURVES_H
#define ANYSIM_TESTS_CURVES_H

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

// Appends a line to NAME.csv where the plots look for it; the first one is headed.
static inline void curves_point(const char *name, const char *head, const char *line)
{
    const char *directory = getenv("ANYSIM_CURVES");
    char path[512];
    if (!directory || !*directory)
        return;
    snprintf(path, sizeof path, "%s/%s.csv", directory, name);
    FILE *f = fopen(path, "a");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fseek(f, 0, SEEK_END);
    if (ftell(f) == 0)
        fprintf(f, "%s\n", head);
    fprintf(f, "%s\n", line);
    fclose(f);
}

#endif
