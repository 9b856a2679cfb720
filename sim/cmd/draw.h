// SPDX-License-Identifier: GPL-3.0-or-later
// draw: plots of a result directory, for the commands that make or take one.
#ifndef ANYSIM_CMD_DRAW_H
#define ANYSIM_CMD_DRAW_H

#include "cmd/cli.h"

// Draws all that the directory has data for, says how many. `required`: having nothing to draw is
// an error (exit 66). An exit code.
int draw_plots(const struct cli *c, const char *dir, bool required);

#endif
