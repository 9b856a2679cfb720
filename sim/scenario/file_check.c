// SPDX-License-Identifier: GPL-3.0-or-later
// `anysim check`: reads a file as what it is and keeps only the diagnostics;
// declared in scenario.h.
#include "scenario/scenario_schema.h"
#include "scenario/topology_schema.h"
#include "scenario/yaml.h"

#include <string.h>

static int keys_of(const struct schema_table *t, const struct node *root)
{
    int n = 0;
    for (int i = 0; i < root->n; i++)
        n += schema_has(t, root->entries[i].key);
    return n;
}

// A topology has more of a topology's keys at its top level, or as many and the networks that a
// scenario can do without. A broken file counts as a scenario, whose reader says what is wrong.
static bool is_topology(const struct node *root)
{
    int t = keys_of(&topology_table, root), s = keys_of(&scenario_table, root);
    return t > s || (t == s && node_get(root, "networks"));
}

enum file_kind file_sniff(const char *path)
{
    struct arena a;
    struct diag *d = diag_new(); // messages of this first look are not wanted
    struct input in = {&a, d, 0};
    size_t len = 0;
    arena_init(&a);
    const char *text = input_read(&in, path, (struct srcpos){0}, INPUT_YAML_MAX, &len);
    const struct node *root = text ? yaml_parse(&in, path, text, len) : NULL;
    enum file_kind kind = FILE_SCENARIO;
    if (root && root->kind == NODE_MAP && is_topology(root))
        kind = FILE_TOPOLOGY;
    arena_free(&a);
    diag_free(d);
    return kind;
}

enum file_kind file_check(const char *path, struct diag *d)
{
    struct scenario_list list;
    enum file_kind kind = file_sniff(path);
    if (kind == FILE_TOPOLOGY)
        topology_load(path, d, &list);
    else
        scenario_load(path, d, &list);
    scenario_list_free(&list);
    return kind;
}
