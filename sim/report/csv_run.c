// SPDX-License-Identifier: GPL-3.0-or-later
// What was run and what happened when. Free text comes twice: as it is, and as a title for plots,
// since gnuplot cuts a cell at a doubled quote.
#include "base/arena.h"
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"
#include "report/version.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void pair(struct csvout *o, const char *key, const char *value)
{
    csvout_text(o, key);
    csvout_text(o, value);
    csvout_end(o);
}

// Double quotes and commas become look-alikes (gnuplot minds neither RFC 4180's doubled quote nor a
// comma inside quotes), control characters blanks. Free with free().
static char *title_of(const char *text, const char *more)
{
    char *title;
    size_t len;
    FILE *f = open_memstream(&title, &len);
    if (!f)
        return NULL;
    if (more)
        fprintf(f, "%s / %s", text, more);
    else
        fputs(text, f);
    fclose(f);
    char *safe = xmalloc(len * 3 + 1), *to = safe;
    for (const char *c = title; *c; c++) {
        const char *like = *c == '"' ? "\xe2\x80\x9d" : *c == ',' ? "\xe2\x80\x9a" : NULL;
        if (like) {
            memcpy(to, like, 3); // U+201D, U+201A
            to += 3;
        } else {
            *to++ = (unsigned char)*c < 0x20 ? ' ' : *c;
        }
    }
    *to = '\0';
    free(title);
    return safe;
}

static void pair_seconds(struct csvout *o, const char *key, int64_t value_ps)
{
    csvout_text(o, key);
    csvout_fixed(o, ps_to_s(value_ps), 6);
    csvout_end(o);
}

static struct csvout start_run(const struct scenario *s, FILE *f)
{
    struct csvout o = csvout_start(f, "key,value");
    char hash[24];
    snprintf(hash, sizeof hash, "%016" PRIx64, s->input_hash);
    csvout_text(&o, "format");
    csvout_int(&o, CSV_FORMAT);
    csvout_end(&o);
    pair(&o, "version", ANYSIM_VERSION);
    csvout_text(&o, "seed");
    csvout_uint(&o, s->seed);
    csvout_end(&o);
    pair(&o, "input_hash", hash);
    pair(&o, "scenario", s->name);
    pair(&o, "variant", s->variant);
    char *title = title_of(s->name, s->variant);
    pair(&o, "title", title);
    free(title);
    return o;
}

void csv_run_sweep(const struct scenario *s, FILE *f)
{
    start_run(s, f);
}

void csv_run(const struct results *r, FILE *f)
{
    const struct scenario *s = r->scenario;
    struct csvout o = start_run(s, f);
    pair_seconds(&o, "duration_s", s->duration_ps);
    pair_seconds(&o, "bucket_s", s->bucket_ps);
    if (figure_has_outage(s)) {
        pair_seconds(&o, "outage_from_s", s->outage_from_ps);
        pair_seconds(&o, "outage_to_s", s->outage_to_ps);
    }
}

static void event_row(struct csvout *o, int64_t at_ps, const char *kind, const char *label)
{
    csvout_fixed(o, ps_to_s(at_ps), 6);
    csvout_text(o, kind);
    char *title = title_of(label ? label : "", NULL);
    csvout_text(o, title);
    free(title);
    csvout_text(o, label);
    csvout_end(o);
}

// First event to the first reaction of a control plane that any client group saw; -1: none.
static int64_t first_reaction_ps(const struct results *r)
{
    int64_t first_ps = -1;
    for (int i = 0; i < r->nclients; i++) {
        int64_t t_ps = r->clients[i].detect_ps;
        bool any = r->clients[i].phase == PHASE_OUTAGE && t_ps >= 0 && t_ps != TIME_NEVER;
        if (any && (first_ps < 0 || t_ps < first_ps))
            first_ps = t_ps;
    }
    return first_ps;
}

// Between the events, so that rows of events stay in the order of time.
static void reaction_row(struct csvout *o, const struct scenario *s, int64_t after_ps)
{
    char label[80];
    snprintf(label, sizeof label, "first reaction after %.3g s", ps_to_s(after_ps));
    event_row(o, s->outage_from_ps + after_ps, "detect", label);
}

void csv_events(const struct results *r, FILE *f)
{
    const struct scenario *s = r->scenario;
    int64_t after_ps = figure_has_outage(s) ? first_reaction_ps(r) : -1;
    struct csvout o = csvout_start(f, "time_s,kind,title,label");
    event_row(&o, 0, "phase", phase_names[PHASE_BEFORE]);
    if (figure_has_outage(s)) {
        event_row(&o, s->outage_from_ps, "phase", phase_names[PHASE_OUTAGE]);
        if (s->outage_to_ps < s->duration_ps)
            event_row(&o, s->outage_to_ps, "phase", phase_names[PHASE_AFTER]);
    }
    for (int i = 0; i < s->nevents; i++) {
        if (after_ps >= 0 && s->events[i].at_ps > s->outage_from_ps + after_ps) {
            reaction_row(&o, s, after_ps);
            after_ps = -1;
        }
        event_row(&o, s->events[i].at_ps, event_name(&s->events[i]), s->events[i].label);
    }
    if (after_ps >= 0)
        reaction_row(&o, s, after_ps);
    event_row(&o, s->duration_ps, "phase", "end");
}
