// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/burst.h"

const char *const burst_kind_names[BURST_KINDS] = {"exponential", "deterministic",
                                                   "hyperexponential", "pareto", "on-off"};
