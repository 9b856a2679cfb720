// SPDX-License-Identifier: GPL-3.0-or-later
// sweep: what a sweep of failures found, as CSV and as a summary. docs/results.md lists
// the columns.
#ifndef ANYSIM_REPORT_SWEEP_H
#define ANYSIM_REPORT_SWEEP_H

#include "base/file.h"
#include "run/sweep.h"

// cases.csv (nothing fails, then a row a failure), sweep.csv (a row a link) and run.csv (what was
// swept). False with o->error set.
bool sweep_write(const struct sweep *w, struct outdir *o);

// What holds when nothing fails, the failures that hurt most, and the links that fill most.
void sweep_summary(const struct sweep *w, FILE *out);

#endif
