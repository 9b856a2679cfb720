// SPDX-License-Identifier: GPL-3.0-or-later
// line_reader: queue disciplines and impairments out of their raw form, and who names them. Shared
// by the readers of topologies and of scenarios, which may declare some each.
#ifndef ANYSIM_SCENARIO_LINE_READER_H
#define ANYSIM_SCENARIO_LINE_READER_H

#include "scenario/line_schema.h"
#include "scenario/names.h"

// The word for having none, where a name is due.
#define LINE_NONE "none"

struct line_index { // zeroed memory is an empty one
    struct queue *queues;
    struct impairment *impairments;
    int nqueues, nimpairments;
    struct names queue_names, impairment_names;
};

// Starts with what has been read before.
void line_index_open(struct input *in, struct line_index *x, const struct queue *queues,
                     int nqueues, const struct impairment *impairments, int nimpairments);
void line_index_close(struct line_index *x); // the arrays stay

// Adds what these mappings declare; pointers into the arrays before are of no more use.
void queues_read(struct input *in, struct line_index *x, const struct rows *raw);
void impairments_read(struct input *in, struct line_index *x, const struct rows *raw);

// A DSCP by its name (ef, cs0 to cs7, af11 to af43, va, le, be; RFC 2474, 2597, 3246, 5865, 8622) or
// number; −1: neither.
int line_dscp(const char *word);
#define LINE_DSCPS "0 to 63, ef, cs0 to cs7, af11 to af43, va, le"

// By name; NULL when the name is absent, "none", or, after a diagnostic, unknown.
const struct queue *line_queue(struct input *in, const struct line_index *x,
                               const struct text *name);
const struct impairment *line_impairment(struct input *in, const struct line_index *x,
                                         const struct text *name);

void line_traits_read(struct input *in, const struct line_index *x, const struct raw_line *raw,
                      struct line_traits *out);

#endif
