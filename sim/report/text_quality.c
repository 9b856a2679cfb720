// SPDX-License-Identifier: GPL-3.0-or-later
// What the table of services does not show: one way, time in service, stretch, objects.
#include "report/figure.h"
#include "report/text.h"
#include "report/text_part.h"
#include "traffic/traffic.h"

#include <inttypes.h>
#include <math.h>

#define NAME_WIDTH  18
#define PHASE_WIDTH 8
#define NCOLUMNS    9

static const struct {
    const char *name;
    int width;
} columns[NCOLUMNS] = {
    {"p50 ms", 7}, {"p95 ms", 7}, {"lost %", 7}, {"p50 ms", 8}, {"p95 ms", 7},
    {"lost %", 7}, {"ms", 8},     {"out s", 12}, {"ms", 10},
};

static const struct { // over some of them
    const char *name;
    int width;
} groups[] = {{"to the server", 21},
              {"to the client", 22},
              {"PDV p95", 8},
              {"worst group", 12},
              {"over best", 10}};

static void head(const struct cell_out *o)
{
    putc('\n', o->f);
    cell_left(o, "One way", NAME_WIDTH + PHASE_WIDTH, CELL_BOLD);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        cell_right(o, groups[i].name, groups[i].width, CELL_BOLD);
    putc('\n', o->f);
    cell_left(o, "service", NAME_WIDTH, CELL_DIM);
    cell_left(o, "phase", PHASE_WIDTH, CELL_DIM);
    for (int i = 0; i < NCOLUMNS; i++)
        cell_right(o, columns[i].name, columns[i].width, CELL_DIM);
    putc('\n', o->f);
}

static char *way(const struct way_result *w, int column, char buf[CELL_BUF])
{
    uint64_t lost = w->sent - w->received;
    if (w->sent == 0)
        snprintf(buf, CELL_BUF, "%s", CELL_NONE);
    else if (column == 2)
        return cell_percent((double)lost / (double)w->sent, buf);
    else
        return cell_rtt(hist_quantile(&w->delay_ns, column ? 0.95 : 0.50, lost), buf);
    return buf;
}

// The worse direction.
static char *pdv(const struct quality_result *q, char buf[CELL_BUF])
{
    int64_t worst_ns = -1;
    for (int d = 0; d < TRAFFIC_DIRECTIONS; d++) {
        int64_t ns = hist_quantile(&q->way[d].pdv_ns, 0.95, 0);
        worst_ns = ns > worst_ns ? ns : worst_ns;
    }
    if (worst_ns < 0)
        snprintf(buf, CELL_BUF, "%s", CELL_NONE);
    else
        snprintf(buf, CELL_BUF, "%.2f", figure_ms(worst_ns));
    return buf;
}

// By how much the median round trip exceeds the least possible, over people.
static char *excess(const struct results *r, int service, enum phase phase, char buf[CELL_BUF])
{
    double sum_ms = 0, people = 0;
    for (int i = 0; i < r->nclients; i++) {
        const struct client_result *c = &r->clients[i];
        int64_t median_ns = figure_rtt_ns(c, 0.5);
        double weight = (double)figure_group(r->scenario, c->group)->population;
        if (c->service != service || c->phase != phase || median_ns < 0 || c->stretch.best_ps < 0)
            continue;
        sum_ms += weight * (figure_ms(median_ns) - ps_to_ms(c->stretch.best_ps));
        people += weight;
    }
    if (people > 0)
        snprintf(buf, CELL_BUF, "%.1f", sum_ms / people);
    else
        snprintf(buf, CELL_BUF, "%s", CELL_NONE);
    return buf;
}

static void row(const struct cell_out *o, const struct results *r, int service, enum phase phase)
{
    struct quality_result q;
    char buf[CELL_BUF];
    int64_t out_s = 0;
    figure_quality(r, service, phase, &q);
    for (int i = 0; i < r->nclients; i++) {
        const struct client_result *c = &r->clients[i];
        if (c->service == service && c->phase == phase && c->available.outage_seconds > out_s)
            out_s = c->available.outage_seconds;
    }
    for (int d = 0; d < TRAFFIC_DIRECTIONS; d++)
        for (int k = 0; k < 3; k++)
            cell_right(o, way(&q.way[d], k, buf), columns[d * 3 + k].width, CELL_PLAIN);
    cell_right(o, pdv(&q, buf), columns[6].width, CELL_PLAIN);
    snprintf(buf, sizeof buf, "%" PRId64, out_s);
    cell_right(o, buf, columns[7].width, out_s ? CELL_RED : CELL_PLAIN);
    cell_right(o, excess(r, service, phase, buf), columns[8].width, CELL_PLAIN);
    putc('\n', o->f);
    quality_result_free(&q);
}

// Over all groups, in the phase that matters most.
static void objects_of(const struct cell_out *o, const struct results *r, int traffic,
                       enum phase phase)
{
    struct quality_result sum;
    char text[256], a[CELL_BUF], b[CELL_BUF], c[CELL_BUF];
    int used;
    quality_result_init(&sum);
    for (int i = 0; i < r->nquality; i++)
        if (r->quality[i].traffic == traffic && r->quality[i].phase == phase)
            quality_result_add(&sum, &r->quality[i]);
    const struct object_result *k = &sum.objects;
    uint64_t bad = k->reset + k->timeout;
    uint64_t broken = sum.broken[TRAFFIC_BREAK_RESET] + sum.broken[TRAFFIC_BREAK_TIMEOUT];
    if (k->begun || broken) {
        cell_left(o, r->scenario->traffic[traffic].name, NAME_WIDTH - 1, CELL_PLAIN);
        putc(' ', o->f);
        cell_left(o, phase_names[phase], PHASE_WIDTH, CELL_PLAIN);
        used = snprintf(text, sizeof text, "%s objects, %s ended well, %s badly",
                        cell_count(k->begun, a), cell_count(k->ok, b), cell_count(bad, c));
        if (k->ok)
            used += snprintf(text + used, sizeof text - (size_t)used, "; mean %.0f ms, %.2f Mb/s",
                             hist_mean(&k->duration_ns) / 1e6, hist_mean(&k->goodput_bps) / 1e6);
        sum.traffic = traffic;
        if (!isnan(figure_mos(r->scenario, &sum)))
            used += snprintf(text + used, sizeof text - (size_t)used, "; MOS %.2f",
                             figure_mos(r->scenario, &sum));
        if (broken)
            snprintf(text + used, sizeof text - (size_t)used, "; flows broke %s time%s",
                     cell_count(broken, a), broken == 1 ? "" : "s");
        cell_wrapped(o, text, NAME_WIDTH + PHASE_WIDTH, TEXT_WIDTH);
    }
    quality_result_free(&sum);
}

void text_quality(const struct cell_out *o, const struct results *r)
{
    int phases = figure_has_outage(r->scenario) ? PHASE_COUNT : 1;
    head(o);
    for (int v = 0; v < r->scenario->nservices; v++)
        for (int p = 0; p < phases; p++) {
            cell_name(o, p ? "" : r->scenario->services[v].name, NAME_WIDTH, CELL_PLAIN);
            cell_left(o, phase_names[p], PHASE_WIDTH, CELL_PLAIN);
            row(o, r, v, (enum phase)p);
        }
    cell_text(
        o,
        "Worst group: seconds without service (a fifth of the requests lost). Over best: median "
        "RTT above the",
        CELL_DIM);
    putc('\n', o->f);
    cell_text(o, "possible to any site of the service, mean over people.", CELL_DIM);
    putc('\n', o->f);
    for (int t = 0; t < r->scenario->ntraffic; t++)
        for (int p = 0; p < phases; p++)
            objects_of(o, r, t, (enum phase)p);
}
