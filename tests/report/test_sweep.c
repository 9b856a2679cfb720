// SPDX-License-Identifier: GPL-3.0-or-later
// A sweep's files, its picture, and its summary.
#include "report/sweep.h"
#include "base/utf8.h"
#include "report/plot.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WIDTH 100

static struct sweep_case cases[] = {
    {.name = "(nothing fails)",
     .ok = true,
     .availability = 0.999,
     .failover_worst_s = -1,
     .rtt_mean_ms = 11.5,
     .worst_link = 0,
     .worst_util = 0.3},
    {.name = "a/one-1~a/two-1",
     .ok = true,
     .availability = 0.9,
     .groups_losing = 3,
     .failover_worst_s = INFINITY,
     .rtt_mean_ms = 12.5,
     .worst_link = 0,
     .worst_util = 1.04},
    {.name = "a-network-with-a-long-name/beijing-11~another-long-one/shanghai-12",
     .ok = true,
     .availability = 1,
     .failover_worst_s = -1,
     .rtt_mean_ms = 12,
     .worst_link = 0,
     .worst_util = 0.4},
};

static struct sweep_link links[] = {
    {.name = "a/one-1>a/two-1", .baseline = 0.3, .worst = 1.04, .worst_case = 1, .backbone = true},
    {.name = "a/two-1>a/one-1", .baseline = 0.2, .worst = 0.9, .worst_case = 1, .backbone = true},
    {.name = "a-network-with-a-long-name/beijing-11>another-long-one/shanghai-12",
     .baseline = 0.4,
     .worst = 0.6,
     .worst_case = 2,
     .backbone = true},
    {.name = "full>always", .baseline = 0.99, .worst = 0.99, .worst_case = -1, .backbone = true},
    {.name = "home>a/one-1", .baseline = 0.1, .worst = 2, .worst_case = 1},
};

static struct sweep w = {.scenario = {.name = "x", .seed = 7, .input_hash = 0xabc},
                         .cases = cases,
                         .ncases = 3,
                         .links = links,
                         .nlinks = 5};

static char *contents(const char *dir, const char *name)
{
    char path[256];
    static char text[65536];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    size_t n = fread(text, 1, sizeof text - 1, f);
    text[n] = '\0';
    fclose(f);
    return text;
}

static void files_and_picture(void)
{
    static const char *const names[] = {"cases.csv", "sweep.csv", "run.csv", "plots/sweep.png",
                                        "plots/sweep.svg"};
    char dir[64], buf[8192], found[4096], path[256];
    struct plot_search s = plot_search_usual(getenv("ANYSIM_PLOTS"), buf, sizeof buf);
    struct plot_outcome out;
    struct outdir o;
    snprintf(dir, sizeof dir, "/tmp/anysim-sweep-%ld", (long)getpid());
    CU_ASSERT_TRUE_FATAL(outdir_open(&o, dir));
    CU_ASSERT_TRUE_FATAL(sweep_write(&w, &o));
    CU_ASSERT_TRUE_FATAL(outdir_commit(&o));
    CU_ASSERT_PTR_NOT_NULL(strstr(contents(dir, "cases.csv"), "\n0,(nothing fails),99.900,"));
    CU_ASSERT_PTR_NOT_NULL(strstr(contents(dir, "cases.csv"), "\n1,a/one-1~a/two-1,90.000,"));
    CU_ASSERT_PTR_NOT_NULL(strstr(contents(dir, "cases.csv"), ",never,12.500,a/one-1>a/two-1,"));
    CU_ASSERT_PTR_NOT_NULL(strstr(contents(dir, "sweep.csv"), "\nfull>always,99.00,99.00,\n"));
    CU_ASSERT_PTR_NULL(strstr(contents(dir, "sweep.csv"), "home")); // not a backbone link
    CU_ASSERT_PTR_NOT_NULL(strstr(contents(dir, "run.csv"), "\ntitle,x\n"));
    if (access("/usr/bin/gnuplot", X_OK) != 0 || !plot_find(&s, found, sizeof found)) {
        unit_skip("gnuplot or plots/ is not found");
    } else {
        CU_ASSERT_EQUAL(plot_run(dir, &s, &out), 0);
        CU_ASSERT_EQUAL(out.made, 2);
        if (out.error[0])
            printf("  %s\n", out.error);
        const char *svg = contents(dir, "plots/sweep.svg");
        CU_ASSERT_PTR_NOT_NULL(strstr(svg, "a/one-1~a/two-1")); // the failure is named
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/plots", dir);
    rmdir(path);
    CU_ASSERT_EQUAL(rmdir(dir), 0);
}

static char *summary(void)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    sweep_summary(&w, f);
    fclose(f);
    return text;
}

static void summary_in_line(void)
{
    char *text = summary();
    for (const char *line = text; *line;) {
        size_t n = strcspn(line, "\n");
        CU_ASSERT_TRUE(utf8_count(line, n) <= WIDTH);
        CU_ASSERT_TRUE(n == 0 || line[n - 1] != ' ');
        line += n + (line[n] == '\n');
    }
    // What is compared with stands first, though a failure does better.
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "x: 2 single failures\n"));
    const char *nothing = strstr(text, "\n  (nothing fails) "), *one = strstr(text, "\n  a/one-1~");
    CU_ASSERT_PTR_NOT_NULL(nothing);
    CU_ASSERT_TRUE(nothing < one);
    // Ranked by rise, then by load; what no failure fills stands in the second list only.
    const char *rise = strstr(text, "fills most"), *full = strstr(text, "fullest");
    CU_ASSERT_PTR_NOT_NULL_FATAL(rise);
    CU_ASSERT_PTR_NOT_NULL_FATAL(full);
    CU_ASSERT_TRUE(strstr(text, "full>always") > full);
    CU_ASSERT_PTR_NULL(strstr(text, "home"));
    free(text);
    struct sweep_link still[] = {links[3]};
    struct sweep quiet = w;
    w.links = still;
    w.nlinks = 1;
    text = summary();
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "none by 0.5 percentage points"));
    free(text);
    w = quiet;
}

UNIT_MAIN("report/sweep", {"files_and_picture", files_and_picture},
          {"summary_in_line", summary_in_line})
