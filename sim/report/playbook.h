// SPDX-License-Identifier: GPL-3.0-or-later
// playbook: what a playbook found, as CSV, as JSON and as a table. docs/playbook.md lists the columns.
#ifndef ANYSIM_REPORT_PLAYBOOK_H
#define ANYSIM_REPORT_PLAYBOOK_H

#include "base/file.h"
#include "report/cell.h"
#include "run/playbook.h"

struct playbook_view {
    const struct playbook *book;
    enum play_rank keys[RANK_KEYS];
    size_t *order; // plays, best first
    size_t n;
};

// playbook.csv, playbook.json and run.csv. False with o->error set.
bool playbook_files(const struct playbook_view *v, struct outdir *o);
void playbook_json(const struct playbook_view *v, FILE *out);
// The best plays and that of doing nothing; all of them unless out->brief.
void playbook_text(const struct playbook_view *v, const struct cell_out *out);

#endif
