// SPDX-License-Identifier: GPL-3.0-or-later
// lex: the words of the policy language. Private to policy/.
//
// A word is a run of letters, digits and _ . / : * + -, without the colon at its end (so that the
// colon which ends a condition stands in front of a blank). Strings are in double quotes on one
// line. The rest is one of ( ) [ ] , : and the signs of comparison. A new line counts outside of
// parentheses and brackets only; # begins a comment.
#ifndef ANYSIM_POLICY_LEX_H
#define ANYSIM_POLICY_LEX_H

#include "policy/policy.h"

enum lex_kind { LEX_END, LEX_LINE, LEX_WORD, LEX_STRING, LEX_COMPARE, LEX_SIGN };

struct lex {
    struct arena *a;
    struct diag *d;
    const char *text;
    struct srcpos origin;
    size_t at;
    int line; // from 0
    size_t line_at;
    int open; // brackets and parentheses
    // The token in hand:
    enum lex_kind kind;
    const char *word; // text of a word, of a string without quotes, of a comparison
    char sign;
    enum policy_compare compare;
    struct srcpos pos;
    bool wrong;  // a character that belongs nowhere; a diagnostic was made
    bool failed; // so anywhere in the text
};

void lex_start(struct lex *l, struct arena *a, struct diag *d, const struct policy_text *source);
void lex_next(struct lex *l);
bool lex_is_word(const struct lex *l, const char *word);
bool lex_is_sign(const struct lex *l, char sign);
// Skips to the end of the line.
void lex_recover(struct lex *l);
// What the token in hand is, for messages: "'word'", "the end of the line".
const char *lex_what(const struct lex *l);

#endif
