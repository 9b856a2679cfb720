// SPDX-License-Identifier: GPL-3.0-or-later
// Traffic matrices in SNDlib's XML.
#include "base/table.h"
#include "base/utf8.h"
#include "scenario/matrix.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <limits.h>
#include <string.h>

struct document {
    struct matrix_file *f;
    VEC(size_t) lines; // where each starts
    struct table nodes;
    bool broken;
};

// libxml2 tells the line only: the column is where `word` stands in it.
static struct srcpos place(const struct document *d, const xmlNode *n, const char *word)
{
    const struct matrix_file *f = d->f;
    long line = xmlGetLineNo(n);
    struct srcpos p = {f->path, line > 0 && line < INT_MAX ? (int)line : 0, 1, 1};
    if (line < 1 || (size_t)line > d->lines.n)
        return p;
    size_t start = d->lines.v[line - 1];
    size_t end = (size_t)line < d->lines.n ? d->lines.v[line] : f->len;
    const char *at = memmem(f->text + start, end - start, word, strlen(word));
    if (at && *word) {
        p.col = (int)utf8_count(f->text + start, (size_t)(at - f->text) - start) + 1;
        p.width = (int)utf8_count(word, strlen(word));
    }
    return p;
}

static bool is(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0;
}

static const xmlNode *child(const xmlNode *of, const char *name)
{
    for (const xmlNode *n = of->children; n; n = n->next)
        if (is(n, name))
            return n;
    return NULL;
}

// The text of a child element, without space around it; .s NULL after a diagnostic.
static struct text content(struct document *d, const xmlNode *of, const char *name)
{
    const xmlNode *n = child(of, name);
    struct text t = {NULL, place(d, n ? n : of, n ? name : (const char *)of->name)};
    if (!n) {
        diag_error(d->f->in->d, t.at, NULL, "<%s> has no <%s>", (const char *)of->name, name);
        return t;
    }
    xmlChar *raw = xmlNodeGetContent(n);
    const char *from = raw ? (const char *)raw : "";
    from += strspn(from, " \t\r\n");
    size_t len = strlen(from);
    while (len && strchr(" \t\r\n", from[len - 1]))
        len--;
    t.s = arena_strndup(d->f->in->a, from, len);
    t.at = place(d, n, t.s);
    xmlFree(raw);
    if (len)
        return t;
    diag_error(d->f->in->d, t.at, NULL, "<%s> is empty", name);
    t.s = NULL;
    return t;
}

static void check_known(struct document *d, const struct text *name)
{
    uint64_t v;
    if (d->nodes.n && name->s && !table_get_name(&d->nodes, name->s, &v))
        diag_error(d->f->in->d, name->at, NULL, "node '%s' is not among this file's nodes",
                   name->s);
}

static void read_demand(struct document *d, const xmlNode *n)
{
    struct text from = content(d, n, "source"), to = content(d, n, "target");
    struct text value = content(d, n, "demandValue");
    check_known(d, &from);
    check_known(d, &to);
    if (from.s && to.s && value.s)
        matrix_add(d->f, from, to, value);
}

// <node id="…"> and <demand> stand at different depths in networks and in mere matrices.
static void walk(struct document *d, const xmlNode *n, int depth)
{
    for (; n && depth < 8; n = n->next) {
        if (is(n, "node")) {
            xmlChar *id = xmlGetNoNsProp(n, (const xmlChar *)"id");
            if (id)
                table_put_name(&d->nodes, (const char *)id, 1);
            xmlFree(id);
        } else if (is(n, "demand")) {
            read_demand(d, n);
        } else if (n->type == XML_ELEMENT_NODE) {
            walk(d, n->children, depth + 1);
        }
    }
}

// libxml2's first syntax error is the useful one; what follows are its consequences.
static void on_error(void *context, xmlError *e)
{
    xmlParserCtxt *ctxt = context;
    struct document *d = ctxt->_private;
    char text[200];
    if (!d || d->broken || e->level < XML_ERR_ERROR)
        return;
    snprintf(text, sizeof text, "%s", e->message ? e->message : "unreadable");
    text[strcspn(text, "\n")] = '\0';
    struct srcpos at = {d->f->path, e->line, e->int2 > 0 && e->int2 < INT_MAX ? e->int2 : 1, 1};
    diag_error(d->f->in->d, at, NULL, "XML syntax: %s", text);
    d->broken = true;
}

void matrix_read_xml(struct matrix_file *f)
{
    struct document d = {.f = f};
    xmlParserCtxt *ctxt = f->len < INT_MAX ? xmlNewParserCtxt() : NULL;
    if (!ctxt) {
        diag_error(f->in->d, (struct srcpos){.file = f->path}, NULL, "the XML reader cannot start");
        return;
    }
    vec_push(&d.lines, 0);
    for (size_t i = 0; i < f->len; i++)
        if (f->text[i] == '\n')
            vec_push(&d.lines, i + 1);
    table_init(&d.nodes);
    ctxt->_private = &d;
    ctxt->sax->serror = on_error;
    xmlDoc *doc = xmlCtxtReadMemory(ctxt, f->text, (int)f->len, f->path, NULL,
                                    XML_PARSE_NONET | XML_PARSE_BIG_LINES);
    if (doc && !d.broken)
        walk(&d, xmlDocGetRootElement(doc), 0);
    else if (!d.broken)
        diag_error(f->in->d, (struct srcpos){.file = f->path}, NULL, "expected an XML file");
    xmlFreeDoc(doc);
    xmlFreeParserCtxt(ctxt);
    vec_free(&d.lines);
    table_free(&d.nodes);
}
