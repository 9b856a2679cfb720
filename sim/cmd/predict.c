// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/commands.h"

#include "base/file.h"
#include "report/prediction.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

// "64500" or "AS64500" as an AS of the file; ASREL_NONE after a message.
static uint32_t as_named(const struct asrel *r, const char *file, const char *text)
{
    const char *digits = strncasecmp(text, "AS", 2) == 0 ? text + 2 : text;
    uint64_t asn = 0;
    size_t n = strspn(digits, "0123456789");
    for (size_t i = 0; i < n && i < 11; i++)
        asn = 10 * asn + (uint64_t)(digits[i] - '0');
    if (n == 0 || n > 10 || digits[n] || asn > UINT32_MAX) {
        fprintf(stderr, "anysim predict: an AS number was expected, not '%s'\n", text);
        return ASREL_NONE;
    }
    uint32_t as = asrel_find(r, (uint32_t)asn);
    if (as == ASREL_NONE)
        fprintf(stderr, "anysim predict: %s has no AS %" PRIu64 "\n", file, asn);
    return as;
}

// The origins, none twice; 0 after a message.
static uint32_t origins_of(const struct cli *c, const struct asrel *r, uint32_t *origins)
{
    uint32_t n = 0;
    for (size_t i = 1; i < c->args.n; i++) {
        uint32_t as = as_named(r, c->args.v[0], c->args.v[i]), k = 0;
        if (as == ASREL_NONE)
            return 0;
        while (k < n && origins[k] != as)
            k++;
        if (k == n)
            origins[n++] = as;
    }
    return n;
}

static int print(const struct cli *c, const struct prediction *p, uint32_t from)
{
    if (c->json)
        prediction_json(p, stdout);
    else if (from != ASREL_NONE)
        prediction_path(p, from, stdout);
    else if (!c->quiet)
        prediction_text(p, stdout);
    const char *name = "stdout";
    bool good = fflush(stdout) == 0 && !ferror(stdout);
    if (good && c->out) {
        char *part;
        FILE *f = whole_file_open(c->out, &part);
        name = c->out;
        if (f)
            prediction_csv(p, f);
        good = f && whole_file_close(f, c->out, part);
    }
    if (!good)
        fprintf(stderr, "anysim: %s: %s\n", name, strerror(errno));
    return good ? EXIT_GOOD : EXIT_OUTPUT;
}

static int predict(const struct cli *c, const struct asrel *r)
{
    uint32_t *origins = xcalloc(c->args.n, sizeof *origins), from = ASREL_NONE;
    uint32_t n = origins_of(c, r, origins);
    int code = n ? EXIT_GOOD : EXIT_USAGE;
    if (n && c->from && (from = as_named(r, c->args.v[0], c->from)) == ASREL_NONE)
        code = EXIT_USAGE;
    if (code == EXIT_GOOD) {
        struct prediction p;
        prediction_init(&p, r, origins, n);
        if (p.settled) {
            code = print(c, &p, from);
        } else {
            fprintf(stderr, "anysim predict: the siblings in %s never agree on routes\n",
                    c->args.v[0]);
            code = EXIT_BAD_INPUT;
        }
        prediction_free(&p);
    }
    free(origins);
    return code;
}

static int run(const struct cli *c)
{
    struct arena a;
    struct asrel r;
    if (c->from && c->json) {
        fprintf(stderr, "anysim predict: --from prints a path, --json the catchments; not both\n");
        return EXIT_USAGE;
    }
    struct input in = {.a = &a, .d = diag_new()};
    arena_init(&a);
    bool good = asrel_read(&in, c->args.v[0], (struct srcpos){0}, &r);
    int code = cli_diagnose(c, in.d);
    if (good)
        code = predict(c, &r);
    diag_free(in.d);
    arena_free(&a);
    return code;
}

const struct command command_predict = {
    .name = "predict",
    .args = "FILE ORIGIN...",
    .min_args = 2,
    .max_args = -1,
    .summary = "catchments of an anycast prefix on an AS graph",
    .text =
        "FILE tells the business relations of ASes (serial-1: PROVIDER|CUSTOMER|-1, PEER|PEER|0;\n"
        ".gz, .bz2 and .zst as they are). The ORIGINs, AS numbers, announce one prefix; every\n"
        "AS prefers customers' routes over peers' over providers', then the shortest path, then\n"
        "the neighbour with the lowest AS number. Prints how many ASes reach which origin;\n"
        "--from prints one AS's path, --out writes all as CSV. No time passes and no packet\n"
        "is sent.\n",
    .options = "out from json quiet no-color",
    .run = run,
};
