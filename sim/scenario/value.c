// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_BYTES 64

static bool name_fits(const char *s)
{
    if (!*s || *s == '-' || strlen(s) > NAME_MAX_BYTES)
        return false;
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c >= 0x80;
        if (!ok)
            return false;
    }
    return true;
}

bool value_check_name(struct input *in, const struct text *name)
{
    if (name_fits(name->s))
        return true;
    diag_error(in->d, name->at, "use letters, digits, '-' and '_', at most 64 bytes",
               "'%s' is not a name", name->s);
    return false;
}

bool value_check_two_names(struct input *in, const struct text *name)
{
    const char *slash = strchr(name->s, '/');
    struct text parts[] = {*name, *name};
    if (!slash)
        return value_check_name(in, name);
    parts[0].s = arena_printf(in->a, "%.*s", (int)(slash - name->s), name->s);
    parts[1].s = slash + 1;
    return value_check_name(in, &parts[0]) && value_check_name(in, &parts[1]);
}

// Explains a value outside the field's range; `print` gives the text of a limit.
static void out_of_range(struct diag *d, const struct schema_field *f, const char *what,
                         const struct text *v, const char *least, const char *most)
{
    if (f->min == f->max && f->max != 0)
        diag_error(d, v->at, NULL, "'%s' must be %s, found '%s'", what, least, v->s);
    else if (f->min == 0 && v->s[0] == '-')
        diag_error(d, v->at, NULL, "'%s' must not be negative, found '%s'", what, v->s);
    else
        diag_error(d, v->at, NULL, "'%s' must be between %s and %s, found '%s'", what, least, most,
                   v->s);
}

static bool in_range(const struct schema_field *f, int64_t v)
{
    int64_t max = f->max == 0 && !(f->min < 0) ? INT64_MAX : f->max;
    return v >= f->min && v <= max;
}

static const char *unit_problem(enum unit_error e, const char *text)
{
    switch (e) {
    case UNIT_MISSING:
        return "has no unit";
    case UNIT_UNKNOWN:
        return "has an unknown unit";
    default:
        return text[0] ? "is not a number with a unit" : "is empty";
    }
}

// What follows the number in "13.2 mss".
static const char *unit_part(const char *text)
{
    const char *s = text + strspn(text, "+-0123456789. ");
    return s;
}

// The one unit that starts like `wrong`, whatever the case: "400G" can only be Gbps.
static const char *only_start(const char *wrong, const char *const *known, size_t n)
{
    const char *found = NULL;
    for (size_t i = 0; i < n; i++) {
        if (strncasecmp(known[i], wrong, strlen(wrong)) != 0)
            continue;
        if (found)
            return NULL;
        found = known[i];
    }
    return found;
}

// Near units by spelling ("gbps" → "Gbps"), or the list of all.
static void unit_hint(enum unit_kind kind, const char *text, char *buf, size_t size)
{
    char names[128], *save = NULL;
    const char *known[16], *wrong = unit_part(text);
    size_t n = 0;
    snprintf(names, sizeof names, "%s", unit_names(kind));
    for (char *s = strtok_r(names, ", ", &save); s && n < 16; s = strtok_r(NULL, ", ", &save))
        known[n++] = s;
    const char *near = *wrong ? suggest(wrong, known, n) : NULL;
    if (*wrong && !near)
        near = only_start(wrong, known, n);
    if (near)
        snprintf(buf, size, "did you mean '%.*s%s'? units of %s: %s",
                 (int)(wrong - text > 40 ? 40 : wrong - text), text, near, unit_kind_name(kind),
                 unit_names(kind));
    else
        snprintf(buf, size, "units of %s: %s", unit_kind_name(kind), unit_names(kind));
}

static void limit_text(enum unit_kind kind, int64_t v, char *buf, size_t size)
{
    if (v == 0)
        snprintf(buf, size, "0");
    else
        unit_print(kind, v, buf, size);
}

bool schema_quantity(struct diag *d, const struct schema_field *f, const char *what,
                     const struct text *value, int64_t *out)
{
    int64_t v = 0;
    char hint[200], least[UNIT_BUF], most[UNIT_BUF];
    enum unit_error e = unit_parse(f->unit, value->s, &v);
    if (e == UNIT_RANGE)
        v = value->s[0] == '-' ? INT64_MIN : INT64_MAX;
    if (e != UNIT_OK && e != UNIT_RANGE) {
        unit_hint(f->unit, value->s, hint, sizeof hint);
        diag_error(d, value->at, hint, "'%s' must be a %s%s%s, but '%s' %s", what,
                   unit_kind_name(f->unit), f->example ? " such as " : "",
                   f->example ? f->example : "", value->s, unit_problem(e, value->s));
        return false;
    }
    if (!in_range(f, v) || e == UNIT_RANGE) {
        limit_text(f->unit, f->min, least, sizeof least);
        limit_text(f->unit, f->max ? f->max : INT64_MAX, most, sizeof most);
        out_of_range(d, f, what, value, least, most);
        return false;
    }
    *out = v;
    return true;
}

static bool read_int(struct input *in, const struct schema_field *f, const char *where,
                     const struct text *t, int64_t *out)
{
    char *end = NULL, least[24], most[24];
    errno = 0;
    long long v = strtoll(t->s, &end, 10);
    if (end == t->s || *end || t->s[0] == ' ' || t->s[0] == '+') {
        diag_error(in->d, t->at, NULL, "'%s' must be a whole number%s%s, found '%s'", where,
                   f->example ? " such as " : "", f->example ? f->example : "", t->s);
        return false;
    }
    if (!in_range(f, v) || errno) {
        snprintf(least, sizeof least, "%lld", (long long)f->min);
        snprintf(most, sizeof most, "%lld", (long long)(f->max ? f->max : INT64_MAX));
        out_of_range(in->d, f, where, t, least, most);
        return false;
    }
    *out = v;
    return true;
}

// A plain decimal number; hexadecimal, "inf", "nan" and the like are no numbers here.
static bool read_decimal(struct input *in, const struct schema_field *f, const char *where,
                         const struct text *t, double *out)
{
    char *end = NULL, least[32], most[32];
    bool plain = t->s[0] && t->s[strspn(t->s, "0123456789.-eE+")] == '\0';
    double v = plain ? strtod(t->s, &end) : 0;
    if (!plain || end == t->s || *end || !isfinite(v)) {
        diag_error(in->d, t->at, NULL, "'%s' must be a number%s%s, found '%s'", where,
                   f->example ? " such as " : "", f->example ? f->example : "", t->s);
        return false;
    }
    if (v * 1e6 < (double)f->min || (f->max && v * 1e6 > (double)f->max)) {
        snprintf(least, sizeof least, "%g", (double)f->min / 1e6);
        snprintf(most, sizeof most, "%g", (double)f->max / 1e6);
        out_of_range(in->d, f, where, t, least, most);
        return false;
    }
    *out = v;
    return true;
}

static bool read_bool(struct input *in, const char *where, const struct text *t, bool *out)
{
    static const char *const yes[] = {"yes", "true", "on"}, *const no[] = {"no", "false", "off"};
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(t->s, yes[i]) == 0 || strcmp(t->s, no[i]) == 0) {
            *out = strcmp(t->s, yes[i]) == 0;
            return true;
        }
    }
    diag_error(in->d, t->at, NULL, "'%s' must be yes or no, found '%s'", where, t->s);
    return false;
}

static bool read_enum(struct input *in, const struct schema_field *f, const char *where,
                      const struct text *t, int *out)
{
    const char *list = "";
    for (int i = 0; i < f->nnames; i++) {
        if (strcmp(t->s, f->names[i]) == 0) {
            *out = i;
            return true;
        }
        list = arena_printf(in->a, "%s%s%s", list,
                            i == 0               ? ""
                            : i == f->nnames - 1 ? " or "
                                                 : ", ",
                            f->names[i]);
    }
    const char *near = suggest(t->s, f->names, (size_t)f->nnames);
    diag_error(in->d, t->at, near ? arena_printf(in->a, "did you mean '%s'?", near) : NULL,
               "'%s' must be %s, found '%s'", where, list, t->s);
    return false;
}

// A word, or a number that is none of those that stand for words.
static void read_int_word(struct input *in, const struct schema_field *f, const char *where,
                          const struct text *t, int64_t *out)
{
    for (int i = 0; i < f->nnames; i++) {
        if (strcmp(t->s, f->names[i]) == 0) {
            *out = -1 - i;
            return;
        }
    }
    if (strchr("+-0123456789", t->s[0])) {
        read_int(in, f, where, t, out);
        return;
    }
    const char *list = arena_printf(in->a, "%s", f->names[0]);
    for (int i = 1; i < f->nnames; i++)
        list = arena_printf(in->a, "%s, %s", list, f->names[i]);
    const char *near = suggest(t->s, f->names, (size_t)f->nnames);
    diag_error(in->d, t->at, near ? arena_printf(in->a, "did you mean '%s'?", near) : NULL,
               "'%s' must be a whole number or %s%s, found '%s'", where,
               f->nnames > 1 ? "one of " : "", list, t->s);
}

// "80" or "1024-65535".
static void read_range(struct input *in, const struct schema_field *f, const char *where,
                       const struct text *t, struct raw_range *out)
{
    const char *dash = strchr(t->s, '-');
    struct text first = *t, last = *t;
    struct raw_range range = {.at = t->at};
    if (dash && dash != t->s) {
        first.s = arena_strndup(in->a, t->s, (size_t)(dash - t->s));
        last.s = dash + 1;
    }
    if (!read_int(in, f, where, &first, &range.first) ||
        !read_int(in, f, where, &last, &range.last))
        return;
    if (range.first > range.last)
        diag_error(in->d, t->at, NULL, "'%s': '%s' ends before it begins", where, t->s);
    else
        *out = range;
}

static bool read_prefix(struct input *in, const char *where, const struct text *t,
                        struct raw_prefix *out)
{
    bool host_bits = false;
    char fixed[PREFIX_TEXT] = "";
    if (prefix_parse(t->s, &out->p, &host_bits)) {
        out->at = t->at;
        return true;
    }
    if (host_bits) {
        ip4_addr addr;
        const char *slash = strchr(t->s, '/');
        int len = atoi(slash + 1);
        if (ip4_parse(arena_strndup(in->a, t->s, (size_t)(slash - t->s)), &addr))
            prefix_print((struct prefix){addr & prefix_mask((uint8_t)len), (uint8_t)len}, fixed);
        diag_error(in->d, t->at, fixed[0] ? arena_printf(in->a, "did you mean '%s'?", fixed) : NULL,
                   "'%s': prefix '%s' has bits set behind its length", where, t->s);
    } else {
        diag_error(in->d, t->at, NULL,
                   "'%s' must be an IPv4 prefix such as 203.0.113.0/24, found '%s'", where, t->s);
    }
    return false;
}

// A factor is a decimal number kept in millionths.
static void read_factor(struct input *in, const struct schema_field *f, const char *where,
                        const struct text *t, int64_t *out)
{
    double v;
    if (read_decimal(in, f, where, t, &v))
        *out = llround(v * 1e6);
}

static void read_scalar(struct input *in, const struct schema_field *f, const char *where,
                        const struct text *t, void *slot)
{
    switch (f->type) {
    case SCHEMA_NAME:
        if (!value_check_name(in, t))
            break;
        // fall through
    case SCHEMA_TEXT:
    case SCHEMA_PATH:
        *(struct text *)slot = *t;
        break;
    case SCHEMA_INT:
        read_int(in, f, where, t, slot);
        break;
    case SCHEMA_DECIMAL:
        read_decimal(in, f, where, t, slot);
        break;
    case SCHEMA_FACTOR:
        read_factor(in, f, where, t, slot);
        break;
    case SCHEMA_BOOL:
        read_bool(in, where, t, slot);
        break;
    case SCHEMA_ENUM:
        read_enum(in, f, where, t, slot);
        break;
    case SCHEMA_UNIT_OFF:
        if (strcmp(t->s, "off") == 0) {
            *(int64_t *)slot = 0;
            break;
        }
        // fall through
    case SCHEMA_UNIT:
        schema_quantity(in->d, f, where, t, slot);
        break;
    case SCHEMA_PREFIX:
        read_prefix(in, where, t, slot);
        break;
    case SCHEMA_INT_WORD:
        read_int_word(in, f, where, t, slot);
        break;
    case SCHEMA_RANGE:
        read_range(in, f, where, t, slot);
        break;
    case SCHEMA_ADDRESS:
    case SCHEMA_PREFIX6:
    case SCHEMA_MAC:
        value_read_address(in, f, where, t, slot);
        break;
    default: // SCHEMA_NOTE: nothing to keep
        break;
    }
}

void value_read(struct input *in, const struct schema_field *f, const struct node *v,
                const char *where, void *slot)
{
    struct text t = {v->text, v->at};
    if (v->kind != NODE_SCALAR)
        diag_error(in->d, v->at, arena_printf(in->a, "%s: %s", f->key, f->doc),
                   "'%s' must be a single value, found %s", where, node_what(v));
    else
        read_scalar(in, f, where, &t, slot);
}

void value_read_names(struct input *in, const struct schema_field *f, const struct node *v,
                      const char *where, struct texts *out)
{
    struct node_entry self = {.value = v};
    const struct node_entry *items = v->kind == NODE_SCALAR ? &self : v->entries;
    int n = v->kind == NODE_SCALAR ? 1 : v->n;
    out->at = v->owner;
    if (v->kind == NODE_MAP) {
        diag_error(in->d, v->at, arena_printf(in->a, "%s: %s", f->key, f->doc),
                   "'%s' must be a list of names [a, b], found a mapping", where);
        return;
    }
    if (n == 0)
        diag_error(in->d, v->at, NULL, "'%s' is an empty list", where);
    out->v = arena_array(in->a, struct text, n);
    out->n = 0;
    for (int i = 0; i < n; i++) {
        struct text t = {items[i].value->text, items[i].value->at};
        if (items[i].value->kind != NODE_SCALAR)
            diag_error(in->d, items[i].value->at, NULL, "'%s' must hold names, found %s", where,
                       node_what(items[i].value));
        else
            out->v[out->n++] = t;
    }
}
