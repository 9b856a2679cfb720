// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/commands.h"

#include "forward/config.h"

static int check_one(const struct cli *c, const char *path)
{
    struct diag *d = diag_new();
    if (config_sniff(path)) {
        struct config config;
        config_load(path, d, &config);
        config_free(&config);
    } else {
        file_check(path, d);
    }
    int code = cli_diagnose(c, d);
    diag_free(d);
    if (code == EXIT_GOOD && !c->quiet)
        printf("%s: good\n", path);
    return code;
}

static int run(const struct cli *c)
{
    int code = EXIT_GOOD;
    for (size_t i = 0; i < c->args.n; i++) {
        int this = check_one(c, c->args.v[i]);
        code = this > code ? this : code;
    }
    return code;
}

const struct command command_check = {
    .name = "check",
    .args = "FILE...",
    .min_args = 1,
    .max_args = -1,
    .summary = "validate scenario, topology and node files, run nothing",
    .text = "Every mistake is shown with file:line:column, the line, and what was expected.\n",
    .options = "quiet no-color",
    .run = run,
};
