// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/commands.h"

#include "base/units.h"
#include "forward/live.h"
#include "forward/offline.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// A usage error; the command's own, so that it says what goes with what.
static int wrong(const char *what, const char *about)
{
    fprintf(stderr, "anysim forward: %s%s\ntry 'anysim forward --help'\n", what, about);
    return EXIT_USAGE;
}

// Whether two options would write one file, of which only one could stay; a device may be given twice.
static bool same_file(const char *a, const char *b)
{
    struct stat s, t;
    if (!a || !b)
        return false;
    if (stat(a, &s) == 0 && stat(b, &t) == 0)
        return S_ISREG(s.st_mode) && s.st_dev == t.st_dev && s.st_ino == t.st_ino;
    return strcmp(a, b) == 0;
}

// What an output would take the place of while it is still read; NULL: nothing.
static const char *overwritten(const struct cli *c, const char *routes)
{
    const char *in = c->pcap && strcmp(c->pcap, "-") == 0 ? "/dev/stdin" : c->pcap;
    const char *outputs[] = {c->out, c->local, c->drops};
    for (int i = 0; i < 3; i++) {
        if (same_file(outputs[i], in))
            return "the capture that is read";
        if (same_file(outputs[i], c->config))
            return "the config";
        if (same_file(outputs[i], routes))
            return "the routes";
    }
    return NULL;
}

// Options of the other way of running.
static int check_options(const struct cli *c)
{
    const char *offline[] = {c->out, c->in, c->link, c->local, c->drops};
    const char *names[] = {"--out", "--in", "--link", "--local", "--drops"};
    if (!c->config)
        return wrong("--config FILE is missing", "");
    if (!c->pcap == !c->live)
        return wrong("give either --pcap FILE or --live", "");
    for (int i = 0; i < 5; i++)
        if (c->live && offline[i])
            return wrong(names[i], " goes with --pcap");
    if (c->pcap && (c->duration || c->stats))
        return wrong(c->duration ? "--duration" : "--stats", " goes with --live");
    if (same_file(c->out, c->local) || same_file(c->out, c->drops) || same_file(c->local, c->drops))
        return wrong("--out, --local and --drops want files of their own", "");
    if (overwritten(c, NULL))
        return wrong("--out, --local or --drops would overwrite ", overwritten(c, NULL));
    if (c->link && strcmp(c->link, "ethernet") != 0 && strcmp(c->link, "raw") != 0)
        return wrong("--link wants ethernet or raw, not ", c->link);
    return EXIT_GOOD;
}

// A time above 0; 0 when the option was not given, -1 after a message.
static int64_t time_of(const char *option, const char *text)
{
    int64_t ps = 0;
    if (!text)
        return 0;
    if (unit_parse(UNIT_TIME, text, &ps) == UNIT_OK && ps > 0)
        return ps;
    fprintf(stderr, "anysim forward: %s wants a time such as 10s, not '%s'\n", option, text);
    return -1;
}

static int interface_of(const char *name, const struct config *config)
{
    int i = name ? config_interface_find(config, name) : 0;
    if (i >= 0)
        return i;
    const char **known = xcalloc((size_t)config->ninterfaces, sizeof *known);
    for (int k = 0; k < config->ninterfaces; k++)
        known[k] = config->interfaces[k].name;
    const char *near = suggest(name, known, (size_t)config->ninterfaces);
    fprintf(stderr, "anysim forward: --in: %s has no interface '%s'", config->file, name);
    fprintf(stderr, near ? "; did you mean '%s'?\n" : "\n", near);
    free(known);
    return -1;
}

// Whether a file that is written is standard output too: a pipe or file, or the terminal.
static bool is_stdout(const char *path)
{
    struct stat s, out;
    if (!path || stat(path, &s) != 0 || fstat(STDOUT_FILENO, &out) != 0)
        return false;
    return s.st_dev == out.st_dev && s.st_ino == out.st_ino &&
           (!S_ISCHR(s.st_mode) || isatty(STDOUT_FILENO));
}

static int finish(const struct cli *c, const struct config *config, const struct build *b,
                  const struct totals *t, FILE *to)
{
    char why[256];
    if (c->json)
        totals_json(config, b, t, to);
    else if (!c->quiet)
        totals_print(config, b, t, to);
    if (totals_conserve(b, t, why, sizeof why))
        return EXIT_GOOD;
    fprintf(stderr, "anysim forward: a packet was lost or made up (a bug in anysim): %s\n", why);
    return EXIT_INTERNAL;
}

static int run_pcap(const struct cli *c, const struct config *config)
{
    static const int codes[] = {[OFFLINE_GOOD] = EXIT_GOOD,
                                [OFFLINE_MISSING] = EXIT_NO_INPUT,
                                [OFFLINE_DAMAGED] = EXIT_BAD_INPUT,
                                [OFFLINE_OUTPUT] = EXIT_OUTPUT};
    struct offline_options o = {.in = c->pcap,
                                .out = c->out,
                                .local = c->local,
                                .drops = c->drops,
                                .interface = interface_of(c->in, config),
                                .raw = c->link && strcmp(c->link, "raw") == 0};
    struct build b;
    struct totals t;
    char error[512];
    if (o.interface < 0)
        return EXIT_USAGE;
    if (overwritten(c, config->routes_file))
        return wrong("--out, --local or --drops would overwrite ", "the routes");
    bool taken = is_stdout(c->out) || is_stdout(c->local) || is_stdout(c->drops);
    FILE *to = taken ? stderr : stdout; // asked before an output takes a file's place
    build_node(config, &b);
    enum offline_status s = offline_run(config, &b, &o, &t, error);
    int code = codes[s];
    if (s == OFFLINE_GOOD)
        code = finish(c, config, &b, &t, to);
    else
        fprintf(stderr, "anysim forward: %s\n", error);
    build_free(&b);
    return code;
}

static int run_live(const struct cli *c, struct config *config)
{
    static const int codes[] = {[LIVE_GOOD] = EXIT_GOOD,
                                [LIVE_CONFIG] = EXIT_BAD_INPUT,
                                [LIVE_SYSTEM] = EXIT_NO_INPUT,
                                [LIVE_PRIVILEGE] = EXIT_PRIVILEGE};
    struct live_options o = {.duration_ps = time_of("--duration", c->duration),
                             .stats_ps = time_of("--stats", c->stats),
                             .quiet = c->quiet};
    char error[512];
    if (o.duration_ps < 0 || o.stats_ps < 0)
        return EXIT_USAGE;
    struct live *l = NULL;
    enum live_status s = live_open(config, &o, &l, error);
    int code = codes[s];
    if (s == LIVE_GOOD) {
        live_run(l);
        code = finish(c, config, live_build(l), live_totals(l), stdout);
        live_close(l);
    } else {
        fprintf(stderr, "anysim forward: %s\n", error);
    }
    return code;
}

static int run(const struct cli *c)
{
    int code = check_options(c);
    if (code != EXIT_GOOD)
        return code;
    struct config config;
    struct diag *d = diag_new();
    config_load(c->config, d, &config);
    code = cli_diagnose(c, d);
    diag_free(d);
    if (code == EXIT_GOOD)
        code = c->live ? run_live(c, &config) : run_pcap(c, &config);
    config_free(&config);
    return code;
}

const struct command command_forward = {
    .name = "forward",
    .args = "",
    .max_args = 0,
    .summary = "forward real packets: of a capture, or live",
    .text = "Runs the simulator's forwarding core as a router that a file describes "
            "(docs/forward.md):\n"
            "  anysim forward --config node.yaml --pcap in.pcap --out out.pcap --drops drops.csv\n"
            "  anysim forward --config node.yaml --live --stats 1s\n"
            "Counters go to stdout. --live needs CAP_NET_RAW, and CAP_NET_ADMIN for a TUN device;\n"
            "it ends at SIGINT, SIGTERM or --duration.\n",
    .options = "config pcap out in link local drops live duration stats json quiet no-color",
    .run = run,
};
