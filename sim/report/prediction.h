// SPDX-License-Identifier: GPL-3.0-or-later
// prediction: prints predicted catchments of an AS graph (run/predict.h), a line an origin, or every
// AS with its path.
#ifndef ANYSIM_REPORT_PREDICTION_H
#define ANYSIM_REPORT_PREDICTION_H

#include "run/predict.h"
#include <stdio.h>

void prediction_text(const struct prediction *p, FILE *f);
void prediction_json(const struct prediction *p, FILE *f);
// Columns: asn; origin and length, empty without a route; via (customer, peer, provider, sibling:
// whom the route was learnt from; empty at an origin); path: AS numbers, the neighbour's first.
void prediction_csv(const struct prediction *p, FILE *f);
// "AS1 → AS2 → AS3" with relations, for one AS.
void prediction_path(const struct prediction *p, uint32_t as, FILE *f);

#endif
