// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/junit.h"

#include "base/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" // U+FFFD

// Length of the UTF-8 sequence at `s` when XML 1.0 allows its character, else 0.
static size_t xml_char(const char *s, size_t left)
{
    uint32_t c;
    size_t n = utf8_decode(s, left, &c);
    if (n == 0 || c == 0xfffe || c == 0xffff)
        return 0;
    return c >= 0x20 || c == '\t' || c == '\n' || c == '\r' ? n : 0;
}

static void escape(FILE *f, const char *s, size_t len, bool attribute)
{
    for (size_t i = 0; i < len;) {
        size_t n = xml_char(s + i, len - i);
        if (n == 0) {
            fputs(REPLACEMENT, f);
            i++;
            continue;
        }
        switch (s[i]) {
        case '&':
            fputs("&amp;", f);
            break;
        case '<':
            fputs("&lt;", f);
            break;
        case '>':
            fputs("&gt;", f);
            break;
        case '"':
            fputs("&quot;", f);
            break;
        case '\r': // a parser would turn it into a line feed
            fputs("&#13;", f);
            break;
        case '\n':
        case '\t':
            if (attribute)
                fprintf(f, "&#%d;", s[i]);
            else
                putc(s[i], f);
            break;
        default:
            fwrite(s + i, 1, n, f);
        }
        i += n;
    }
}

static void attribute(FILE *f, const char *name, const char *value, size_t len)
{
    fprintf(f, " %s=\"", name);
    escape(f, value, len, true);
    putc('"', f);
}

static void write_case(FILE *f, const struct junit_case *c)
{
    fputs("    <testcase", f);
    attribute(f, "classname", c->suite, strlen(c->suite));
    attribute(f, "name", c->name, strlen(c->name));
    fprintf(f, " time=\"%.3f\"", c->seconds);
    if (!c->skipped && c->nfailures == 0) {
        fputs("/>\n", f);
        return;
    }
    fputs(">\n", f);
    if (c->skipped) {
        fputs("      <skipped", f);
        attribute(f, "message", c->skipped, strlen(c->skipped));
        fputs("/>\n", f);
    }
    for (size_t i = 0; i < c->nfailures; i++) {
        fputs("      <failure", f);
        attribute(f, "message", c->failures[i], strcspn(c->failures[i], "\n"));
        putc('>', f);
        escape(f, c->failures[i], strlen(c->failures[i]), false);
        fputs("</failure>\n", f);
    }
    fputs("    </testcase>\n", f);
}

struct totals {
    size_t tests, failed, skipped;
    double seconds;
};

static struct totals sum(const struct junit_case *cases, size_t n)
{
    struct totals t = {.tests = n};
    for (size_t i = 0; i < n; i++) {
        t.failed += cases[i].nfailures > 0;
        t.skipped += cases[i].skipped != NULL;
        t.seconds += cases[i].seconds;
    }
    return t;
}

static void write_totals(FILE *f, struct totals t)
{
    fprintf(f, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"%.3f\">\n",
            t.tests, t.failed, t.skipped, t.seconds);
}

void junit_write(FILE *f, const struct junit_case *cases, size_t n)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", f);
    write_totals(f, sum(cases, n));
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && strcmp(cases[end].suite, cases[i].suite) == 0)
            end++;
        fputs("  <testsuite", f);
        attribute(f, "name", cases[i].suite, strlen(cases[i].suite));
        write_totals(f, sum(cases + i, end - i));
        for (; i < end; i++)
            write_case(f, &cases[i]);
        fputs("  </testsuite>\n", f);
    }
    fputs("</testsuites>\n", f);
}
