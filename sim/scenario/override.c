// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/override.h"

#include "base/table.h"

#include <stdlib.h>
#include <string.h>

const struct node **override_parse(struct input *in, const struct override *sets, size_t n)
{
    const struct node **out = arena_array(in->a, const struct node *, n);
    const char *all = "", *above = "";
    for (size_t i = 0; i < n; i++) {
        // As many line ends and blanks before the value as stand before it in "key=value": so the
        // parser itself counts the right line and column.
        const char *text =
            arena_printf(in->a, "%s%*s%s", above, (int)strlen(sets[i].key) + 1, "", sets[i].value);
        out[i] = yaml_parse(in, OVERRIDE_FILE, text, strlen(text));
        all = arena_printf(in->a, "%s%s=%s\n", all, sets[i].key, sets[i].value);
        above = arena_printf(in->a, "%s\n", above);
    }
    if (n)
        diag_source(in->d, OVERRIDE_FILE, all, strlen(all));
    in->hash = n ? hash_bytes(all, strlen(all), in->hash) : in->hash;
    return out;
}

struct setter {
    struct input *in;
    struct srcpos at;
    const struct node *value;
    int depth;
};

static const struct node *set_below(struct setter *s, const struct node *base, const char *key);

// Copies `base` and replaces (or adds) the entry at `i`.
static const struct node *replace(struct setter *s, const struct node *base, int i, const char *key,
                                  const char *rest)
{
    struct node *out = arena_new(s->in->a, struct node);
    *out = *base;
    out->entries = arena_array(s->in->a, struct node_entry, base->n + 1);
    for (int k = 0; k < base->n; k++)
        out->entries[k] = base->entries[k];
    if (i == base->n) {
        out->entries[i].key = key;
        out->n++;
    }
    struct node_entry *e = &out->entries[i];
    if (e->key)
        e->key_at = s->at;
    const struct node *below = e->value;
    e->value = rest    ? set_below(s, below, rest)
               : below ? node_merge(s->in->a, below, s->value)
                       : s->value;
    return out;
}

static const struct node *in_list(struct setter *s, const struct node *base, const char *key,
                                  const char *rest)
{
    char *end = NULL;
    long i = strtol(key, &end, 10);
    if (end == key || *end || i < 0 || i >= base->n) {
        diag_error(s->in->d, s->at, NULL,
                   "expected the number of a list item from 0 to %d, found '%s'", base->n - 1, key);
        return base;
    }
    return replace(s, base, (int)i, NULL, rest);
}

static const struct node *set_below(struct setter *s, const struct node *base, const char *path)
{
    size_t n = strcspn(path, ".");
    const char *key = arena_strndup(s->in->a, path, n), *rest = path[n] ? path + n + 1 : NULL;
    if (n == 0 || s->depth++ >= YAML_DEPTH_MAX) {
        diag_error(s->in->d, s->at, "for example networks.telecom.igp.bfd",
                   "expected keys separated by single dots");
        return base;
    }
    if (base && base->kind == NODE_LIST)
        return in_list(s, base, key, rest);
    if (!base || base->kind != NODE_MAP) {
        struct node *empty = arena_new(s->in->a, struct node);
        *empty = (struct node){.kind = NODE_MAP, .at = s->at, .owner = s->at};
        base = empty;
    }
    int i = 0;
    while (i < base->n && strcmp(base->entries[i].key, key) != 0)
        i++;
    return replace(s, base, i, key, rest);
}

const struct node *override_apply(struct input *in, const struct node *root,
                                  const struct override *sets, const struct node *const *values,
                                  size_t n, bool variants)
{
    for (size_t i = 0; i < n; i++) {
        struct srcpos at = {OVERRIDE_FILE, (int)i + 1, 1, (int)strlen(sets[i].key)};
        struct setter s = {.in = in, .at = at, .value = values[i]};
        if (values[i] && (strncmp(sets[i].key, "variants.", 9) == 0) == variants)
            root = set_below(&s, root, sets[i].key);
    }
    return root;
}
