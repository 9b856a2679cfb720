// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/text.h"

#include "base/arena.h"
#include "report/figure.h"
#include "report/text_part.h"
#include "report/version.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void title(const struct cell_out *o, const struct results *r)
{
    const struct scenario *s = r->scenario;
    char name[256], right[96], a[CELL_BUF], b[CELL_BUF];
    int64_t people = 0;
    for (int g = 0; g < s->ngroups; g++)
        people += figure_group(s, g)->population;
    snprintf(name, sizeof name, "%s%s%s", s->name, s->variant ? " / " : "",
             s->variant ? s->variant : "");
    snprintf(right, sizeof right, "anysim %s, seed %" PRIu64, ANYSIM_VERSION, s->seed);
    int room = TEXT_WIDTH - cell_width(right) - 2;
    cell_left(o, name, room, CELL_BOLD);
    fprintf(o->f, "  %s\n", right);
    if (s->description)
        cell_wrapped(o, s->description, 0, TEXT_WIDTH);
    fprintf(o->f, "%s on %s: %d client group%s, %s, %d service%s\n", cell_time(s->duration_ps, a),
            s->topology.name ? s->topology.name : "its topology", s->ngroups,
            s->ngroups == 1 ? "" : "s", cell_people(people, b), s->nservices,
            s->nservices == 1 ? "" : "s");
}

static void events(const struct cell_out *o, const struct scenario *s)
{
    if (s->nevents == 0)
        return;
    putc('\n', o->f);
    for (int i = 0; i < s->nevents; i++) {
        const struct event *e = &s->events[i];
        const char *label = e->label ? e->label : "";
        char at[CELL_BUF], until[CELL_BUF];
        bool bad = event_begins(e);
        cell_right(o, cell_time(e->at_ps, at), 10, CELL_PLAIN);
        fputs("  ", o->f);
        cell_left(o, bad ? "\xe2\x9c\x97" : "\xe2\x9c\x93", 2, bad ? CELL_RED : CELL_GREEN);
        // What ends by itself has no line of its own for that.
        bool ends = e->kind >= EVENT_FIRST_INCIDENT && event_end_ps(e) > e->at_ps;
        size_t size = strlen(label) + CELL_BUF + 16;
        char *text = xmalloc(size);
        snprintf(text, size, "%s%s%s", label, ends ? ", until " : "",
                 ends ? cell_time(event_end_ps(e), until) : "");
        cell_wrapped(o, text, 14, TEXT_WIDTH);
        free(text);
    }
}

static void control(const struct cell_out *o, const struct results *r)
{
    const struct control_result *c = &r->control;
    char updates[CELL_BUF], withdraws[CELL_BUF], spf[CELL_BUF], fib[CELL_BUF], lsa[CELL_BUF];
    char before[CELL_BUF], switched[CELL_BUF], text[512];
    char reroutes[CELL_BUF + 40] = "";
    if (c->reroutes)
        snprintf(reroutes, sizeof reroutes, " (%s by fast reroute)",
                 cell_count(c->reroutes, switched));
    snprintf(before, sizeof before, "%.1f s", ps_to_s(-c->converged_ps));
    snprintf(text, sizeof text,
             "%" PRIu64 " routers, %" PRIu64 " BGP sessions, %s updates, %s withdraws, "
             "%s LSA floods, %s SPF runs, %s FIB changes%s; %s%s%s",
             c->routers, c->sessions, cell_count(c->bgp_updates, updates),
             cell_count(c->bgp_withdraws, withdraws), cell_count(c->lsa_floods, lsa),
             cell_count(c->spf_runs, spf), cell_count(c->fib_changes, fib), reroutes,
             c->warm ? "quiet for the last " : "NOT quiet before time 0: last FIB change ", before,
             c->warm ? " before time 0." : " before it.");
    cell_left(o, "Control plane", 15, CELL_BOLD);
    cell_wrapped(o, text, 15, TEXT_WIDTH);
}

static void never_settles(const struct cell_out *o, const struct control_result *c)
{
    for (int i = 0; i < c->ncycles; i++) {
        cell_left(o, "Oscillation", 15, CELL_BOLD);
        bgp_cycle_print(&c->cycles[i], o->f);
    }
}

static void conservation(const struct cell_out *o, const struct results *r)
{
    char sent[CELL_BUF], delivered[CELL_BUF], dropped[CELL_BUF], flight[CELL_BUF], text[512];
    bool balanced = r->sent == r->delivered + r->dropped + r->in_flight;
    snprintf(text, sizeof text, "%s sent = %s delivered + %s dropped + %s in flight%s",
             cell_count(r->sent, sent), cell_count(r->delivered, delivered),
             cell_count(r->dropped, dropped), cell_count(r->in_flight, flight),
             balanced ? "" : ": DOES NOT BALANCE, please report this as a bug");
    cell_left(o, "Packets", 15, CELL_BOLD);
    cell_wrapped(o, text, 15, TEXT_WIDTH);
}

void text_summary(const struct results *r, FILE *f, bool colour, enum text_detail detail)
{
    struct cell_out o = {.f = f, .colour = colour, .brief = detail == TEXT_BRIEF};
    title(&o, r);
    events(&o, r->scenario);
    text_services(&o, r);
    if (!o.brief)
        text_quality(&o, r);
    text_replicas(&o, r);
    text_focus(&o, r);
    text_moves(&o, r);
    text_names(&o, r);
    text_demands(&o, r);
    text_eips(&o, r);
    text_health(&o, r);
    if (!o.brief)
        text_links(&o, r);
    putc('\n', f);
    if (!o.brief || !r->control.warm)
        control(&o, r);
    never_settles(&o, &r->control);
    conservation(&o, r);
    text_expectations(&o, r);
}
