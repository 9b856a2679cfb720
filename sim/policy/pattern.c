// SPDX-License-Identifier: GPL-3.0-or-later
// The automaton after Thompson: a fragment has one way in and one way out; what is concatenated,
// chosen from or repeated is joined by states that consume nothing.
#include "policy/pattern.h"

#include <string.h>

enum kind { STATE_ANY, STATE_RANGES, STATE_FORK, STATE_BEGIN, STATE_END, STATE_MATCH };

#define NOWHERE UINT16_MAX

struct policy_state {
    enum kind kind;
    uint16_t next, other; // other: of a fork
    uint32_t first, n;    // of RANGES
};

// --- Tokens

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

int policy_pattern_token(const char *text, size_t *at, struct policy_range *as)
{
    while (text[*at] == ' ' || text[*at] == '\t' || text[*at] == ',')
        ++*at;
    char c = text[*at];
    if (c == '\0')
        return POLICY_TOKEN_END;
    if (digit(c)) {
        size_t from = *at;
        while (digit(text[*at]))
            ++*at;
        size_t first = *at;
        if (text[*at] == '-' && digit(text[*at + 1]))
            for (++*at; digit(text[*at]);)
                ++*at;
        if (!policy_range_parse(text + from, *at - from, UINT32_MAX, as))
            return POLICY_TOKEN_BAD;
        return first == *at ? POLICY_TOKEN_AS : POLICY_TOKEN_RANGE;
    }
    ++*at;
    return strchr("^$.*+?|()[]", c) ? c : POLICY_TOKEN_BAD;
}

// --- Parser

struct compiler {
    struct policy_pattern *p;
    const char *text;
    size_t at, before; // behind and in front of the token in hand
    int token;
    struct policy_range as;
    int depth;
    const char *wrong;
};

struct fragment {
    uint16_t in, out; // `out` is a state whose `next` is open
};

static void next_token(struct compiler *c)
{
    while (c->text[c->at] == ' ')
        c->at++;
    c->before = c->at;
    c->token = policy_pattern_token(c->text, &c->at, &c->as);
    if (c->token == POLICY_TOKEN_BAD && !c->wrong)
        c->wrong = digit(c->text[c->before])
                       ? "an AS number is 0 to 4294967295, a range goes up"
                       : "expected an AS number or one of ^ $ . * + ? | ( ) [ ]";
}

static void fail(struct compiler *c, const char *wrong)
{
    if (!c->wrong)
        c->wrong = wrong;
}

static uint16_t add(struct compiler *c, enum kind kind)
{
    if (c->p->nstates == POLICY_PATTERN_STATES) {
        fail(c, "the pattern is too long");
        return 0;
    }
    c->p->states[c->p->nstates] =
        (struct policy_state){.kind = kind, .next = NOWHERE, .other = NOWHERE};
    return c->p->nstates++;
}

static void link_to(struct compiler *c, uint16_t from, uint16_t to)
{
    c->p->states[from].next = to;
}

static struct fragment one(struct compiler *c, enum kind kind)
{
    uint16_t s = add(c, kind);
    return (struct fragment){s, s};
}

static void add_range(struct compiler *c, uint16_t state)
{
    c->p->ranges[c->p->nranges++] = c->as; // a token each: the text is longer
    c->p->states[state].n++;
}

static struct fragment alternatives(struct compiler *c);

static struct fragment class(struct compiler *c)
{
    struct fragment f = one(c, STATE_RANGES);
    c->p->states[f.in].first = c->p->nranges;
    for (next_token(c); c->token == POLICY_TOKEN_AS || c->token == POLICY_TOKEN_RANGE;
         next_token(c))
        add_range(c, f.in);
    if (c->token != ']')
        fail(c, "expected an AS number, a range or ']'");
    else if (c->p->states[f.in].n == 0)
        fail(c, "nothing stands in the brackets");
    return f;
}

static struct fragment atom(struct compiler *c)
{
    struct fragment f = {0, 0};
    switch (c->token) {
    case '.':
        f = one(c, STATE_ANY);
        break;
    case '^':
        f = one(c, STATE_BEGIN);
        break;
    case '$':
        f = one(c, STATE_END);
        break;
    case POLICY_TOKEN_AS:
        f = one(c, STATE_RANGES);
        c->p->states[f.in].first = c->p->nranges;
        add_range(c, f.in);
        break;
    case '[':
        f = class(c);
        break;
    case '(':
        if (++c->depth > POLICY_PATTERN_DEPTH)
            fail(c, "too many parentheses inside each other");
        next_token(c);
        if (!c->wrong)
            f = alternatives(c);
        c->depth--;
        if (c->token != ')')
            fail(c, "expected ')'");
        break;
    case POLICY_TOKEN_RANGE:
        fail(c, "a range stands in brackets: [64512-65534]");
        break;
    default:
        fail(c, "expected an AS number, '.', '(' or '['");
    }
    if (!c->wrong)
        next_token(c);
    return f;
}

static struct fragment repeated(struct compiler *c)
{
    struct fragment f = atom(c);
    while (!c->wrong && (c->token == '*' || c->token == '+' || c->token == '?')) {
        uint16_t fork = add(c, STATE_FORK), join = add(c, STATE_FORK);
        c->p->states[fork].other = join;
        link_to(c, fork, f.in);
        link_to(c, f.out, c->token == '?' ? join : fork);
        f = (struct fragment){c->token == '+' ? f.in : fork, join};
        next_token(c);
    }
    return f;
}

static struct fragment sequence(struct compiler *c)
{
    struct fragment f = repeated(c);
    while (!c->wrong && c->token != '|' && c->token != ')' && c->token != POLICY_TOKEN_END) {
        struct fragment g = repeated(c);
        link_to(c, f.out, g.in);
        f.out = g.out;
    }
    return f;
}

static struct fragment alternatives(struct compiler *c)
{
    struct fragment f = sequence(c);
    while (!c->wrong && c->token == '|') {
        next_token(c);
        struct fragment g = sequence(c);
        uint16_t fork = add(c, STATE_FORK), join = add(c, STATE_FORK);
        if (c->wrong)
            break;
        link_to(c, fork, f.in);
        c->p->states[fork].other = g.in;
        link_to(c, f.out, join);
        link_to(c, g.out, join);
        f = (struct fragment){fork, join};
    }
    return f;
}

const struct policy_pattern *policy_pattern_compile(struct arena *a, const char *text,
                                                    struct policy_pattern_error *error)
{
    struct policy_pattern *p = arena_new(a, struct policy_pattern);
    struct compiler c = {.p = p, .text = text};
    size_t len = strlen(text), states = 3 * len + 2;
    p->text = text;
    if (states > POLICY_PATTERN_STATES)
        states = POLICY_PATTERN_STATES;
    p->states = arena_array(a, struct policy_state, states);
    p->ranges = arena_array(a, struct policy_range, len);
    next_token(&c);
    if (c.token == POLICY_TOKEN_END)
        fail(&c, "the pattern is empty: ^$ is the empty path");
    struct fragment f = c.wrong ? (struct fragment){0, 0} : alternatives(&c);
    if (!c.wrong && c.token != POLICY_TOKEN_END)
        fail(&c, "')' without '('");
    uint16_t match = c.wrong ? 0 : add(&c, STATE_MATCH);
    if (c.wrong) {
        *error = (struct policy_pattern_error){c.wrong, c.before};
        return NULL;
    }
    link_to(&c, f.out, match);
    p->start = f.in;
    return p;
}

// --- Matching

struct set { // of states
    uint16_t v[POLICY_PATTERN_STATES];
    uint16_t n;
    bool has[POLICY_PATTERN_STATES];
};

static void clear(struct set *s)
{
    for (uint16_t i = 0; i < s->n; i++)
        s->has[s->v[i]] = false;
    s->n = 0;
}

static void put(struct set *s, uint16_t state)
{
    if (!s->has[state]) {
        s->has[state] = true;
        s->v[s->n++] = state;
    }
}

// Adds all that can be reached without consuming an AS. True when the pattern has matched.
static bool close_over(const struct policy_pattern *p, struct set *s, bool begin, bool end)
{
    for (uint16_t i = 0; i < s->n; i++) { // grows meanwhile
        const struct policy_state *state = &p->states[s->v[i]];
        if (state->kind == STATE_MATCH)
            return true;
        if (state->kind == STATE_FORK || (state->kind == STATE_BEGIN && begin) ||
            (state->kind == STATE_END && end))
            put(s, state->next);
        if (state->kind == STATE_FORK && state->other != NOWHERE)
            put(s, state->other);
    }
    return false;
}

static bool takes(const struct policy_pattern *p, const struct policy_state *s,
                  const uint32_t *ases, uint32_t n)
{
    if (s->kind != STATE_RANGES)
        return s->kind == STATE_ANY;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t r = s->first; r < s->first + s->n; r++)
            if (p->ranges[r].low <= ases[i] && ases[i] <= p->ranges[r].high)
                return true;
    return false;
}

bool policy_pattern_match(const struct policy_pattern *p, const uint32_t *ases,
                          const uint32_t *counts, size_t n)
{
    struct set sets[2] = {{.n = 0}, {.n = 0}}, *now = &sets[0], *next = &sets[1];
    for (size_t i = 0; i <= n; i++) {
        put(now, p->start); // a match may begin anywhere
        if (close_over(p, now, i == 0, i == n))
            return true;
        uint32_t count = i == n ? 0 : counts ? counts[i] : 1;
        for (uint16_t k = 0; i < n && k < now->n; k++) {
            const struct policy_state *s = &p->states[now->v[k]];
            if (takes(p, s, ases, count))
                put(next, s->next);
        }
        ases += count;
        clear(now);
        struct set *spent = now;
        now = next;
        next = spent;
    }
    return false;
}
