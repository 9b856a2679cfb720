// SPDX-License-Identifier: GPL-3.0-or-later
// pattern: regular expressions over AS numbers, for AS paths: "^64500 .* 4134$".
//
// An AS number is one symbol. `.` is any AS, [64512-65534 100] one of these, ( ) group, | means or,
// * + ? repeat what stands before them, ^ and $ are the ends of the path. Blanks separate numbers
// and mean nothing else. Without ^ and $ the pattern may match anywhere in the path.
//
// Compiled to a nondeterministic automaton that is run on all states at once: time grows with
// path × pattern and never worse (Thompson 1968), so that no pattern can stall a run.
#ifndef ANYSIM_POLICY_PATTERN_H
#define ANYSIM_POLICY_PATTERN_H

#include "base/arena.h"
#include "policy/community.h"

#define POLICY_PATTERN_STATES 512 // at most; about one a token
#define POLICY_PATTERN_DEPTH  32  // of parentheses

struct policy_pattern {
    const char *text; // as written
    struct policy_state *states;
    uint16_t nstates, start;
    struct policy_range *ranges;
    uint32_t nranges;
};

struct policy_pattern_error {
    const char *what;
    size_t at; // offset in the text
};

// The pattern in the arena, or NULL and what is wrong.
const struct policy_pattern *policy_pattern_compile(struct arena *a, const char *text,
                                                    struct policy_pattern_error *error);

// Whether a path of n positions matches. Position i is `counts[i]` ASes next to each other in
// `ases`, of which one has to match (an AS_SET); counts NULL: one AS each.
bool policy_pattern_match(const struct policy_pattern *p, const uint32_t *ases,
                          const uint32_t *counts, size_t n);

// The tokens of a pattern's text, for who writes it in another program's way.
enum policy_token { // the character itself: ^ $ . * + ? | ( )
    POLICY_TOKEN_END = 0,
    POLICY_TOKEN_BAD = 1,
    POLICY_TOKEN_AS = 2, // low = high
    POLICY_TOKEN_OPEN = '[',
    POLICY_TOKEN_CLOSE = ']',
    POLICY_TOKEN_RANGE = 3 // inside [ ]
};
// Token at *at, which is moved behind it.
int policy_pattern_token(const char *text, size_t *at, struct policy_range *as);

#endif
