// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/commands.h"

#include "forward/config_schema.h"

#include <string.h>

static bool print_node(const char *which, bool markdown)
{
    if (strcmp(which, "node") != 0)
        return false;
    if (markdown)
        schema_print_reference(&config_table, "Keys of a node's file", which, stdout);
    else
        schema_print(&config_table, "anysim node", stdout);
    return true;
}

static int run(const struct cli *c)
{
    const char *which = c->args.n ? c->args.v[0] : "scenario";
    bool known = print_node(which, c->markdown) ||
                 (c->markdown ? schema_print_markdown : schema_print_json)(which, stdout);
    if (known)
        return EXIT_GOOD;
    fprintf(stderr, "anysim schema: 'scenario', 'topology' or 'node' was expected, not '%s'\n",
            which);
    return EXIT_USAGE;
}

const struct command command_schema = {
    .name = "schema",
    .args = "[scenario|topology|node]",
    .max_args = 1,
    .summary = "print every key of a file format",
    .text = "As JSON Schema, for editors that complete and check YAML: save it and name it in the\n"
            "editor's settings. With --markdown as a reference for people.\n",
    .options = "markdown",
    .run = run,
};
