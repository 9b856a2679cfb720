// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/commands.h"

const struct command *const cli_commands[] = {
    &command_run,     &command_check,  &command_test,    &command_sweep,
    &command_explain, &command_plot,   &command_schema,  &command_topology,
    &command_forward, &command_export, &command_predict, &command_playbook,
};
const size_t cli_ncommands = sizeof cli_commands / sizeof cli_commands[0];
