// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/cli.h"

#include "run/jobs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum option_type { OPTION_FLAG, OPTION_TEXT, OPTION_COUNT, OPTION_SET, OPTION_PCAP };

struct option_spec {
    const char *name; // with its dashes
    char letter;      // or 0
    enum option_type type;
    size_t offset;   // in struct cli
    const char *arg; // for help
    const char *help;
};

#define AT(field) offsetof(struct cli, field)

static const struct option_spec options[] = {
    {"--out", 'o', OPTION_TEXT, AT(out), "DIR", "write results to DIR instead of results/SCENARIO"},
    {"--variant", 0, OPTION_TEXT, AT(variant), "NAME", "only this variant of the scenario"},
    {"--set", 0, OPTION_SET, 0, "KEY=VALUE", "override a key, e.g. --set duration=60s; repeatable"},
    {"--seed", 0, OPTION_TEXT, AT(seed), "N", "another seed than the scenario's"},
    {"--replicas", 0, OPTION_COUNT, AT(replicas), "N",
     "run N times with seeds of their own: confidence intervals"},
    {"--jobs", 'j', OPTION_COUNT, AT(jobs), "N", "runs at once (default: all cores)"},
    {"--fail", 0, OPTION_TEXT, AT(fail), "WHAT",
     "what to fail, one at a time: links, nodes or pops"},
    {"--react", 0, OPTION_TEXT, AT(react), "TIME",
     "how long after the first event the operator acts (default 30s)"},
    {"--actions", 0, OPTION_TEXT, AT(actions), "LIST",
     "only these, e.g. withdraw,prepend (default: all)"},
    {"--rank", 0, OPTION_TEXT, AT(rank), "LIST",
     "what counts most, in order: users, lost, utilisation, rtt (the default)"},
    {"--at", 0, OPTION_TEXT, AT(at), "TIME", "scenario time, e.g. 75s"},
    {"--since", 0, OPTION_TEXT, AT(since), "TIME", "an earlier time to compare with"},
    {"--looking-glass", 0, OPTION_TEXT, AT(looking_glass), "ROUTER",
     "print this router's table, e.g. telecom/beijing-1"},
    {"--from", 0, OPTION_TEXT, AT(from), "GROUP", "client group, e.g. telecom/hebei"},
    {"--to", 0, OPTION_TEXT, AT(to), "SERVICE", "service, e.g. eip"},
    {"--format", 0, OPTION_TEXT, AT(format), "WHAT", "bird, frr, containerlab or routes"},
    {"--pcap", 0, OPTION_PCAP, 0, "WHAT",
     "write a capture of what NODE[:NEIGHBOUR] sees; repeatable"},
    {"--mrt", 0, OPTION_FLAG, AT(mrt), NULL, "write UPDATEs and routing tables as MRT files"},
    {"--junit", 0, OPTION_TEXT, AT(junit), "FILE", "write a JUnit XML report"},
    {"--baseline", 0, OPTION_TEXT, AT(baseline), "DIR",
     "compare key figures with DIR/SCENARIO.json"},
    {"--update-baselines", 0, OPTION_FLAG, AT(update_baselines), NULL,
     "rewrite the baselines instead (default DIR: results/baselines)"},
    {"--no-plots", 0, OPTION_FLAG, AT(no_plots), NULL, "do not draw the plot"},
    {"--config", 'c', OPTION_TEXT, AT(config), "FILE", "the node: addresses, routes, tunnels, …"},
    {"--in", 0, OPTION_TEXT, AT(in), "NAME", "--pcap: interface of arrival (default: the first)"},
    {"--link", 0, OPTION_TEXT, AT(link), "KIND",
     "--pcap: --out holds ethernet (default) or raw IP"},
    {"--local", 0, OPTION_TEXT, AT(local), "FILE", "--pcap: write what is for the node's own host"},
    {"--drops", 0, OPTION_TEXT, AT(drops), "FILE", "--pcap: write dropped packets as CSV"},
    {"--live", 0, OPTION_FLAG, AT(live), NULL, "forward on the interfaces of this machine"},
    {"--duration", 0, OPTION_TEXT, AT(duration), "TIME", "--live: stop after TIME, e.g. 10s"},
    {"--stats", 0, OPTION_TEXT, AT(stats), "TIME", "--live: a line on stderr every TIME, e.g. 1s"},
    {"--markdown", 0, OPTION_FLAG, AT(markdown), NULL,
     "a reference for people: a line for each key"},
    {"--json", 0, OPTION_FLAG, AT(json), NULL, "print JSON on stdout"},
    {"--quiet", 'q', OPTION_FLAG, AT(quiet), NULL, "print errors only"},
    {"--verbose", 'v', OPTION_FLAG, AT(verbose), NULL, "print more"},
    {"--no-color", 0, OPTION_FLAG, AT(no_color), NULL, "no colours (NO_COLOR does the same)"},
    {"--help", 'h', OPTION_FLAG, AT(help), NULL, "show help"},
    {"--version", 0, OPTION_FLAG, AT(version), NULL, "show the version"},
};
#define NOPTIONS (sizeof options / sizeof options[0])

// Options that mean something else to one command than to the others.
static const struct {
    const char *command;
    struct option_spec option;
} own_options[] = {
    {"forward",
     {"--pcap", 0, OPTION_TEXT, AT(pcap), "FILE",
      "forward the packets of this capture (-: standard input)"}},
    {"forward", {"--out", 'o', OPTION_TEXT, AT(out), "FILE", "--pcap: write what goes out"}},
    {"predict", {"--out", 'o', OPTION_TEXT, AT(out), "FILE", "write every AS's path as CSV"}},
    {"predict", {"--from", 0, OPTION_TEXT, AT(from), "AS", "print the path of this AS"}},
};
#define NOWN (sizeof own_options / sizeof own_options[0])

static const char *const everywhere = "help version";

// Is `word` one of the space-separated words of `list`?
static bool listed(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *s = list; (s = strstr(s, word)) != NULL; s += n)
        if ((s == list || s[-1] == ' ') && (s[n] == ' ' || s[n] == '\0'))
            return true;
    return false;
}

static bool takes(const struct command *c, const struct option_spec *o)
{
    return listed(everywhere, o->name + 2) || (c && listed(c->options, o->name + 2));
}

static bool is_named(const struct option_spec *o, const char *name, size_t len, char letter)
{
    return letter ? o->letter == letter
                  : strlen(o->name) == len && strncmp(o->name, name, len) == 0;
}

// The option as the command means it, else as the others do.
static const struct option_spec *find_option(const struct command *c, const char *name, size_t len,
                                             char letter)
{
    for (size_t i = 0; c && i < NOWN; i++)
        if (strcmp(own_options[i].command, c->name) == 0 &&
            is_named(&own_options[i].option, name, len, letter))
            return &own_options[i].option;
    for (size_t i = 0; i < NOPTIONS; i++)
        if (is_named(&options[i], name, len, letter))
            return &options[i];
    return NULL;
}

static void print_option(FILE *out, const struct option_spec *o)
{
    char left[64];
    snprintf(left, sizeof left, "%c%c %s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
             o->name, o->arg ? " " : "", o->arg ? o->arg : "");
    fprintf(out, "  %-24s %s\n", left, o->help);
}

void cli_help(FILE *out, const struct command *of)
{
    if (of) {
        fprintf(out, "usage: anysim %s [OPTION…] %s\n\n%s\n", of->name, of->args, of->summary);
        if (of->text)
            fprintf(out, "\n%s", of->text);
    } else {
        fprintf(out,
                "usage: anysim COMMAND [OPTION…] ARGUMENT…\n\n"
                "Simulates anycast networks: routes, packets, failures, and what users feel.\n\n"
                "commands:\n");
        for (size_t i = 0; i < cli_ncommands; i++)
            fprintf(out, "  %-10s %-22s %s\n", cli_commands[i]->name, cli_commands[i]->args,
                    cli_commands[i]->summary);
    }
    fprintf(out, "\noptions:\n");
    for (size_t i = 0; i < NOPTIONS; i++)
        if (takes(of, &options[i]))
            print_option(out, find_option(of, options[i].name, strlen(options[i].name), 0));
    if (!of)
        fprintf(out,
                "\n'anysim COMMAND --help' tells more of a command.\n"
                "exit codes: 0 good, 1 an expectation or baseline failed, 2 usage, 65 bad input,\n"
                "66 missing input, 70 internal error, 74 output could not be written,\n"
                "77 the system did not permit it\n");
}

static int usage_error(const struct cli *c, const char *fmt, const char *what, const char *hint)
{
    fprintf(stderr, "anysim%s%s: ", c->command ? " " : "", c->command ? c->command->name : "");
    fprintf(stderr, fmt, what); // every caller's fmt is a literal with one %s
    if (hint)
        fprintf(stderr, "; did you mean '%s'?", hint);
    fprintf(stderr, "\ntry 'anysim %s%s--help'\n", c->command ? c->command->name : "",
            c->command ? " " : "");
    return EXIT_USAGE;
}

// The option most like what was written (up to a '='), with its dashes.
static const char *nearest_option(const char *written)
{
    const char *names[NOPTIONS];
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)strcspn(written, "="), written);
    for (size_t i = 0; i < NOPTIONS; i++)
        names[i] = options[i].name;
    return suggest(word, names, NOPTIONS);
}

static int store_set(struct cli *c, const char *text)
{
    const char *eq = strchr(text, '=');
    if (!eq || eq == text)
        return usage_error(c, "--set wants KEY=VALUE, not '%s'", text, NULL);
    char *key = xmalloc((size_t)(eq - text) + 1);
    memcpy(key, text, (size_t)(eq - text));
    key[eq - text] = '\0';
    struct override set = {key, eq + 1};
    vec_push(&c->set_texts, key);
    vec_push(&c->sets, set);
    return -1;
}

static int store(struct cli *c, const struct option_spec *o, const char *value)
{
    void *at = (char *)c + o->offset;
    char *end;
    switch (o->type) {
    case OPTION_FLAG:
        *(bool *)at = true;
        return -1;
    case OPTION_TEXT:
        *(const char **)at = value;
        return -1;
    case OPTION_COUNT:
        errno = 0;
        *(int64_t *)at = strtoll(value, &end, 10);
        if (errno || *end || end == value || *(int64_t *)at < 1 || *(int64_t *)at > 1024)
            return usage_error(c, "a number from 1 to 1024 was expected, not '%s'", value, NULL);
        return -1;
    case OPTION_SET:
        return store_set(c, value);
    case OPTION_PCAP:
        vec_push(&c->pcaps, value);
        return -1;
    }
    return -1;
}

// One option, at argv[*i], which may take argv[*i + 1] too.
static int parse_option(struct cli *c, int argc, char **argv, int *i)
{
    const char *arg = argv[*i], *value = NULL;
    const struct option_spec *o;
    if (arg[1] == '-') {
        const char *eq = strchr(arg, '=');
        o = find_option(c->command, arg, eq ? (size_t)(eq - arg) : strlen(arg), 0);
        value = eq ? eq + 1 : NULL;
    } else {
        o = find_option(c->command, NULL, 0, arg[1]);
        value = arg[2] ? arg + 2 : NULL;
    }
    if (!o)
        return usage_error(c, "unknown option '%s'", arg, nearest_option(arg));
    if (!takes(c->command, o))
        return usage_error(c, "option '%s' does not apply here", arg, NULL);
    if (o->type == OPTION_FLAG && value)
        return usage_error(c, "option '%s' takes no value", arg, NULL);
    if (o->type != OPTION_FLAG && !value) {
        if (*i + 1 >= argc)
            return usage_error(c, "option '%s' wants a value", arg, NULL);
        value = argv[++*i];
    }
    return store(c, o, value);
}

static int find_command(struct cli *c, const char *name)
{
    const char *names[64];
    for (size_t i = 0; i < cli_ncommands; i++) {
        names[i] = cli_commands[i]->name;
        if (strcmp(name, names[i]) == 0) {
            c->command = cli_commands[i];
            return -1;
        }
    }
    return usage_error(c, "unknown command '%s'", name, suggest(name, names, cli_ncommands));
}

static void settle_terminal(struct cli *c)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    bool color = !c->no_color && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
    c->color_out = color && isatty(STDOUT_FILENO);
    c->color_err = color && isatty(STDERR_FILENO);
    c->progress = !c->quiet && isatty(STDERR_FILENO);
}

static int check_args(const struct cli *c)
{
    int n = (int)c->args.n;
    if (n < c->command->min_args)
        return usage_error(c, "%s is missing", c->command->args, NULL);
    if (c->command->max_args >= 0 && n > c->command->max_args)
        return usage_error(c, "too many arguments: '%s'", c->args.v[n - 1], NULL);
    return -1;
}

int cli_parse(struct cli *c, int argc, char **argv)
{
    bool plain = false;
    *c = (struct cli){0};
    for (int i = 1; i < argc; i++) {
        int code = -1;
        if (!plain && strcmp(argv[i], "--") == 0)
            plain = true;
        else if (!plain && argv[i][0] == '-' && argv[i][1])
            code = parse_option(c, argc, argv, &i);
        else if (!c->command)
            code = find_command(c, argv[i]);
        else
            vec_push(&c->args, argv[i]);
        if (code >= 0)
            return code;
    }
    settle_terminal(c);
    if (c->version) {
        printf("anysim %s\n", ANYSIM_VERSION);
        return EXIT_GOOD;
    }
    if (c->help) {
        cli_help(stdout, c->command);
        return EXIT_GOOD;
    }
    if (!c->command) {
        cli_help(stderr, NULL);
        return EXIT_USAGE;
    }
    return check_args(c);
}

void cli_free(struct cli *c)
{
    for (size_t i = 0; i < c->set_texts.n; i++)
        free(c->set_texts.v[i]);
    vec_free(&c->set_texts);
    vec_free(&c->sets);
    vec_free(&c->pcaps);
    vec_free(&c->args);
}

int cli_diagnose(const struct cli *c, const struct diag *d)
{
    diag_print(d, stderr, c->color_err);
    if (diag_is_missing_input(d))
        return EXIT_NO_INPUT;
    return diag_errors(d) ? EXIT_BAD_INPUT : EXIT_GOOD;
}

int cli_load(const struct cli *c, const char *path, struct scenario_list *out)
{
    VEC(struct override) sets = {0};
    for (size_t i = 0; i < c->sets.n; i++)
        vec_push(&sets, c->sets.v[i]);
    if (c->seed) {
        struct override seed = {"seed", c->seed};
        vec_push(&sets, seed);
    }
    struct diag *d = diag_new();
    scenario_load_with(path, sets.v, sets.n, d, out);
    int code = cli_diagnose(c, d);
    diag_free(d);
    vec_free(&sets);
    return code;
}

int64_t cli_jobs(const struct cli *c)
{
    return c->jobs ? c->jobs : jobs_default();
}
