// SPDX-License-Identifier: GPL-3.0-or-later
// csvout: writes one CSV row after another (RFC 4180, but lines end with LF as everywhere on Unix).
//
//     struct csvout o = csvout_start(f, "time_s,label");
//     csvout_fixed(&o, 1.5, 3); csvout_text(&o, "a \"b\""); csvout_end(&o);    → 1.500,"a ""b"""
//
// A cell is empty when there is no value: NULL text or NaN. Write errors are kept by the FILE and
// seen by whoever closes it.
#ifndef ANYSIM_REPORT_CSVOUT_H
#define ANYSIM_REPORT_CSVOUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct csvout {
    FILE *f;
    bool begun; // a cell of the row stands already; private
};

// Writes the header row (given as it shall stand) and is ready for the first row.
struct csvout csvout_start(FILE *f, const char *header);

void csvout_text(struct csvout *o, const char *text); // quoted where RFC 4180 asks for it
void csvout_uint(struct csvout *o, uint64_t value);
void csvout_int(struct csvout *o, int64_t value);
void csvout_fixed(struct csvout *o, double value, int decimals); // NaN: empty
void csvout_ppm(struct csvout *o, int32_t ppm); // as percent with four decimals; −1: empty
void csvout_end(struct csvout *o);

#endif
