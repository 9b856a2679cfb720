// SPDX-License-Identifier: GPL-3.0-or-later
// GML (Himsolt 1997): "key value" pairs, where a value is a number, a "text" or a list of pairs
// in [ ]. This scan checks what igraph does not, with places; it does not build the graph.
#include "base/table.h"
#include "base/vec.h"
#include "scenario/graph.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 32

enum token { GML_END, GML_WORD, GML_NUMBER, GML_STRING, GML_OPEN, GML_CLOSE, GML_BAD };

struct edge_ids {
    const char *source, *target; // digits as written; NULL: absent
    struct srcpos at, source_at, target_at;
};

struct node_id {
    const char *id;
    struct srcpos at;
};

struct scanner {
    struct input *in;
    const char *file, *text;
    size_t len, i;
    int line;
    size_t line_start;
    const char *value; // of the last token, in the arena
    struct srcpos at;  // of the last token
    VEC(struct node_id) nodes;
    VEC(struct edge_ids) edges;
    int graphs;
};

static void new_line(struct scanner *s)
{
    s->line++;
    s->line_start = s->i + 1;
}

static void skip_space(struct scanner *s)
{
    for (; s->i < s->len; s->i++) {
        char c = s->text[s->i];
        if (c == '\n')
            new_line(s);
        if (c == '#')
            while (s->i + 1 < s->len && s->text[s->i + 1] != '\n')
                s->i++;
        else if (!isspace((unsigned char)c))
            return;
    }
}

static enum token take(struct scanner *s, enum token t, size_t start, size_t n)
{
    s->value = arena_strndup(s->in->a, s->text + start, n);
    s->at.width = (int)(n > 60 ? 1 : n);
    s->i = start + n;
    return t;
}

static enum token take_string(struct scanner *s)
{
    size_t start = ++s->i;
    while (s->i < s->len && s->text[s->i] != '"') {
        if (s->text[s->i] == '\n')
            new_line(s);
        s->i++;
    }
    if (s->i == s->len) {
        diag_error(s->in->d, s->at, "close it with \"", "this quote is never closed");
        return GML_BAD;
    }
    size_t end = s->i;
    take(s, GML_STRING, start, end - start);
    s->i = end + 1;
    return GML_STRING;
}

static enum token next(struct scanner *s)
{
    skip_space(s);
    s->at = (struct srcpos){s->file, s->line, (int)(s->i - s->line_start) + 1, 1};
    if (s->i == s->len)
        return GML_END;
    const char *p = s->text + s->i;
    unsigned char c = (unsigned char)*p;
    if (c == '[' || c == ']')
        return take(s, c == '[' ? GML_OPEN : GML_CLOSE, s->i, 1);
    if (c == '"')
        return take_string(s);
    size_t n = 0, left = s->len - s->i;
    if (isdigit(c) || c == '-' || c == '+' || c == '.') {
        while (n < left && (isalnum((unsigned char)p[n]) || strchr("+-.", p[n])))
            n++;
        return take(s, GML_NUMBER, s->i, n);
    }
    if (isalpha(c) || c == '_') {
        while (n < left && (isalnum((unsigned char)p[n]) || p[n] == '_'))
            n++;
        return take(s, GML_WORD, s->i, n);
    }
    diag_error(s->in->d, s->at, NULL, "expected a key, a value, '[' or ']', found '%.*s'", 1, p);
    return GML_BAD;
}

// Which part of the file the scanner is in, from the keys that enclose it.
enum part { PART_TOP, PART_GRAPH, PART_NODE, PART_EDGE, PART_OTHER };

static enum part part_below(enum part above, const char *key)
{
    if (above == PART_TOP && strcmp(key, "graph") == 0)
        return PART_GRAPH;
    if (above == PART_GRAPH && strcmp(key, "node") == 0)
        return PART_NODE;
    if (above == PART_GRAPH && strcmp(key, "edge") == 0)
        return PART_EDGE;
    return PART_OTHER;
}

static void opened(struct scanner *s, enum part part, struct srcpos key_at)
{
    if (part == PART_GRAPH && ++s->graphs == 2)
        diag_error(s->in->d, key_at, NULL, "a second graph, expected one a file");
    if (part == PART_NODE)
        vec_push(&s->nodes, ((struct node_id){.at = key_at}));
    if (part == PART_EDGE)
        vec_push(&s->edges, ((struct edge_ids){.at = key_at}));
}

// Is this key one whose value must be a whole number? Keeps the value.
static void keep_id(struct scanner *s, enum part part, const char *key, enum token t)
{
    const char **slot = NULL;
    struct srcpos *at = NULL;
    if (part == PART_NODE && strcmp(key, "id") == 0) {
        struct node_id *n = &s->nodes.v[s->nodes.n - 1];
        slot = &n->id, at = &n->at;
    } else if (part == PART_EDGE && strcmp(key, "source") == 0) {
        struct edge_ids *e = &s->edges.v[s->edges.n - 1];
        slot = &e->source, at = &e->source_at;
    } else if (part == PART_EDGE && strcmp(key, "target") == 0) {
        struct edge_ids *e = &s->edges.v[s->edges.n - 1];
        slot = &e->target, at = &e->target_at;
    }
    if (!slot)
        return;
    size_t sign = s->value[0] == '-' || s->value[0] == '+';
    size_t digits = strspn(s->value + sign, "0123456789");
    if (t != GML_NUMBER || digits == 0 || digits > 15 || s->value[sign + digits])
        diag_error(s->in->d, s->at, NULL, "'%s' must be a whole number, found '%s'", key, s->value);
    *slot = arena_printf(s->in->a, "%lld", atoll(s->value)); // "007" and "7" are the same id
    *at = s->at;
}

static bool bad_number(const struct scanner *s)
{
    char *end = NULL;
    strtod(s->value, &end);
    return *end != '\0';
}

// One "key value" pair. Opening a list goes one level down (`stack[*depth]`).
static bool pair(struct scanner *s, enum part *stack, int *depth)
{
    const char *key = s->value;
    struct srcpos key_at = s->at;
    enum token t = next(s);
    if (t == GML_BAD)
        return false;
    if (t != GML_NUMBER && t != GML_STRING && t != GML_OPEN) {
        diag_error(s->in->d, key_at, NULL, "key '%s' has no value", key);
        return false;
    }
    if (t == GML_NUMBER && bad_number(s)) {
        diag_error(s->in->d, s->at, "put a text in \"quotes\"", "'%s' is not a number", s->value);
        return false;
    }
    if (t != GML_OPEN) {
        keep_id(s, stack[*depth], key, t);
        return true;
    }
    if (*depth + 1 == DEPTH_MAX) {
        diag_error(s->in->d, s->at, NULL, "more than %d levels inside each other", DEPTH_MAX);
        return false;
    }
    enum part part = part_below(stack[*depth], key);
    stack[++*depth] = part;
    opened(s, part, key_at);
    return true;
}

static bool scan(struct scanner *s)
{
    enum part stack[DEPTH_MAX] = {PART_TOP};
    struct srcpos open_at[DEPTH_MAX] = {{0}};
    int depth = 0;
    for (;;) {
        enum token t = next(s);
        if (t == GML_BAD)
            return false;
        if (t == GML_END && depth == 0)
            return true;
        if (t == GML_END) {
            diag_error(s->in->d, open_at[depth], "close it with ']'", "this '[' is never closed");
            return false;
        }
        if (t == GML_CLOSE && depth > 0) {
            depth--;
        } else if (t != GML_WORD) {
            diag_error(s->in->d, s->at, NULL, "expected a key%s, found '%s'",
                       depth ? " or ']'" : "", s->value);
            return false;
        } else {
            int before = depth;
            if (!pair(s, stack, &depth))
                return false;
            if (depth > before)
                open_at[depth] = s->at;
        }
    }
}

static void check_end(struct scanner *s, const struct table *ids, const char *id,
                      struct srcpos id_at, struct srcpos edge_at, const char *key)
{
    if (!id)
        diag_error(s->in->d, edge_at, NULL, "this edge has no '%s'", key);
    else if (!table_get_name(ids, id, NULL))
        diag_error(s->in->d, id_at, "declare it: node [ id … ]",
                   "edge %s %s: there is no node with this id", key, id);
}

// Ids are known once the whole file is read: edges may stand before nodes.
static void check_ids(struct scanner *s)
{
    struct table ids;
    table_init(&ids);
    for (size_t i = 0; i < s->nodes.n; i++) {
        const struct node_id *n = &s->nodes.v[i];
        uint64_t first;
        if (!n->id)
            diag_error(s->in->d, n->at, NULL, "this node has no 'id'");
        else if (table_get_name(&ids, n->id, &first))
            diag_error(s->in->d, n->at, NULL, "node id %s appears twice, first on line %d", n->id,
                       s->nodes.v[first].at.line);
        else
            table_put_name(&ids, n->id, i);
    }
    for (size_t i = 0; i < s->edges.n; i++) {
        const struct edge_ids *e = &s->edges.v[i];
        check_end(s, &ids, e->source, e->source_at, e->at, "source");
        check_end(s, &ids, e->target, e->target_at, e->at, "target");
        if (e->source && e->target && strcmp(e->source, e->target) == 0)
            diag_error(s->in->d, e->at, NULL, "an edge from node %s to itself", e->source);
    }
    table_free(&ids);
}

bool gml_scan(struct input *in, const char *file, const char *text, size_t len,
              struct graph_places *out)
{
    struct scanner s = {.in = in, .file = file, .text = text, .len = len, .line = 1};
    size_t before = diag_errors(in->d);
    if (scan(&s)) {
        if (s.graphs == 0)
            diag_error(in->d, (struct srcpos){.file = file}, NULL,
                       "no graph: expected 'graph [ node [ id 0 … ] … ]'");
        check_ids(&s);
    }
    out->nnodes = s.nodes.n;
    out->nedges = s.edges.n;
    out->nodes = arena_array(in->a, struct srcpos, s.nodes.n);
    out->edges = arena_array(in->a, struct srcpos, s.edges.n);
    for (size_t i = 0; i < s.nodes.n; i++)
        out->nodes[i] = s.nodes.v[i].at;
    for (size_t i = 0; i < s.edges.n; i++)
        out->edges[i] = s.edges.v[i].at;
    vec_free(&s.nodes);
    vec_free(&s.edges);
    return diag_errors(in->d) == before;
}
