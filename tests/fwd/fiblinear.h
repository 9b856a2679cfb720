// SPDX-License-Identifier: GPL-3.0-or-later
// fiblinear: longest-prefix match that nobody has to trust: a list, searched from end to end.
#ifndef ANYSIM_TESTS_FWD_FIBLINEAR_H
#define ANYSIM_TESTS_FWD_FIBLINEAR_H

#include "base/ip.h"
#include <stdlib.h>

struct fiblinear {
    struct {
        struct prefix prefix;
        uint16_t value;
    } * rows;
    size_t count, room;
};

static inline size_t fiblinear_find(const struct fiblinear *t, struct prefix p)
{
    size_t i = 0;
    while (i < t->count && !prefix_equal(t->rows[i].prefix, p))
        i++;
    return i;
}

static inline uint16_t fiblinear_get(const struct fiblinear *t, struct prefix p)
{
    size_t i = fiblinear_find(t, p);
    return i < t->count ? t->rows[i].value : 0;
}

static inline void fiblinear_set(struct fiblinear *t, struct prefix p, uint16_t value)
{
    size_t i = fiblinear_find(t, p);
    if (i == t->room) {
        t->room = 2 * t->room + 16;
        t->rows = realloc(t->rows, t->room * sizeof *t->rows);
        if (!t->rows)
            abort();
    }
    t->rows[i].prefix = p;
    t->rows[i].value = value;
    if (i == t->count)
        t->count++;
}

static inline void fiblinear_del(struct fiblinear *t, struct prefix p)
{
    size_t i = fiblinear_find(t, p);
    if (i < t->count)
        t->rows[i] = t->rows[--t->count];
}

static inline uint16_t fiblinear_lookup(const struct fiblinear *t, ip4_addr a)
{
    int best_len = -1;
    uint16_t best = 0;
    for (size_t i = 0; i < t->count; i++) {
        if (prefix_has(t->rows[i].prefix, a) && t->rows[i].prefix.len > best_len) {
            best_len = t->rows[i].prefix.len;
            best = t->rows[i].value;
        }
    }
    return best;
}

#endif
