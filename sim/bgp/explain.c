// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/explain.h"

#include "bgp/instance.h"
#include "bgp/step.h"

#include <inttypes.h>

enum { VIA_TEXT = 160, PATH_TEXT = 200, FIGURE_TEXT = 48 };

// Which speaker a next hop belongs to: at eBGP the neighbour, else the one with that loopback.
static const char *owner(const struct bgp_speaker *s, const struct bgp_route *r)
{
    const struct bgp *b = s->bgp;
    if (r->attr->f.next_hop == r->peer->remote_addr)
        return r->peer->remote->speaker->name;
    for (size_t i = 0; i < b->speakers.n; i++) {
        if (b->speakers.v[i]->is.id == r->attr->f.next_hop)
            return b->speakers.v[i]->name;
    }
    return "unknown";
}

static void via_text(const struct bgp_speaker *s, const struct bgp_route *r, char buf[VIA_TEXT])
{
    char addr[IP4_TEXT];
    if (!r->peer)
        snprintf(buf, VIA_TEXT, "originated here");
    else
        snprintf(buf, VIA_TEXT, "via %s (%s)", ip4_print(r->attr->f.next_hop, addr), owner(s, r));
}

static void path_text(const struct bgp_route *r, char buf[PATH_TEXT])
{
    const uint32_t *path = bgp_attr_path(r->attr);
    size_t used = (size_t)snprintf(buf, PATH_TEXT, "path");
    if (r->attr->npath == 0)
        snprintf(buf + used, PATH_TEXT - used, " (own)");
    for (uint32_t i = 0; i < r->attr->npath; i++) {
        if (used + 16 > PATH_TEXT) { // room for one more number and for this
            snprintf(buf + used, PATH_TEXT - used, " …");
            return;
        }
        used += (size_t)snprintf(buf + used, PATH_TEXT - used, " %" PRIu32, path[i]);
    }
}

static void metric_text(const struct bgp_route *r, char buf[FIGURE_TEXT])
{
    if (r->igp_metric == BGP_UNREACHABLE)
        snprintf(buf, FIGURE_TEXT, "igp -");
    else
        snprintf(buf, FIGURE_TEXT, "igp %" PRIu32, r->igp_metric);
}

static void verdict_text(const struct bgp_decision *d, const struct bgp_rib_entry *e, uint32_t i,
                         const struct bgp_verdict *v, FILE *out)
{
    const struct bgp_route *loser = &e->candidates[i], *winner = &e->candidates[v->against];
    char lost[FIGURE_TEXT], won[FIGURE_TEXT];
    if (v->step == BGP_STEP_BEST)
        return;
    if (loser->chosen)
        fprintf(out, "  shares the traffic");
    if (v->step == 0) {
        fprintf(out, "  not considered: next hop unreachable");
        return;
    }
    if (v->step == BGP_STEP_ORDER) {
        fprintf(out, "  would win against the best: lost by the order of arrival");
        return;
    }
    const struct bgp_step *step = d->steps[v->step];
    if (v->step == d->nsteps - 1 && step->key(d, loser) == step->key(d, winner)) {
        fprintf(out, "  lost as equal in every step: configured later");
        return;
    }
    step->show(loser, lost, sizeof lost);
    step->show(winner, won, sizeof won);
    fprintf(out, "  lost at step %d '%s': %s %s %s", v->step, step->name, lost,
            step->words         ? "against"
            : step->higher_wins ? "<"
                                : ">",
            won);
}

struct widths {
    int via, path, metric, from;
};

static int wider(int width, const char *text)
{
    int n = (int)strlen(text);
    return n > width ? n : width;
}

static const char *from_name(const struct bgp_route *r)
{
    return r->peer ? r->peer->remote->speaker->name : "itself";
}

static struct widths measure(const struct bgp_speaker *s, const struct bgp_rib_entry *e)
{
    char via[VIA_TEXT], path[PATH_TEXT], metric[FIGURE_TEXT];
    struct widths w = {0, 0, 0, 0};
    for (uint32_t i = 0; i < e->n; i++) {
        via_text(s, &e->candidates[i], via);
        path_text(&e->candidates[i], path);
        metric_text(&e->candidates[i], metric);
        w.via = wider(w.via, via);
        w.path = wider(w.path, path);
        w.metric = wider(w.metric, metric);
        w.from = wider(w.from, from_name(&e->candidates[i]));
    }
    return w;
}

static void line(const struct bgp_speaker *s, const struct bgp_rib_entry *e, uint32_t i,
                 const struct bgp_verdict *v, const struct widths *w, FILE *out)
{
    const struct bgp_route *r = &e->candidates[i];
    char via[VIA_TEXT], path[PATH_TEXT], metric[FIGURE_TEXT];
    bool last = v->step == BGP_STEP_BEST; // nothing follows: no trailing blanks
    via_text(s, r, via);
    path_text(r, path);
    metric_text(r, metric);
    fprintf(out, "  %-4s  %-*s  %-*s  lp %-3" PRIu32 "  %-*s  from %-*s", last ? "best" : "",
            w->via, via, w->path, path, r->attr->f.local_pref, w->metric, metric,
            last ? 0 : w->from, from_name(r));
    verdict_text(&s->decision, e, i, v, out);
    fputc('\n', out);
}

void bgp_explain_entry(const struct bgp_speaker *s, struct prefix p, const struct bgp_rib_entry *e,
                       FILE *out)
{
    char text[PREFIX_TEXT];
    uint32_t n = e ? e->n : 0;
    fprintf(out, "%s at %s: %" PRIu32 " candidate%s\n", prefix_print(p, text), s->name, n,
            n == 1 ? "" : "s");
    if (n == 0)
        return;
    struct bgp_verdict *verdicts = xcalloc(n, sizeof *verdicts);
    struct widths w = measure(s, e);
    int best = bgp_decide_verdicts(&s->decision, e->candidates, n, verdicts);
    if (best >= 0)
        line(s, e, (uint32_t)best, &verdicts[best], &w, out);
    for (uint32_t i = 0; i < n; i++) {
        if ((int)i != best)
            line(s, e, i, &verdicts[i], &w, out);
    }
    if (bgp_decide_depends_on_order(&s->decision, e->candidates, n))
        fprintf(out, "  compared two by two as they came: in another order, or with "
                     "deterministic_med, another would be best\n");
    free(verdicts);
}
