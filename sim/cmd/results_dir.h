// SPDX-License-Identifier: GPL-3.0-or-later
// results_dir: where a run's results go, and putting them there.
#ifndef ANYSIM_CMD_RESULTS_DIR_H
#define ANYSIM_CMD_RESULTS_DIR_H

#include "base/arena.h"
#include "cmd/cli.h"
#include "measure/results.h"

// --out DIR, or results/NAME; with several variants DIR/VARIANT.
char *results_dir(struct arena *a, const struct cli *c, const struct scenario *s, bool several);

// Writes everything, replacing older results only when all is written. Prints what went wrong.
bool results_save(const struct results *r, const char *dir);

// Which scenarios of the list --variant means: the first index and their number; an exit code.
int results_choose(const struct cli *c, const struct scenario_list *l, int *first, int *n);

#endif
