// SPDX-License-Identifier: GPL-3.0-or-later
// text: the summary that a network engineer reads in ten seconds, at most TEXT_WIDTH columns wide.
//
// The full text goes to summary.txt (without colours), the brief one to the terminal. Neither holds
// a wall-clock figure, so that it is the same for the same run.
#ifndef ANYSIM_REPORT_TEXT_H
#define ANYSIM_REPORT_TEXT_H

#include "measure/results.h"
#include <stdbool.h>
#include <stdio.h>

#define TEXT_WIDTH 100

enum text_detail {
    TEXT_BRIEF, // for the terminal: one client group in focus, failed expectations only
    TEXT_FULL   // everything: summary.txt
};

void text_summary(const struct results *r, FILE *f, bool colour, enum text_detail detail);

#endif
