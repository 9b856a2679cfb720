// SPDX-License-Identifier: GPL-3.0-or-later
// policy: the language in which an operator says what to accept, tell and prefer; here as passive
// data (docs/policy.md is its manual and grammar). Parsed and printed here, run by bgp/evaluate.
//
// A policy is a list of rules, one a line: `if CONDITION: ACTION, …` or `ACTION, …`. Rules run from
// the top; `accept` and `reject` end the policy and whoever called it, `return` ends this policy
// only. Whoever comes to the end of the first policy accepts.
//
// Everything lives in the arena given to the reader and never changes afterwards. What a name in a
// condition refers to outside of the policies (a network, a router) is checked by whoever knows
// those: policies_names lists them.
#ifndef ANYSIM_POLICY_POLICY_H
#define ANYSIM_POLICY_POLICY_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/ip.h"
#include "policy/community.h"
#include "policy/pattern.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum policy_test {
    POLICY_AND, // of `args`, two or more
    POLICY_OR,
    POLICY_NOT,            // of args[0]
    POLICY_ANY,            // always true
    POLICY_PREFIX,         // one of `prefixes`
    POLICY_AS_PATH,        // `pattern`
    POLICY_AS_PATH_LENGTH, // `compare` `number`, as the decision counts (RFC 4271 §9.1.2.2 a)
    POLICY_ORIGIN_AS,      // the last AS is one of `ases`; the own AS where the path is empty
    POLICY_ORIGIN,         // `choice`: enum policy_origin
    POLICY_COMMUNITY,      // one that `community` covers
    POLICY_NEIGHBOUR_AS,   // `number`
    POLICY_NEIGHBOUR,      // `name`: a network, or a router as NETWORK/CITY-1
    POLICY_AT,             // `name`: city or region of the router that runs the policy, or itself
    POLICY_RELATION,       // `choice`: enum policy_relation
    POLICY_LEARNT,         // `choice`: enum policy_learnt
    POLICY_ROV,            // `choice`: enum policy_rov
    POLICY_MED,            // `compare` `number`; an absent MED is 0
    POLICY_LOCAL_PREF,
    POLICY_WEIGHT,
    POLICY_SOURCE, // `choice`: enum policy_source
    POLICY_TESTS
};

enum policy_compare {
    POLICY_EQ,
    POLICY_NE,
    POLICY_LT,
    POLICY_LE,
    POLICY_GT,
    POLICY_GE,
    POLICY_COMPARES
};
enum policy_origin { POLICY_IGP, POLICY_EGP, POLICY_INCOMPLETE, POLICY_ORIGINS };
enum policy_relation { // of the neighbour of the session, as seen from here
    POLICY_CUSTOMER,
    POLICY_PEER,
    POLICY_PROVIDER,
    POLICY_SIBLING,
    POLICY_RELATION_IBGP,
    POLICY_RELATIONS
};
enum policy_learnt { // from whom the AS has the route, wherever it came in; siblings are customers
    POLICY_LEARNT_OWN,
    POLICY_LEARNT_CUSTOMER,
    POLICY_LEARNT_PEER,
    POLICY_LEARNT_PROVIDER,
    POLICY_LEARNTS
};
enum policy_rov { POLICY_NOT_FOUND, POLICY_VALID, POLICY_INVALID, POLICY_ROVS }; // RFC 6811 §2
enum policy_source { POLICY_SOURCE_OWN, POLICY_SOURCE_EBGP, POLICY_SOURCE_IBGP, POLICY_SOURCES };

extern const char *const policy_compare_names[POLICY_COMPARES];
extern const char *const policy_origin_names[POLICY_ORIGINS];
extern const char *const policy_relation_names[POLICY_RELATIONS];
extern const char *const policy_learnt_names[POLICY_LEARNTS];
extern const char *const policy_rov_names[POLICY_ROVS];
extern const char *const policy_source_names[POLICY_SOURCES];

struct policy_prefix { // prefixes inside `p` whose length is ge..le
    struct prefix p;
    uint8_t ge, le;
};

struct policy_prefixes { // any of them
    const char *name;    // of a defined set; NULL: written where it is used
    const struct policy_prefix *v;
    int n;
    struct srcpos at;
};

struct policy_expr {
    enum policy_test test;
    struct srcpos at;
    const struct policy_expr *const *args; // of AND, OR, NOT
    int nargs;
    enum policy_compare compare;
    int choice;
    uint32_t number;
    const struct policy_prefixes *prefixes;
    const struct policy_pattern *pattern;
    const struct policy_range *ases; // nases of them
    int nases;
    struct policy_community community;
    const char *name;
};

enum policy_do {
    POLICY_DO_ACCEPT,
    POLICY_DO_REJECT,
    POLICY_DO_RETURN,
    POLICY_DO_CALL,       // `policy`
    POLICY_DO_LOCAL_PREF, // `how` `number`
    POLICY_DO_MED,
    POLICY_DO_WEIGHT,
    POLICY_DO_AIGP,
    POLICY_DO_PREPEND,          // `number` times `asn`; 0: the own AS
    POLICY_DO_ADD_COMMUNITY,    // exactly one
    POLICY_DO_REMOVE_COMMUNITY, // all that `community` covers
    POLICY_DO_SET_COMMUNITY,    // exactly one, instead of all others of its kind
    POLICY_DO_CLEAR_COMMUNITY,  // all of the kind of `community`
    POLICY_DO_NEXT_HOP_SELF,    // export only
    POLICY_DO_ORIGIN,           // `number`: enum policy_origin
    POLICY_DOS
};

enum policy_how {
    POLICY_SET,
    POLICY_PLUS,  // stays at the highest value there is
    POLICY_MINUS, // stays at 0
    POLICY_NONE,  // MED: absent
    POLICY_METRIC // MED: the IGP metric to the next hop
};

struct policy_action {
    enum policy_do what;
    enum policy_how how;
    uint32_t number, asn;
    struct policy_community community;
    const struct policy *policy;
    struct srcpos at;
};

struct policy_rule {
    const struct policy_expr *when; // NULL: always
    const struct policy_action *actions;
    int nactions;
    struct srcpos at;
};

struct policy {
    const char *name;
    struct policy_rule *rules;
    int nrules;
    struct srcpos at; // of the name
};

struct policies {
    struct policy *v; // in the order given
    int n;
    struct policy_prefixes *sets; // `define NAME = […]`, in the order written
    int nsets;
};

struct policy_text { // one policy as text
    const char *name;
    struct srcpos name_at;
    const char *text;
    struct srcpos at; // of the first character; further lines begin in the same column
};

#define POLICY_DEPTH_MAX   32   // nested parentheses and `not`; policies that call each other
#define POLICY_PREPEND_MAX 64   // copies of an AS in one action
#define POLICY_LIST_MAX    4096 // elements of one list

// Reads and resolves all policies of a scenario: sets and policies are known to each other. False
// after diagnostics; `out` is whole then too, without the rules that were wrong.
bool policies_read(struct arena *a, struct diag *d, const struct policy_text *sources, int n,
                   struct policies *out);

const struct policy *policies_find(const struct policies *all, const char *name); // or NULL
// Calls `visit` for every condition that names something outside of the policies (NEIGHBOUR, AT),
// in the order written.
typedef void policy_visit_fn(void *ctx, const struct policy_expr *e);
void policies_names(const struct policies *all, policy_visit_fn *visit, void *ctx);
// Whether the policy, or one that it calls, does `what`; and where (`at` may be NULL).
bool policy_does(const struct policy *p, enum policy_do what, struct srcpos *at);

// One rule a line, in the one way that the parser reads as the same rules again. The sets come
// first in the text of the first policy: print them with it.
void policy_print(const struct policy *p, FILE *out);
void policy_print_sets(const struct policies *all, FILE *out);
void policy_print_expr(const struct policy_expr *e, FILE *out);

#endif
