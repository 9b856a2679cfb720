// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/routemap.h"

#include <stdarg.h>
#include <stdint.h>

#define STEP 10 // between two sequence numbers, so that a user can add one

int routemap_label(struct routemap *m)
{
    vec_push(&m->labels, SIZE_MAX);
    return (int)m->labels.n - 1;
}

void routemap_place(struct routemap *m, int label)
{
    m->labels.v[label] = m->steps.n;
}

static char *copy(const char *text)
{
    return text ? strcpy(xmalloc(strlen(text) + 1), text) : NULL;
}

void routemap_step(struct routemap *m, bool deny, const char *match, const char *set, int then)
{
    vec_push(&m->steps, ((struct routemap_step){deny, copy(match), copy(set), then}));
}

void routemap_set(struct routemap *m, const char *fmt, ...)
{
    char text[2048]; // the longest: 64 AS numbers to prepend
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    routemap_step(m, false, NULL, text, ROUTEMAP_NEXT);
}

void routemap_write(const struct routemap *m, FILE *f)
{
    for (size_t i = 0; i < m->steps.n; i++) {
        const struct routemap_step *s = &m->steps.v[i];
        fprintf(f, "route-map %s %s %zu\n", m->name, s->deny ? "deny" : "permit", STEP * (i + 1));
        if (s->match)
            fprintf(f, " match %s\n", s->match);
        if (s->set)
            fprintf(f, " set %s\n", s->set);
        if (s->then == ROUTEMAP_NEXT)
            fprintf(f, " on-match next\n");
        else if (s->then >= 0)
            fprintf(f, " on-match goto %zu\n", STEP * (m->labels.v[s->then] + 1));
        fprintf(f, "exit\n");
    }
}

void routemap_free(struct routemap *m)
{
    for (size_t i = 0; i < m->steps.n; i++) {
        free(m->steps.v[i].match);
        free(m->steps.v[i].set);
    }
    vec_free(&m->steps);
    vec_free(&m->labels);
}
