// SPDX-License-Identifier: GPL-3.0-or-later
// Checks a GraphML file with libxml2, which knows lines, before igraph reads it.
#include "base/table.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "scenario/graph.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <limits.h>
#include <string.h>

struct scanner {
    struct input *in;
    const char *file, *text;
    size_t len;
    size_t *lines; // where each line starts
    size_t nlines;
    struct table keys, ids;
    VEC(struct srcpos) nodes, edges;
    int graphs;
};

static void index_lines(struct scanner *s)
{
    VEC(size_t) starts = {0};
    vec_push(&starts, 0);
    for (size_t i = 0; i < s->len; i++)
        if (s->text[i] == '\n')
            vec_push(&starts, i + 1);
    s->lines = starts.v;
    s->nlines = starts.n;
}

// libxml2 tells the line only: the column is where `word` stands in it.
static struct srcpos place(const struct scanner *s, const xmlNode *n, const char *word)
{
    long line = xmlGetLineNo(n);
    struct srcpos p = {s->file, line > 0 && line < INT_MAX ? (int)line : 0, 1, 1};
    if (line < 1 || (size_t)line > s->nlines)
        return p;
    size_t start = s->lines[line - 1];
    size_t end = (size_t)line < s->nlines ? s->lines[line] : s->len;
    const char *at = memmem(s->text + start, end - start, word, strlen(word));
    if (at && *word) {
        p.col = (int)utf8_count(s->text + start, (size_t)(at - s->text) - start) + 1;
        p.width = (int)utf8_count(word, strlen(word));
    }
    return p;
}

static bool is(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0;
}

// An attribute's text in the arena, or NULL.
static const char *attribute(struct scanner *s, const xmlNode *n, const char *name)
{
    xmlChar *v = xmlGetNoNsProp(n, (const xmlChar *)name);
    const char *text = v ? arena_strdup(s->in->a, (const char *)v) : NULL;
    xmlFree(v);
    return text;
}

static const char *need(struct scanner *s, const xmlNode *n, const char *name)
{
    const char *v = attribute(s, n, name);
    if (!v)
        diag_error(s->in->d, place(s, n, (const char *)n->name), NULL, "<%s> has no attribute '%s'",
                   (const char *)n->name, name);
    return v;
}

static void declare(struct scanner *s, struct table *t, const xmlNode *n, const char *id)
{
    uint64_t first;
    if (table_get_name(t, id, &first))
        diag_error(s->in->d, place(s, n, id), NULL, "%s id '%s' appears twice, first on line %d",
                   (const char *)n->name, id, (int)first);
    else
        table_put_name(t, id, (uint64_t)place(s, n, id).line);
}

static void check_data(struct scanner *s, const xmlNode *parent)
{
    for (const xmlNode *n = parent->children; n; n = n->next) {
        if (is(n, "data")) {
            const char *key = need(s, n, "key");
            if (key && !table_get_name(&s->keys, key, NULL))
                diag_error(s->in->d, place(s, n, key), "declare it: <key id=… attr.name=…/>",
                           "data key '%s' is not declared", key);
        } else if (is(n, "graph") || is(n, "port")) {
            diag_error(s->in->d, place(s, n, (const char *)n->name), NULL,
                       "<%s> inside <%s> is not supported", (const char *)n->name,
                       (const char *)parent->name);
        }
    }
}

static void check_edge(struct scanner *s, const xmlNode *n)
{
    static const char *const ends[] = {"source", "target"};
    const char *id[2];
    for (int i = 0; i < 2; i++) {
        id[i] = need(s, n, ends[i]);
        if (id[i] && !table_get_name(&s->ids, id[i], NULL))
            diag_error(s->in->d, place(s, n, id[i]), "declare it: <node id=…/>",
                       "edge %s '%s': there is no node with this id", ends[i], id[i]);
    }
    if (id[0] && id[1] && strcmp(id[0], id[1]) == 0)
        diag_error(s->in->d, place(s, n, id[0]), NULL, "an edge from node '%s' to itself", id[0]);
    check_data(s, n);
    vec_push(&s->edges, place(s, n, "<edge"));
}

static void check_graph(struct scanner *s, const xmlNode *graph)
{
    if (++s->graphs == 2)
        diag_error(s->in->d, place(s, graph, "graph"), NULL, "a second graph, expected one a file");
    for (const xmlNode *n = graph->children; n; n = n->next) {
        if (!is(n, "node"))
            continue;
        const char *id = need(s, n, "id");
        if (id)
            declare(s, &s->ids, n, id);
        check_data(s, n);
        vec_push(&s->nodes, place(s, n, "<node"));
    }
    for (const xmlNode *n = graph->children; n; n = n->next) {
        if (is(n, "edge"))
            check_edge(s, n);
        else if (is(n, "hyperedge"))
            diag_error(s->in->d, place(s, n, "hyperedge"), NULL,
                       "<hyperedge> is not supported, expected <edge>");
    }
}

// igraph knows these types; other words ("integer") make it give up without a place.
static void check_key(struct scanner *s, const xmlNode *n)
{
    static const char *const types[] = {"boolean", "int", "long", "float", "double", "string"};
    const char *id = need(s, n, "id"), *type = attribute(s, n, "attr.type");
    if (id)
        declare(s, &s->keys, n, id);
    for (size_t i = 0; type && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(type, types[i]) == 0)
            return;
    if (type)
        diag_error(s->in->d, place(s, n, type), "known: boolean, int, long, float, double, string",
                   "unknown attribute type '%s'", type);
}

static void check_document(struct scanner *s, xmlDoc *doc)
{
    const xmlNode *root = xmlDocGetRootElement(doc);
    if (doc->intSubset) {
        diag_error(s->in->d, (struct srcpos){.file = s->file}, "remove <!DOCTYPE …>",
                   "a document type (and its entities) is not allowed");
        return;
    }
    if (!root || !is(root, "graphml")) {
        diag_error(
            s->in->d,
            root ? place(s, root, (const char *)root->name) : (struct srcpos){.file = s->file},
            NULL, "expected <graphml>, found <%s>", root ? (const char *)root->name : "nothing");
        return;
    }
    for (const xmlNode *n = root->children; n; n = n->next)
        if (is(n, "key"))
            check_key(s, n);
    for (const xmlNode *n = root->children; n; n = n->next)
        if (is(n, "graph"))
            check_graph(s, n);
    if (s->graphs == 0)
        diag_error(s->in->d, place(s, root, "graphml"), NULL, "no <graph> in this file");
}

// libxml2's first syntax error is the useful one; what follows are its consequences.
static void on_error(void *context, xmlError *e)
{
    xmlParserCtxt *ctxt = context;
    struct scanner *s = ctxt->_private;
    if (!s || e->level < XML_ERR_ERROR || s->graphs < 0)
        return;
    char text[200];
    snprintf(text, sizeof text, "%s", e->message ? e->message : "unreadable");
    text[strcspn(text, "\n")] = '\0';
    struct srcpos at = {s->file, e->line, e->int2 > 0 && e->int2 < INT_MAX ? e->int2 : 1, 1};
    diag_error(s->in->d, at, NULL, "XML syntax: %s", text);
    s->graphs = -1;
}

bool graphml_scan(struct input *in, const char *file, const char *text, size_t len,
                  struct graph_places *out)
{
    struct scanner s = {.in = in, .file = file, .text = text, .len = len};
    size_t before = diag_errors(in->d);
    xmlParserCtxt *ctxt = len < INT_MAX ? xmlNewParserCtxt() : NULL;
    if (!ctxt) {
        diag_error(in->d, (struct srcpos){.file = file}, NULL, "the XML reader cannot start");
        return false;
    }
    index_lines(&s);
    table_init(&s.keys);
    table_init(&s.ids);
    ctxt->_private = &s;
    ctxt->sax->serror = on_error;
    xmlDoc *doc =
        xmlCtxtReadMemory(ctxt, text, (int)len, file, NULL, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
    if (doc && s.graphs == 0)
        check_document(&s, doc);
    else if (diag_errors(in->d) == before)
        diag_error(in->d, (struct srcpos){.file = file}, NULL, "expected a GraphML file");
    xmlFreeDoc(doc);
    xmlFreeParserCtxt(ctxt);
    out->nnodes = s.nodes.n;
    out->nedges = s.edges.n;
    out->nodes = arena_array(in->a, struct srcpos, s.nodes.n);
    out->edges = arena_array(in->a, struct srcpos, s.edges.n);
    if (s.nodes.n)
        memcpy(out->nodes, s.nodes.v, s.nodes.n * sizeof *s.nodes.v);
    if (s.edges.n)
        memcpy(out->edges, s.edges.v, s.edges.n * sizeof *s.edges.v);
    vec_free(&s.nodes);
    vec_free(&s.edges);
    table_free(&s.keys);
    table_free(&s.ids);
    free(s.lines);
    return diag_errors(in->d) == before;
}
