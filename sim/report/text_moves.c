// SPDX-License-Identifier: GPL-3.0-or-later
// Which groups the outage moved from which POP to which, by measured catchment.
#include "base/vec.h"
#include "report/figure.h"
#include "report/text.h"
#include "report/text_part.h"

#define MAX_MOVES  6 // a service
#define COL_PEOPLE 19

struct move {
    int from, to; // POPs; −1: nobody answers
    int groups;
    int64_t people;
};

struct moves {
    VEC(struct move) list;
};

static void add(struct moves *m, int from, int to, int64_t people)
{
    for (size_t i = 0; i < m->list.n; i++)
        if (m->list.v[i].from == from && m->list.v[i].to == to) {
            m->list.v[i].groups++;
            m->list.v[i].people += people;
            return;
        }
    struct move move = {.from = from, .to = to, .groups = 1, .people = people};
    vec_push(&m->list, move);
}

static int by_people(const void *pa, const void *pb)
{
    const struct move *a = pa, *b = pb;
    if (a->people != b->people)
        return a->people > b->people ? -1 : 1;
    if (a->groups != b->groups)
        return a->groups > b->groups ? -1 : 1;
    return a->from != b->from ? (a->from < b->from ? -1 : 1) : (a->to < b->to ? -1 : a->to > b->to);
}

static void print(const struct cell_out *o, const struct scenario *s, const struct moves *m)
{
    for (size_t i = 0; i < m->list.n && i < MAX_MOVES; i++) {
        const struct move *v = &m->list.v[i];
        char people[CELL_BUF];
        const char *from = figure_site(s, v->from), *to = figure_site(s, v->to);
        if (i)
            fprintf(o->f, "%*s", COL_PEOPLE, "");
        fprintf(o->f, "%3d group%s  %13s  ", v->groups, v->groups == 1 ? " " : "s",
                cell_people(v->people, people));
        cell_text(o, from ? from : "nobody", CELL_PLAIN);
        fputs(" \xe2\x86\x92 ", o->f);
        cell_text(o, to ? to : "no answer", to ? CELL_PLAIN : CELL_RED);
        putc('\n', o->f);
    }
    if (m->list.n > MAX_MOVES)
        fprintf(o->f, "%*s    and %zu more kinds of moves\n", COL_PEOPLE, "",
                m->list.n - MAX_MOVES);
}

void text_moves(const struct cell_out *o, const struct results *r)
{
    const struct scenario *s = r->scenario;
    if (!figure_has_outage(s))
        return;
    fputc('\n', o->f);
    cell_text(o, "Catchment moves", CELL_BOLD);
    cell_text(o, " (measured, before \xe2\x86\x92 outage)", CELL_DIM);
    putc('\n', o->f);
    for (int v = 0; v < s->nservices; v++) {
        struct moves m = {0};
        for (int g = 0; g < s->ngroups; g++) {
            const struct client_result *before = results_client(r, v, g, PHASE_BEFORE);
            const struct client_result *outage = results_client(r, v, g, PHASE_OUTAGE);
            if (before && outage && before->sent && outage->sent && before->site != outage->site)
                add(&m, before->site, outage->site, figure_group(s, g)->population);
        }
        fputs("  ", o->f);
        cell_name(o, s->services[v].name, COL_PEOPLE - 3, CELL_PLAIN);
        putc(' ', o->f);
        if (m.list.n == 0) {
            fputs("none\n", o->f);
            continue;
        }
        qsort(m.list.v, m.list.n, sizeof *m.list.v, by_people);
        print(o, s, &m);
        vec_free(&m.list);
    }
}
