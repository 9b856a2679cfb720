// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/rows.h"

#include "base/csv.h"
#include "scenario/value.h"

#include <string.h>

// Every column must be a key, and every required key a column.
static bool check_head(struct input *in, const struct schema_table *t, const struct csv *csv,
                       const char *file)
{
    const char **keys = arena_array(in->a, const char *, t->n);
    bool ok = true;
    for (int i = 0; i < t->n; i++)
        keys[i] = t->fields[i].key;
    for (size_t c = 0; c < csv->ncol; c++) {
        if (!csv->head[c].text[0] || schema_has(t, csv->head[c].text))
            continue;
        diag_error(in->d, csv->head[c].at,
                   schema_hint(in->a, csv->head[c].text, keys, (size_t)t->n), "unknown column '%s'",
                   csv->head[c].text);
        ok = false;
    }
    for (int i = 0; i < t->n; i++) {
        const struct schema_field *f = &t->fields[i];
        if (!f->required || csv_column(csv, f->key) >= 0)
            continue;
        diag_error(in->d, (struct srcpos){file, csv->head[0].at.line, 1, 1},
                   arena_printf(in->a, "%s: %s", f->key, f->doc), "missing column '%s'", f->key);
        ok = false;
    }
    return ok;
}

static struct node *cell_node(struct input *in, const struct csv_cell *c)
{
    struct node *n = arena_new(in->a, struct node);
    n->kind = NODE_SCALAR;
    n->text = c->text;
    n->at = n->owner = c->at;
    return n;
}

static struct node *row_node(struct input *in, const struct csv *csv, size_t row)
{
    struct node *n = arena_new(in->a, struct node);
    n->kind = NODE_MAP;
    n->row = true;
    n->at = n->owner = csv_at(csv, row, 0)->at;
    n->entries = arena_array(in->a, struct node_entry, csv->ncol);
    n->n = (int)csv->ncol;
    for (size_t c = 0; c < csv->ncol; c++) {
        const struct csv_cell *cell = csv_at(csv, row, c);
        n->entries[c] = (struct node_entry){csv->head[c].text, cell->at, cell_node(in, cell)};
    }
    return n;
}

static void start(struct input *in, const struct schema_field *f, int n, struct rows *out)
{
    out->v = arena_alloc(in->a, f->sub->size * (size_t)n);
    out->n = n;
}

static void *item(const struct schema_field *f, const struct rows *out, int i)
{
    return (char *)out->v + f->sub->size * (size_t)i;
}

static void read_csv(struct input *in, const struct schema_field *f, const struct node *v,
                     struct rows *out)
{
    struct csv csv;
    size_t len;
    const char *path = input_path(in, v->at.file, v->text);
    const char *text = input_read(in, path, v->at, CSV_FILE_MAX, &len);
    if (!text)
        return;
    bool whole = csv_read_text(in->a, in->d, path, text, len, &csv);
    if (csv.ncol == 0 || (!check_head(in, f->sub, &csv, path) && !whole))
        return;
    start(in, f, (int)csv.nrow, out);
    for (int i = 0; i < out->n; i++)
        schema_read(in, f->sub, row_node(in, &csv, (size_t)i), "", item(f, out, i));
}

// An item given by name only is a mapping with just that: {city: beijing}.
static const struct node *named(struct input *in, const struct schema_field *f, const char *name,
                                struct srcpos at, const struct node *rest)
{
    struct node *id = arena_new(in->a, struct node), *map = arena_new(in->a, struct node);
    *id = (struct node){.kind = NODE_SCALAR, .text = name, .at = at, .owner = at};
    *map = (struct node){.kind = NODE_MAP, .at = at, .owner = at};
    map->entries = arena_array(in->a, struct node_entry, 1 + (rest ? rest->n : 0));
    map->entries[map->n++] = (struct node_entry){f->sub->fields[0].key, at, id};
    for (int i = 0; rest && i < rest->n; i++)
        map->entries[map->n++] = rest->entries[i];
    return map;
}

static void read_list(struct input *in, const struct schema_field *f, const struct node *v,
                      const char *where, struct rows *out)
{
    start(in, f, v->n, out);
    for (int i = 0; i < v->n; i++) {
        const struct node *n = v->entries[i].value;
        if (n->kind == NODE_SCALAR && !node_is_empty(n) && f->sub->fields[0].type == SCHEMA_NAME)
            n = named(in, f, n->text, n->at, NULL);
        schema_read(in, f->sub, n, arena_printf(in->a, "%s[%d]", where, i), item(f, out, i));
    }
}

static void read_map(struct input *in, const struct schema_field *f, const struct node *v,
                     const char *where, struct rows *out)
{
    start(in, f, v->n, out);
    for (int i = 0; i < v->n; i++) {
        const struct node_entry *e = &v->entries[i];
        const char *path = value_where(in, where, e->key);
        if (e->value->kind == NODE_MAP)
            schema_read(in, f->sub, named(in, f, e->key, e->key_at, e->value), path,
                        item(f, out, i));
        else
            schema_read(in, f->sub, e->value, path, item(f, out, i)); // says what is wrong
    }
}

void rows_read(struct input *in, const struct schema_field *f, const struct node *v,
               const char *where, char *out)
{
    struct rows *rows = (struct rows *)(void *)(out + f->offset);
    rows->at = v->owner;
    if (f->type == SCHEMA_LIST && v->kind != NODE_LIST) {
        diag_error(in->d, v->at, arena_printf(in->a, "%s: %s", f->key, f->doc),
                   "'%s' must be a list of mappings (- key: value), found %s", where, node_what(v));
    } else if (v->kind == NODE_SCALAR) {
        read_csv(in, f, v, rows);
    } else if (v->kind == NODE_LIST) {
        read_list(in, f, v, where, rows);
    } else if (f->alt) {
        void *alt = arena_alloc(in->a, f->alt->size);
        schema_read(in, f->alt, v, where, alt);
        memcpy(out + f->alt_offset, &alt, sizeof alt);
    } else {
        read_map(in, f, v, where, rows);
    }
}
