// SPDX-License-Identifier: GPL-3.0-or-later
// rules: policies for tests, from their text.
#ifndef ANYSIM_TESTS_BGP_RULES_H
#define ANYSIM_TESTS_BGP_RULES_H

#include "policy/policy.h"

// Ends the test when the text is wrong. All are freed at the next rules_free.
const struct policy *rules(const char *text);
void rules_free(void);

#endif
