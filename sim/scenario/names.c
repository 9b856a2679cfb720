// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/names.h"

void names_free(struct names *n)
{
    table_free(&n->index);
    vec_free(&n->list);
}

bool names_add(struct names *n, const char *name, int index)
{
    if (names_get(n, name) >= 0)
        return false;
    table_put_name(&n->index, name, (uint64_t)index);
    vec_push(&n->list, name);
    return true;
}

int names_get(const struct names *n, const char *name)
{
    uint64_t v;
    return n->list.n && table_get_name(&n->index, name, &v) ? (int)v : -1;
}

int names_find(const struct names *n, struct input *in, const struct text *t, const char *what,
               const char *of)
{
    if (!t->s)
        return -1;
    int i = names_get(n, t->s);
    if (i >= 0)
        return i;
    if (n->list.n == 0 && diag_errors(in->d) > 0)
        return -1; // what would have declared it is broken: that has been reported
    const char *hint = n->list.n ? schema_hint(in->a, t->s, n->list.v, n->list.n)
                                 : arena_printf(in->a, "no %s is declared", what);
    diag_error(in->d, t->at, hint, "unknown %s '%s'%s", what, t->s, of);
    return -1;
}
