// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/igraph_guard.h"

static void on_error(const char *reason, const char *file, int line, igraph_error_t code)
{
    (void)reason;
    (void)file;
    (void)line;
    (void)code;
    IGRAPH_FINALLY_FREE(); // the failing call returns the code; its memory is freed here
}

static void on_warning(const char *reason, const char *file, int line)
{
    (void)reason;
    (void)file;
    (void)line;
}

void igraph_guard_enter(struct igraph_guard *g)
{
    g->error = igraph_set_error_handler(on_error);
    g->warning = igraph_set_warning_handler(on_warning);
    g->attributes = igraph_set_attribute_table(&igraph_cattribute_table);
}

void igraph_guard_leave(struct igraph_guard *g)
{
    igraph_set_error_handler(g->error);
    igraph_set_warning_handler(g->warning);
    igraph_set_attribute_table(g->attributes);
}
