// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/schema.h"

#include "scenario/rows.h"
#include "scenario/value.h"

#include <string.h>

bool schema_has(const struct schema_table *t, const char *key)
{
    for (int i = 0; i < t->n; i++)
        if (strcmp(t->fields[i].key, key) == 0)
            return true;
    return false;
}

const char *schema_hint(struct arena *a, const char *word, const char *const *known, size_t n)
{
    const char *near = suggest(word, known, n);
    if (near)
        return arena_printf(a, "did you mean '%s'?", near);
    if (n == 0 || n > 24)
        return NULL;
    const char *list = arena_printf(a, "known: %s", known[0]);
    for (size_t i = 1; i < n; i++)
        list = arena_printf(a, "%s, %s", list, known[i]);
    return list;
}

// " in 'networks.telecom'", or nothing at the top of a file.
static const char *in_where(struct input *in, const char *where)
{
    return where[0] ? arena_printf(in->a, " in '%s'", where) : "";
}

const char *value_where(struct input *in, const char *where, const char *key)
{
    return where[0] ? arena_printf(in->a, "%s.%s", where, key) : key;
}

static void unknown_key(struct input *in, const struct schema_table *t, const char *where,
                        const struct node_entry *e)
{
    const char **keys = arena_array(in->a, const char *, t->n);
    for (int i = 0; i < t->n; i++)
        keys[i] = t->fields[i].key;
    diag_error(in->d, e->key_at, schema_hint(in->a, e->key, keys, (size_t)t->n),
               "unknown key '%s'%s", e->key, in_where(in, where));
}

// `v` is the value of required key `f`: NULL when absent, or an empty cell of a CSV row. An absent
// column has been reported at the header already.
static void missing_key(struct input *in, const struct schema_field *f, const struct node *n,
                        const struct node *v, const char *where)
{
    const char *hint = arena_printf(in->a, "%s: %s%s%s", f->key, f->doc,
                                    f->example ? ", e.g. " : "", f->example ? f->example : "");
    if (n->row && v && node_is_empty(v))
        diag_error(in->d, v->at, hint, "column '%s' is empty in this row", f->key);
    else if (!n->row && !v)
        diag_error(in->d, n->owner, hint, "missing key '%s'%s", f->key, in_where(in, where));
}

static void read_section(struct input *in, const struct schema_field *f, const struct node *v,
                         const char *where, char *slot)
{
    if (f->type == SCHEMA_SECTION) {
        schema_patch(in, f->sub, v, where, slot);
        return;
    }
    void *sub = arena_alloc(in->a, f->sub->size);
    schema_read(in, f->sub, v, where, sub);
    memcpy(slot, &sub, sizeof sub);
}

static bool needs_mapping(struct input *in, const struct node *v, const char *where)
{
    if (v->kind == NODE_MAP)
        return true;
    diag_error(in->d, v->at, NULL, "expected a mapping (key: value)%s, found %s",
               in_where(in, where), node_what(v));
    return false;
}

// A mapping from names to mappings becomes an array whose elements know their names.
static void read_dict(struct input *in, const struct schema_field *f, const struct node *v,
                      const char *where, struct rows *out)
{
    if (!needs_mapping(in, v, where))
        return;
    out->at = v->owner;
    char *items = arena_alloc(in->a, f->sub->size * (size_t)v->n);
    out->v = items;
    out->n = v->n;
    for (int i = 0; i < v->n; i++) {
        const struct node_entry *e = &v->entries[i];
        char *item = items + f->sub->size * (size_t)i;
        struct text name = {e->key, e->key_at};
        if (f->two_parts)
            value_check_two_names(in, &name);
        else
            value_check_name(in, &name);
        schema_read(in, f->sub, e->value, value_where(in, where, e->key), item);
        memcpy(item + f->sub->name_offset, &name, sizeof name);
    }
}

static void read_blocks(struct input *in, const struct node *v, const char *where,
                        struct blocks *out)
{
    if (!needs_mapping(in, v, where))
        return;
    out->at = v->owner;
    out->v = arena_array(in->a, struct raw_block, v->n);
    for (int i = 0; i < v->n; i++) {
        const struct node_entry *e = &v->entries[i];
        struct raw_block block = {{e->key, e->key_at}, {e->value->text, e->value->inside}};
        if (e->value->kind != NODE_SCALAR)
            diag_error(in->d, e->value->at, NULL, "'%s' needs text, found %s",
                       value_where(in, where, e->key), node_what(e->value));
        else if (value_check_name(in, &block.name))
            out->v[out->n++] = block;
    }
}

static void read_value(struct input *in, const struct schema_field *f, const struct node *v,
                       const char *where, char *out)
{
    char *slot = out + f->offset;
    if (f->place)
        memcpy(out + f->place, &v->at, sizeof v->at);
    switch (f->type) {
    case SCHEMA_SECTION:
    case SCHEMA_OPTIONAL:
        read_section(in, f, v, where, slot);
        break;
    case SCHEMA_PATCH:
        if (needs_mapping(in, v, where))
            memcpy(slot, &v, sizeof(const struct node *));
        break;
    case SCHEMA_PARTIAL: // taken out and merged before the schema is applied
        break;
    case SCHEMA_DICT:
        read_dict(in, f, v, where, (struct rows *)(void *)slot);
        break;
    case SCHEMA_BLOCKS:
        read_blocks(in, v, where, (struct blocks *)(void *)slot);
        break;
    case SCHEMA_ROWS:
    case SCHEMA_LIST:
        rows_read(in, f, v, where, out);
        break;
    case SCHEMA_NAMES:
        value_read_names(in, f, v, where, (struct texts *)(void *)slot);
        break;
    case SCHEMA_HOSTS:
    case SCHEMA_NETS:
    case SCHEMA_PREFIXES:
        value_read_addresses(in, f, v, where, slot);
        break;
    default:
        value_read(in, f, v, where, slot);
        break;
    }
}

// The key that sets others comes first, wherever it stands.
static void read_preset(struct input *in, const struct schema_table *t, const struct node *n,
                        const char *where, void *out)
{
    const struct node *v = node_get(n, t->preset_key);
    if (!v || node_is_empty(v))
        return;
    for (int k = 0; k < t->n; k++)
        if (strcmp(t->fields[k].key, t->preset_key) == 0)
            read_value(in, &t->fields[k], v, value_where(in, where, t->preset_key), out);
    t->preset(out);
}

void schema_patch(struct input *in, const struct schema_table *t, const struct node *n,
                  const char *where, void *out)
{
    if (!needs_mapping(in, n, where))
        return;
    if (t->preset_key)
        read_preset(in, t, n, where, out);
    if (t->place)
        memcpy((char *)out + t->place, &n->owner, sizeof n->owner);
    for (int i = 0; i < n->n; i++) {
        const struct node_entry *e = &n->entries[i];
        const struct schema_field *f = NULL;
        if (t->preset_key && strcmp(t->preset_key, e->key) == 0 && !node_is_empty(e->value))
            continue;
        for (int k = 0; k < t->n && !f; k++)
            if (strcmp(t->fields[k].key, e->key) == 0)
                f = &t->fields[k];
        const char *path = value_where(in, where, e->key);
        if (!f && n->row)
            continue; // an unknown column has been reported at the header
        if (!f)
            unknown_key(in, t, where, e);
        else if (!node_is_empty(e->value))
            read_value(in, f, e->value, path, out);
        else if (!n->row)
            diag_error(in->d, e->key_at, arena_printf(in->a, "%s: %s", f->key, f->doc),
                       "'%s' has no value", path);
    }
}

// Writes the defaults of a table and of the sections inside it.
static void set_defaults(struct input *in, const struct schema_table *t, char *out)
{
    if (t->prepare)
        t->prepare(out);
    for (int i = 0; i < t->n; i++) {
        const struct schema_field *f = &t->fields[i];
        struct node v = {.kind = NODE_SCALAR, .text = f->fallback, .at = {.file = "default"}};
        if (f->type == SCHEMA_SECTION)
            set_defaults(in, f->sub, out + f->offset);
        else if (f->fallback)
            value_read(in, f, &v, f->key, out + f->offset);
    }
}

void schema_read(struct input *in, const struct schema_table *t, const struct node *n,
                 const char *where, void *out)
{
    memset(out, 0, t->size);
    set_defaults(in, t, out);
    if (t->place)
        memcpy((char *)out + t->place, &n->owner, sizeof n->owner);
    schema_patch(in, t, n, where, out);
    if (n->kind != NODE_MAP)
        return;
    for (int i = 0; i < t->n; i++)
        if (t->fields[i].required)
            missing_key(in, &t->fields[i], n, node_get(n, t->fields[i].key), where);
}
