// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/draw.h"

#include "report/plot.h"

#include <stdlib.h>

int draw_plots(const struct cli *c, const char *dir, bool required)
{
    char buf[8192];
    struct plot_outcome made;
    struct plot_search where = plot_search_usual(getenv("ANYSIM_PLOTS"), buf, sizeof buf);
    int code = plot_run(dir, &where, &made);
    if (code != 0) {
        fprintf(stderr, "anysim: %s\n", made.error);
        return EXIT_OUTPUT;
    }
    if (made.made == 0 && required) {
        fprintf(stderr, "anysim plot: %s holds nothing to draw\n", dir);
        return EXIT_NO_INPUT;
    }
    if (!c->quiet && made.made)
        fprintf(stderr, "%d pictures in %s/plots/\n", made.made, dir);
    return EXIT_GOOD;
}
