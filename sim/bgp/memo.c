// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/memo.h"

#define FEWEST 3 // candidates; fewer are compared as soon as looked up

bool bgp_memo_knows(const struct bgp_memo *m, const struct bgp_attrs *attrs,
                    const struct bgp_decision *d, const struct bgp_rib_entry *e, bool idle,
                    int arrived)
{
    return m->decision == d && e->n == m->candidates.n && m->idle == idle &&
           m->arrived == arrived && m->former == e->best && m->erased == attrs->erased &&
           memcmp(e->candidates, m->candidates.v, e->n * sizeof *e->candidates) == 0;
}

void bgp_memo_keep(struct bgp_memo *m, const struct bgp_attrs *attrs, const struct bgp_decision *d,
                   const struct bgp_rib_entry *e, bool idle, int arrived)
{
    m->decision = NULL;
    if (e->n < FEWEST)
        return;
    vec_reserve(&m->candidates, e->n);
    memcpy(m->candidates.v, e->candidates, e->n * sizeof *e->candidates);
    m->candidates.n = e->n;
    m->decision = d;
    m->erased = attrs->erased;
    m->idle = idle;
    m->arrived = arrived;
    m->former = e->best;
}

void bgp_memo_forget(struct bgp_memo *m)
{
    m->decision = NULL;
}

void bgp_memo_free(struct bgp_memo *m)
{
    vec_free(&m->candidates);
    m->decision = NULL;
}
