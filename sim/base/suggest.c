// SPDX-License-Identifier: GPL-3.0-or-later
// Declared in diag.h: the nearest known word, for "did you mean".
#include "base/diag.h"

#include <ctype.h>
#include <string.h>

#define WORD_MAX 64 // longer words are not typing mistakes of a key or a name

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

// Optimal string alignment distance: insert, delete, replace, swap of neighbours.
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t row[3][WORD_MAX + 1];
    size_t *before = row[0], *last = row[1], *now = row[2];
    for (size_t j = 0; j <= nb; j++)
        last[j] = j;
    memset(before, 0, sizeof row[0]);
    for (size_t i = 1; i <= na; i++) {
        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            int ca = tolower((unsigned char)a[i - 1]), cb = tolower((unsigned char)b[j - 1]);
            now[j] = least(least(last[j] + 1, now[j - 1] + 1), last[j - 1] + (ca != cb));
            if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) &&
                cb == tolower((unsigned char)a[i - 2]))
                now[j] = least(now[j], before[j - 2] + 1);
        }
        size_t *t = before;
        before = last;
        last = now;
        now = t;
    }
    return last[nb];
}

const char *suggest(const char *word, const char *const *candidates, size_t n)
{
    size_t nw = strlen(word);
    const char *best = NULL;
    size_t best_d = WORD_MAX;
    if (nw == 0 || nw > WORD_MAX)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t nc = strlen(candidates[i]);
        if (nc == 0 || nc > WORD_MAX)
            continue;
        size_t longer = nw > nc ? nw : nc;
        size_t d = distance(word, nw, candidates[i], nc);
        size_t allowed = longer / 3 > 0 ? longer / 3 : 1;
        if (longer == 1 && d > 0)
            continue; // any one-letter name would be "near"
        if (d <= allowed && d < best_d) {
            best = candidates[i];
            best_d = d;
        }
    }
    return best;
}
