// SPDX-License-Identifier: GPL-3.0-or-later
// commands: one file each; the table is in commands.c.
#ifndef ANYSIM_CMD_COMMANDS_H
#define ANYSIM_CMD_COMMANDS_H

#include "cmd/cli.h"

extern const struct command command_run, command_check, command_test, command_sweep,
    command_explain, command_plot, command_schema, command_topology, command_forward,
    command_export, command_predict, command_playbook;

#endif
