// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/results_dir.h"

#include "report/report.h"

#include <string.h>

char *results_dir(struct arena *a, const struct cli *c, const struct scenario *s, bool several)
{
    const char *top = c->out ? c->out : arena_printf(a, "results/%s", s->name);
    return several ? arena_printf(a, "%s/%s", top, s->variant) : arena_strdup(a, top);
}

bool results_save(const struct results *r, const char *dir)
{
    struct outdir o;
    if (outdir_open(&o, dir) && outdir_finish(&o, report_write(r, &o)))
        return true;
    fprintf(stderr, "anysim: %s\n", o.error);
    return false;
}

int results_choose(const struct cli *c, const struct scenario_list *l, int *first, int *n)
{
    const char *names[64];
    size_t known = 0;
    *first = 0;
    *n = l->n;
    if (!c->variant)
        return EXIT_GOOD;
    for (int i = 0; i < l->n; i++) {
        if (l->v[i].variant && strcmp(l->v[i].variant, c->variant) == 0) {
            *first = i;
            *n = 1;
            return EXIT_GOOD;
        }
        if (l->v[i].variant && known < sizeof names / sizeof names[0])
            names[known++] = l->v[i].variant;
    }
    const char *near = suggest(c->variant, names, known);
    fprintf(stderr, "anysim: %s has no variant '%s'", l->v[0].file, c->variant);
    fprintf(stderr, near ? "; did you mean '%s'?\n" : "\n", near);
    return EXIT_USAGE;
}
