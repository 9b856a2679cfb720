// SPDX-License-Identifier: GPL-3.0-or-later
// replicate: --replicas N, for commands that run scenarios.
#ifndef ANYSIM_CMD_REPLICATE_H
#define ANYSIM_CMD_REPLICATE_H

#include "cmd/cli.h"
#include "measure/results.h"

// Runs the other replicas of `s`, whose own run came to `r`, and sums them up in it. Nothing is done
// unless --replicas asks for more than one. `why` gets what went wrong, one line.
bool replicate(const struct cli *c, const struct scenario *s, struct results *r, int parallel,
               char *why, size_t size);

#endif
