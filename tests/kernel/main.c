// SPDX-License-Identifier: GPL-3.0-or-later
// The forwarding core against the Linux kernel: makes packets, sends them through a router, and
// compares what came out of two. run.sh says in which order.
//
//   kernel generate OUT SEED COUNT ONLY CAPTURES KIND…     CAPTURES: a folder, or "-"
//   kernel exchange IN OUT NAMESPACES
//   kernel compare IN KERNEL CORE HOST SEED                HOST: a file, or "-"
#include "kernel/compare.h"
#include "kernel/exchange.h"
#include "kernel/generate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *given(const char *text)
{
    return strcmp(text, "-") == 0 ? NULL : text;
}

static int run_generate(char **a, int n)
{
    struct generate_options o = {.out = a[0],
                                 .seed = strtoull(a[1], NULL, 10),
                                 .count = (uint32_t)strtoul(a[2], NULL, 10),
                                 .only = (uint32_t)strtoul(a[3], NULL, 10),
                                 .folder = given(a[4])};
    for (int i = 5; i < n; i++)
        for (int k = 0; k < KINDS; k++)
            o.with[k] |= strcmp(a[i], world_kinds[k]) == 0;
    if (o.count > WORLD_MOST) {
        fprintf(stderr, "kernel: at most %u packets\n", WORLD_MOST);
        return 2;
    }
    int64_t written = generate(&o);
    if (written < 0)
        return 1;
    printf("%" PRId64 "\n", written);
    return 0;
}

// The last line is for the script: same, deviations, different, errors that were the same.
static int run_compare(char **a)
{
    struct compare_options o = {.in = a[0],
                                .kernel = a[1],
                                .core = a[2],
                                .host = given(a[3]),
                                .seed = strtoull(a[4], NULL, 10)};
    struct compare_result r;
    if (compare(&o, &r) < 0)
        return 1;
    printf("result %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", r.same, r.deviations,
           r.different, r.errors);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 7 && strcmp(argv[1], "generate") == 0)
        return run_generate(argv + 2, argc - 2);
    if (argc == 5 && strcmp(argv[1], "exchange") == 0)
        return exchange(&(struct exchange_options){argv[2], argv[3], argv[4]}) ? 0 : 1;
    if (argc == 7 && strcmp(argv[1], "compare") == 0)
        return run_compare(argv + 2);
    fprintf(stderr, "usage: see tests/kernel/main.c\n");
    return 2;
}
