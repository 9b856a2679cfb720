// SPDX-License-Identifier: GPL-3.0-or-later
// trace: what `anysim explain` found, for people and for programs.
#ifndef ANYSIM_REPORT_TRACE_H
#define ANYSIM_REPORT_TRACE_H

#include "run/trace.h"
#include <jansson.h>
#include <stdio.h>

// The way there and back, the fate, and the decisions as they are now.
void trace_text(const struct trace *t, FILE *out);
// What differs from an earlier trace of the same pair: time, POP, hops, best paths.
void trace_changes_text(const struct trace *before, const struct trace *after, FILE *out);

// The same as a JSON object (docs/explain.md names the keys); `before` may be NULL.
void trace_json(const struct trace *t, const struct trace *before, FILE *out);

// A router's table as JSON, with every candidate and its fate.
void glass_json(const struct world *w, uint32_t router, FILE *out);

// Of a service that is a name: how its users came to their addresses; else nothing. A part of
// trace_text.
void trace_names_text(const struct trace *t, FILE *out);

#endif
