// SPDX-License-Identifier: GPL-3.0-or-later
// What is done with trees of nodes, wherever they came from; declared in yaml.h.
#include "base/table.h"
#include "base/vec.h"
#include "scenario/yaml.h"

#include <string.h>

const struct node *node_get(const struct node *map, const char *key)
{
    if (!map || map->kind != NODE_MAP)
        return NULL;
    for (int i = 0; i < map->n; i++)
        if (strcmp(map->entries[i].key, key) == 0)
            return map->entries[i].value;
    return NULL;
}

bool node_is_empty(const struct node *n)
{
    return n->kind == NODE_SCALAR && !n->quoted &&
           (n->text[0] == '\0' || strcmp(n->text, "~") == 0 || strcmp(n->text, "null") == 0);
}

const char *node_what(const struct node *n)
{
    return n->kind == NODE_MAP    ? "a mapping"
           : n->kind == NODE_LIST ? "a list"
           : node_is_empty(n)     ? "nothing"
                                  : "a single value";
}

const struct node *node_merge(struct arena *a, const struct node *base, const struct node *over)
{
    if (base->kind != NODE_MAP || over->kind != NODE_MAP)
        return over;
    struct node *out = arena_new(a, struct node);
    struct table index;
    *out = *base;
    out->entries = arena_array(a, struct node_entry, base->n + over->n);
    table_init(&index);
    for (int i = 0; i < base->n; i++) {
        out->entries[i] = base->entries[i];
        table_put_name(&index, base->entries[i].key, (uint64_t)i);
    }
    for (int i = 0; i < over->n; i++) {
        const struct node_entry *e = &over->entries[i];
        uint64_t at;
        if (table_get_name(&index, e->key, &at)) {
            out->entries[at].value = node_merge(a, out->entries[at].value, e->value);
            out->entries[at].key_at = e->key_at;
        } else {
            table_put_name(&index, e->key, (uint64_t)out->n);
            out->entries[out->n++] = *e;
        }
    }
    table_free(&index);
    return out;
}
