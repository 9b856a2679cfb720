// SPDX-License-Identifier: GPL-3.0-or-later
// plot: runs gnuplot on the scripts of plots/ and leaves SVG and PNG in RESULTS/plots/.
//
// gnuplot is found in PATH and started without a shell; file names go as ARGs, and user text
// reaches it only inside data files. Directories are passed as absolute paths, so that none can
// begin with '<' or '|', which gnuplot would run. A picture appears under its name only when it is
// whole.
#ifndef ANYSIM_REPORT_PLOT_H
#define ANYSIM_REPORT_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#define PLOT_NEEDS  4
#define PLOT_SEARCH 6

struct plot_spec {
    const char *name; // script NAME.gp, pictures NAME.svg and NAME.png
    // Files of the result directory; a plot that misses one is left out, and so is one whose first
    // file has no row.
    const char *needs[PLOT_NEEDS];
    const char *purpose; // one line for people
};

extern const struct plot_spec plot_specs[]; // a new plot is one script and one line here
extern const size_t plot_nspecs;

// Where the scripts may be, first match wins; strings are owned by the caller.
struct plot_search {
    const char *dirs[PLOT_SEARCH]; // NULL entries are skipped
};

// Exit-status class of a failure: sysexits' EX_IOERR, "output could not be written".
#define PLOT_FAILED 74

struct plot_outcome {
    int made;        // pictures written
    char error[512]; // what went wrong, one line or more; "" when nothing
};

// Draws every plot whose data is there. Returns 0 or PLOT_FAILED; results of earlier plots stay.
int plot_run(const char *results_dir, const struct plot_search *search, struct plot_outcome *out);

// The usual places: $ANYSIM_PLOTS (`env`, may be NULL), plots/ beside the executable and one level
// above it, ../share/anysim/plots from the executable (where `make install` puts them), ./plots.
// `buf` holds the texts.
struct plot_search plot_search_usual(const char *env, char *buf, size_t size);

// The first directory of the list that holds style.gp, as an absolute path; false when none does.
bool plot_find(const struct plot_search *search, char *path, size_t size);

#endif
