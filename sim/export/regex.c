// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/regex.h"

#include <inttypes.h>

// Numbers low to `low + n*unit - 1` that differ in one digit and all behind it, as many as there are
// up to `high`; gives the first that is left.
static uint64_t run(uint64_t low, uint64_t high, FILE *f)
{
    uint64_t unit = 1, front, n = 0;
    int tail = 0;
    while (low && low % (unit * 10) == 0 && low + unit * 10 - 1 <= high) {
        unit *= 10;
        tail++;
    }
    uint64_t digit = low / unit % 10;
    while (digit + n <= 9 && low + (n + 1) * unit - 1 <= high)
        n++;
    front = low / unit / 10;
    if (front)
        fprintf(f, "%" PRIu64, front);
    if (n > 1)
        fprintf(f, "[%" PRIu64 "-%" PRIu64 "]", digit, digit + n - 1);
    else
        fprintf(f, "%" PRIu64, digit);
    for (int i = 0; i < tail; i++)
        fprintf(f, "[0-9]");
    return low + n * unit;
}

void regex_range(struct policy_range r, FILE *f)
{
    if (r.low == 0 && r.high == UINT32_MAX) {
        fprintf(f, "[0-9]+");
        return;
    }
    fputc('(', f);
    for (uint64_t low = r.low; low <= r.high;) {
        if (low > r.low)
            fputc('|', f);
        low = run(low, r.high, f);
    }
    fputc(')', f);
}

void regex_ranges(const struct policy_range *v, int n, FILE *f)
{
    fputc('(', f);
    for (int i = 0; i < n; i++) {
        if (i)
            fputc('|', f);
        regex_range(v[i], f);
    }
    fputc(')', f);
}

void regex_pattern(const char *pattern, FILE *f)
{
    struct policy_range as;
    size_t at = 0;
    bool set = false, first = true;
    // What comes behind an AS that matched must be the end or the next one, so the whole is closed.
    fprintf(f, "(");
    for (int t; (t = policy_pattern_token(pattern, &at, &as)) != POLICY_TOKEN_END;) {
        switch (t) {
        case POLICY_TOKEN_AS:
        case POLICY_TOKEN_RANGE:
            fprintf(f, set ? (first ? "" : "|") : "(( |^)");
            regex_range(as, f);
            fprintf(f, set ? "" : ")");
            first = false;
            break;
        case POLICY_TOKEN_OPEN:
            fprintf(f, "(( |^)(");
            set = first = true;
            break;
        case POLICY_TOKEN_CLOSE:
            fprintf(f, "))");
            set = false;
            break;
        case '.':
            fprintf(f, "(( |^)[0-9]+)");
            break;
        default:
            fputc(t, f);
            break;
        }
    }
    fprintf(f, ")( |$)");
}
