// SPDX-License-Identifier: GPL-3.0-or-later
// The CSV writers: quoting, round trip through the reader, figures worked out by hand.
#include "base/csv.h"
#include "base/file.h"
#include "fake.h"
#include "measure/load.h"
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

static void quoting(void)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    struct csvout o = csvout_start(f, "a,b");
    csvout_text(&o, "plain");
    csvout_text(&o, "with \"quotes\", comma");
    csvout_end(&o);
    csvout_text(&o, NULL);
    csvout_text(&o, "two\nlines");
    csvout_end(&o);
    csvout_fixed(&o, NAN, 3);
    csvout_fixed(&o, -0.0001, 3);
    csvout_fixed(&o, 2.0005, 2);
    csvout_uint(&o, UINT64_MAX);
    csvout_int(&o, -7);
    csvout_text(&o, NULL);
    csvout_end(&o);
    fclose(f);
    CU_ASSERT_STRING_EQUAL(text, "a,b\nplain,\"with \"\"quotes\"\", comma\"\n,\"two\nlines\"\n"
                                 ",0.000,2.00,18446744073709551615,-7,\n");
    free(text);
}

// Writes a table to a file and reads it back with the simulator's own strict reader.
static void read_back(struct arena *a, const struct results *r,
                      void (*write)(const struct results *, FILE *), struct csv *out)
{
    char path[] = "/tmp/anysim-csv-XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "w");
    struct diag *d = diag_new();
    write(r, f);
    fclose(f);
    size_t len = 0;
    const char *why = NULL, *text = file_read(a, path, CSV_FILE_MAX, &len, &why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_TRUE_FATAL(csv_read_text(a, d, "table.csv", text, len, out));
    diag_free(d);
    unlink(path);
}

static double cell(const struct csv *c, size_t row, const char *column)
{
    int at = csv_column(c, column);
    CU_ASSERT_FATAL(at >= 0);
    return strtod(csv_at(c, row, (size_t)at)->text, NULL);
}

static const char *word(const struct csv *c, size_t row, const char *column)
{
    int at = csv_column(c, column);
    CU_ASSERT_FATAL(at >= 0);
    return csv_at(c, row, (size_t)at)->text;
}

static void every_table_reads_back(void)
{
    static void (*const writers[])(const struct results *, FILE *) = {
        csv_run,    csv_events, csv_clients,    csv_timeseries, csv_aggregated,  csv_catchment,
        csv_rttcdf, csv_links,  csv_linkseries, csv_map_links,  csv_map_clients, csv_map_pops};
    static struct fake k;
    fake_init(&k, "a `b` \"c\", d");
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
        struct arena a;
        struct csv c;
        arena_init(&a);
        read_back(&a, &k.results, writers[i], &c);
        CU_ASSERT_TRUE(c.nrow > 0);
        if (writers[i] == csv_run)
            for (size_t row = 0; row < c.nrow; row++)
                if (strcmp(word(&c, row, "key"), "scenario") == 0)
                    CU_ASSERT_STRING_EQUAL(word(&c, row, "value"), "a `b` \"c\", d");
        arena_free(&a);
    }
    fake_free(&k);
}

static void clients_by_hand(void)
{
    static struct fake k;
    struct arena a;
    struct csv c;
    fake_init(&k, "x");
    arena_init(&a);
    // telecom/beijing on eip, before: replace by three requests, two answered in 10 and 20 ms.
    struct client_result *r = &k.results.clients[0];
    hist_free(&r->rtt_ns);
    hist_add(&r->rtt_ns, 10000000);
    hist_add(&r->rtt_ns, 20000000);
    r->sent = 3;
    r->received = 2;
    r->lost_by[FWD_DROP_TTL] = 1;
    r->jitter_ps = 1.5e9;
    read_back(&a, &k.results, csv_clients, &c);
    CU_ASSERT_EQUAL(c.nrow, (size_t)k.results.nclients);
    CU_ASSERT_STRING_EQUAL(word(&c, 0, "phase"), "before");
    CU_ASSERT_STRING_EQUAL(word(&c, 0, "availability"), "0.666667");
    CU_ASSERT_DOUBLE_EQUAL(cell(&c, 0, "rtt_mean_ms"), 15, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(cell(&c, 0, "rtt_p50_ms"), 20, 20.0 / 128);
    CU_ASSERT_STRING_EQUAL(word(&c, 0, "rtt_p95_ms"), ""); // among the lost
    CU_ASSERT_DOUBLE_EQUAL(cell(&c, 0, "jitter_ms"), 1.5, 1e-9);
    CU_ASSERT_EQUAL(cell(&c, 0, "lost"), 1);
    CU_ASSERT_EQUAL(cell(&c, 0, "lost_unfinished"), 0);
    CU_ASSERT_STRING_EQUAL(word(&c, 0, "failover"), "");
    arena_free(&a);
    fake_free(&k);
}

static void shares_add_up(void)
{
    static struct fake k;
    struct arena a;
    struct csv c;
    fake_init(&k, "x");
    arena_init(&a);
    read_back(&a, &k.results, csv_catchment, &c);
    double sum[FAKE_BUCKETS] = {0};
    for (size_t row = 0; row < c.nrow; row++) {
        CU_ASSERT_DOUBLE_EQUAL(cell(&c, row, "stack_to") - cell(&c, row, "stack_from"),
                               cell(&c, row, "share"), 2e-6);
        if (strcmp(word(&c, row, "service"), "plain") == 0)
            sum[(int)cell(&c, row, "time_s")] += cell(&c, row, "share");
    }
    for (int b = 0; b < FAKE_BUCKETS; b++)
        CU_ASSERT_DOUBLE_EQUAL(sum[b], 1, 1e-5);
    read_back(&a, &k.results, csv_rttcdf, &c);
    double last = 0;
    for (size_t row = 0; row < c.nrow; row++)
        if (strcmp(word(&c, row, "service"), "plain") == 0 &&
            strcmp(word(&c, row, "phase"), "outage") == 0)
            last = cell(&c, row, "share");
    // 30 of 93 groups are cut off for the whole outage.
    CU_ASSERT_DOUBLE_EQUAL(last, 63.0 / 93, 1e-6);
    arena_free(&a);
    fake_free(&k);
}

static void phases_and_peaks(void)
{
    static struct fake k;
    fake_init(&k, "x");
    CU_ASSERT_EQUAL(load_bucket_phase(&k.scenario, 59), PHASE_BEFORE);
    CU_ASSERT_EQUAL(load_bucket_phase(&k.scenario, 60), PHASE_OUTAGE);
    CU_ASSERT_EQUAL(load_bucket_phase(&k.scenario, 119), PHASE_OUTAGE);
    CU_ASSERT_EQUAL(load_bucket_phase(&k.scenario, 120), PHASE_AFTER);
    int dark = 0;
    for (int i = 0; i < k.results.nlinks; i++)
        dark += figure_link_dark(&k.results, &k.results.links[i]);
    int cut = 0;
    for (int i = 0; i < k.results.nlinks; i++)
        cut += strstr(k.results.links[i].name, "telecom/beijing-1") != NULL;
    CU_ASSERT_TRUE(cut > 0);
    CU_ASSERT_EQUAL(dark, cut);
    k.results.links[0].util_ppm[70] = 777777;
    k.results.links[0].util_ppm[59] = 999999;
    CU_ASSERT_EQUAL(figure_link_peak_ppm(&k.results, &k.results.links[0], PHASE_BEFORE), 999999);
    fake_free(&k);
}

static void population_weighs(void)
{
    static struct fake k;
    struct figure_sum sum;
    fake_init(&k, "x");
    figure_sum(&k.results, FAKE_PLAIN, 0, PHASE_OUTAGE, &sum);
    double people = 0;
    for (int g = 0; g < FAKE_CITIES; g++)
        people += (double)figure_group(&k.scenario, g)->population;
    // Of Telecom only Beijing's own clients are answered.
    CU_ASSERT_DOUBLE_EQUAL(sum.availability,
                           (double)figure_group(&k.scenario, 0)->population / people, 1e-12);
    CU_ASSERT_EQUAL(sum.sent, (uint64_t)FAKE_CITIES * 60 * FAKE_RATE);
    CU_ASSERT_EQUAL(hist_quantile(&sum.rtt_ns, 0.5, sum.sent - sum.received), -1);
    figure_sum_free(&sum);
    fake_free(&k);
}

// One row a service and POP that publishes it; FAKE_PLAIN is at the first POP only.
static void pops_tell_their_services(void)
{
    static struct fake k;
    struct arena a;
    struct csv c;
    fake_init(&k, "x");
    arena_init(&a);
    k.scenario.services[FAKE_EIP].npublish = 5; // POPs 5 to 7 publish nothing then
    read_back(&a, &k.results, csv_map_pops, &c);
    int rows[FAKE_SERVICES] = {0};
    for (size_t row = 0; row < c.nrow; row++) {
        CU_ASSERT_NOT_EQUAL(word(&c, row, "service")[0], '\0');
        for (int v = 0; v < FAKE_SERVICES; v++)
            rows[v] += strcmp(word(&c, row, "service"), k.scenario.services[v].name) == 0;
    }
    CU_ASSERT_EQUAL(rows[FAKE_EIP], 5);
    CU_ASSERT_EQUAL(rows[FAKE_DNS], 3);
    CU_ASSERT_EQUAL(rows[FAKE_PLAIN], 1);
    arena_free(&a);
    fake_free(&k);
}

// A phase without a bucket has empty cells, on the map too.
static void links_without_a_figure(void)
{
    static const char *const columns[] = {"outage_pct", "outage_peak_pct"};
    static struct fake k;
    struct arena a;
    struct csv c;
    fake_init(&k, "x");
    fake_outage_without_bucket(&k);
    for (int i = 0; i < k.results.nlinks; i++)
        k.results.links[i].mean_ppm[PHASE_BEFORE] = -1;
    arena_init(&a);
    read_back(&a, &k.results, csv_links, &c);
    for (size_t row = 0; row < c.nrow; row++) {
        for (int i = 0; i < 2; i++)
            CU_ASSERT_STRING_EQUAL(word(&c, row, columns[i]), "");
        CU_ASSERT_STRING_EQUAL(word(&c, row, "before_pct"), "");
        CU_ASSERT_STRING_NOT_EQUAL(word(&c, row, "after_pct"), "");
    }
    read_back(&a, &k.results, csv_map_links, &c);
    for (size_t row = 0; row < c.nrow; row++) {
        CU_ASSERT_STRING_EQUAL(word(&c, row, "before_pct"), "");
        CU_ASSERT_STRING_EQUAL(word(&c, row, "outage_pct"), "");
    }
    arena_free(&a);
    fake_free(&k);
}

// What stands inside a city is one row without length, as loud as its loudest link.
static void links_inside_a_city(void)
{
    static struct fake k;
    struct arena a;
    struct csv c;
    fake_init(&k, "x");
    arena_init(&a);
    struct link_result *l = &k.results.links[0];
    l->network = "interconnect";
    l->b_lat = l->a_lat;
    l->b_lon = l->a_lon;
    l->mean_ppm[PHASE_OUTAGE] = 987654;
    read_back(&a, &k.results, csv_map_links, &c);
    int inside = 0;
    for (size_t row = 0; row < c.nrow; row++)
        if (cell(&c, row, "lon_a") == cell(&c, row, "lon_b") &&
            cell(&c, row, "lat_a") == cell(&c, row, "lat_b")) {
            inside++;
            CU_ASSERT_DOUBLE_EQUAL(cell(&c, row, "outage_pct"), 98.7654, 1e-9);
        }
    CU_ASSERT_EQUAL(inside, 1);
    arena_free(&a);
    fake_free(&k);
}

// The first reaction stands between the failure and the repair, at the earliest time of any group.
static void events_tell_the_reaction(void)
{
    static struct fake k;
    struct arena a;
    struct csv c;
    fake_init(&k, "x");
    arena_init(&a);
    for (int i = 0; i < k.results.nclients; i++)
        if (k.results.clients[i].detect_ps >= 0)
            k.results.clients[i].detect_ps = (i % 2 ? 900 : 1000) * PS_PER_MS;
    read_back(&a, &k.results, csv_events, &c);
    size_t at = 0;
    while (at < c.nrow && strcmp(word(&c, at, "kind"), "detect") != 0)
        at++;
    CU_ASSERT_FATAL(at > 0 && at + 1 < c.nrow);
    CU_ASSERT_DOUBLE_EQUAL(cell(&c, at, "time_s"), 60.9, 1e-9);
    CU_ASSERT_STRING_EQUAL(word(&c, at, "label"), "first reaction after 0.9 s");
    CU_ASSERT_STRING_EQUAL(word(&c, at - 1, "kind"), "fail");
    CU_ASSERT_STRING_EQUAL(word(&c, at + 1, "kind"), "repair");
    arena_free(&a);
    fake_free(&k);
}

UNIT_MAIN("report/csv", {"quoting", quoting}, {"every_table_reads_back", every_table_reads_back},
          {"clients_by_hand", clients_by_hand}, {"shares_add_up", shares_add_up},
          {"phases_and_peaks", phases_and_peaks}, {"population_weighs", population_weighs},
          {"pops_tell_their_services", pops_tell_their_services},
          {"links_without_a_figure", links_without_a_figure},
          {"links_inside_a_city", links_inside_a_city},
          {"events_tell_the_reaction", events_tell_the_reaction})
