// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/asrel.h"

#include "base/vec.h"

#include <inttypes.h>
#include <string.h>

struct line { // one line of the file, or the part that is left of it
    struct input *in;
    const char *file, *start, *at, *end;
    int number;
};

struct pair { // a link by AS numbers, a < z
    uint32_t a, z;
    enum asrel_kind a_is;
    int line;
};

static const char *const kind_names[] = {
    [ASREL_PROVIDER] = "provider",
    [ASREL_CUSTOMER] = "customer",
    [ASREL_PEER] = "peer",
    [ASREL_SIBLING] = "sibling",
};

static struct srcpos place(const struct line *l, const char *at, const char *end)
{
    return (struct srcpos){l->file, l->number, 1 + (int)(at - l->start),
                           end > at ? (int)(end - at) : 1};
}

// The next column, up to '|' or the end of the line.
static const char *column(struct line *l, size_t *len)
{
    const char *at = l->at, *bar = memchr(at, '|', (size_t)(l->end - at));
    *len = (size_t)((bar ? bar : l->end) - at);
    l->at = bar ? bar + 1 : l->end;
    return at;
}

static bool as_number(struct line *l, uint32_t *asn)
{
    size_t len;
    const char *text = column(l, &len);
    uint64_t value = 0;
    bool good = len > 0 && len <= 10;
    for (size_t i = 0; i < len && good; i++) {
        good = text[i] >= '0' && text[i] <= '9';
        value = 10 * value + (uint64_t)(text[i] - '0');
    }
    if (!good || value == 0 || value > UINT32_MAX) {
        diag_error(l->in->d, place(l, text, text + len), NULL,
                   "expected an AS number from 1 to 4294967295, found '%.*s'", (int)len, text);
        return false;
    }
    *asn = (uint32_t)value;
    return true;
}

static bool relation(struct line *l, enum asrel_kind *a_is)
{
    static const struct {
        const char *text;
        enum asrel_kind kind;
    } known[] = {{"-1", ASREL_PROVIDER}, {"0", ASREL_PEER}, {"2", ASREL_SIBLING}};
    size_t len;
    const char *text = column(l, &len);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (len == strlen(known[i].text) && memcmp(text, known[i].text, len) == 0) {
            *a_is = known[i].kind;
            return true;
        }
    }
    diag_error(l->in->d, place(l, text, text + len), NULL,
               "expected a relation (-1: provider of the second AS, 0: peer, 2: sibling), found "
               "'%.*s'",
               (int)len, text);
    return false;
}

static bool read_pair(struct line *l, struct pair *p)
{
    size_t len;
    *p = (struct pair){.line = l->number};
    if (!as_number(l, &p->a) || !as_number(l, &p->z) || !relation(l, &p->a_is))
        return false;
    if (l->at < l->end) {
        const char *method = column(l, &len);
        if (l->at < l->end || memchr(method, '|', (size_t)(l->end - method))) {
            diag_error(l->in->d, place(l, l->at, l->end), NULL, "expected three or four columns");
            return false;
        }
    }
    if (p->a == p->z) {
        diag_error(l->in->d, place(l, l->start, l->end), NULL, "AS %" PRIu32 " is linked to itself",
                   p->a);
        return false;
    }
    if (p->a > p->z) {
        uint32_t a = p->a;
        p->a = p->z;
        p->z = a;
        if (p->a_is == ASREL_PROVIDER)
            p->a_is = ASREL_CUSTOMER;
    }
    return true;
}

static int by_pair(const void *x, const void *y)
{
    const struct pair *p = x, *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    if (p->z != q->z)
        return p->z < q->z ? -1 : 1;
    return p->line < q->line ? -1 : p->line > q->line;
}

// Keeps one of those that say the same.
static void merge(struct input *in, const char *file, struct pair *pairs, size_t n,
                  struct asrel *out)
{
    uint32_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct pair *last = kept ? &pairs[kept - 1] : NULL;
        if (!last || last->a != pairs[i].a || last->z != pairs[i].z) {
            pairs[kept++] = pairs[i];
            continue;
        }
        out->repeated++;
        if (last->a_is != pairs[i].a_is)
            diag_error(in->d, (struct srcpos){file, pairs[i].line, 1, 1}, NULL,
                       "AS %" PRIu32 " is a %s of AS %" PRIu32 " here, and a %s in line %d",
                       last->a, kind_names[pairs[i].a_is], last->z, kind_names[last->a_is],
                       last->line);
    }
    out->nlinks = kept;
}

static int ascending(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

static void number_ases(struct input *in, const struct pair *pairs, struct asrel *out)
{
    size_t n = 2 * (size_t)out->nlinks;
    out->asns = arena_alloc(in->a, n * sizeof *out->asns);
    for (size_t i = 0; i < out->nlinks; i++) {
        out->asns[2 * i] = pairs[i].a;
        out->asns[2 * i + 1] = pairs[i].z;
    }
    qsort(out->asns, n, sizeof *out->asns, ascending);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || out->asns[i] != out->asns[i - 1])
            out->asns[out->nases++] = out->asns[i];
    out->links = arena_alloc(in->a, out->nlinks * sizeof *out->links);
    for (size_t i = 0; i < out->nlinks; i++)
        out->links[i] = (struct asrel_link){
            asrel_find(out, pairs[i].a), asrel_find(out, pairs[i].z), pairs[i].a_is, pairs[i].line};
}

bool asrel_read(struct input *in, const char *path, struct srcpos named, struct asrel *out)
{
    size_t len, before = diag_errors(in->d);
    VEC(struct pair) pairs = {0};
    *out = (struct asrel){0};
    const char *text = input_read(in, path, named, ASREL_FILE_MAX, &len);
    if (!text)
        return false;
    diag_source(in->d, path, text, len);
    struct line l = {.in = in, .file = path};
    const char *end = text + len, *next;
    for (const char *at = text; at < end && diag_errors(in->d) < before + DIAG_MAX; at = next) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        struct pair p;
        l.start = l.at = at;
        l.end = stop ? stop : end;
        next = l.end + 1;
        if (l.end > at && l.end[-1] == '\r')
            l.end--;
        l.number++;
        if (at != l.end && *at != '#' && read_pair(&l, &p))
            vec_push(&pairs, p);
    }
    if (pairs.n)
        qsort(pairs.v, pairs.n, sizeof *pairs.v, by_pair);
    else if (diag_errors(in->d) == before)
        diag_error(in->d, (struct srcpos){.file = path}, NULL, "the file has no link");
    merge(in, path, pairs.v, pairs.n, out);
    if (pairs.n)
        number_ases(in, pairs.v, out);
    vec_free(&pairs);
    return diag_errors(in->d) == before;
}

uint32_t asrel_find(const struct asrel *r, uint32_t asn)
{
    uint32_t low = 0, high = r->nases;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (r->asns[middle] < asn)
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->nases && r->asns[low] == asn ? low : ASREL_NONE;
}
