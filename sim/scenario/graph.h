// SPDX-License-Identifier: GPL-3.0-or-later
// graph: imports a network's graph from GML or GraphML, as the Internet Topology
// Zoo publishes them.
//
// igraph reads the files; it accepts undeclared nodes, repeated ids and undeclared attributes
// without a word, so each format is checked first by a scan that knows lines (gml.c, graphml.c).
// Used at load time only, from one thread (Debian's igraph is not thread-safe).
//
// Node attributes: label (or name), Latitude and Longitude (or lat and lon), Internal (0: the node
// belongs to another network). Edge attribute: LinkSpeedRaw in bit/s.
#ifndef ANYSIM_SCENARIO_GRAPH_H
#define ANYSIM_SCENARIO_GRAPH_H

#include "scenario/input.h"

struct graph_node {
    const char *name; // the label as a name: "hong-kong"; a repeated label gets "-2", "-3", …
    const char *label;
    double lat, lon; // NaN when the file gives none
    bool external;   // Internal is 0
    struct srcpos at;
};

struct graph_edge {
    int a, b;         // indices of nodes
    int64_t rate_bps; // 0 when the file gives none
    struct srcpos at;
};

struct graph {
    struct graph_node *nodes;
    int nnodes;
    struct graph_edge *edges;
    int nedges;
};

// Reads `path`; `named` is where it is named. False after diagnostics.
bool graph_read(struct input *in, const char *path, struct srcpos named, struct graph *out);

// What the scans hand to the reader: where nodes and edges stand, in the file's order.
struct graph_places {
    struct srcpos *nodes, *edges;
    size_t nnodes, nedges;
};

bool gml_scan(struct input *in, const char *file, const char *text, size_t len,
              struct graph_places *out);
bool graphml_scan(struct input *in, const char *file, const char *text, size_t len,
                  struct graph_places *out);

#endif
