// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/explain.h"

#include "bgp/instance.h"
#include "bgp/neighbour.h"

#include <inttypes.h>

enum { VIA_TEXT = 160, PATH_TEXT = 200, METRIC_TEXT = 32 };

// Appends to a text of `used` characters; at its end it stops, and says so.
static void append(char *buf, size_t size, size_t *used, const char *text)
{
    static const char more[] = " …";
    size_t n = strlen(text);
    if (*used + n + sizeof more > size) {
        if (*used + sizeof more <= size)
            memcpy(buf + *used, more, sizeof more);
        *used = size; // nothing follows
        return;
    }
    memcpy(buf + *used, text, n + 1);
    *used += n;
}

static const char *opening(enum bgp_segment_type type)
{
    return type == BGP_AS_SET               ? "{"
           : type == BGP_AS_CONFED_SEQUENCE ? "("
           : type == BGP_AS_CONFED_SET      ? "[{"
                                            : "";
}

static const char *closing(enum bgp_segment_type type)
{
    return type == BGP_AS_SET               ? "}"
           : type == BGP_AS_CONFED_SEQUENCE ? ")"
           : type == BGP_AS_CONFED_SET      ? "}]"
                                            : "";
}

char *bgp_path_text(const struct bgp_route *r, char *buf, size_t size)
{
    const struct bgp_attr *a = r->attr;
    const uint32_t whole = BGP_SEGMENT(BGP_AS_SEQUENCE, a->npath);
    const uint32_t *segments = a->nsegments ? bgp_attr_segments(a) : &whole;
    const uint32_t *as = bgp_attr_path(a);
    size_t used = 0, count = a->nsegments ? a->nsegments : a->npath > 0;
    buf[0] = '\0';
    for (size_t s = 0; s < count; s++) {
        enum bgp_segment_type type = BGP_SEGMENT_TYPE(segments[s]);
        for (uint32_t i = 0; i < BGP_SEGMENT_ASES(segments[s]); i++, as++) {
            char one[24];
            snprintf(one, sizeof one, "%s%s%" PRIu32, used ? " " : "", i ? "" : opening(type), *as);
            append(buf, size, &used, one);
        }
        append(buf, size, &used, closing(type));
    }
    return buf;
}

static void via_text(const struct bgp_candidate *c, char buf[VIA_TEXT])
{
    char addr[IP4_TEXT];
    if (!c->next_hop_name)
        snprintf(buf, VIA_TEXT, "originated here");
    else
        snprintf(buf, VIA_TEXT, "via %s (%s)", ip4_print(c->route->attr->f.next_hop, addr),
                 c->next_hop_name);
}

static void path_text(const struct bgp_route *r, char buf[PATH_TEXT])
{
    char path[PATH_TEXT - 8];
    bgp_path_text(r, path, sizeof path);
    snprintf(buf, PATH_TEXT, "path %s", path[0] ? path : "(own)");
}

static void metric_text(const struct bgp_route *r, char buf[METRIC_TEXT])
{
    if (r->igp_metric == BGP_UNREACHABLE)
        snprintf(buf, METRIC_TEXT, "igp -");
    else
        snprintf(buf, METRIC_TEXT, "igp %" PRIu32, r->igp_metric);
}

static void fate_text(const struct bgp_candidate *c, FILE *out)
{
    if (c->shares)
        fprintf(out, "  shares the traffic");
    switch (c->fate) {
    case BGP_FATE_BEST:
        break;
    case BGP_FATE_UNREACHABLE:
        fprintf(out, "  not considered: next hop unreachable");
        break;
    case BGP_FATE_ORDER:
        fprintf(out, "  would win against the best: lost by the order of arrival");
        break;
    case BGP_FATE_EQUAL:
        fprintf(out, "  lost as equal in every step: configured later");
        break;
    case BGP_FATE_STEP:
        fprintf(out, "  lost at step %d '%s': %s %s %s", c->step, c->step_name, c->lost,
                c->words         ? "against"
                : c->higher_wins ? "<"
                                 : ">",
                c->won);
        break;
    }
}

struct widths {
    int via, path, metric, from;
};

static int wider(int width, const char *text)
{
    int n = (int)strlen(text);
    return n > width ? n : width;
}

static struct widths measure(const struct bgp_account *a)
{
    char via[VIA_TEXT], path[PATH_TEXT], metric[METRIC_TEXT];
    struct widths w = {0, 0, 0, 0};
    for (uint32_t i = 0; i < a->n; i++) {
        via_text(&a->v[i], via);
        path_text(a->v[i].route, path);
        metric_text(a->v[i].route, metric);
        w.via = wider(w.via, via);
        w.path = wider(w.path, path);
        w.metric = wider(w.metric, metric);
        w.from = wider(w.from, a->v[i].from);
    }
    return w;
}

static void line(const struct bgp_candidate *c, const struct widths *w, FILE *out)
{
    char via[VIA_TEXT], path[PATH_TEXT], metric[METRIC_TEXT];
    bool last = c->fate == BGP_FATE_BEST; // nothing follows: no trailing blanks
    via_text(c, via);
    path_text(c->route, path);
    metric_text(c->route, metric);
    fprintf(out, "  %-4s  %-*s  %-*s  lp %-3" PRIu32 "  %-*s  from %-*s", last ? "best" : "",
            w->via, via, w->path, path, c->route->attr->f.local_pref, w->metric, metric,
            last ? 0 : w->from, c->from);
    fate_text(c, out);
    fputc('\n', out);
}

void bgp_explain_account(const struct bgp_account *a, FILE *out)
{
    char text[PREFIX_TEXT];
    struct widths w = measure(a);
    fprintf(out, "%s at %s: %" PRIu32 " candidate%s\n", prefix_print(a->prefix, text), a->router,
            a->n, a->n == 1 ? "" : "s");
    for (uint32_t i = 0; i < a->n; i++)
        line(&a->v[i], &w, out);
    if (a->depends_on_order)
        fprintf(out, "  compared two by two as they came: in another order, or with "
                     "deterministic_med, another would be best\n");
}

void bgp_explain(const struct bgp *b, uint32_t router, struct prefix p, FILE *out)
{
    struct bgp_account a;
    bgp_account_make(b, router, p, &a);
    bgp_explain_account(&a, out);
    bgp_account_free(&a);
}

// --- Looking glass

static void glass_line(const struct bgp_candidate *c, const char *prefix, FILE *out)
{
    static const char origins[] = "ie?";
    const struct bgp_route *r = c->route;
    char address[IP4_TEXT], path[PATH_TEXT], med[16] = "";
    if (r->attr->f.has_med)
        snprintf(med, sizeof med, "%" PRIu32, r->attr->f.med);
    bgp_path_text(r, path, sizeof path);
    fprintf(out, "%c%c%c %-18s %-15s %10s %6" PRIu32 " %6" PRIu32 " %s%s%c\n",
            c->fate == BGP_FATE_UNREACHABLE ? ' ' : '*',
            c->fate == BGP_FATE_BEST ? '>'
            : c->shares              ? '='
                                     : ' ',
            r->source == BGP_SOURCE_IBGP ? 'i' : ' ', prefix,
            r->source == BGP_SOURCE_LOCAL ? "0.0.0.0" : ip4_print(r->attr->f.next_hop, address),
            med, r->attr->f.local_pref, r->attr->f.weight, path, path[0] ? " " : "",
            origins[r->attr->f.origin]);
}

static void glass_prefix(void *ctx, const struct bgp_account *a)
{
    char text[PREFIX_TEXT];
    prefix_print(a->prefix, text);
    for (uint32_t i = 0; i < a->n; i++)
        glass_line(&a->v[i], i ? "" : text, ctx);
}

struct roster {
    FILE *out;
    int64_t zero_ps, now_ps;
};

static double seconds(int64_t ps)
{
    return (double)ps / (double)PS_PER_S;
}

static void say(const struct roster *r, const char *which, const struct bgp_last_word *w)
{
    char text[BGP_LAST_WORD_TEXT];
    if (w->what.error != BGP_ERROR_NONE)
        fprintf(r->out, "      last %s at %.3f s: %s\n", which, seconds(w->at_ps - r->zero_ps),
                bgp_last_word_text(&w->what, text));
}

static void glass_neighbour(void *ctx, const struct bgp_neighbour *n)
{
    const struct roster *r = ctx;
    char address[IP4_TEXT], time[32] = "never";
    if (n->since_ps >= 0)
        snprintf(time, sizeof time, "%.3f s", seconds(r->now_ps - n->since_ps));
    fprintf(r->out, "   %-24s %10" PRIu32 " %-15s %-11s %12s %8" PRIu32 "%s\n", n->name, n->asn,
            ip4_print(n->address, address), n->state, time, n->prefixes,
            n->shut ? " shut down" : "");
    say(r, "sent", &n->sent);
    say(r, "received", &n->received);
}

void bgp_looking_glass(const struct bgp *b, uint32_t router, int64_t zero_ps, FILE *out)
{
    const struct bgp_speaker *s = b->by_router.v[router];
    char id[IP4_TEXT];
    fprintf(out,
            "%s, local AS %" PRIu32 ", router ID %s\n"
            "* valid, > best, = shares the traffic, i internal; origin i IGP, e EGP, ? incomplete\n"
            "\n"
            "   %-18s %-15s %10s %6s %6s Path\n",
            s->name, s->is.asn, ip4_print(s->is.id, id), "Network", "Next Hop", "MED", "LocPrf",
            "Weight");
    bgp_account_all(b, router, glass_prefix, out);
    fprintf(out, "\n   %-24s %10s %-15s %-11s %12s %8s\n", "Neighbour", "AS", "Address", "State",
            "Up/Down", "Prefixes");
    bgp_neighbours(b, router, glass_neighbour, &(struct roster){out, zero_ps, sim_now(b->sim)});
}
