// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/utf8.h"
#include "fake.h"
#include "report/cell.h"
#include "report/text.h"
#include "unit.h"

#include <stdlib.h>

static char *summary_in(const struct results *r, bool colour, enum text_detail detail)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    text_summary(r, f, colour, detail);
    fclose(f);
    return text;
}

static char *summary(const struct results *r, bool colour)
{
    return summary_in(r, colour, TEXT_FULL);
}

static void figures(void)
{
    char b[CELL_BUF];
    CU_ASSERT_STRING_EQUAL(cell_percent(1, b), "100.00");
    CU_ASSERT_STRING_EQUAL(cell_percent(0.999999, b), "99.99");
    CU_ASSERT_STRING_EQUAL(cell_percent(0.000001, b), "<0.01");
    CU_ASSERT_STRING_EQUAL(cell_percent(0, b), "0.00");
    CU_ASSERT_STRING_EQUAL(cell_percent(NAN, b), "\xe2\x80\x93");
    CU_ASSERT_STRING_EQUAL(cell_rtt(41949000, b), "41.9");
    CU_ASSERT_STRING_EQUAL(cell_rtt(999940000, b), "999.9");
    CU_ASSERT_STRING_EQUAL(cell_rtt(999960000, b), "1000");
    CU_ASSERT_STRING_EQUAL(cell_rtt(-1, b), "lost");
    CU_ASSERT_STRING_EQUAL(cell_seconds(1530 * PS_PER_MS, b), "1.53 s");
    CU_ASSERT_STRING_EQUAL(cell_seconds(TIME_NEVER, b), "never");
    CU_ASSERT_STRING_EQUAL(cell_time(60250 * PS_PER_MS, b), "60.25 s");
    CU_ASSERT_STRING_EQUAL(cell_time(300 * PS_PER_S, b), "300 s");
    CU_ASSERT_STRING_EQUAL(cell_count(1234567, b), "1,234,567");
    CU_ASSERT_STRING_EQUAL(cell_count(123, b), "123");
    CU_ASSERT_STRING_EQUAL(cell_people(74610000, b), "74.6 M people");
}

static char *set(void (*fn)(const struct cell_out *, const char *, int, enum cell_colour),
                 const char *text, int width)
{
    char *out;
    size_t len;
    FILE *f = open_memstream(&out, &len);
    struct cell_out o = {.f = f};
    fn(&o, text, width, CELL_RED);
    fclose(f);
    return out;
}

static void cells(void)
{
    static const struct {
        const char *text;
        int width;
        const char *left;
    } cases[] = {{"abc", 5, "abc  "},
                 {"abcdef", 4, "abc\xe2\x80\xa6"},
                 {"\xe5\x8c\x97\xe4\xba\xac", 5, "\xe5\x8c\x97\xe4\xba\xac "},
                 {"\xe5\x8c\x97\xe4\xba\xac", 3, "\xe5\x8c\x97\xe2\x80\xa6"},
                 {"a\033[31m", 7, "a?[31m "}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *out = set(cell_left, cases[i].text, cases[i].width);
        CU_ASSERT_STRING_EQUAL(out, cases[i].left);
        free(out);
    }
    char *out = set(cell_right, "abc", 5);
    CU_ASSERT_STRING_EQUAL(out, "  abc");
    free(out);
}

static void names_keep_both_ends(void)
{
    static const struct {
        const char *text;
        int width;
        const char *name;
    } cases[] = {{"abc", 5, "abc  "},
                 {"abcdef", 6, "abcdef"},
                 {"plain-multihomed-a", 12, "plain-\xe2\x80\xa6med-a"},
                 {"plain-multihomed-b", 12, "plain-\xe2\x80\xa6med-b"},
                 {"\xe5\x8c\x97\xe4\xba\xac\xe4\xb8\x8a\xe6\xb5\xb7", 6,
                  "\xe5\x8c\x97\xe2\x80\xa6 \xe6\xb5\xb7"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *out = set(cell_name, cases[i].text, cases[i].width);
        CU_ASSERT_STRING_EQUAL(out, cases[i].name);
        if (strcmp(out, cases[i].name) != 0)
            printf("|%s| for |%s|\n", out, cases[i].name);
        free(out);
    }
}

static void check_lines(const char *text)
{
    CU_ASSERT_PTR_NULL(strchr(text, '\033'));
    for (const char *line = text; *line;) {
        size_t n = strcspn(line, "\n");
        size_t cells = utf8_count(line, n);
        CU_ASSERT_TRUE(cells <= TEXT_WIDTH);
        CU_ASSERT_TRUE(n == 0 || line[n - 1] != ' ');
        if (cells > TEXT_WIDTH || (n && line[n - 1] == ' '))
            printf("|%.*s|\n", (int)n, line);
        line += n + (line[n] == '\n');
    }
}

static void fits_in_100_columns(void)
{
    static struct fake k;
    fake_init(&k, "a scenario with quite a long name, \"quotes\" and \033[31mcolours that "
                  "nobody asked for, on and on and on");
    char *text = summary(&k.results, false);
    check_lines(text);
    free(text);
    fake_free(&k);
}

// Names that differ in their last letter only, and answers that take seconds.
static void long_names_stay_in_line(void)
{
    static const char *const names[] = {"accelerated-everywhere-a", "accelerated-everywhere-b",
                                        "accelerated-everywhere-c", "accelerated-everywhere-d"};
    static struct fake k;
    fake_init(&k, "x");
    for (int v = 0; v < FAKE_SERVICES; v++)
        k.scenario.services[v].name = names[v];
    for (int i = 0; i < k.results.nclients; i++) {
        hist_free(&k.results.clients[i].rtt_ns);
        for (uint64_t n = 0; n < k.results.clients[i].received; n++)
            hist_add(&k.results.clients[i].rtt_ns, INT64_C(1999900000));
    }
    char *text = summary(&k.results, false);
    check_lines(text);
    for (int v = 0; v < FAKE_SERVICES; v++) {
        char head[64];
        snprintf(head, sizeof head, "\naccelerat\xe2\x80\xa6ywhere-%c 1", 'a' + v);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, head));
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "   2000   2000  2000   "));
    free(text);
    fake_free(&k);
}

static void says_what_matters(void)
{
    static const char *const lines[] = {
        "\n      60 s  \xe2\x9c\x97 telecom cut off around beijing\n",
        "\n  plain             32.26 %  8,970 no-route, 30 link-down\n",
        "\n  dns               16 groups   223 M people  beijing \xe2\x86\x92 shanghai\n",
        "\n  plain             30 groups   486 M people  beijing \xe2\x86\x92 no answer\n",
        "\nExpectations 2 of 32 hold\n",
        "\n  ok    eip from telecom/hebei, outage: availability >= 95% (97.7%)\n",
        "\n  FAIL  plain from telecom, outage: availability >= 99% (1 of 31 groups)\n",
        "\n        and 20 more\n",
        "1.40 s  0.05 s + 1.28 s + 0.07 s\n",
        "\ntelecom/hebei  26.1 M people\n",
    };
    static struct fake k;
    fake_init(&k, "x");
    char *text = summary(&k.results, false);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        CU_ASSERT_PTR_NOT_NULL(strstr(text, lines[i]));
        if (!strstr(text, lines[i]))
            printf("missing:%s", lines[i]);
    }
    free(text);
    text = summary(&k.results, true);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\033[1m"));
    free(text);
    fake_free(&k);
}

// What ends by itself says when.
static void incident_ends(void)
{
    static struct fake k;
    fake_init(&k, "x");
    struct event *e = (struct event *)k.scenario.events;
    e[0].kind = EVENT_HIJACK;
    e[0].incident.for_ps = 25 * PS_PER_S;
    char *text = summary(&k.results, false);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "telecom cut off around beijing, until 85 s\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "telecom repaired around beijing\n"));
    free(text);
    fake_free(&k);
}

static void without_events(void)
{
    static struct fake k;
    fake_init(&k, "x");
    k.scenario.nevents = 0;
    k.scenario.outage_from_ps = k.scenario.outage_to_ps = k.scenario.duration_ps;
    k.results.nchecks = 0; // and no expectations
    k.results.clients[0].received--;
    k.results.clients[0].lost_by[FWD_DROP_TTL]++;
    char *text = summary(&k.results, false);
    CU_ASSERT_PTR_NULL(strstr(text, "Catchment moves"));
    CU_ASSERT_PTR_NULL(strstr(text, "Clients in focus"));
    // One phase, the whole run: nothing speaks of an outage, and no column is empty.
    CU_ASSERT_PTR_NULL(strstr(text, "outage"));
    CU_ASSERT_PTR_NULL(strstr(text, CELL_NONE));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nRequests lost (whole run)\n"));
    check_lines(text);
    free(text);
    fake_free(&k);
}

// Nothing measured is a dash, and the links stand in order of what there is: their peaks.
static void links_without_a_figure(void)
{
    static struct fake k;
    char head[256], part[256];
    fake_init(&k, "x");
    fake_outage_without_bucket(&k);
    const struct link_result *fullest = &k.results.links[0];
    for (int i = 1; i < k.results.nlinks; i++)
        if (k.results.links[i].max_ppm > fullest->max_ppm)
            fullest = &k.results.links[i];
    snprintf(head, sizeof head, "peak        drops\n  %s ", fullest->name); // the first row
    snprintf(part, sizeof part, " %.1f %%        %s ",
             (double)fullest->mean_ppm[PHASE_BEFORE] / 1e4, CELL_NONE);
    char *text = summary(&k.results, false);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, head));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
    CU_ASSERT_PTR_NULL(strstr(text, "-0.0 %"));
    check_lines(text);
    free(text);
    fake_free(&k);
}

// The terminal's text: the same table, one group in focus, no link or control section, and of the
// expectations only those that fail.
static void brief_is_brief(void)
{
    static struct fake k;
    fake_init(&k, "x");
    char *full = summary(&k.results, false);
    char *brief = summary_in(&k.results, false, TEXT_BRIEF);
    check_lines(brief);
    CU_ASSERT(strlen(brief) < strlen(full));
    CU_ASSERT_PTR_NOT_NULL(strstr(brief, "availability [%]"));
    CU_ASSERT_PTR_NOT_NULL(strstr(brief, "Packets"));
    CU_ASSERT_PTR_NULL(strstr(brief, "Busiest links"));
    CU_ASSERT_PTR_NULL(strstr(brief, "Control plane"));
    CU_ASSERT_PTR_NULL(strstr(brief, "\n  ok "));
    CU_ASSERT_PTR_NOT_NULL(strstr(full, "\n  ok "));
    CU_ASSERT_PTR_NOT_NULL(strstr(brief, "\n  FAIL "));
    free(brief);
    free(full);
    fake_free(&k);
}

UNIT_MAIN("report/text", {"brief_is_brief", brief_is_brief}, {"figures", figures}, {"cells", cells},
          {"names_keep_both_ends", names_keep_both_ends},
          {"long_names_stay_in_line", long_names_stay_in_line},
          {"fits_in_100_columns", fits_in_100_columns}, {"says_what_matters", says_what_matters},
          {"incident_ends", incident_ends}, {"without_events", without_events},
          {"links_without_a_figure", links_without_a_figure})
