// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/commands.h"
#include "cmd/draw.h"

#include <sys/stat.h>

static int run(const struct cli *c)
{
    int code = EXIT_GOOD;
    for (size_t i = 0; code == EXIT_GOOD && i < c->args.n; i++) {
        struct stat st;
        if (stat(c->args.v[i], &st) != 0 || !S_ISDIR(st.st_mode)) {
            fprintf(stderr, "anysim plot: %s is not a directory of results\n", c->args.v[i]);
            return EXIT_NO_INPUT;
        }
        code = draw_plots(c, c->args.v[i], true);
    }
    return code;
}

const struct command command_plot = {
    .name = "plot",
    .args = "DIR...",
    .min_args = 1,
    .max_args = -1,
    .summary = "draw the plots of a result directory (SVG and PNG)",
    .text = "Runs gnuplot on the scripts of plots/ (or $ANYSIM_PLOTS) and leaves the pictures in\n"
            "DIR/plots/. The scripts also run by hand: gnuplot -c plots/map.gp DIR map.png\n",
    .options = "quiet",
    .run = run,
};
