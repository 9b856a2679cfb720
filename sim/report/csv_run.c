// SPDX-License-Identifier: GPL-3.0-or-later
// What was run and what happened when. Free text stands in the last column: gnuplot does not know
// doubled quotes, and this way only the text itself needs care (see plots/style.gp).
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"
#include "report/version.h"

#include <inttypes.h>

static void pair(struct csvout *o, const char *key, const char *value)
{
    csvout_text(o, key);
    csvout_text(o, value);
    csvout_end(o);
}

static void pair_seconds(struct csvout *o, const char *key, int64_t value_ps)
{
    csvout_text(o, key);
    csvout_fixed(o, ps_to_s(value_ps), 6);
    csvout_end(o);
}

void csv_run(const struct results *r, FILE *f)
{
    const struct scenario *s = r->scenario;
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
    pair_seconds(&o, "duration_s", s->duration_ps);
    pair_seconds(&o, "bucket_s", s->bucket_ps);
    if (figure_has_outage(s)) {
        pair_seconds(&o, "outage_from_s", s->outage_from_ps);
        pair_seconds(&o, "outage_to_s", s->outage_to_ps);
    }
}

static const char *kind_name(enum event_kind kind)
{
    switch (kind) {
    case EVENT_FAIL:
        return "fail";
    case EVENT_REPAIR:
        return "repair";
    case EVENT_WITHDRAW:
        return "withdraw";
    case EVENT_ANNOUNCE:
        return "announce";
    }
    return NULL;
}

static void event_row(struct csvout *o, int64_t at_ps, const char *kind, const char *label)
{
    csvout_fixed(o, ps_to_s(at_ps), 6);
    csvout_text(o, kind);
    csvout_text(o, label);
    csvout_end(o);
}

void csv_events(const struct results *r, FILE *f)
{
    const struct scenario *s = r->scenario;
    struct csvout o = csvout_start(f, "time_s,kind,label");
    event_row(&o, 0, "phase", phase_names[PHASE_BEFORE]);
    if (figure_has_outage(s)) {
        event_row(&o, s->outage_from_ps, "phase", phase_names[PHASE_OUTAGE]);
        if (s->outage_to_ps < s->duration_ps)
            event_row(&o, s->outage_to_ps, "phase", phase_names[PHASE_AFTER]);
    }
    for (int i = 0; i < s->nevents; i++)
        event_row(&o, s->events[i].at_ps, kind_name(s->events[i].kind), s->events[i].label);
    event_row(&o, s->duration_ps, "phase", "end");
}
