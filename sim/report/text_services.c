// SPDX-License-Identifier: GPL-3.0-or-later
// The table of services, and what they lost.
#include "report/figure.h"
#include "report/text.h"
#include "report/text_part.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NAME_WIDTH 18
#define NFIGURES   4

enum figure { AVAILABILITY, RTT_P50, RTT_P95, JITTER };

static const char *const headings[NFIGURES] = {
    [AVAILABILITY] = "availability [%]",
    [RTT_P50] = "RTT p50 [ms]",
    [RTT_P95] = "RTT p95 [ms]",
    [JITTER] = "jitter [ms]",
};

// Without an outage there is one phase, the whole run.
static int phases_of(const struct results *r)
{
    return figure_has_outage(r->scenario) ? PHASE_COUNT : 1;
}

static int column_width(int figure, int phase, int phases)
{
    if (phases == 1)
        return (int)strlen(headings[figure]) + 2;
    return phase == PHASE_AFTER && figure != AVAILABILITY ? 6 : 7;
}

struct cause {
    const char *name;
    uint64_t n;
};

static int by_count(const void *pa, const void *pb)
{
    const struct cause *a = pa, *b = pb;
    if (a->n != b->n)
        return a->n > b->n ? -1 : 1;
    return strcmp(a->name, b->name);
}

char *text_causes(uint64_t sent, uint64_t received, uint64_t late,
                  const uint64_t lost_by[FWD_DROP_COUNT], char *buf, size_t size)
{
    struct cause causes[FWD_DROP_COUNT + 2];
    size_t n = 0, used = 0;
    uint64_t unfinished = figure_unfinished(sent, received, late, lost_by);
    for (int d = 1; d < FWD_DROP_COUNT; d++)
        if (lost_by[d])
            causes[n++] = (struct cause){fwd_drop_name((enum fwd_drop)d), lost_by[d]};
    if (late)
        causes[n++] = (struct cause){"late", late};
    if (unfinished)
        causes[n++] = (struct cause){"unfinished at the end", unfinished};
    qsort(causes, n, sizeof *causes, by_count);
    buf[0] = '\0';
    for (size_t i = 0; i < n && used < size; i++) {
        char count[CELL_BUF];
        used += (size_t)snprintf(buf + used, size - used, "%s%s %s", i ? ", " : "",
                                 cell_count(causes[i].n, count), causes[i].name);
    }
    return buf;
}

static char *figure_text(const struct figure_sum *sum, int figure, char buf[CELL_BUF])
{
    snprintf(buf, CELL_BUF, "%s", CELL_NONE);
    bool no_trips = sum->rtt_ns.count == 0 && sum->endless == 0; // all goes one way
    if (sum->sent == 0 || ((figure == RTT_P50 || figure == RTT_P95) && no_trips))
        return buf;
    switch (figure) {
    case AVAILABILITY:
        return cell_percent(sum->availability, buf);
    case RTT_P50:
        return cell_rtt(hist_quantile(&sum->rtt_ns, 0.50, sum->endless), buf);
    case RTT_P95:
        return cell_rtt(hist_quantile(&sum->rtt_ns, 0.95, sum->endless), buf);
    case JITTER:
        if (!isnan(sum->jitter_ps))
            snprintf(buf, CELL_BUF, "%.2f", sum->jitter_ps / 1e9);
        return buf;
    }
    return buf;
}

static void head(const struct cell_out *o, int phases)
{
    putc('\n', o->f);
    cell_left(o, phases == 1 ? "service" : "", NAME_WIDTH, CELL_DIM);
    for (int m = 0; m < NFIGURES; m++) {
        int width = 0;
        for (int p = 0; p < phases; p++)
            width += column_width(m, p, phases);
        cell_right(o, headings[m], width, CELL_BOLD);
    }
    putc('\n', o->f);
    if (phases == 1)
        return;
    cell_left(o, "service", NAME_WIDTH, CELL_DIM);
    for (int m = 0; m < NFIGURES; m++)
        for (int p = 0; p < phases; p++)
            cell_right(o, phase_names[p], column_width(m, p, phases), CELL_DIM);
    putc('\n', o->f);
}

// Red where the outage takes more than a hundredth of the requests.
static enum cell_colour colour_of(const struct figure_sum *sum, int figure)
{
    return figure == AVAILABILITY && sum->availability < 0.99 ? CELL_RED : CELL_PLAIN;
}

static void losses(const struct cell_out *o, const struct results *r)
{
    bool headed = false;
    for (int v = 0; v < r->scenario->nservices; v++) {
        struct figure_sum sum;
        char causes[512], share[CELL_BUF], text[640];
        enum phase phase = figure_has_outage(r->scenario) ? PHASE_OUTAGE : PHASE_BEFORE;
        figure_sum(r, v, -1, phase, &sum);
        uint64_t lost = sum.sent - sum.received;
        text_causes(sum.sent, sum.received, sum.late, sum.lost_by, causes, sizeof causes);
        if (lost) {
            if (!headed)
                fprintf(o->f, "\nRequests lost (%s)\n",
                        phase == PHASE_OUTAGE ? "phase outage" : "whole run");
            headed = true;
            fputs("  ", o->f);
            cell_name(o, r->scenario->services[v].name, NAME_WIDTH - 2, CELL_PLAIN);
            putc(' ', o->f);
            cell_right(o, cell_percent((double)lost / (double)sum.sent, share), 6, CELL_PLAIN);
            snprintf(text, sizeof text, "%s", causes);
            fputs(" %  ", o->f);
            cell_wrapped(o, text, NAME_WIDTH + 11, TEXT_WIDTH);
        }
        figure_sum_free(&sum);
    }
}

void text_services(const struct cell_out *o, const struct results *r)
{
    int phases = phases_of(r);
    head(o, phases);
    for (int v = 0; v < r->scenario->nservices; v++) {
        struct figure_sum sum[PHASE_COUNT];
        char buf[CELL_BUF];
        for (int p = 0; p < phases; p++)
            figure_sum(r, v, -1, (enum phase)p, &sum[p]);
        cell_name(o, r->scenario->services[v].name, NAME_WIDTH, CELL_BOLD);
        for (int m = 0; m < NFIGURES; m++)
            for (int p = 0; p < phases; p++)
                cell_right(o, figure_text(&sum[p], m, buf), column_width(m, p, phases),
                           colour_of(&sum[p], m));
        putc('\n', o->f);
        for (int p = 0; p < phases; p++)
            figure_sum_free(&sum[p]);
    }
    cell_text(o,
              "Availability and jitter (RFC 3550) are weighted by population. Percentiles run over "
              "all requests;",
              CELL_DIM);
    putc('\n', o->f);
    cell_text(o,
              "'lost': they fall among those without an answer. Loss is what availability lacks to "
              "100 %.",
              CELL_DIM);
    putc('\n', o->f);
    losses(o, r);
}
