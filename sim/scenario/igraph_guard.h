// SPDX-License-Identifier: GPL-3.0-or-later
// igraph_guard: igraph with manners. By default igraph aborts the program on an error and prints
// warnings; between enter and leave, errors come back as codes, warnings are dropped (our own scans
// have looked at the input before), and attributes are read. igraph keeps these settings per
// process: use from one thread.
#ifndef ANYSIM_SCENARIO_IGRAPH_GUARD_H
#define ANYSIM_SCENARIO_IGRAPH_GUARD_H

#include <igraph/igraph.h>

struct igraph_guard { // what was set before
    igraph_error_handler_t *error;
    igraph_warning_handler_t *warning;
    igraph_attribute_table_t *attributes;
};

void igraph_guard_enter(struct igraph_guard *g);
void igraph_guard_leave(struct igraph_guard *g);

#endif
