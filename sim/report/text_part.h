// SPDX-License-Identifier: GPL-3.0-or-later
// text_part: the sections of the summary; each ends with its last line, and text.c puts a blank
// line before it. A section without content writes nothing, its heading neither.
#ifndef ANYSIM_REPORT_TEXT_PART_H
#define ANYSIM_REPORT_TEXT_PART_H

#include "measure/results.h"
#include "report/cell.h"

void text_services(const struct cell_out *o, const struct results *r);
void text_focus(const struct cell_out *o, const struct results *r);
void text_moves(const struct cell_out *o, const struct results *r);
void text_eips(const struct cell_out *o, const struct results *r);
void text_demands(const struct cell_out *o, const struct results *r);
void text_health(const struct cell_out *o, const struct results *r);
void text_names(const struct cell_out *o, const struct results *r);
void text_links(const struct cell_out *o, const struct results *r);
void text_quality(const struct cell_out *o, const struct results *r);
void text_replicas(const struct cell_out *o, const struct results *r);
void text_expectations(const struct cell_out *o, const struct results *r);

// "120 no-route, 22 link-down, 3 late" into buf, the largest first; "" when nothing was lost.
char *text_causes(uint64_t sent, uint64_t received, uint64_t late,
                  const uint64_t lost_by[FWD_DROP_COUNT], char *buf, size_t size);

#endif
