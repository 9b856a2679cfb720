// SPDX-License-Identifier: GPL-3.0-or-later
// reserved: address blocks that a scenario's prefixes cannot use: the simulator's own (routers out
// of 10.0.0.0/8, clients without a prefix out of 100.64.0.0/10) and those that are not unicast.
#ifndef ANYSIM_SCENARIO_RESERVED_H
#define ANYSIM_SCENARIO_RESERVED_H

#include "base/diag.h"
#include "base/ip.h"

// False after a diagnostic at `at`.
bool reserved_check(struct diag *d, struct prefix p, struct srcpos at);

#endif
