// SPDX-License-Identifier: GPL-3.0-or-later
// scratch: what tests of readers share: files in a folder of their own, and messages as text.
#ifndef ANYSIM_TESTS_SCRATCH_H
#define ANYSIM_TESTS_SCRATCH_H

#include "base/diag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline const char *scratch_dir(void)
{
    static char dir[] = "/tmp/anysim-test-XXXXXX";
    if (strstr(dir, "XXXXXX") && !mkdtemp(dir))
        abort();
    return dir;
}

// Writes a file; returns its path (valid for the next seven calls).
static inline const char *scratch_file(const char *name, const char *text)
{
    static char paths[8][256];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", scratch_dir(), name);
    FILE *f = fopen(path, "wb");
    if (!f)
        abort();
    fputs(text, f);
    fclose(f);
    return path;
}

static inline void scratch_remove(void)
{
    char command[300];
    snprintf(command, sizeof command, "rm -r '%s'", scratch_dir());
    if (system(command) != 0)
        abort();
}

// What the collector would print; freed by the next call.
static inline const char *scratch_messages(const struct diag *d)
{
    static char *text;
    size_t len = 0;
    free(text);
    FILE *f = open_memstream(&text, &len);
    diag_print(d, f, false);
    fclose(f);
    return text;
}

// Do the messages contain `part`? Prints them when not.
static inline bool scratch_says(const struct diag *d, const char *part)
{
    const char *text = scratch_messages(d);
    if (strstr(text, part))
        return true;
    printf("  looked for: %s\n  found: %s\n", part, text);
    return false;
}

#endif
