// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/junit.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static char *written(const struct junit_case *cases, size_t n)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    junit_write(f, cases, n);
    fclose(f);
    return text;
}

static void whole_file(void)
{
    static const char *const failures[] = {"eip: 90% < 99%\nfrom telecom/hebei", "second"};
    const struct junit_case cases[] = {
        {.suite = "scenarios", .name = "good", .seconds = 1.5},
        {.suite = "scenarios",
         .name = "bad",
         .seconds = 0.25,
         .failures = failures,
         .nfailures = 2},
        {.suite = "other", .name = "left out", .skipped = "no \"gnuplot\""},
    };
    char *text = written(cases, 3);
    CU_ASSERT_STRING_EQUAL(
        text,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" time=\"1.750\">\n"
        "  <testsuite name=\"scenarios\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\" "
        "time=\"1.750\">\n"
        "    <testcase classname=\"scenarios\" name=\"good\" time=\"1.500\"/>\n"
        "    <testcase classname=\"scenarios\" name=\"bad\" time=\"0.250\">\n"
        "      <failure message=\"eip: 90% &lt; 99%\">eip: 90% &lt; 99%\nfrom "
        "telecom/hebei</failure>\n"
        "      <failure message=\"second\">second</failure>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "  <testsuite name=\"other\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\" "
        "time=\"0.000\">\n"
        "    <testcase classname=\"other\" name=\"left out\" time=\"0.000\">\n"
        "      <skipped message=\"no &quot;gnuplot&quot;\"/>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n");
    free(text);
}

static void escaping(void)
{
    const struct junit_case c = {
        .suite = "s", .name = "<a & \"b\">\n\x01\xff\xc0\xaf \xe5\x8c\x97\xed\xa0\x80]]>"};
    char *text = written(&c, 1);
    // A control character, a stray byte, an overlong form and a surrogate each become U+FFFD.
    CU_ASSERT_PTR_NOT_NULL(strstr(text,
                                  "name=\"&lt;a &amp; &quot;b&quot;&gt;&#10;"
                                  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd "
                                  "\xe5\x8c\x97\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd]]&gt;\""));
    free(text);
}

static void empty(void)
{
    char *text = written(NULL, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "tests=\"0\""));
    free(text);
}

UNIT_MAIN("report/junit", {"whole_file", whole_file}, {"escaping", escaping}, {"empty", empty})
