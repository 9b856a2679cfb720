// SPDX-License-Identifier: GPL-3.0-or-later
// yaml: reads a YAML file into a tree of nodes that know where they stood.
//
// A subset of YAML 1.2: one document of mappings, lists and scalars. Scalars stay text (what they
// mean is the schema's business). Refused, each with a message: anchors and aliases (an alias bomb
// is 200 bytes of text and gigabytes of values), tags, keys that are not plain words, duplicate
// keys, several documents, more than YAML_DEPTH_MAX levels, more than YAML_NODES_MAX values, text
// that is not UTF-8. A byte-order mark and CR LF line ends are accepted.
#ifndef ANYSIM_SCENARIO_YAML_H
#define ANYSIM_SCENARIO_YAML_H

#include "scenario/input.h"
#include <stdbool.h>

#define YAML_DEPTH_MAX 32
#define YAML_NODES_MAX 1000000

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    bool quoted;      // scalar in quotes or as a block
    bool row;         // a mapping that stands for a CSV row: an empty cell is an absent key
    const char *text; // scalar; else NULL
    struct srcpos at;
    struct srcpos owner;        // the key that holds this node, or `at`
    struct srcpos inside;       // scalar: its first character, inside the quotes or below the `|`
    struct node_entry *entries; // list and map: n of them
    int n;
};

struct node_entry {
    const char *key; // NULL in a list
    struct srcpos key_at;
    const struct node *value;
};

// Parses `text`, shown in messages as `file`. NULL after a diagnostic; duplicate keys add a
// diagnostic but do not stop the reading. An empty document gives a scalar "".
const struct node *yaml_parse(struct input *in, const char *file, const char *text, size_t len);

// The value of a key, or NULL.
const struct node *node_get(const struct node *map, const char *key);

// Is it a scalar with nothing in it ("", "~" or "null", unquoted)?
bool node_is_empty(const struct node *n);

// "a mapping", "a list", "a value", "nothing"; for messages.
const char *node_what(const struct node *n);

// `over` merged over `base`: mappings key by key and level by level, everything else replaced.
// Neither is changed; the result shares their nodes.
const struct node *node_merge(struct arena *a, const struct node *base, const struct node *over);

#endif
