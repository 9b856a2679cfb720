// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/explain.h"
#include "report/trace.h"

#include <string.h>

static void print_hops(const struct trace *t, FILE *out)
{
    for (int i = 0; i < t->nhops; i++) {
        const struct trace_hop *h = &t->hops[i];
        if (i == 0)
            fprintf(out, "there\n");
        else if (h->back && !t->hops[i - 1].back)
            fprintf(out, "back\n");
        fprintf(out, "  %8.3f ms  %-32s", ps_to_ms(h->at_ps), h->node);
        if (h->line_ps >= 0)
            fprintf(out, "  line %.3f ms, queue and sending %.3f ms", ps_to_ms(h->line_ps),
                    ps_to_ms(h->queue_ps));
        fprintf(out, "%s\n", h->tunnel ? "  [in tunnel]" : "");
    }
}

static const char *pop_name(const struct trace *t)
{
    return t->pop >= 0 ? t->world->scenario->topology.pops[t->pop].name : NULL;
}

static void print_fate(const struct trace *t, FILE *out)
{
    const struct probe *p = &t->probe;
    if (!p->done)
        fprintf(out, "no answer within the timeout\n");
    else if (p->lost)
        fprintf(out, "lost at %s: %s (%s)\n", t->nhops ? t->hops[t->nhops - 1].node : "its source",
                fwd_drop_name(p->reason), fwd_drop_meaning(p->reason));
    else
        fprintf(out, "answered after %.3f ms\n", ps_to_ms(t->rtt_ps));
    if (pop_name(t))
        fprintf(out, "POP of entry: %s\n", pop_name(t));
}

static void print_decision(void *ctx, const struct bgp_account *a, const char *fib)
{
    FILE *out = ctx;
    fputc('\n', out);
    bgp_explain_account(a, out);
    if (fib[0])
        fprintf(out, "  %s\n", fib);
}

void trace_text(const struct trace *t, FILE *out)
{
    char name[128], text[PREFIX_TEXT];
    const struct scenario *s = t->world->scenario;
    fprintf(out, "%s to %s (%s) at %.3f s\n\n", scenario_group_name(s, t->group, name, sizeof name),
            s->services[t->service].name, prefix_print(trace_prefix(t, false), text),
            ps_to_s(t->at_ps));
    print_hops(t, out);
    fputc('\n', out);
    print_fate(t, out);
    trace_names_text(t, out);
    fprintf(out, "\nwhy there: routes to the service as of %.3f s\n", ps_to_s(t->asof_ps));
    trace_decisions(t, false, print_decision, out);
    fprintf(out, "\nwhy back: routes to the client as of %.3f s\n", ps_to_s(t->asof_ps));
    trace_decisions(t, true, print_decision, out);
}

// --- What changed

struct way { // one direction of a trace
    const char *node[PROBE_HOPS];
    int n;
};

static struct way way_of(const struct trace *t, bool back)
{
    struct way w = {.n = 0};
    for (int i = 0; i < t->nhops; i++)
        if (t->hops[i].back == back)
            w.node[w.n++] = t->hops[i].node;
    return w;
}

// The longest common subsequence, as unified diffs have it: `common[i][k]` is its length from a[i]
// and b[k] on.
static void diff(const struct way *a, const struct way *b, FILE *out)
{
    static const char same[] = "    ", gone[] = "  - ", come[] = "  + ";
    uint8_t common[PROBE_HOPS + 1][PROBE_HOPS + 1];
    memset(common, 0, sizeof common);
    for (int i = a->n - 1; i >= 0; i--)
        for (int k = b->n - 1; k >= 0; k--)
            common[i][k] = strcmp(a->node[i], b->node[k]) == 0 ? (uint8_t)(common[i + 1][k + 1] + 1)
                           : common[i + 1][k] > common[i][k + 1] ? common[i + 1][k]
                                                                 : common[i][k + 1];
    int i = 0, k = 0;
    while (i < a->n || k < b->n) {
        bool both = i < a->n && k < b->n;
        if (both && strcmp(a->node[i], b->node[k]) == 0) {
            fprintf(out, "%s%s\n", same, a->node[i++]);
            k++;
        } else if (k == b->n || (both && common[i + 1][k] >= common[i][k + 1])) {
            fprintf(out, "%s%s\n", gone, a->node[i++]);
        } else {
            fprintf(out, "%s%s\n", come, b->node[k++]);
        }
    }
}

static bool same_way(const struct way *a, const struct way *b)
{
    for (int i = 0; i < a->n && i < b->n; i++)
        if (strcmp(a->node[i], b->node[i]) != 0)
            return false;
    return a->n == b->n;
}

static void print_way(const struct trace *before, const struct trace *after, bool back, FILE *out)
{
    struct way a = way_of(before, back), b = way_of(after, back);
    const char *name = back ? "back" : "there";
    if (same_way(&a, &b)) {
        fprintf(out, "%s: the same way\n", name);
        return;
    }
    fprintf(out, "%s\n", name);
    diff(&a, &b, out);
}

static void print_outcome(const struct trace *t, FILE *out)
{
    if (!t->probe.done)
        fprintf(out, "no answer");
    else if (t->probe.lost)
        fprintf(out, "lost at %s (%s)", t->nhops ? t->hops[t->nhops - 1].node : "its source",
                fwd_drop_name(t->probe.reason));
    else
        fprintf(out, "%.3f ms", ps_to_ms(t->rtt_ps));
    fprintf(out, "%s%s", pop_name(t) ? " by POP " : "", pop_name(t) ? pop_name(t) : "");
}

static void print_bests(const struct trace *before, const struct trace *after, bool back, FILE *out)
{
    const struct control *c = after->world->control;
    char text[PREFIX_TEXT];
    uint32_t changed = 0;
    for (uint32_t r = 0; r < after->nrouters; r++)
        changed += strcmp(before->best[back][r], after->best[back][r]) != 0;
    fprintf(out, "\nbest path to %s: %s at %u of %u routers%s\n",
            prefix_print(trace_prefix(after, back), text), changed ? "another" : "as before",
            (unsigned)(changed ? changed : after->nrouters), (unsigned)after->nrouters,
            changed ? "; on these ways" : "");
    const struct trace *traces[] = {before, after};
    VEC(uint32_t) shown = {0};
    for (int i = 0; i < 2; i++)
        for (int h = 0; h < traces[i]->probe.n; h++) {
            uint32_t r = control_router_of_node(c, traces[i]->probe.hops[h].node);
            if (r == CONTROL_NO_ROUTER || traces[i]->probe.hops[h].back != back ||
                traces[i]->probe.hops[h].tunnel ||
                strcmp(before->best[back][r], after->best[back][r]) == 0)
                continue;
            bool again = false;
            for (size_t k = 0; k < shown.n; k++)
                again |= shown.v[k] == r;
            if (again)
                continue;
            vec_push(&shown, r);
            fprintf(out, "  %s\n  - %s\n  + %s\n", control_router(c, r)->name,
                    before->best[back][r], after->best[back][r]);
        }
    vec_free(&shown);
}

void trace_changes_text(const struct trace *before, const struct trace *after, FILE *out)
{
    fprintf(out, "changed from %.3f s to %.3f s\n\nrequest: ", ps_to_s(before->at_ps),
            ps_to_s(after->at_ps));
    print_outcome(before, out);
    fprintf(out, " → ");
    print_outcome(after, out);
    fprintf(out, "\n");
    print_way(before, after, false, out);
    print_way(before, after, true, out);
    print_bests(before, after, false, out);
    print_bests(before, after, true, out);
}
