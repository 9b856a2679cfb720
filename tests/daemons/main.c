// SPDX-License-Identifier: GPL-3.0-or-later
// What tests/daemons/differential.sh runs.
//
//   daemons generate DIR SEED bird|frr|mixed  a random network as scenario files (generate.h)
//   daemons ladder DIR SEED RUNGS MRAI_S  a network for timing
//   daemons await DIR FILE EVERY_S SETTLE_S DEADLINE_S LIMIT_S [COMMAND…]
//                                       compare a running lab (await.h); without a command it has to come up
#include "await.h"
#include "generate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t number(const char *text)
{
    return strtoull(text, NULL, 10);
}

static int watch(const char *dir, char **figures, char **command)
{
    struct await_options o = {.expected = figures[0],
                              .every_s = atof(figures[1]),
                              .settle_s = atof(figures[2]),
                              .deadline_s = atof(figures[3]),
                              .limit_s = atof(figures[4]),
                              .come_up = !command,
                              .command = command};
    struct lab l;
    if (!lab_open(&l, dir))
        return 2;
    int code = await(&l, &o);
    lab_close(&l);
    return code;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "generate") == 0 && argc == 5)
        return !generate_random(argv[2], number(argv[3]), argv[4]);
    if (strcmp(what, "ladder") == 0 && argc == 6)
        return !generate_ladder(argv[2], number(argv[3]), atoi(argv[4]), atoi(argv[5]));
    if (strcmp(what, "await") == 0 && argc >= 8)
        return watch(argv[2], argv + 3, argc > 8 ? argv + 8 : NULL);
    fprintf(stderr, "usage: see tests/daemons/main.c\n");
    return 2;
}
