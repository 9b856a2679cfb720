// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/action.h"

#define ACTION_ROW(name, word, can_last, doc)                                                      \
    {.key = #word, .lasts = can_last, .read = word##_read},
const struct action actions[ACTION_KINDS] = {SCENARIO_ACTIONS(ACTION_ROW)};
