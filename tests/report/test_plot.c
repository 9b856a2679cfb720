// SPDX-License-Identifier: GPL-3.0-or-later
// Every script draws a picture from realistic results, and no name in them is ever executed.
#include "base/file.h"
#include "fake.h"
#include "report/plot.h"
#include "report/report.h"
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "it's a \"name\" with `touch /tmp/anysim-plot-pwned` and $(spaces), @here"

static char dir[64]; // made by make_results, removed by remove_results

static struct plot_search scripts(char *buf, size_t size)
{
    return plot_search_usual(getenv("ANYSIM_PLOTS"), buf, size);
}

static bool ready(void)
{
    char buf[8192], found[4096];
    struct plot_search s = scripts(buf, sizeof buf);
    if (access("/usr/bin/gnuplot", X_OK) != 0) {
        unit_skip("gnuplot is not installed (Debian: gnuplot-nox)");
        return false;
    }
    if (!plot_find(&s, found, sizeof found)) {
        unit_skip("plots/ is not found from here; set ANYSIM_PLOTS");
        return false;
    }
    return true;
}

static void make_results(const char *name, bool events)
{
    static struct fake k;
    struct outdir o;
    char path[160];
    snprintf(dir, sizeof dir, "/tmp/anysim plot `x` %ld", (long)getpid());
    fake_init(&k, name);
    fake_replicas(&k);
    if (!events) {
        k.scenario.nevents = 0;
        k.scenario.outage_from_ps = k.scenario.outage_to_ps = k.scenario.duration_ps;
    }
    CU_ASSERT_TRUE_FATAL(outdir_open(&o, dir));
    CU_ASSERT_TRUE_FATAL(report_write(&k.results, &o));
    CU_ASSERT_TRUE_FATAL(outdir_commit(&o));
    snprintf(path, sizeof path, "%s/sweep.csv", dir);
    FILE *f = fopen(path, "w");
    fputs("link,baseline_pct,worst_pct,worst_case\na>b,40,90,c-d\nb>a,30,110,`e`\n", f);
    fclose(f);
    fake_free(&k);
}

static void remove_results(void)
{
    static const char *const endings[] = {"png", "svg"};
    char path[256];
    for (size_t i = 0; i < plot_nspecs; i++)
        for (int e = 0; e < 2; e++) {
            snprintf(path, sizeof path, "%s/plots/%s.%s", dir, plot_specs[i].name, endings[e]);
            unlink(path);
        }
    for (size_t i = 0; i < report_nfiles; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, report_files[i].name);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/sweep.csv", dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/replicas.csv", dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/plots", dir);
    rmdir(path);
    CU_ASSERT_EQUAL(rmdir(dir), 0); // nothing but what is known was left there
}

// The signature at the start, and more than an empty canvas would take.
static void check_picture(const char *name, const char *ending, const char *magic)
{
    char path[256], head[256] = "";
    struct stat st = {0};
    snprintf(path, sizeof path, "%s/plots/%s.%s", dir, name, ending);
    FILE *f = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL(f);
    if (!f)
        return;
    size_t n = fread(head, 1, sizeof head - 1, f);
    CU_ASSERT_TRUE(n > 0 && memmem(head, n, magic, strlen(magic)) != NULL);
    CU_ASSERT_EQUAL(fstat(fileno(f), &st), 0);
    CU_ASSERT_TRUE(st.st_size > 6000);
    fclose(f);
}

static void draw_all(const char *name, bool events)
{
    char buf[8192];
    struct plot_outcome out;
    struct plot_search s = scripts(buf, sizeof buf);
    make_results(name, events);
    int status = plot_run(dir, &s, &out);
    CU_ASSERT_EQUAL(status, 0);
    if (status)
        printf("  %s\n", out.error);
    CU_ASSERT_EQUAL(out.made, 2 * (int)plot_nspecs);
    for (size_t i = 0; i < plot_nspecs; i++) {
        check_picture(plot_specs[i].name, "png", "\x89PNG");
        check_picture(plot_specs[i].name, "svg", "<svg");
    }
}

// Segments of dashed black lines of an SVG. gnuplot joins those that touch: every L ends one.
static int dashed_segments(const char *name)
{
    char path[256], *text;
    size_t len;
    const char *why;
    struct arena a;
    int segments = 0;
    arena_init(&a);
    snprintf(path, sizeof path, "%s/plots/%s.svg", dir, name);
    text = file_read(&a, path, 1 << 24, &len, &why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    for (const char *p = text; (p = strstr(p, "stroke='rgb(  0,   0,   0)' stroke-dasharray"));) {
        const char *end = strstr(p, "/>");
        for (; end && p < end; p++)
            segments += *p == 'L';
    }
    arena_free(&a);
    return segments;
}

// Beijing's lost links of the fake run, each a line of the map, and one line of the legend.
static void map_shows_dead_links(void)
{
    static struct fake k;
    int dead = 0;
    if (!ready())
        return;
    fake_init(&k, "x");
    for (int i = 0; i < k.results.nlinks; i++)
        dead += strstr(k.results.links[i].name, "telecom/beijing-1>") != NULL;
    fake_free(&k);
    draw_all("x", true);
    CU_ASSERT_TRUE(dead > 0);
    CU_ASSERT_EQUAL(dashed_segments("map"), dead + 1);
    remove_results();
    draw_all("x", false);
    CU_ASSERT_EQUAL(dashed_segments("map"), 0);
    remove_results();
}

// As many sites as style.gp promises: no two have the same colour and marker, nor the same
// colour and hatching.
static void sites_are_told_apart(void)
{
    char buf[8192], found[4096], script[] = "/tmp/anysim-sites-XXXXXX", command[64];
    char seen[128][2][32];
    struct plot_search s = scripts(buf, sizeof buf);
    int n = 0;
    if (!ready() || !plot_find(&s, found, sizeof found))
        return;
    make_results("x", true);
    FILE *f = fdopen(mkstemp(script), "w");
    fprintf(f,
            "results = '%s'; output = 'x.png'\nload '%s/style.gp'\nset print '-'\n"
            "do for [k=1:SITES_TOLD] { print site_hue(k), ' ', site_marker(k), ' ', "
            "site_hue(k), ' / ', site_hatch(k) }\n",
            dir, found);
    fclose(f);
    snprintf(command, sizeof command, "gnuplot -d %s", script);
    f = popen(command, "r");
    for (char line[128]; n < 128 && fgets(line, sizeof line, f);) {
        char hue[16], marker[8], hatch[32];
        CU_ASSERT_EQUAL_FATAL(sscanf(line, "%15s %7s %15s / %7s", hue, marker, seen[n][1], hatch),
                              4);
        snprintf(seen[n][0], sizeof seen[n][0], "%s %s", hue, marker);
        strcat(seen[n][1], hatch);
        for (int i = 0; i < n; i++) {
            CU_ASSERT_STRING_NOT_EQUAL(seen[i][0], seen[n][0]);
            CU_ASSERT_STRING_NOT_EQUAL(seen[i][1], seen[n][1]);
        }
        n++;
    }
    CU_ASSERT_EQUAL(pclose(f), 0);
    CU_ASSERT_EQUAL(n, 48);
    unlink(script);
    remove_results();
}

static void every_plot(void)
{
    if (!ready())
        return;
    unlink("/tmp/anysim-plot-pwned");
    draw_all(NAME, true);
    CU_ASSERT_NOT_EQUAL(access("/tmp/anysim-plot-pwned", F_OK), 0);
    // The title arrives as it was written.
    char path[256], *text;
    size_t len;
    const char *why;
    struct arena a;
    arena_init(&a);
    snprintf(path, sizeof path, "%s/plots/links.svg", dir);
    text = file_read(&a, path, 1 << 24, &len, &why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "`touch /tmp/anysim-plot-pwned`"));
    arena_free(&a);
    remove_results();
}

static void without_outage(void)
{
    if (!ready())
        return;
    draw_all("quiet", false);
    remove_results();
}

static void failures(void)
{
    char buf[8192], empty[] = "/tmp/anysim-empty-XXXXXX";
    struct plot_outcome out;
    struct plot_search none = {{"/dev/null/none"}}, s = scripts(buf, sizeof buf);
    if (!ready())
        return;
    CU_ASSERT_EQUAL(plot_run("/dev/null/none", &s, &out), PLOT_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(out.error, "/dev/null/none"));
    make_results("x", true);
    CU_ASSERT_EQUAL(plot_run(dir, &none, &out), PLOT_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(out.error, "ANYSIM_PLOTS"));
    // Without gnuplot in PATH.
    char *path = strdup(getenv("PATH"));
    setenv("PATH", mkdtemp(empty), 1);
    CU_ASSERT_EQUAL(plot_run(dir, &s, &out), PLOT_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(out.error, "not installed"));
    setenv("PATH", path, 1);
    free(path);
    rmdir(empty);
    // A data file that makes no sense: gnuplot's own words are passed on.
    char file[256];
    snprintf(file, sizeof file, "%s/rttcdf.csv", dir);
    FILE *f = fopen(file, "w");
    fputs("service,phase,rtt_ms,share\n", f);
    fclose(f);
    CU_ASSERT_EQUAL(plot_run(dir, &s, &out), 0); // no row: no plot
    CU_ASSERT_EQUAL(out.made, 2 * (int)plot_nspecs - 2);
    f = fopen(file, "w");
    fputs("service,phase,rtt_ms,share\nx\n", f);
    fclose(f);
    CU_ASSERT_EQUAL(plot_run(dir, &s, &out), PLOT_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(out.error, "rtt-cdf.gp"));
    remove_results();
}

// By hand a user may pass any name: what gnuplot would execute is refused.
static void refuses_commands(void)
{
    char buf[8192], found[4096], command[8192];
    struct plot_search s = scripts(buf, sizeof buf);
    if (!ready() || !plot_find(&s, found, sizeof found))
        return;
    for (size_t i = 0; i < plot_nspecs; i++) {
        snprintf(command, sizeof command,
                 "gnuplot -d -c '%s/%s.gp' '<touch /tmp/anysim-plot-pwned;' /tmp/anysim-x.png "
                 "2>/dev/null",
                 found, plot_specs[i].name);
        CU_ASSERT_NOT_EQUAL(system(command), 0);
    }
    CU_ASSERT_NOT_EQUAL(access("/tmp/anysim-plot-pwned", F_OK), 0);
}

UNIT_MAIN("report/plot", {"every_plot", every_plot}, {"without_outage", without_outage},
          {"map_shows_dead_links", map_shows_dead_links},
          {"sites_are_told_apart", sites_are_told_apart}, {"failures", failures},
          {"refuses_commands", refuses_commands})
