// SPDX-License-Identifier: GPL-3.0-or-later
// report: writes everything that a run found out. A new file is one writer and one line
// in the table.
#ifndef ANYSIM_REPORT_REPORT_H
#define ANYSIM_REPORT_REPORT_H

#include "base/file.h"
#include "measure/results.h"

struct report_file {
    const char *name; // below the result directory
    void (*write)(const struct results *r, FILE *f);
    const char *purpose; // one line for people
};

extern const struct report_file report_files[];
extern const size_t report_nfiles;

// Writes every file of the table into `o`, which the caller has opened and commits or aborts.
// Returns false, with o->error set, as soon as one cannot be written.
bool report_write(const struct results *r, struct outdir *o);

#endif
