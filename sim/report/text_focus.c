// SPDX-License-Identifier: GPL-3.0-or-later
// A closer look at a few client groups: those that the expectations name, then those hit worst.
#include "base/vec.h"
#include "report/figure.h"
#include "report/text.h"
#include "report/text_part.h"

#include <math.h>

// In brief there is one group only: the worst of those named, else the worst of all.
#define MAX_NAMED     3 // groups that expectations name …
#define MAX_FOCUS     4 // … and those hit worst, together
#define FEW_GROUPS    4 // an expectation about more groups than this names none in particular
#define ARROW         " \xe2\x86\x92 "
#define COL_SITE      19
#define COL_RTT       41
#define COL_ANSWERED  56
#define COL_FAILOVER  66
#define COL_SPLIT     76
#define NOTICEABLE_NS 1000000 // a rise of the median RTT below 1 ms is no harm worth a line

struct hit {
    int group;
    bool named;
    double lost;     // sum over services of the lost share in the outage
    int64_t rise_ns; // largest rise of a median RTT
};

static struct hit hit_of(const struct results *r, int group)
{
    struct hit h = {.group = group};
    for (int v = 0; v < r->scenario->nservices; v++) {
        const struct client_result *before = results_client(r, v, group, PHASE_BEFORE);
        const struct client_result *outage = results_client(r, v, group, PHASE_OUTAGE);
        if (!before || !outage || !before->sent || !outage->sent)
            continue;
        int64_t was_ns = figure_rtt_ns(before, 0.5), is_ns = figure_rtt_ns(outage, 0.5);
        h.lost += 1 - figure_availability(outage);
        if (was_ns >= 0 && is_ns >= 0 && is_ns - was_ns > h.rise_ns)
            h.rise_ns = is_ns - was_ns;
    }
    for (int e = 0; e < r->scenario->nexpectations; e++) {
        const bool *from = r->scenario->expectations[e].from;
        int groups = 0;
        if (!from) // about links
            continue;
        for (int g = 0; g < r->scenario->ngroups; g++)
            groups += from[g];
        h.named |= from[group] && groups <= FEW_GROUPS;
    }
    return h;
}

static int by_harm(const void *pa, const void *pb)
{
    const struct hit *a = pa, *b = pb;
    if (fabs(a->lost - b->lost) > 1e-9)
        return a->lost > b->lost ? -1 : 1;
    if (a->rise_ns != b->rise_ns)
        return a->rise_ns > b->rise_ns ? -1 : 1;
    return a->group < b->group ? -1 : a->group > b->group;
}

static void column(const struct cell_out *o, const char *text, int from, int to, enum cell_colour c)
{
    cell_left(o, text, to - from - 1, c);
    putc(' ', o->f);
}

// "–" where all goes one way.
static const char *median(const struct client_result *c, char buf[CELL_BUF])
{
    if (c->rtt_ns.count == 0 && c->received > 0)
        return CELL_NONE;
    return cell_rtt(figure_rtt_ns(c, 0.5), buf);
}

static void service_row(const struct cell_out *o, const struct results *r, int service,
                        const struct client_result *before, const struct client_result *outage)
{
    const struct scenario *s = r->scenario;
    const char *was = figure_site(s, before->site), *is = figure_site(s, outage->site);
    char site[160], rtt[CELL_BUF * 2], a[CELL_BUF], b[CELL_BUF], c[CELL_BUF];
    double availability = figure_availability(outage);
    was = was ? was : "none";
    is = is ? is : "none";
    snprintf(site, sizeof site, "%s%s%s", was, strcmp(was, is) ? ARROW : "",
             strcmp(was, is) ? is : "");
    snprintf(rtt, sizeof rtt, "%*s" ARROW "%s", 5 + (before->rtt_ns.count ? 0 : 2),
             median(before, a), median(outage, b));
    fputs("  ", o->f);
    cell_name(o, s->services[service].name, COL_SITE - 3, CELL_PLAIN);
    putc(' ', o->f);
    column(o, site, COL_SITE, COL_RTT, CELL_PLAIN);
    column(o, rtt, COL_RTT, COL_ANSWERED, CELL_PLAIN);
    cell_right(o, cell_percent(availability, a), 6, availability < 0.99 ? CELL_RED : CELL_PLAIN);
    fputs(" %", o->f);
    if (outage->failover_ps >= 0) {
        fprintf(o->f, "%*s", COL_FAILOVER - COL_ANSWERED - 8, "");
        cell_right(o, cell_seconds(outage->failover_ps, a), 8,
                   outage->failover_ps == TIME_NEVER ? CELL_RED : CELL_PLAIN);
    }
    if (outage->failover_ps >= 0 && outage->failover_ps != TIME_NEVER && outage->detect_ps >= 0 &&
        outage->converge_ps >= 0 && outage->restore_ps >= 0) {
        fprintf(o->f, "%*s", COL_SPLIT - COL_FAILOVER - 8, "");
        fprintf(o->f, "%s + %s + %s", cell_seconds(outage->detect_ps, a),
                cell_seconds(outage->converge_ps, b), cell_seconds(outage->restore_ps, c));
    }
    putc('\n', o->f);
}

static void group_rows(const struct cell_out *o, const struct results *r, int group)
{
    char name[FIGURE_NAME], people[CELL_BUF], causes[512], text[640];
    cell_text(o, scenario_group_name(r->scenario, group, name, sizeof name), CELL_BOLD);
    fprintf(o->f, "  %s\n", cell_people(figure_group(r->scenario, group)->population, people));
    for (int v = 0; v < r->scenario->nservices; v++) {
        const struct client_result *before = results_client(r, v, group, PHASE_BEFORE);
        const struct client_result *outage = results_client(r, v, group, PHASE_OUTAGE);
        if (!before || !outage || !outage->sent)
            continue;
        service_row(o, r, v, before, outage);
        if (outage->sent == outage->received)
            continue;
        text_causes(outage->sent, outage->received, outage->late, outage->lost_by, causes,
                    sizeof causes);
        snprintf(text, sizeof text, "lost: %s", causes);
        fprintf(o->f, "%*s", COL_SITE, "");
        cell_wrapped(o, text, COL_SITE, TEXT_WIDTH);
    }
}

static void head(const struct cell_out *o)
{
    putc('\n', o->f);
    column(o, "Clients in focus", 0, COL_SITE, CELL_BOLD);
    column(o, "site before" ARROW "outage", COL_SITE, COL_RTT, CELL_DIM);
    column(o, "RTT p50 [ms]", COL_RTT, COL_ANSWERED, CELL_DIM);
    column(o, "answered", COL_ANSWERED, COL_FAILOVER, CELL_DIM);
    column(o, "failover =", COL_FAILOVER - 2, COL_SPLIT - 1, CELL_DIM);
    cell_text(o, "detect+converge+restore", CELL_DIM);
    putc('\n', o->f);
}

void text_focus(const struct cell_out *o, const struct results *r)
{
    VEC(struct hit) hits = {0};
    int named = 0, shown = 0;
    if (!figure_has_outage(r->scenario))
        return;
    for (int g = 0; g < r->scenario->ngroups; g++) {
        struct hit h = hit_of(r, g);
        if (h.named || h.lost > 0 || h.rise_ns > NOTICEABLE_NS)
            vec_push(&hits, h);
    }
    if (hits.n)
        qsort(hits.v, hits.n, sizeof *hits.v, by_harm);
    for (size_t i = 0; i < hits.n; i++)
        named += hits.v[i].named && named < (o->brief ? 1 : MAX_NAMED);
    int others = (o->brief ? 1 : MAX_FOCUS) - named;
    for (size_t i = 0; i < hits.n; i++) {
        int *room = hits.v[i].named ? &named : &others;
        if (*room <= 0)
            continue;
        --*room;
        if (shown++ == 0)
            head(o);
        group_rows(o, r, hits.v[i].group);
    }
    vec_free(&hits);
}
