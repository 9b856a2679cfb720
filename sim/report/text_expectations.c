// SPDX-License-Identifier: GPL-3.0-or-later
// Expectations: one line a condition, and one for each group that fails it.
#include "measure/judge.h"
#include "report/figure.h"
#include "report/text.h"
#include "report/text_part.h"

#include <string.h>

#define MAX_FAILED 10 // groups listed for one condition

struct tally {
    int ok, all;
    const struct check_result *only; // the last one
};

static bool belongs(const struct check_result *k, int expectation, int condition)
{
    return k->expectation == expectation && k->condition == condition;
}

static struct tally count(const struct results *r, int expectation, int condition)
{
    struct tally t = {0};
    for (int i = 0; i < r->nchecks; i++)
        if (belongs(&r->checks[i], expectation, condition)) {
            t.ok += r->checks[i].ok;
            t.all++;
            t.only = &r->checks[i];
        }
    return t;
}

static void failures(const struct cell_out *o, const struct results *r, int expectation,
                     int condition)
{
    int shown = 0;
    for (int i = 0; i < r->nchecks; i++) {
        const struct check_result *k = &r->checks[i];
        char name[FIGURE_NAME], text[512];
        if (k->ok || !belongs(k, expectation, condition) || shown++ >= MAX_FAILED)
            continue;
        snprintf(text, sizeof text, "%s: %s, expected %s", check_subject(r, k, name, sizeof name),
                 k->obtained, k->expected);
        fputs("        ", o->f);
        cell_wrapped(o, text, 8, TEXT_WIDTH);
    }
    if (shown > MAX_FAILED)
        fprintf(o->f, "        and %d more\n", shown - MAX_FAILED);
}

static void condition(const struct cell_out *o, const struct results *r, int expectation, int i)
{
    const struct expectation *e = &r->scenario->expectations[expectation];
    struct tally t = count(r, expectation, i);
    char text[640], name[FIGURE_NAME], object[256];
    if (t.all == 0)
        return;
    bool ok = t.ok == t.all;
    if (ok && o->brief)
        return;
    fputs("  ", o->f);
    cell_left(o, ok ? "ok" : "FAIL", 6, ok ? CELL_GREEN : CELL_RED);
    int used = snprintf(
        text, sizeof text, "%s%s%s, %s: %s %s",
        expectation_object(r->scenario, e, object, sizeof object), e->links ? "" : " from ",
        e->links       ? ""
        : t.all == 1   ? check_subject(r, t.only, name, sizeof name)
        : e->from_text ? e->from_text
                       : "all clients",
        phase_names[e->phase], metric_names[e->conditions[i].metric], t.only->expected);
    if (used > 0 && (size_t)used < sizeof text) {
        if (t.all == 1)
            snprintf(text + used, sizeof text - (size_t)used, " (%s)", t.only->obtained);
        else
            snprintf(text + used, sizeof text - (size_t)used, " (%d of %d %s)", t.ok, t.all,
                     e->links ? "directions" : "groups");
    }
    cell_wrapped(o, text, 8, TEXT_WIDTH);
    if (!ok && t.all > 1)
        failures(o, r, expectation, i);
}

void text_expectations(const struct cell_out *o, const struct results *r)
{
    char text[128];
    if (r->nchecks == 0)
        return;
    putc('\n', o->f);
    cell_text(o, "Expectations", CELL_BOLD);
    snprintf(text, sizeof text, " %d of %d hold", r->nchecks - r->nfailed, r->nchecks);
    cell_text(o, text, r->nfailed ? CELL_RED : CELL_GREEN);
    putc('\n', o->f);
    for (int e = 0; e < r->scenario->nexpectations; e++)
        for (int i = 0; i < r->scenario->expectations[e].nconditions; i++)
            condition(o, r, e, i);
}
