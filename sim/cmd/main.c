// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/cli.h"

int main(int argc, char **argv)
{
    struct cli c;
    int code = cli_parse(&c, argc, argv);
    if (code < 0)
        code = c.command->run(&c);
    bool lost = fflush(stdout) != 0 || ferror(stdout); // now, or at some time before
    if (lost && code == EXIT_GOOD) {
        fprintf(stderr, "anysim: standard output could not be written\n");
        code = EXIT_OUTPUT;
    }
    cli_free(&c);
    return code;
}
