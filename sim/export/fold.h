// SPDX-License-Identifier: GPL-3.0-or-later
// fold: a policy (policy/policy.h) at one side of one session: what is known before any route comes.
//
// A daemon's filter belongs to one session, so conditions on the neighbour, on the place and, on the
// way in, on the source of the route are settled when the configuration is written.
#ifndef ANYSIM_EXPORT_FOLD_H
#define ANYSIM_EXPORT_FOLD_H

#include "export/plan.h"
#include "policy/policy.h"

struct fold {
    const struct plan *plan;
    const struct plan_router *router;
    const struct plan_session *session;
    bool out;         // what is told; else what is let in
    const char *name; // of the session, unique in the router: "customer3"
};

enum fold_result { FOLD_FALSE, FOLD_TRUE, FOLD_OPEN };

// Of a single test; AND, OR and NOT are open unless their parts settle them.
enum fold_result fold_test(const struct fold *f, const struct policy_expr *x);

// Is the own AS one of an ORIGIN_AS test's?
bool fold_origin_is_own(const struct fold *f, const struct policy_expr *x);

// Notes that something cannot be written for a daemon: `daemon` "BIRD" or "FRR". The same text is
// noted once a plan.
void fold_cannot(const struct fold *f, const char *daemon, const char *what);

// Policies of the session in this direction, none, one or two of them.
const struct policy *const *fold_policies(const struct fold *f);

// Complains of large communities that the tags would be taken for (see export/export.h).
void fold_check_tags(const struct fold *f, const char *daemon, const struct policy_community *c);

#endif
