// SPDX-License-Identifier: GPL-3.0-or-later
// parser: what the parts of the policy parser share. Private to policy/.
//
// A function that fails has made a diagnostic; the caller gives up the rule, and parsing goes on
// with the next line.
#ifndef ANYSIM_POLICY_PARSER_H
#define ANYSIM_POLICY_PARSER_H

#include "base/vec.h"
#include "policy/lex.h"

struct parser {
    struct lex lex;
    struct arena *a;
    struct diag *d;
    struct policies *all; // policies by name; sets as far as defined (every `define` comes first)
    int depth;
    bool ok;
};

// "expected WHAT, found …" unless the token was complained about. Always false.
bool parser_expected(struct parser *p, const char *what);
// The token in hand is the sign, and is taken; else a diagnostic.
bool parser_sign(struct parser *p, char sign);
bool parser_word(struct parser *p, const char *what, const char **word, struct srcpos *at);
bool parser_number(struct parser *p, const char *what, uint32_t min, uint32_t max, uint32_t *out);
// One of n names, as an index.
bool parser_choice(struct parser *p, const char *what, const char *const *names, int n, int *out);
bool parser_community(struct parser *p, enum policy_community_kind kind, bool exactly,
                      struct policy_community *out);
// The names joined: "a, b or c".
const char *parser_list(struct arena *a, const char *const *names, int n);

bool parser_prefixes(struct parser *p, struct policy_prefixes *out); // from the word or '[' on
struct policy_expr *parser_expr(struct parser *p);                   // NULL: failed
bool parser_action(struct parser *p, struct policy_action *out);

#endif
