// SPDX-License-Identifier: GPL-3.0-or-later
// bird_policy: an operator's policies in BIRD's filter language.
#ifndef ANYSIM_EXPORT_BIRD_POLICY_H
#define ANYSIM_EXPORT_BIRD_POLICY_H

#include "base/vec.h"
#include "export/fold.h"
#include <stdio.h>

struct bird_policy { // of one side of a session, one direction
    struct fold fold;
    VEC(const struct policy *) written; // functions so far, in order
};

// Once a router.
void bird_policy_helpers(const struct plan *p, const struct plan_router *r, FILE *f);
void bird_policy_functions(struct bird_policy *b, FILE *f);
void bird_policy_calls(struct bird_policy *b, FILE *f); // inside of a filter

#endif
