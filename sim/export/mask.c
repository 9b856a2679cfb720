// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/mask.h"

#include "base/vec.h"
#include "policy/pattern.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// Each a mask's elements, a blank behind every one; ^ and $ stand among them.
struct choices {
    VEC(char *) v;
};

struct reader {
    const char *text;
    size_t at;
    int token; // in hand
    struct policy_range as;
    bool failed;
};

static void advance(struct reader *r)
{
    r->token = policy_pattern_token(r->text, &r->at, &r->as);
}

static void add(struct choices *c, const char *front, const char *back)
{
    char *text = xmalloc(strlen(front) + strlen(back) + 1);
    strcat(strcpy(text, front), back);
    vec_push(&c->v, text);
}

static void release(struct choices *c)
{
    for (size_t i = 0; i < c->v.n; i++)
        free(c->v.v[i]);
    vec_free(&c->v);
}

// Every one of `c` followed by every one of `next`.
static void append(struct reader *r, struct choices *c, const struct choices *next)
{
    struct choices all = {0};
    if (c->v.n * next->v.n > MASK_MAX) {
        r->failed = true;
        return;
    }
    for (size_t i = 0; i < c->v.n; i++)
        for (size_t k = 0; k < next->v.n; k++)
            add(&all, c->v.v[i], next->v.v[k]);
    release(c);
    *c = all;
}

static void write_range(struct policy_range as, FILE *f)
{
    fprintf(f, "%" PRIu32, as.low);
    if (as.high != as.low)
        fprintf(f, "..%" PRIu32, as.high);
}

// An AS, or several in brackets.
static void element(struct reader *r, struct choices *c)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    if (r->token == POLICY_TOKEN_OPEN) {
        fputc('[', f);
        advance(r);
        for (bool first = true; r->token == POLICY_TOKEN_AS || r->token == POLICY_TOKEN_RANGE;
             advance(r), first = false) {
            fprintf(f, first ? "" : ",");
            write_range(r->as, f);
        }
        fputc(']', f);
    } else {
        write_range(r->as, f);
    }
    fclose(f);
    add(c, text, " ");
    free(text);
}

static void alternatives(struct reader *r, struct choices *c);

static void atom(struct reader *r, struct choices *c)
{
    switch (r->token) {
    case '(':
        advance(r);
        alternatives(r, c);
        break;
    case '.':
        add(c, "?", " ");
        break;
    case '^':
        add(c, "^", " ");
        break;
    case '$':
        add(c, "$", " ");
        break;
    default:
        element(r, c);
        break;
    }
    advance(r);
}

// One AS of some kind, so that BIRD can repeat it.
static bool is_element(const struct choices *c)
{
    if (c->v.n != 1 || !*c->v.v[0])
        return false;
    const char *text = c->v.v[0];
    return strchr(text, ' ')[1] == '\0' && !strchr("^$*", *text);
}

static void repeat(struct reader *r, struct choices *c)
{
    if (r->token == '?') {
        add(c, "", "");
    } else if (!is_element(c)) {
        r->failed = true;
    } else {
        bool any = *c->v.v[0] == '?', none = r->token == '*';
        struct choices all = {0};
        add(&all, any && none ? "" : c->v.v[0], any ? "* " : "+ ");
        if (none && !any)
            add(&all, "", "");
        release(c);
        *c = all;
    }
    advance(r);
}

static void sequence(struct reader *r, struct choices *c)
{
    add(c, "", "");
    while (!r->failed && r->token != '|' && r->token != ')' && r->token != POLICY_TOKEN_END) {
        struct choices one = {0};
        atom(r, &one);
        while (!r->failed && (r->token == '*' || r->token == '+' || r->token == '?'))
            repeat(r, &one);
        append(r, c, &one);
        release(&one);
    }
}

static void alternatives(struct reader *r, struct choices *c)
{
    for (bool more = true; more && !r->failed;) {
        struct choices one = {0};
        sequence(r, &one);
        for (size_t i = 0; i < one.v.n; i++)
            add(c, one.v.v[i], "");
        release(&one);
        more = r->token == '|';
        if (more)
            advance(r);
    }
}

// Nothing but what may be empty from `text` to `end`.
static bool is_empty(const char *text, const char *end)
{
    while (text < end && strchr("^$* ", *text))
        text++;
    return text == end;
}

// False: it stands for no path at all, as "1 ^".
static bool write_mask(const char *text, bool first, FILE *f)
{
    const char *begin = strrchr(text, '^'), *end = strchr(text, '$');
    const char *all = text + strlen(text);
    if ((begin && !is_empty(text, begin)) || (end && !is_empty(end, all)))
        return false;
    fprintf(f, "%sbgp_path ~ [= %s", first ? "" : " || ", begin ? "" : "* ");
    for (const char *c = begin ? begin + 2 : text; c < (end && end > begin ? end : all); c++)
        if (*c != '$')
            fputc(*c, f);
    fprintf(f, "%s=]", end ? "" : "* ");
    return true;
}

bool mask_write(const char *pattern, FILE *f)
{
    struct reader r = {.text = pattern};
    struct choices c = {0};
    bool first = true;
    advance(&r);
    alternatives(&r, &c);
    fputc('(', f);
    for (size_t i = 0; i < c.v.n; i++)
        if (!r.failed && write_mask(c.v.v[i], first, f))
            first = false;
    fprintf(f, first ? "false)" : ")");
    release(&c);
    return !r.failed;
}
