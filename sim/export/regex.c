// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/regex.h"

#include <inttypes.h>
#include <stdlib.h>

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

void regex_length(uint32_t low, uint32_t high, bool members, FILE *f)
{
    bool open = high >= REGEX_LENGTH_MAX; // no path is longer
    uint32_t least = low > REGEX_LENGTH_MAX ? REGEX_LENGTH_MAX : low ? low - 1 : 0;
    const char *begin = members ? REGEX_MEMBERS " ?" : "^";
    fprintf(f, "%s", begin);
    if (high == 0) {
        fputc('$', f);
        return;
    }
    fprintf(f, low ? "[0-9]+" : "([0-9]+");
    if (open && least == 0)
        fprintf(f, "( [0-9]+)*");
    else if (open)
        fprintf(f, "( [0-9]+){%" PRIu32 ",}", least);
    else if (high > 1)
        fprintf(f, "( [0-9]+){%" PRIu32 ",%" PRIu32 "}", least, high - 1);
    fprintf(f, low ? "$" : ")?$");
}

// --- Patterns

struct pattern {
    const char *text;
    size_t at;
    int token; // in hand
    struct policy_range as;
    bool later;    // an AS stands in front of this for certain
    int nanchors;  // seen so far
    bool anchored; // one was inside what is repeated
    bool members;  // of a confederation may stand in front
};

static void next_token(struct pattern *p)
{
    p->token = policy_pattern_token(p->text, &p->at, &p->as);
}

static void alternatives(struct pattern *p, FILE *f);

static void atom(struct pattern *p, FILE *f)
{
    const char *gap = p->later ? " " : "( |^)";
    switch (p->token) {
    case '^':
        fprintf(f, p->members ? "(^|^\\([0-9 ]*\\))" : "(^)");
        p->nanchors++;
        break;
    case '$':
        fprintf(f, "($)");
        p->nanchors++;
        break;
    case '.':
        fprintf(f, "(%s[0-9]+)", gap);
        break;
    case '(':
        next_token(p);
        alternatives(p, f);
        break;
    case POLICY_TOKEN_OPEN:
        fprintf(f, "(%s(", gap);
        next_token(p);
        for (bool first = true; p->token != POLICY_TOKEN_CLOSE; first = false, next_token(p)) {
            fputs(first ? "" : "|", f);
            regex_range(p->as, f);
        }
        fprintf(f, "))");
        break;
    default:
        fprintf(f, "(%s", gap);
        regex_range(p->as, f);
        fputc(')', f);
        break;
    }
    next_token(p);
}

static char *atom_text(struct pattern *p)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    atom(p, f);
    fclose(f);
    return text;
}

// What may come again is written twice: only its first time can stand at the beginning. In one
// piece, "(( |^)1)+", glibc forgets the ^ from the second time on, and takes 11 for two ASes.
static void repeated(struct pattern *p, FILE *f)
{
    struct pattern again = *p;
    char *once = atom_text(p), *more = NULL;
    bool many = false, none = false;
    for (; p->token == '*' || p->token == '+' || p->token == '?'; next_token(p)) {
        many |= p->token != '?';
        none |= p->token != '+';
    }
    if (many && p->nanchors > again.nanchors)
        p->anchored = true;
    if (many && !p->later) {
        again.later = true;
        more = atom_text(&again);
        fprintf(f, none ? "(%s%s*)?" : "(%s%s*)", once, more);
    } else {
        fprintf(f, "%s%s", once, many ? none ? "*" : "+" : none ? "?" : "");
    }
    free(once);
    free(more);
}

// To the parenthesis, or the end.
static void alternatives(struct pattern *p, FILE *f)
{
    fputc('(', f);
    while (p->token != ')' && p->token != POLICY_TOKEN_END)
        if (p->token == '|') {
            fputc('|', f);
            next_token(p);
        } else {
            repeated(p, f);
        }
    fputc(')', f);
}

bool regex_pattern(const char *pattern, bool members, FILE *f)
{
    struct pattern p = {.text = pattern, .members = members};
    if (members)
        fprintf(f, REGEX_MEMBERS "[0-9 ]*");
    next_token(&p);
    alternatives(&p, f);
    // What comes behind an AS that matched must be the end or the next one; ^ where none was needed.
    fprintf(f, "( |^|$)");
    return !p.anchored;
}
