// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/csvout.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

struct csvout csvout_start(FILE *f, const char *header)
{
    fprintf(f, "%s\n", header);
    return (struct csvout){.f = f};
}

static void separate(struct csvout *o)
{
    if (o->begun)
        putc(',', o->f);
    o->begun = true;
}

// A leading or trailing blank is quoted too: some readers strip it.
static bool needs_quotes(const char *text)
{
    size_t n = strlen(text);
    if (n == 0)
        return false;
    return strpbrk(text, ",\"\r\n") || text[0] == ' ' || text[n - 1] == ' ' || text[0] == '#';
}

void csvout_text(struct csvout *o, const char *text)
{
    separate(o);
    if (!text)
        return;
    if (!needs_quotes(text)) {
        fputs(text, o->f);
        return;
    }
    putc('"', o->f);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', o->f);
        putc(*text, o->f);
    }
    putc('"', o->f);
}

void csvout_uint(struct csvout *o, uint64_t value)
{
    separate(o);
    fprintf(o->f, "%" PRIu64, value);
}

void csvout_int(struct csvout *o, int64_t value)
{
    separate(o);
    fprintf(o->f, "%" PRId64, value);
}

void csvout_fixed(struct csvout *o, double value, int decimals)
{
    char buf[64];
    separate(o);
    if (isnan(value))
        return;
    snprintf(buf, sizeof buf, "%.*f", decimals, value);
    // "-0.000" would differ from "0.000" for no reason that a reader could see.
    fputs(buf[0] == '-' && strspn(buf, "-0.") == strlen(buf) ? buf + 1 : buf, o->f);
}

void csvout_ppm(struct csvout *o, int32_t ppm)
{
    csvout_fixed(o, ppm < 0 ? NAN : (double)ppm / 1e4, 4);
}

void csvout_end(struct csvout *o)
{
    putc('\n', o->f);
    o->begun = false;
}
