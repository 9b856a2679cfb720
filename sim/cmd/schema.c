// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/commands.h"

#include "forward/config_schema.h"

#include <string.h>

static int run(const struct cli *c)
{
    const char *which = c->args.n ? c->args.v[0] : "scenario";
    if (strcmp(which, "node") == 0) {
        schema_print(&config_table, "anysim node", stdout);
    } else if (!schema_print_json(which, stdout)) {
        fprintf(stderr, "anysim schema: 'scenario', 'topology' or 'node' was expected, not '%s'\n",
                which);
        return EXIT_USAGE;
    }
    return EXIT_GOOD;
}

const struct command command_schema = {
    .name = "schema",
    .args = "[scenario|topology|node]",
    .max_args = 1,
    .summary = "print the JSON Schema of a file format",
    .text =
        "For editors that complete and check YAML: save it and name it in the editor's settings.\n",
    .options = "",
    .run = run,
};
