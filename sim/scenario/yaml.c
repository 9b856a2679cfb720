// SPDX-License-Identifier: GPL-3.0-or-later
// libyaml's events rather than its documents: they show anchors with their place and let reading
// stop before a deep or huge tree exists.
#include "scenario/yaml.h"

#include "base/table.h"
#include "base/vec.h"
#include "scenario/yaml_error.h"

#include <yaml.h>

struct level { // a list or mapping that is open
    struct node *node;
    VEC(struct node_entry) entries;
    const char *key; // mapping: key that waits for its value
    struct srcpos key_at;
};

struct composer {
    struct input *in;
    const char *file;
    const char *line_at; // a line of the file,
    size_t line;         // which has this number, from 0
    struct level levels[YAML_DEPTH_MAX];
    int depth;
    size_t nodes;
    struct node *root;
    bool stop;
};

static struct srcpos place(const struct composer *c, const yaml_event_t *e)
{
    struct srcpos p = {.file = c->file,
                       .line = (int)e->start_mark.line + 1,
                       .col = (int)e->start_mark.column + 1,
                       .width = 1};
    if (e->end_mark.line == e->start_mark.line && e->end_mark.column > e->start_mark.column)
        p.width = (int)(e->end_mark.column - e->start_mark.column);
    return p;
}

// Line `n` of the file, from 0. Asked for in ascending order.
static const char *line_text(struct composer *c, size_t n)
{
    while (c->line < n) {
        const char *end = strchr(c->line_at, '\n');
        if (!end)
            return "";
        c->line_at = end + 1;
        c->line++;
    }
    return c->line_at;
}

// Where the first character of a scalar stands. Of a block that is in the line below its `|`, behind
// the indentation of its first line that is not empty.
static struct srcpos inside(struct composer *c, const yaml_event_t *e, struct srcpos at)
{
    switch (e->data.scalar.style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        at.col++;
        break;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE: {
        size_t line = e->start_mark.line + 1;
        const char *text = line_text(c, line);
        for (size_t below = line; text[strspn(text, " ")] == '\n';)
            text = line_text(c, ++below);
        at.line = (int)line + 1;
        at.col = (int)strspn(text, " ") + 1;
        break;
    }
    default:
        break;
    }
    at.width = 1;
    return at;
}

static void refuse(struct composer *c, struct srcpos at, const char *hint, const char *what)
{
    diag_error(c->in->d, at, hint, "%s", what);
    c->stop = true;
}

// Puts a finished or just opened node where it belongs. A scalar may turn out to be a key.
static void attach(struct composer *c, struct node *n)
{
    if (++c->nodes > YAML_NODES_MAX) {
        diag_error(c->in->d, n->at, NULL, "more than %d values in one file", YAML_NODES_MAX);
        c->stop = true;
        return;
    }
    n->owner = n->at;
    if (c->depth == 0) {
        c->root = n;
        return;
    }
    struct level *l = &c->levels[c->depth - 1];
    struct node_entry e = {.value = n};
    if (l->node->kind == NODE_MAP) {
        if (!l->key && n->kind != NODE_SCALAR) {
            refuse(c, n->at, NULL, "a key must be a plain word, not a list or a mapping");
            return;
        }
        if (!l->key) {
            l->key = n->text;
            l->key_at = n->at;
            return;
        }
        e.key = l->key;
        e.key_at = n->owner = l->key_at;
        l->key = NULL;
    }
    vec_push(&l->entries, e);
}

static void open_level(struct composer *c, const yaml_event_t *e, enum node_kind kind)
{
    struct node *n = arena_new(c->in->a, struct node);
    n->kind = kind;
    n->at = place(c, e);
    n->at.width = 1;
    attach(c, n);
    if (c->stop)
        return;
    if (c->depth == YAML_DEPTH_MAX) {
        diag_error(c->in->d, n->at, NULL, "more than %d levels inside each other", YAML_DEPTH_MAX);
        c->stop = true;
        return;
    }
    struct level *l = &c->levels[c->depth++];
    l->node = n;
    l->entries.n = 0;
    l->key = NULL;
}

static void check_duplicates(struct composer *c, const struct node *n)
{
    struct table seen;
    table_init(&seen);
    for (int i = 0; i < n->n; i++) {
        const struct node_entry *e = &n->entries[i];
        uint64_t first;
        if (table_get_name(&seen, e->key, &first)) {
            diag_error(c->in->d, e->key_at, NULL, "key '%s' appears twice, first on line %d",
                       e->key, n->entries[first].key_at.line);
            continue;
        }
        table_put_name(&seen, e->key, (uint64_t)i);
    }
    table_free(&seen);
}

static void close_level(struct composer *c)
{
    struct level *l = &c->levels[--c->depth];
    struct node *n = l->node;
    n->n = (int)l->entries.n;
    n->entries = arena_array(c->in->a, struct node_entry, l->entries.n);
    if (l->entries.n)
        memcpy(n->entries, l->entries.v, l->entries.n * sizeof *l->entries.v);
    if (n->kind == NODE_MAP && n->n > 1)
        check_duplicates(c, n);
}

static void scalar(struct composer *c, const yaml_event_t *e)
{
    struct node *n = arena_new(c->in->a, struct node);
    const char *text = (const char *)e->data.scalar.value;
    n->kind = NODE_SCALAR;
    n->at = place(c, e);
    n->text = arena_strndup(c->in->a, text, e->data.scalar.length);
    n->inside = inside(c, e, n->at);
    n->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (strlen(n->text) != e->data.scalar.length) // "\0" in double quotes
        refuse(c, n->at, NULL, "a text must not contain the character NUL");
    else
        attach(c, n);
}

static const yaml_char_t *anchor_of(const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_SCALAR_EVENT:
        return e->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT:
        return e->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:
        return e->data.mapping_start.anchor;
    case YAML_ALIAS_EVENT:
        return e->data.alias.anchor;
    default:
        return NULL;
    }
}

static const yaml_char_t *tag_of(const yaml_event_t *e)
{
    return e->type == YAML_SCALAR_EVENT           ? e->data.scalar.tag
           : e->type == YAML_SEQUENCE_START_EVENT ? e->data.sequence_start.tag
           : e->type == YAML_MAPPING_START_EVENT  ? e->data.mapping_start.tag
                                                  : NULL;
}

static void take(struct composer *c, const yaml_event_t *e)
{
    if (anchor_of(e)) {
        refuse(c, place(c, e), "write the value out; use 'variants' for scenarios that share much",
               "anchors and aliases (&name, *name) are not allowed");
        return;
    }
    if (tag_of(e)) {
        refuse(c, place(c, e), "leave the tag out", "tags (!name) are not allowed");
        return;
    }
    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (c->root)
            refuse(c, place(c, e), NULL, "a second document ('---'), expected one a file");
        break;
    case YAML_SCALAR_EVENT:
        scalar(c, e);
        break;
    case YAML_SEQUENCE_START_EVENT:
        open_level(c, e, NODE_LIST);
        break;
    case YAML_MAPPING_START_EVENT:
        open_level(c, e, NODE_MAP);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_level(c);
        break;
    default:
        break;
    }
}

const struct node *yaml_parse(struct input *in, const char *file, const char *text, size_t len)
{
    if (!diag_text(in->d, file, "a YAML file", text, len))
        return NULL;
    yaml_parser_t p;
    struct composer c = {.in = in, .file = file, .line_at = text};
    if (!yaml_parser_initialize(&p)) {
        diag_error(in->d, (struct srcpos){.file = file}, NULL, "the YAML reader cannot start");
        return NULL;
    }
    yaml_parser_set_encoding(&p, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&p, (const unsigned char *)text, len);
    bool end = false;
    while (!end && !c.stop) {
        yaml_event_t e;
        if (!yaml_parser_parse(&p, &e)) {
            yaml_explain(in->d, file, text, len, &p);
            c.stop = true;
            break;
        }
        take(&c, &e);
        end = e.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&e);
    }
    yaml_parser_delete(&p);
    for (int i = 0; i < YAML_DEPTH_MAX; i++)
        vec_free(&c.levels[i].entries);
    if (c.stop)
        return NULL;
    if (!c.root) {
        c.root = arena_new(in->a, struct node);
        c.root->text = "";
        c.root->at = c.root->owner = (struct srcpos){.file = file};
    }
    return c.root;
}
