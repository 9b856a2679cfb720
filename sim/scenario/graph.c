// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/graph.h"

#include "base/table.h"
#include "base/utf8.h"
#include "scenario/igraph_guard.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// A label as a name: lower case, runs of anything but letters and digits become one '-'.
static char *slug(struct arena *a, const char *label)
{
    size_t len = strlen(label);
    char *out = arena_alloc(a, len + 2), *p = out;
    for (size_t i = 0; i < len && p - out < 48;) {
        uint32_t cp;
        size_t n = utf8_decode(label + i, len - i, &cp);
        if (n == 1 && isalnum((int)cp)) {
            *p++ = (char)tolower((int)cp);
        } else if (n > 1 && !utf8_is_control(cp)) {
            memcpy(p, label + i, n);
            p += n;
        } else if (p > out && p[-1] != '-') {
            *p++ = '-';
        }
        i += n ? n : 1;
    }
    while (p > out && p[-1] == '-')
        p--;
    *p = '\0';
    return out;
}

// A number however the file wrote it: igraph makes a column text when one of its values is.
static double number(const igraph_t *g, igraph_attribute_elemtype_t of, const char *name,
                     igraph_integer_t id)
{
    igraph_attribute_type_t type;
    if (!igraph_cattribute_has_attr(g, of, name) ||
        igraph_cattribute_table.gettype(g, &type, of, name) != IGRAPH_SUCCESS)
        return NAN;
    if (type == IGRAPH_ATTRIBUTE_NUMERIC)
        return of == IGRAPH_ATTRIBUTE_VERTEX ? VAN(g, name, id) : EAN(g, name, id);
    if (type != IGRAPH_ATTRIBUTE_STRING)
        return NAN;
    const char *text = of == IGRAPH_ATTRIBUTE_VERTEX ? VAS(g, name, id) : EAS(g, name, id);
    char *end = NULL;
    double v = strtod(text, &end);
    return end != text && *end == '\0' ? v : NAN;
}

static double either(const igraph_t *g, const char *name, const char *other, igraph_integer_t id)
{
    double v = number(g, IGRAPH_ATTRIBUTE_VERTEX, name, id);
    return isnan(v) ? number(g, IGRAPH_ATTRIBUTE_VERTEX, other, id) : v;
}

static const char *label_of(struct input *in, const igraph_t *g, igraph_integer_t id)
{
    static const char *const names[] = {"label", "name", "id"};
    for (size_t i = 0; i < 3; i++) {
        igraph_attribute_type_t type;
        if (!igraph_cattribute_has_attr(g, IGRAPH_ATTRIBUTE_VERTEX, names[i]) ||
            igraph_cattribute_table.gettype(g, &type, IGRAPH_ATTRIBUTE_VERTEX, names[i]))
            continue;
        if (type == IGRAPH_ATTRIBUTE_STRING && VAS(g, names[i], id)[0])
            return arena_strdup(in->a, VAS(g, names[i], id));
        if (type == IGRAPH_ATTRIBUTE_NUMERIC && !isnan(VAN(g, names[i], id)))
            return arena_printf(in->a, "%g", VAN(g, names[i], id));
    }
    return arena_printf(in->a, "node %ld", (long)id);
}

// Gives every node a name of its own.
static void name_nodes(struct input *in, struct graph *out)
{
    struct table used;
    table_init(&used);
    for (int i = 0; i < out->nnodes; i++) {
        struct graph_node *n = &out->nodes[i];
        const char *base = slug(in->a, n->label);
        if (!*base)
            base = "node";
        n->name = base;
        for (int k = 2; !table_put_name(&used, n->name, 1); k++)
            n->name = arena_printf(in->a, "%s-%d", base, k);
    }
    table_free(&used);
}

static void take_nodes(struct input *in, const igraph_t *g, const struct graph_places *places,
                       struct graph *out)
{
    out->nnodes = (int)igraph_vcount(g);
    out->nodes = arena_array(in->a, struct graph_node, out->nnodes);
    for (int i = 0; i < out->nnodes; i++) {
        struct graph_node *n = &out->nodes[i];
        n->label = label_of(in, g, i);
        n->lat = either(g, "Latitude", "lat", i);
        n->lon = either(g, "Longitude", "lon", i);
        n->external = number(g, IGRAPH_ATTRIBUTE_VERTEX, "Internal", i) == 0;
        n->at = places->nodes[i];
        if (!isnan(n->lat) && !isnan(n->lon) && (fabs(n->lat) > 90 || fabs(n->lon) > 180))
            diag_error(in->d, n->at, NULL,
                       "node '%s' lies at latitude %g, longitude %g: not on Earth", n->label,
                       n->lat, n->lon);
    }
    name_nodes(in, out);
}

static void take_edges(struct input *in, const igraph_t *g, const struct graph_places *places,
                       struct graph *out)
{
    out->nedges = (int)igraph_ecount(g);
    out->edges = arena_array(in->a, struct graph_edge, out->nedges);
    for (int i = 0; i < out->nedges; i++) {
        struct graph_edge *e = &out->edges[i];
        double rate = number(g, IGRAPH_ATTRIBUTE_EDGE, "LinkSpeedRaw", i);
        e->a = (int)IGRAPH_FROM(g, i);
        e->b = (int)IGRAPH_TO(g, i);
        e->at = places->edges[i];
        if (!isnan(rate) && !(rate >= 1000 && rate <= 1e15))
            diag_error(in->d, e->at, NULL,
                       "LinkSpeedRaw is %g bit/s, expected a rate between 1kbps and 1000Tbps",
                       rate);
        else
            e->rate_bps = isnan(rate) ? 0 : llround(rate);
    }
}

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

// GraphML is XML: the file's name or its first character tells.
static bool is_graphml(const char *path, const char *text, size_t len)
{
    if (ends_with(path, ".graphml") || ends_with(path, ".xml"))
        return true;
    size_t i = 0;
    while (i < len && isspace((unsigned char)text[i]))
        i++;
    return i < len && text[i] == '<';
}

static bool take(struct input *in, const char *path, const igraph_t *g,
                 const struct graph_places *places, struct graph *out)
{
    // The scan and igraph must have seen the same graph, or places and weights would be mixed up.
    if ((size_t)igraph_vcount(g) != places->nnodes || (size_t)igraph_ecount(g) != places->nedges) {
        diag_error(in->d, (struct srcpos){.file = path}, NULL,
                   "%zu nodes and %zu edges stand in the file, but %ld and %ld could be read",
                   places->nnodes, places->nedges, (long)igraph_vcount(g), (long)igraph_ecount(g));
        return false;
    }
    take_nodes(in, g, places, out);
    take_edges(in, g, places, out);
    return true;
}

bool graph_read(struct input *in, const char *path, struct srcpos named, struct graph *out)
{
    size_t len = 0, before = diag_errors(in->d);
    struct graph_places places = {0};
    memset(out, 0, sizeof *out);
    const char *text = input_read(in, path, named, INPUT_GRAPH_MAX, &len);
    if (!text)
        return false;
    bool xml = is_graphml(path, text, len);
    if (!diag_text(in->d, path, xml ? "a GraphML file" : "a GML file", text, len))
        return false;
    if (!(xml ? graphml_scan : gml_scan)(in, path, text, len, &places))
        return false;
    FILE *f = fmemopen((void *)(uintptr_t)text, len, "r");
    igraph_t g;
    struct igraph_guard guard;
    igraph_guard_enter(&guard);
    igraph_error_t e = !f    ? IGRAPH_EFILE
                       : xml ? igraph_read_graph_graphml(&g, f, 0)
                             : igraph_read_graph_gml(&g, f);
    if (e == IGRAPH_SUCCESS) {
        take(in, path, &g, &places, out);
        igraph_destroy(&g);
    } else {
        diag_error(in->d, (struct srcpos){.file = path}, NULL, "igraph cannot read this graph: %s",
                   igraph_strerror(e));
    }
    igraph_guard_leave(&guard);
    if (f)
        fclose(f);
    return diag_errors(in->d) == before;
}
