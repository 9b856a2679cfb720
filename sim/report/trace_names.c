// SPDX-License-Identifier: GPL-3.0-or-later
// A name in an explanation: through whom the group's users ask, what DNS would tell them, and what
// they hold.
#include "report/trace.h"
#include "run/dns.h"

static void held(const struct scenario *s, const struct gslb *g, const struct dns_held *h,
                 FILE *out)
{
    const char *before = "";
    for (int i = 0; i <= g->nanswers; i++) {
        if (h->on[i] <= 0)
            continue;
        fprintf(out, "%s%.1f %% %s", before, h->on[i] * 100,
                i < g->nanswers ? s->services[g->answers[i]].name : "have no address");
        before = ", ";
    }
}

void trace_names_text(const struct trace *t, FILE *out)
{
    const struct world *w = t->world;
    const struct scenario *s = w->scenario;
    const struct gslb *g = s->services[t->service].gslb;
    struct dns_held h;
    if (!g)
        return;
    fprintf(out, "\nwhich address: DNS as of %.3f s; this request went to %s\n",
            ps_to_s(t->asof_ps),
            t->answer >= 0 ? s->services[t->answer].name : "nobody: its user has no address");
    for (int k = 0; dns_held(w->dns, t->service, t->group, k, &h); k++) {
        fprintf(out,
                "  %.1f %% of the users ask %s, which is told %s now; they hold: ", h.share * 100,
                h.resolver, h.right >= 0 ? s->services[g->answers[h.right]].name : "nothing");
        held(s, g, &h, out);
        fputc('\n', out);
    }
    for (int i = 0; i < g->nanswers; i++)
        if (!dns_answer_up(w->dns, t->service, i))
            fprintf(out, "  %s is down as DNS sees it\n", s->services[g->answers[i]].name);
}
