// SPDX-License-Identifier: GPL-3.0-or-later
// cli: the command line. One table of commands and one of options; help is made from them.
#ifndef ANYSIM_CMD_CLI_H
#define ANYSIM_CMD_CLI_H

#include "base/vec.h"
#include "scenario/scenario.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum exit_code {
    EXIT_GOOD = 0,
    EXIT_EXPECTATION = 1, // an expectation or a baseline failed
    EXIT_USAGE = 2,
    EXIT_BAD_INPUT = 65,
    EXIT_NO_INPUT = 66,
    EXIT_INTERNAL = 70,
    EXIT_OUTPUT = 74,
    EXIT_PRIVILEGE = 77 // EX_NOPERM: the system does not let this user do it
};

struct cli {
    const struct command *command;
    VEC(const char *) args; // what is not an option
    // Options, as given; NULL, 0 or false when not.
    const char *out, *junit, *baseline, *variant, *at, *from, *to, *fail, *seed;
    const char *config, *pcap, *drops, *local, *in, *link, *duration, *stats, *format;
    const char *since, *looking_glass, *react, *rank, *actions;
    VEC(struct override) sets;
    VEC(char *) set_texts;   // owned: "key" of each override
    VEC(const char *) pcaps; // each --pcap
    int64_t jobs, replicas;
    bool json, quiet, verbose, no_color, help, version, update_baselines, no_plots, live, mrt,
        markdown;
    bool color_out, color_err, progress; // worked out from terminal, NO_COLOR and options
};

struct command {
    const char *name;
    const char *args; // for help: "SCENARIO"
    int min_args;
    int max_args;                    // -1: any
    const char *summary;             // one line
    const char *text;                // more, for its own help
    const char *options;             // long names of the options that it takes, space-separated
    int (*run)(const struct cli *c); // returns an exit code
};

extern const struct command *const cli_commands[];
extern const size_t cli_ncommands;

// Fills `c`. Returns -1 to go on, else the exit code (help and version were printed, or an error).
int cli_parse(struct cli *c, int argc, char **argv);
void cli_free(struct cli *c);
void cli_help(FILE *out, const struct command *of); // NULL: overview

// Loads a scenario with the options' overrides and prints its diagnostics; returns an exit code.
int cli_load(const struct cli *c, const char *path, struct scenario_list *out);
// Prints diagnostics; the exit code that they ask for.
int cli_diagnose(const struct cli *c, const struct diag *d);

int64_t cli_jobs(const struct cli *c); // --jobs or the number of cores

#endif
