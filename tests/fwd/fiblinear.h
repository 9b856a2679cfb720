// SPDX-License-Identifier: GPL-3.0-or-later
// fiblinear: longest-prefix match that nobody has to trust: a list, searched from end to end. IPv4
// stands in the upper 32 of the 128 bits.
#ifndef ANYSIM_TESTS_FWD_FIBLINEAR_H
#define ANYSIM_TESTS_FWD_FIBLINEAR_H

#include "base/ip6.h"
#include <stdlib.h>

struct fiblinear {
    struct fiblinear_row {
        struct prefix6 prefix;
        uint16_t value;
    } * rows;
    size_t count, room;
};

static inline size_t fiblinear_find(const struct fiblinear *t, struct prefix6 p)
{
    size_t i = 0;
    while (i < t->count && !prefix6_equal(t->rows[i].prefix, p))
        i++;
    return i;
}

static inline uint16_t fiblinear_get(const struct fiblinear *t, struct prefix6 p)
{
    size_t i = fiblinear_find(t, p);
    return i < t->count ? t->rows[i].value : 0;
}

static inline void fiblinear_set(struct fiblinear *t, struct prefix6 p, uint16_t value)
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

static inline void fiblinear_del(struct fiblinear *t, struct prefix6 p)
{
    size_t i = fiblinear_find(t, p);
    if (i < t->count)
        t->rows[i] = t->rows[--t->count];
}

// Among prefixes of at most `max_len` bits.
static inline uint16_t fiblinear_match(const struct fiblinear *t, struct ip6_addr a, int max_len)
{
    int best_len = -1;
    uint16_t best = 0;
    for (size_t i = 0; i < t->count; i++) {
        struct prefix6 p = t->rows[i].prefix;
        if (p.len > best_len && p.len <= max_len && prefix6_has(p, a)) {
            best_len = p.len;
            best = t->rows[i].value;
        }
    }
    return best;
}

#endif
