// SPDX-License-Identifier: GPL-3.0-or-later
// What EIPs went through: only of those to which something happened.
#include "report/figure.h"
#include "report/text_part.h"

#include <string.h>

#define NAME_WIDTH 18

// Does something happen to the EIP of row `i`?
static bool lives(const struct results *r, int i)
{
    int rows = 0;
    for (int k = 0; k < r->neips; k++)
        rows += r->eips[k].service == r->eips[i].service;
    return rows > 1;
}

static void row(const struct cell_out *o, const struct results *r, const struct eip_result *x)
{
    const struct {
        const char *cause;
        uint64_t n;
    } drops[] = {{"unbound", x->unbound},
                 {"blocked", x->blocked_drops},
                 {"policed", x->policed},
                 {"untranslated", x->untranslated}};
    char from[CELL_BUF], count[CELL_BUF];
    cell_name(o, r->scenario->services[x->service].name, NAME_WIDTH, CELL_PLAIN);
    fprintf(o->f, "%9s  %s%s", cell_time(x->from_ps, from), life_state_names[x->state],
            x->blocked ? ", blocked" : "");
    if (x->backend.pop >= 0)
        fprintf(o->f, ", %s at %s", life_backend_names[x->backend.kind],
                figure_site(r->scenario, x->backend.pop));
    const char *sign = ": ";
    for (size_t i = 0; i < sizeof drops / sizeof *drops; i++)
        if (drops[i].n) {
            fprintf(o->f, "%s%s packets %s", sign, cell_count(drops[i].n, count), drops[i].cause);
            sign = ", ";
        }
    putc('\n', o->f);
}

void text_eips(const struct cell_out *o, const struct results *r)
{
    bool headed = false;
    for (int i = 0; i < r->neips; i++) {
        if (!lives(r, i))
            continue;
        if (!headed)
            fprintf(o->f, "\nEIPs %*s  state, backend\n", NAME_WIDTH + 4, "from");
        headed = true;
        row(o, r, &r->eips[i]);
    }
}
