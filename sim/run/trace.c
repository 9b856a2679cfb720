// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/trace.h"

#include "bgp/explain.h"
#include "run/dns.h"

#include <stdlib.h>
#include <string.h>

struct flow *trace_flow(const struct world *w, int group, int service)
{
    for (uint32_t i = 0; i < traffic_flows(w->traffic); i++) {
        struct flow *f = traffic_flow(w->traffic, i);
        if (!f->is.ops->hostile && f->is.client_node == w->group_node[group] &&
            f->is.names == dns_names(w->dns, service) &&
            (f->is.names || f->is.server == w->services[service].address))
            return f;
    }
    return NULL;
}

// The port from one node to the next, for the delay of the line between them.
static const struct port *port_between(const struct world *w, uint32_t a, uint32_t b)
{
    const struct net_node *n = &w->net->nodes[a];
    for (uint32_t i = 0; i < n->nports; i++)
        if (w->net->ports[n->ports[i]]->to == b)
            return w->net->ports[n->ports[i]];
    return NULL;
}

// The answer begins at the node where the request ended; the end of the probe is no hop more.
static void fill_hops(struct trace *t)
{
    const struct world *w = t->world;
    const struct probe *p = &t->probe;
    for (int i = 0; i < p->n; i++) {
        bool again = i && p->hops[i].node == p->hops[i - 1].node;
        bool turns = i && p->hops[i].back && !p->hops[i - 1].back;
        if (again && !turns)
            continue;
        struct trace_hop *h = &t->hops[t->nhops++];
        const struct port *line =
            i && !again ? port_between(w, p->hops[i - 1].node, p->hops[i].node) : NULL;
        *h = (struct trace_hop){.node = w->net->nodes[p->hops[i].node].name,
                                .at_ps = p->hops[i].at_ps - p->hops[0].at_ps,
                                .line_ps = line ? line->delay_ps : -1,
                                .back = p->hops[i].back,
                                .tunnel = p->hops[i].tunnel};
        if (line)
            h->queue_ps = p->hops[i].at_ps - p->hops[i - 1].at_ps - line->delay_ps;
    }
}

struct prefix trace_prefix(const struct trace *t, bool back)
{
    const struct world *w = t->world;
    if (back)
        return w->group_prefix[t->group];
    int service = t->answer >= 0 ? t->answer : t->service;
    return w->scenario->services[service].prefix;
}

// The prefix that `router` forwards such packets by: the longest that it has a path to, or else the
// destination's own. A more specific one is how a hijack, or an operator, gets around that.
static struct prefix followed(const struct trace *t, uint32_t router, bool back)
{
    struct prefix own = trace_prefix(t, back);
    ip4_addr to = own.len < 31 ? own.addr + 1 : own.addr; // where services answer and clients stand
    for (uint8_t len = 32; len > 0; len--) {
        struct prefix p = {to & prefix_mask(len), len};
        if (control_best(t->world->control, router, p))
            return p;
    }
    return own;
}

static char *best_text(const struct trace *t, uint32_t router, bool back)
{
    const struct world *w = t->world;
    struct prefix p = followed(t, router, back);
    char path[128], name[PREFIX_TEXT], text[400];
    const struct bgp_route *best = control_best(w->control, router, p);
    if (!best) {
        snprintf(text, sizeof text, "no route");
    } else if (best->source == BGP_SOURCE_LOCAL) {
        snprintf(text, sizeof text, "its own");
    } else {
        struct bgp_account a;
        bgp_account_make(control_bgp(w->control), router, p, &a);
        bgp_path_text(best, path, sizeof path);
        snprintf(text, sizeof text, "via %s, path %s", a.v[0].next_hop_name,
                 path[0] ? path : "(own)");
        bgp_account_free(&a);
    }
    size_t used = strlen(text);
    if (!prefix_equal(p, trace_prefix(t, back)))
        snprintf(text + used, sizeof text - used, ", by %s", prefix_print(p, name));
    return strcpy(xmalloc(strlen(text) + 1), text);
}

static void keep_bests(struct trace *t)
{
    t->nrouters = control_routers(t->world->control);
    for (int back = 0; back < 2; back++) {
        t->best[back] = xcalloc(t->nrouters + 1, sizeof *t->best[back]);
        for (uint32_t r = 0; r < t->nrouters; r++)
            t->best[back][r] = best_text(t, r, back);
    }
}

void trace_take(struct world *w, int group, int service, int64_t timeout_ps, struct trace *out)
{
    int64_t start_ps = sim_now(w->sim), end_ps = start_ps + timeout_ps;
    memset(out, 0, sizeof *out);
    out->world = w;
    out->group = group;
    out->service = service;
    meter_watch_probe(w->meter, &out->probe);
    const struct flow *f = trace_flow(w, group, service);
    traffic_probe(trace_flow(w, group, service));
    out->answer = dns_service_at(w->dns, service, f->is.server);
    while (!out->probe.done && sim_now(w->sim) < end_ps)
        sim_run(w->sim, sim_now(w->sim) + PS_PER_MS);
    meter_watch_probe(w->meter, NULL);
    const struct probe *p = &out->probe;
    out->at_ps = (p->n ? p->hops[0].at_ps : start_ps) - w->epoch_ps;
    out->asof_ps = sim_now(w->sim) - w->epoch_ps;
    out->rtt_ps = p->done && !p->lost ? p->hops[p->n - 1].at_ps - p->hops[0].at_ps : -1;
    out->pop = meter_pop_of(w->meter, p->entry);
    fill_hops(out);
    keep_bests(out);
}

void trace_free(struct trace *t)
{
    for (int back = 0; back < 2; back++) {
        for (uint32_t r = 0; r < t->nrouters; r++)
            free(t->best[back][r]);
        free(t->best[back]);
        t->best[back] = NULL;
    }
    t->nrouters = 0;
}

// Where packets do not follow the decision; "" when they do.
static void fib_text(const struct world *w, uint32_t router, struct prefix prefix, char *buf,
                     size_t size)
{
    struct igp_backup b;
    buf[0] = '\0';
    if (!control_fib_behind(w->control, router, prefix))
        return;
    if (!control_rerouted(w->control, router, prefix, &b)) {
        snprintf(buf, size,
                 "not in the forwarding table yet: packets still follow the entry before");
        return;
    }
    size_t used = (size_t)snprintf(buf, size, "fast reroute: packets are sent over %s",
                                   w->net->links[b.link].name);
    for (uint32_t i = 0; i < b.nsegments && used < size; i++)
        used += (size_t)snprintf(buf + used, size - used, "%s%s", i ? ", " : " in a tunnel to ",
                                 control_router(w->control, b.segments[i].router)->name);
    if (used < size)
        snprintf(buf + used, size - used, " until the new route is in the forwarding table");
}

void trace_decisions(const struct trace *t, bool back, trace_visit_fn *visit, void *ctx)
{
    const struct control *c = t->world->control;
    const struct probe *p = &t->probe;
    uint32_t before = CONTROL_NO_ROUTER;
    bool first = true;
    char fib[512];
    for (int i = 0; i < p->n; i++) {
        uint32_t router = control_router_of_node(c, p->hops[i].node);
        if (p->hops[i].back != back || p->hops[i].tunnel || router == CONTROL_NO_ROUTER ||
            control_router(c, router)->bgp.asn == 0)
            continue;
        struct prefix prefix = followed(t, router, back);
        const struct bgp_route *best = control_best(c, router, prefix);
        bool leaves = best && best->source == BGP_SOURCE_EBGP;
        if ((first || leaves || !best) && router != before) {
            struct bgp_account a;
            bgp_account_make(control_bgp(c), router, prefix, &a);
            fib_text(t->world, router, prefix, fib, sizeof fib);
            visit(ctx, &a, fib);
            bgp_account_free(&a);
        }
        first = false;
        before = router;
    }
}
