// SPDX-License-Identifier: GPL-3.0-or-later
// cases: the scenarios that `anysim test` runs, and what one of them has to say.
#ifndef ANYSIM_CMD_CASES_H
#define ANYSIM_CMD_CASES_H

#include "base/file.h"
#include "cmd/cli.h"

#include <jansson.h>

struct case_list {
    const struct scenario **v; // each file's variants in order, files in order of name
    size_t n;
    struct scenario_list *files;
    size_t nfiles;
};

// Loads every file named on the command line, and every *.yaml of a directory named there. Files
// without 'expect:' are left out of directories, and are an error when named. An exit code.
int case_list_load(const struct cli *c, struct case_list *out);
void case_list_free(struct case_list *l);

// Runs one: {"checks": n, "failures": [text], "notes": [text]}. Writes or compares the baseline.
// `parallel`: processes at once for its replicas.
json_t *case_run(const struct cli *c, const struct scenario *s, int parallel);

#endif
