// SPDX-License-Identifier: GPL-3.0-or-later
// routemap: an FRR route-map under construction, with jumps to places that come later.
//
// A step matches one thing and then goes on with the next step or at a label; one that does not
// match goes on with the next. So tests, AND, OR, NOT and calls become steps and forward jumps, and
// every step changes one attribute only, because FRR gives no order to the changes of one. The lists
// that the steps refer to are written apart, to stand in front.
#ifndef ANYSIM_EXPORT_ROUTEMAP_H
#define ANYSIM_EXPORT_ROUTEMAP_H

#include "base/vec.h"
#include <stdbool.h>
#include <stdio.h>

#define ROUTEMAP_STEPS 6553 // at most: sequence numbers are multiples of 10 up to 65535

#define ROUTEMAP_NEXT (-1) // the step that follows
#define ROUTEMAP_END  (-2) // no further step: the route is accepted or, when `deny`, refused

struct routemap_step {
    bool deny;
    // Lines without "match " and "set "; owned; may be NULL. A second match, "…\n match …": both.
    char *match, *set;
    int then; // a label, ROUTEMAP_NEXT or ROUTEMAP_END
};

struct routemap {
    const char *name;
    VEC(struct routemap_step) steps;
    VEC(size_t) labels; // the step that each stands before; SIZE_MAX: not placed yet
};

int routemap_label(struct routemap *m);
void routemap_place(struct routemap *m, int label); // before the next step
// A step. Texts are copied.
void routemap_step(struct routemap *m, bool deny, const char *match, const char *set, int then);
void routemap_set(struct routemap *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void routemap_write(const struct routemap *m, FILE *f); // all labels are placed
void routemap_free(struct routemap *m);

#endif
